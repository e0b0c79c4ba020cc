"""Contacts as they go over the wire.

Decoding is tolerant: Sinch renders unset fields as empty texts, some of its examples leave fields out, and events carry
channels and languages that the creation call does not accept.
"""

from collections.abc import Sequence
from typing import Annotated, Any, Final

import msgspec

from sinch_contacts.api.port import Page
from sinch_contacts.core.contact.contact import ChannelIdentity, Contact, ContactId, LiveContact

_ID: Final = r"\A(?!\.{1,2}\Z)[0-9A-Za-z._~:=+-]{1,128}\Z"
"""An id goes into addresses and messages, so it may not lead elsewhere or across lines; Sinch's have 26 letters."""

_encode = msgspec.json.Encoder().encode


class _Identity(msgspec.Struct, gc=False):
    channel: str | None = None
    identity: str | None = None
    app_id: str | None = None


class _Contact(msgspec.Struct, gc=False):
    id: Annotated[str, msgspec.Meta(pattern=_ID)]
    channel_identities: list[_Identity] | None = None
    channel_priority: list[str] | None = None
    display_name: str | None = None
    email: str | None = None
    external_id: str | None = None
    metadata: str | None = None
    language: str | None = None


class _Said(msgspec.Struct, gc=False):
    """What is said where something went wrong, and nowhere else."""

    error: msgspec.Raw | msgspec.UnsetType = msgspec.UNSET
    message: msgspec.Raw | msgspec.UnsetType = msgspec.UNSET

    def __post_init__(self) -> None:
        if self.error is not msgspec.UNSET or self.message is not msgspec.UNSET:
            message = "this is an error, whatever its status"
            raise ValueError(message)


class _Page(_Said, gc=False, kw_only=True):
    contacts: list[_Contact]
    next_page_token: str | None = None


_contact: Final = msgspec.json.Decoder(_Contact)
_page: Final = msgspec.json.Decoder(_Page)
_accepted: Final = msgspec.json.Decoder(_Said)


def encode_contact(contact: Contact) -> bytes:
    """Returns the body that creates a contact; fields that are not named are left out."""
    return _encode(contact)


def encode_batch(contacts: Sequence[Contact]) -> bytes:
    """Returns the body of a batch creation."""
    return _encode({"contacts": contacts})


def encode_ids(ids: Sequence[ContactId]) -> bytes:
    """Returns the body of a batch deletion."""
    return _encode({"contact_ids": ids})


def encode_patch(contact: Contact, mask: Sequence[str]) -> bytes:
    """Returns the body of an update: the fields of the mask, those that are not named as empty, which clears them."""
    body: dict[str, Any] = {}
    for name in mask:
        value = getattr(contact, name)
        empty: Any = [] if name == "channel_priority" else ""
        body[name] = empty if value is None else value
    return _encode(body)


def decode_contact(body: bytes) -> LiveContact:
    """Reads one contact.

    Raises:
        msgspec.MsgspecError: The body is none.
    """
    return _live(_contact.decode(body))


def decode_page(body: bytes) -> Page:
    """Reads a page of a list; Sinch renders all fields, so one without contacts is empty, and not without the field.

    Raises:
        msgspec.MsgspecError: The body is none.
    """
    page = _page.decode(body)
    return Page(tuple(map(_live, page.contacts)), page.next_page_token or "")


def decode_acceptance(body: bytes) -> None:
    """Reads the answer to a batch call or a deletion, for which no fields are documented.

    Raises:
        msgspec.MsgspecError: The body is neither empty nor an object, or tells of an error.
    """
    if body.strip():
        _accepted.decode(body)


def _live(raw: _Contact) -> LiveContact:
    identities = tuple(
        ChannelIdentity(identity.channel or "", identity.identity or "", identity.app_id or "")
        for identity in raw.channel_identities or ()
    )
    contact = Contact(
        channel_identities=identities,
        language=raw.language or "",
        channel_priority=tuple(raw.channel_priority or ()),
        display_name=raw.display_name or "",
        email=raw.email or "",
        external_id=raw.external_id or "",
        metadata=raw.metadata or "",
    )
    return LiveContact(ContactId(raw.id), contact)
