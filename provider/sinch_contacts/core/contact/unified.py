"""Unified Contact ID: which identities of a contact may have been asked for, and which Sinch has added by itself.

With that setting of a project a number on one or two of SMS, MMS and RCS is put on the others as well. Nothing tells
which of them came first; the recorded digest of what was asked for does.
"""

from collections.abc import Iterator
from itertools import chain, combinations, product
from typing import Final

from sinch_contacts.core.contact.channels import SIM_CHANNELS
from sinch_contacts.core.contact.contact import ChannelIdentity
from sinch_contacts.core.contact.digest import identities_digest, recorded_forms
from sinch_contacts.core.contact.normalize import normalize_identity

_MOST_NUMBERS: Final = 4
"""Of contacts with more numbers only the whole is looked at: the parts would be thousands."""

Identities = tuple[ChannelIdentity, ...]


def asked_identities(there: Identities, digest: str) -> Identities | None:
    """Finds the part of a live contact's identities that was asked for.

    Args:
        there: The identities as they were read.
        digest: Stands for those that were asked for; see `identities_digest`.

    Returns:
        The normalised identities; `None` where something else was asked for.
    """
    return next((part for part in _parts(there) if digest in recorded_forms(identities_digest(part))), None)


def _parts(there: Identities) -> Iterator[Identities]:
    found = tuple(dict.fromkeys(map(normalize_identity, there)))
    yield found
    twins: dict[str, list[ChannelIdentity]] = {}
    for identity in found:
        if identity.channel in SIM_CHANNELS:
            twins.setdefault(identity.identity, []).append(identity)
    if not 0 < len(twins) <= _MOST_NUMBERS:
        return
    rest = tuple(identity for identity in found if identity.channel not in SIM_CHANNELS)
    parts = [[part for size in range(1, len(ours) + 1) for part in combinations(ours, size)] for ours in twins.values()]
    for choice in product(*parts):
        yield (*rest, *chain.from_iterable(choice))
