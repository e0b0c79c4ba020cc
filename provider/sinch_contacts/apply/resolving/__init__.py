"""Finding out what is at Sinch: before a creation, after it, and after runs that were cut off."""
