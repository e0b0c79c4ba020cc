"""Contact files: loads sets from them, validates each contact, and dumps live contacts into them."""

from sinch_contacts.sources.issues import InvalidContactFiles, Issue
from sinch_contacts.sources.loading.contact_files import Loaded, from_mapping, load, read

__all__ = ["InvalidContactFiles", "Issue", "Loaded", "from_mapping", "load", "read"]
