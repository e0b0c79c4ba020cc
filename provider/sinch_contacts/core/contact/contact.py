"""What a contact is: the fields that Sinch knows of it, and the two forms in which we meet it.

A *desired* contact names some fields; a field that it does not name is `None` and is not ours. A *live* contact was
read from Sinch: it has an id, and every field that is not set there is an empty text or an empty list.
"""

from typing import Final, NewType

import msgspec

Key = NewType("Key", str)
"""What identifies a contact within its set: the map key or `external_id` of its file, else its first identity."""

ContactId = NewType("ContactId", str)
"""The id that Sinch gave a contact; opaque."""


class ChannelIdentity(msgspec.Struct, frozen=True, gc=False, order=True, omit_defaults=True):
    """An address of a contact on one channel.

    Attributes:
        channel: A `Channel` name; other texts are met on contacts that others made.
        identity: The address: a phone number (E.164) on phone channels, else an id of the channel's own.
        app_id: The Conversation API app that the identity belongs to; empty where the channel is not app-scoped.
    """

    channel: str
    identity: str
    app_id: str = ""


class Contact(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    """A contact's fields, as the body of the API's own create call names them; `None` is a field that is not named.

    Attributes:
        channel_identities: At least one address.
        language: One of `LANGUAGES`.
        channel_priority: Channel names, the one to try first in front.
        display_name: Shown name; the server calls the nameless `Unknown`.
        email: E-mail address.
        external_id: The contact's id in the owner's own system. It includes the set's prefix.
        metadata: Free text, at most 1,024 characters.
    """

    channel_identities: tuple[ChannelIdentity, ...]
    language: str
    channel_priority: tuple[str, ...] | None = None
    display_name: str | None = None
    email: str | None = None
    external_id: str | None = None
    metadata: str | None = None


class LiveContact(msgspec.Struct, frozen=True, gc=False):
    """A contact as it was read from Sinch.

    Attributes:
        id: Its id at Sinch.
        contact: Its fields; unset texts are empty, never `None`.
    """

    id: ContactId
    contact: Contact


FIELDS: Final = (
    "channel_identities",
    "language",
    "channel_priority",
    "display_name",
    "email",
    "external_id",
    "metadata",
)
"""Names of a contact's fields: those of the create body, and the paths that an update mask may name."""


def named_fields(contact: Contact) -> tuple[str, ...]:
    """Names the fields that a desired contact sets, in the order of `FIELDS`."""
    return tuple(name for name in FIELDS if getattr(contact, name) is not None)
