"""Measurements: what each step costs in time, memory and calls, at every size, and beside the usual ways."""
