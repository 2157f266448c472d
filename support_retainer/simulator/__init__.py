"""The embedded simulator: which package fits a client's history. Needs neither a bench nor a database."""
