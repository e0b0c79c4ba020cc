"""The rules of contact files: what makes one contact valid, and what contacts may not share."""
