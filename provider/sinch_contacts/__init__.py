"""Contact sets as code: the contacts of a Sinch Conversation API project, kept in Git and applied by Pulumi."""

from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from sinch_contacts.contact_set import ContactSet
    from sinch_contacts.sharded_set import ShardedContactSet

__all__ = ["ContactSet", "ShardedContactSet"]

_HOMES: Final = {"ContactSet": "contact_set", "ShardedContactSet": "sharded_set"}


def __getattr__(name: str) -> Any:
    """Imports a class when it is asked for, so that the command line starts without Pulumi."""
    if name in _HOMES:
        return getattr(import_module(f"sinch_contacts.{_HOMES[name]}"), name)
    raise AttributeError(name)
