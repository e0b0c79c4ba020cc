"""Calls that create, delete and change contacts, and what becomes of their entries."""
