"""Contact files: reading them, judging them, and saying where each contact stands."""

from sinch_contacts.sources.issues import InvalidContactFiles, Issue
from sinch_contacts.sources.loading.contact_files import Loaded, from_mapping, load, read

__all__ = ["InvalidContactFiles", "Issue", "Loaded", "from_mapping", "load", "read"]
