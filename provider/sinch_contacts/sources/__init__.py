"""Contact files: reading them, judging them, and saying where each contact stands."""

from sinch_contacts.sources.contact_files import Loaded, from_mapping, load, read
from sinch_contacts.sources.problems import InvalidContactFiles, Problem

__all__ = ["InvalidContactFiles", "Loaded", "Problem", "from_mapping", "load", "read"]
