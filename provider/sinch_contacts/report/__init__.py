"""Plan documents as people read them: reading the files, one view of all sets, and what renders it."""
