"""The journal of a run, written ahead of every call that changes something, and what it tells a later run."""
