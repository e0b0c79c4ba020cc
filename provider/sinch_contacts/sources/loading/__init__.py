"""Loading a set: finding its files, laying overlays over them, and collecting every issue."""
