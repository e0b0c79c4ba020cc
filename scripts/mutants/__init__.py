"""The mutation test: changes a module in one place at a time, and sees whether a test fails. Run by `make mutants`."""
