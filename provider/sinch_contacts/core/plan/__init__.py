"""The plan: what leads from the record to what is desired, and what that costs."""
