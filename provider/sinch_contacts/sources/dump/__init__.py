"""Dumping a project: what lives at Sinch, written as a contact file that adopts it."""
