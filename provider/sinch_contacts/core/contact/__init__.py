"""The contact: its fields, channels, forms and digests, and how people see it."""
