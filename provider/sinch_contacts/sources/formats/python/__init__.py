"""Contacts that a program declares in Python."""
