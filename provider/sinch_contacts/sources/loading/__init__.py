"""Loading a set: finds its files, applies overlays, and collects all issues."""
