"""A contact as a file declares it: what is wanted, and where that is written."""

import msgspec

from sinch_contacts.core.contact import Contact, Key


class DesiredContact(msgspec.Struct, frozen=True, gc=False):
    """A declared contact.

    Attributes:
        key: What identifies it within its set; unique there.
        contact: The named fields, normalised.
        file: The file that declares it, as the user wrote it (relative to the project); `contacts` for a mapping
            given in Python.
        line: The line, counted from 1; 0 where there is none.
    """

    key: Key
    contact: Contact
    file: str
    line: int
