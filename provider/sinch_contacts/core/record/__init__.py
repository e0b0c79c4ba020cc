"""What is recorded of a set, the form in which the state keeps it, and how an entry may change."""
