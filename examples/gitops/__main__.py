"""Declares the sets that the stack config names."""

from sinch_contacts.program import main

main()
