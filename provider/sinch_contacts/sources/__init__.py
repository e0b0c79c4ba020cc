"""Contact files: reading them, judging them, and saying where each contact stands."""
