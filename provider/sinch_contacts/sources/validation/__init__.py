"""The rules of contact files: validates each contact by itself, and then all of them together."""
