"""Contacts as people and logs see them: printable, and masked unless a set reveals what it holds.

Phone numbers, names and e-mail addresses are personal; so is a key that is made of one. A masked text keeps two
characters at most, enough for its owner to recognise it and for nobody to call it.
"""

import re
from typing import Final

from sinch_contacts.core.contact.channels import Channel
from sinch_contacts.core.contact.contact import ChannelIdentity, Contact, Key

_MASK: Final = "···"
_KEPT: Final = 2
_SHORTEST: Final = 6
_LONGEST: Final = 64
"""Characters of a key that are shown; Sinch states no limit of an external id."""

_NUMBER: Final = r"\d(?:[\s()./\u2010-\u2015-]{0,3}\d){5,}"
"""Six digits or more of any script, with what people put between them."""

_PERSONAL: Final = re.compile(rf"@|{_NUMBER}|^[A-Z]+:")
_PART: Final = r"[^\s\"'<>,;:=()]"
_ADDRESS: Final = re.compile(rf"(?:(?<!{_PART}){_PART}+|[\"'<>,;:=()])@\S{_PART}*")
"""It is looked for at the beginnings of words alone: the time for a long word would otherwise grow with its square."""

_LONG_NUMBER: Final = re.compile(rf"\+?\(?{_NUMBER}")

_COMMAND: Final = re.compile(r"^(\s*):(?=:)|#(?=#(?:\[|vso))")
"""What the runners of forges take for a command in a log: `::…::` at the beginning of a line, `##[…]` anywhere."""

_SHOWN_AS_IT_IS: Final = frozenset({"language", "channel_priority"})


def shorten(text: str) -> str:
    """Returns the text, cut where it is longer than a key usually is."""
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"


def mask(text: str) -> str:
    """Returns three dots and the last two characters, or the dots alone where the text is short."""
    return _MASK + (text[-_KEPT:] if len(text) >= _SHORTEST else "")


def mask_identity(identity: ChannelIdentity) -> str:
    """Returns the channel and the masked address, such as `SMS:···01`."""
    return f"{identity.channel}:{mask(identity.identity)}"


def is_personal(key: Key) -> bool:
    """Says whether a key looks like a phone number, an address or an identity."""
    return bool(_PERSONAL.search(key))


def mask_key(key: Key) -> str:
    """Returns the key as it may be shown: cut where it is long, masked where it looks like a number or an address."""
    if not is_personal(key):
        return shown_text(shorten(key))
    channel, colon, identity = key.partition(":")
    return f"{channel}:{mask(identity)}" if colon and channel in Channel.__members__ else mask(key)


def mask_text(text: str) -> str:
    """Masks every phone number and e-mail address within a text, such as a message of the server."""
    return _LONG_NUMBER.sub(_masked, _ADDRESS.sub(_masked, text))


def _masked(found: re.Match[str]) -> str:
    return mask(found.group())


def shown_text(text: str) -> str:
    r"""Returns a text of one line with all that a screen or a forge would act on as an escape, such as `\x07`.

    These are control characters, marks of direction, line ends, and the beginnings of workflow commands.
    """
    if text.isprintable() and "::" not in text and "##" not in text:
        return text
    line = _COMMAND.sub(_defused, text)
    return "".join(letter if letter.isprintable() else ascii(letter)[1:-1] for letter in line)


def _defused(found: re.Match[str]) -> str:
    space = found.group(1)
    return r"\x23" if space is None else rf"{space}\x3a"


def shown_lines(text: str) -> str:
    """Returns a text of several lines, each as `shown_text` shows it."""
    return "\n".join(map(shown_text, text.split("\n")))


def shown_key(key: Key, *, reveal: bool) -> str:
    """Returns a key, masked where it looks personal."""
    return key if reveal else mask_key(key)


def shown_identity(identity: ChannelIdentity, *, reveal: bool) -> str:
    """Returns an identity, such as `SMS:···01`."""
    if not reveal:
        return mask_identity(identity)
    app = f"{identity.app_id}:" if identity.app_id else ""
    return f"{identity.channel}:{app}{identity.identity}"


def shown_field(contact: Contact, name: str, *, reveal: bool) -> str | None:
    """Returns a field of a contact as one text; `None` where it is not set."""
    value = getattr(contact, name)
    if not value:
        return None
    if name == "channel_identities":
        return " ".join(shown_identity(identity, reveal=reveal) for identity in value)
    if name in _SHOWN_AS_IT_IS:
        return value if isinstance(value, str) else " ".join(value)
    if name == "external_id":
        return shown_key(value, reveal=reveal)
    return str(value) if reveal else mask(value)
