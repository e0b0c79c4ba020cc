"""Collects the contacts of a set, and finds duplicate keys and identities."""

import re
from collections.abc import Collection
from typing import Final

import msgspec

from sinch_contacts.core.contact.channels import APP_SCOPED_CHANNELS, PHONE_CHANNELS
from sinch_contacts.core.contact.contact import ChannelIdentity, Key
from sinch_contacts.core.contact.desired import DesiredContact
from sinch_contacts.core.contact.normalize import normalize_identity
from sinch_contacts.core.contact.showing import mask_identity
from sinch_contacts.sources.display import masked_key
from sinch_contacts.sources.document import Row
from sinch_contacts.sources.issues import ValueIssue, ValuePath
from sinch_contacts.sources.validation.validator import ValidContact

_PLUS: Final = re.compile(rf"({'|'.join(sorted(PHONE_CHANNELS))}):\+")


class _InvalidRow(msgspec.Struct, frozen=True, gc=False):
    """An invalid row that was the first with its key."""

    key: Key
    file: str
    line: int


class Catalogue:
    """The contacts of a set, added one by one.

    Attributes:
        contacts: The contacts that were added.
    """

    def __init__(self) -> None:
        """Starts empty."""
        self.contacts: list[DesiredContact] = []
        self._keys: dict[str, DesiredContact | _InvalidRow] = {}
        self._identities: dict[ChannelIdentity, DesiredContact] = {}

    @property
    def keys(self) -> Collection[str]:
        """The keys of all rows so far, valid or not."""
        return self._keys.keys()

    def claim(self, key: Key, row: Row, file: str) -> list[ValueIssue]:
        """Claims a key for an invalid row; returns an issue if an earlier row has it."""
        return self._claim(key, row, _InvalidRow(key, file, row.line))

    def _claim(self, key: Key, row: Row, holder: DesiredContact | _InvalidRow) -> list[ValueIssue]:
        first = self._keys.setdefault(_PLUS.sub(r"\1:", key) if ":+" in key else key, holder)
        if first is holder:
            return []
        message = f"this is the same key as {_shown(first)}; keep one of the two"
        own = row.value if isinstance(row.value, dict) else {}
        if row.key is None and own.get("external_id"):
            return [ValueIssue((*row.path, "external_id"), message)]
        return [ValueIssue(row.path, message, at_key=True)]

    def add(self, valid: ValidContact, row: Row, file: str) -> list[ValueIssue]:
        """Adds a contact; returns an issue for its key and each identity that an earlier one has."""
        holder = DesiredContact(valid.key, valid.contact, file, row.line)
        issues = self._claim(valid.key, row, holder)
        if issues and valid.contact.external_id is None:
            return issues  # the key is an identity, and was reported
        for identity in valid.contact.channel_identities:
            first = self._identities.setdefault(_comparable(identity), holder)
            if first is not holder:
                shown = mask_identity(identity)
                message = f"{shown} belongs to {_shown(first)} already; give each identity to one contact"
                issues.append(ValueIssue(_path_of(identity, row), message))
        self.contacts.append(holder)
        return issues


def _shown(holder: DesiredContact | _InvalidRow) -> str:
    where = f"{holder.file}:{holder.line}" if holder.line else holder.file
    return f"{masked_key(holder.key)} in {where}"


def _comparable(identity: ChannelIdentity) -> ChannelIdentity:
    """Returns an identity without its app if the channel has no apps."""
    if identity.app_id and identity.channel not in APP_SCOPED_CHANNELS:
        return ChannelIdentity(identity.channel, identity.identity)
    return identity


def _path_of(identity: ChannelIdentity, row: Row) -> ValuePath:
    """Returns the path of an identity in a row, where its index may differ from that after normalisation."""
    written = msgspec.convert(row.value, _Identities).channel_identities
    number = next(index for index, found in enumerate(written) if normalize_identity(found) == identity)
    return (*row.path, "channel_identities", number, "identity")


class _Identities(msgspec.Struct):
    channel_identities: list[ChannelIdentity]
