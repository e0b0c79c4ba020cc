"""Carrying out a plan through the port, and recording what was confirmed."""
