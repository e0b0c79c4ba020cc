"""The pure core: what contacts are, what is recorded of them, and the plan that leads from one to the other."""
