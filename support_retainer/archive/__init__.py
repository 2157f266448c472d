"""The export archive: written, read and proven with the standard library alone, on any machine.

Nothing here knows Frappe, so that a client can check an archive years later, on a laptop without a bench.
"""
