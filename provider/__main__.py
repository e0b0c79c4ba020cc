"""Runs the root program."""

from sinch_contacts.program import main

main()
