"""What a server's text repeats of the contents that it was sent: names, e-mails, metadata and identities are masked.

A text is shown to whoever reads the log of a pipeline. Numbers and addresses in it are masked whatever they are; a
display name or metadata is known for what it is only because it was sent.
"""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from sinch_contacts.core.contact.showing import mask

_CONTENTS: Final = frozenset({"display_name", "email", "metadata", "identity"})
_SHORTEST: Final = 2
_STRETCH: Final = 12
"""Characters in a row that no two texts share by chance: a server may repeat a part of what it was sent."""


def contents_of(body: bytes, query: Mapping[str, str]) -> list[str]:
    """Returns the personal texts of a call, each once.

    Args:
        body: Its JSON body; empty for none.
        query: Its query.
    """
    sent = {query.get("identity", ""), *(_contents(json.loads(body)) if body else ())}
    return sorted(text for text in sent if len(text) >= _SHORTEST)


def mask_echoes(text: str, contents: Sequence[str]) -> str:
    """Masks what a text repeats of personal contents: whole ones as words, and long stretches of them anywhere.

    Args:
        text: The server's text, in which escaped quotes are shown as plain ones.
        contents: What was sent.
    """
    text = text.replace('\\"', '"')
    lowered, known = text.lower(), "\0".join(contents).lower()
    if len(lowered) != len(text):  # a letter whose small form is longer, such as the Turkish İ
        text = lowered
    spans = [
        found.span()
        for content in contents
        if content.lower() in lowered
        for found in re.finditer(rf"(?<!\w){re.escape(content.lower())}(?!\w)", lowered)
    ]
    starts = range(len(lowered) - _STRETCH + 1)
    spans += [(start, start + _STRETCH) for start in starts if lowered[start : start + _STRETCH] in known]
    return "".join(_masked(text, sorted(spans)))


def _masked(text: str, spans: Sequence[tuple[int, int]]) -> Iterator[str]:
    """Goes through a text with each of its spans masked, those that meet as one."""
    shown = 0
    while spans:
        (start, end), *spans = spans
        while spans and spans[0][0] <= end:
            end = max(end, spans[0][1])
            spans = spans[1:]
        yield text[shown:start] + mask(text[start:end])
        shown = end
    yield text[shown:]


def _contents(value: Any) -> Iterator[str]:
    for name, part in value.items() if isinstance(value, dict) else ():
        if name in _CONTENTS and isinstance(part, str):
            yield part
        yield from _contents(part)
    for part in value if isinstance(value, list) else ():
        yield from _contents(part)
