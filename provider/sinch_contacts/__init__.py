"""Contact sets as code: the contacts of a Sinch Conversation API project, kept in Git and applied by Pulumi."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sinch_contacts.contact_set import ContactSet

__all__ = ["ContactSet"]


def __getattr__(name: str) -> Any:
    """Imports `ContactSet` when it is asked for, so that the command line starts without Pulumi."""
    if name == "ContactSet":
        from sinch_contacts.contact_set import ContactSet  # noqa: PLC0415

        return ContactSet
    raise AttributeError(name)
