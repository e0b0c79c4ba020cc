"""The review of a plan: what people see of it, and the guards that judge it."""
