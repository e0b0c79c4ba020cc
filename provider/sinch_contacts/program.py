"""The root program: contact sets from stack config, without a line of Python."""

from collections.abc import Mapping
from difflib import get_close_matches
from inspect import signature
from typing import Any, Final

import pulumi

from sinch_contacts.contact_set import ContactSet

_OPTIONS: Final = tuple(
    name for name in signature(ContactSet.__init__).parameters if name not in {"self", "name", "contacts", "opts"}
)
_HOW: Final = (
    "Run `pulumi config set --path 'sinch-contacts:sets.friends.source' 'contacts/*.yaml'`, where `friends` is the "
    "set's name."
)


def main() -> None:
    """Declares each set that `sinch-contacts:sets` names.

    Raises:
        pulumi.RunError: The config is not as it should be.
    """
    sets = pulumi.Config("sinch-contacts").get_object("sets")
    if not sets:
        raise pulumi.RunError(f"The stack config names no contact sets. {_HOW}")
    if not isinstance(sets, Mapping):
        raise pulumi.RunError(f"sinch-contacts:sets is not a map of sets. {_HOW}")
    for name, options in sets.items():
        _check(name, options)
    for name, options in sets.items():
        pulumi.export(name, ContactSet(name, **options).summary)


def _check(name: str, options: Any) -> None:
    if not isinstance(options, Mapping) or "source" not in options:
        raise pulumi.RunError(f"The set {name!r} in sinch-contacts:sets has no source. {_HOW}")
    for option in options:
        if option not in _OPTIONS:
            near = get_close_matches(str(option), _OPTIONS, n=1)
            hint = f"Did you mean {near[0]!r}?" if near else f"Known are {', '.join(_OPTIONS)}."
            raise pulumi.RunError(f"The set {name!r} in sinch-contacts:sets has an unknown option {option!r}. {hint}")
