"""The formats of contact files: reads each into rows with their positions, and writes it."""
