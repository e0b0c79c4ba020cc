"""Dumping a project: writes live contacts into a contact file that adopts them."""
