"""The root program: contact sets from stack config, without a line of Python."""

from collections.abc import Mapping
from difflib import get_close_matches
from inspect import signature
from typing import Any, Final

import pulumi

from sinch_contacts.contact_set import ContactSet
from sinch_contacts.sharded_set import ShardedContactSet

_HIDDEN: Final = frozenset({"self", "name", "contacts", "opts", "options"})
_OPTIONS: Final = sorted(
    {**signature(ContactSet.__init__).parameters, **signature(ShardedContactSet.__init__).parameters}.keys() - _HIDDEN
)
_HOW: Final = (
    "Run `pulumi config set --path 'sinch-contacts:sets.friends.source' 'contacts/*.yaml'`, where `friends` is the "
    "set's name."
)

_HOW_MANY: Final = "Say with `shards: 8` how many it has in all."


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
        kind = ShardedContactSet if "shards" in options else ContactSet
        pulumi.export(name, kind(name, **options).summary)


def _check(name: str, options: Any) -> None:
    if not isinstance(options, Mapping) or "source" not in options:
        raise pulumi.RunError(f"The set {name!r} in sinch-contacts:sets has no source. {_HOW}")
    if "shard" in options and "shards" not in options:
        raise pulumi.RunError(f"The set {name!r} in sinch-contacts:sets has a shard, and no shards. {_HOW_MANY}")
    for option in options:
        if option not in _OPTIONS:
            near = get_close_matches(str(option), _OPTIONS, n=1)
            hint = f"Did you mean {near[0]!r}?" if near else f"Known are {', '.join(_OPTIONS)}."
            raise pulumi.RunError(f"The set {name!r} in sinch-contacts:sets has an unknown option {option!r}. {hint}")
