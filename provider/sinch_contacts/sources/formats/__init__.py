"""The formats of contact files: reading each into rows that know where they stand, and writing it."""
