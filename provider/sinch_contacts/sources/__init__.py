"""Contact files: reading them, judging them, and saying where each contact stands."""

from sinch_contacts.sources.issues import InvalidContactFiles, Problem
from sinch_contacts.sources.loading.contact_files import Loaded, from_mapping, load, read

__all__ = ["InvalidContactFiles", "Loaded", "Problem", "from_mapping", "load", "read"]
