"""The record as a text, the form in which it is kept in the state.

The text is `3.` and base64. A partial result travels in a header of limited size, so the text is dense: columns
instead of rows, because like stands beside like there. What repeats (keys, the times in ids, the letters of fields) is
deflated; what is random (the rest of ids, the digests) is only Huffman-coded, in which each character costs the 5 or 6
bits that it tells, and which is faster. Nothing is taken for granted of the texts: what does not look as expected takes
more room, and survives. Version 2, whose digests were short, and version 1, deflated lines of JSON, are read for ever.
"""

import zlib
from base64 import b64decode, b64encode
from collections.abc import Iterable, Sequence
from itertools import accumulate, starmap
from operator import add
from typing import Final

import msgspec

from sinch_contacts.core.contact import ulid
from sinch_contacts.core.contact.contact import ContactId, Key
from sinch_contacts.core.contact.digest import FIELD_DIGEST_LENGTH
from sinch_contacts.core.errors import ContactsError
from sinch_contacts.core.record.recorded import Origin, Record, RecordedContact, Status, record_of

_VERSION: Final = "3"
_FIELD: Final = FIELD_DIGEST_LENGTH
"""The first field is the language, which repeats."""

_ORIGINS: Final = {str(origin): origin for origin in Origin}
_STATUSES: Final = {str(status): status for status in Status}


class UnreadableRecord(ContactsError):
    """The recorded state was not written by this package, or by a later version of it."""


Lengths = int | list[int]
"""How many characters each text of a column has; one number where all have the same."""


class _Columns(msgspec.Struct, frozen=True, array_like=True):
    """What repeats from row to row."""

    keys: list[Key]
    origins: str
    statuses: str
    since: list[int]
    ids: Lengths
    digests: Lengths
    identities: Lengths
    fields: Lengths
    applied: Lengths
    id_times: bytes
    languages: bytes
    letters: bytes


class _Noise(msgspec.Struct, frozen=True, array_like=True):
    """What does not."""

    ids: bytes
    digests: bytes
    identities: bytes
    fields: bytes
    applied: bytes


_pack = msgspec.msgpack.Encoder(order="deterministic").encode
_columns = msgspec.msgpack.Decoder(_Columns).decode
_noise = msgspec.msgpack.Decoder(_Noise).decode
_row = msgspec.json.Decoder(RecordedContact).decode


def encode_record(record: Record) -> str:
    """Returns the text that is kept in the state. Equal records give equal texts."""
    rows = [record[key] for key in sorted(record)]
    ids = [row.id for row in rows]
    digests = [row.digest for row in rows]
    identities = [row.identities for row in rows]
    fields = [row.fields for row in rows]
    applied = [row.applied for row in rows]
    all_ids = _weave("".join(ids).encode(), ulid.LENGTH)
    others = _weave("".join([text[_FIELD:] for text in fields]).encode(), _FIELD)
    times, letters = _share(all_ids, ulid.TIME_LENGTH, ulid.LENGTH), _share(others, 1, _FIELD)
    columns = _Columns(
        keys=[row.key for row in rows],
        origins="".join([row.origin for row in rows]),
        statuses="".join([row.status for row in rows]),
        since=[row.since for row in rows],
        ids=_lengths(ids),
        digests=_lengths(digests),
        identities=_lengths(identities),
        fields=_lengths(fields),
        applied=_lengths(applied),
        id_times=all_ids[:times],
        languages=_weave("".join([text[:_FIELD] for text in fields]).encode(), _FIELD),
        letters=others[:letters],
    )
    noise = _Noise(
        ids=all_ids[times:],
        digests="".join(digests).encode(),
        identities="".join(identities).encode(),
        fields=others[letters:],
        applied="".join(applied).encode(),
    )
    return f"{_VERSION}.{b64encode(zlib.compress(_pack(columns), 6) + _huffman(_pack(noise))).decode()}"


def decode_record(text: str) -> Record:
    """Reads what `encode_record` wrote, in any version; no text at all is an empty record.

    Raises:
        UnreadableRecord: The text has a later version or is damaged.
    """
    if not text:
        return {}
    version, _, content = text.partition(".")
    if version.isdigit() and version not in _READERS:
        raise UnreadableRecord(
            f"The recorded state has format {version[:10]!r}, which this version cannot read.",
            "Use the version of pulumi-sinch-contacts that wrote it, or a later one.",
        )
    try:
        return _READERS[version](b64decode(content, validate=True))
    except (ValueError, LookupError, zlib.error, msgspec.MsgspecError) as error:
        raise UnreadableRecord("The recorded state is damaged.", "Restore it from the stack's history.") from error


def _read_rows(content: bytes) -> Record:
    rows = map(_row, zlib.decompress(content).splitlines())
    return record_of(_as_creating(row) if _is_unseen(row) else row for row in rows)


def _read_columns(content: bytes) -> Record:
    first = zlib.decompressobj()
    columns = _columns(first.decompress(content))
    second = zlib.decompressobj()
    noise = _noise(second.decompress(first.unused_data))
    if not (first.eof and second.eof) or second.unused_data:
        message = "the text ends too early or too late"
        raise ValueError(message)
    heads, tails = _cut(columns.fields)
    all_ids = _unweave(columns.id_times + noise.ids, ulid.LENGTH)
    languages = _slices(_unweave(columns.languages, _FIELD), heads, len(columns.keys))
    others = _slices(_unweave(columns.letters + noise.fields, _FIELD), tails, len(columns.keys))
    count = len(columns.keys)
    rows: Iterable[tuple[Key, ContactId, Origin, Status, str, str, str, int, str]] = zip(
        columns.keys,
        map(ContactId, _slices(all_ids, columns.ids, count)),
        map(_ORIGINS.__getitem__, columns.origins),
        map(_STATUSES.__getitem__, columns.statuses),
        _slices(noise.digests, columns.digests, count),
        _slices(noise.identities, columns.identities, count),
        map(add, languages, others),
        columns.since,
        _slices(noise.applied, columns.applied, count),
        strict=True,
    )
    record = dict(zip(columns.keys, starmap(RecordedContact, rows), strict=True))
    if Status.DELETING in columns.statuses:
        record |= {key: _as_creating(row) for key, row in record.items() if _is_unseen(row)}
    return record


def _is_unseen(row: RecordedContact) -> bool:
    return row.status is Status.DELETING and not row.id


def _as_creating(row: RecordedContact) -> RecordedContact:
    """Reads what early versions wrote of a contact that left the set before it was seen: its creation is awaited."""
    return msgspec.structs.replace(row, status=Status.CREATING)


_READERS: Final = {"1": _read_rows, "2": _read_columns, _VERSION: _read_columns}


def _huffman(content: bytes) -> bytes:
    stream = zlib.compressobj(strategy=zlib.Z_HUFFMAN_ONLY)
    return stream.compress(content) + stream.flush()


def _weave(content: bytes, step: int) -> bytes:
    """Puts the first byte of each group of so many first, then the second of each, and so on."""
    return b"".join([content[at::step] for at in range(step)])


def _unweave(content: bytes, step: int) -> bytes:
    out = bytearray(len(content))
    start = 0
    for at in range(step):
        size = len(range(at, len(content), step))
        out[at::step] = content[start : start + size]
        start += size
    return bytes(out)


def _share(content: bytes, part: int, whole: int) -> int:
    return -(-len(content) * part // whole)


def _lengths(texts: Sequence[str]) -> Lengths:
    lengths = list(map(len, texts))
    return lengths[0] if len(set(lengths)) == 1 else lengths


def _cut(lengths: Lengths) -> tuple[Lengths, Lengths]:
    """Splits the lengths of fields into those of the first field and of the others."""
    if isinstance(lengths, int):
        return min(lengths, _FIELD), max(lengths - _FIELD, 0)
    return [min(length, _FIELD) for length in lengths], [max(length - _FIELD, 0) for length in lengths]


def _slices(content: bytes, lengths: Lengths, count: int) -> list[str]:
    text = content.decode()
    if isinstance(lengths, int):
        ends = range(lengths, lengths * count + 1, lengths) if lengths else [0] * count
        return [text[end - lengths : end] for end in ends]
    return [text[end - length : end] for end, length in zip(accumulate(lengths), lengths, strict=True)]
