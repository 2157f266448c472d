"""The full export of a client: asked for, made by a worker, delivered to named people, deleted on its day."""
