"""The command line `sinch-contacts`."""
