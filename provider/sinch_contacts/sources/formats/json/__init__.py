"""JSON and JSON Lines files."""
