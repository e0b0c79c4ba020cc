"""JSON and JSON Lines: the readers and the writers."""
