"""Validates single contacts: turns a row of a file into a contact, or into its issues.

`jsonschema-rs` checks every contact, because it takes 2 microseconds where `jsonschema` takes 130. It only says whether
a contact is valid; the few that are not go to `jsonschema`, whose errors `wording` turns into issues.
"""

import json
from collections.abc import Mapping
from functools import cache
from typing import Any, Final

import jsonschema_rs
import msgspec

from sinch_contacts.core.contact.channels import APP_SCOPED_CHANNELS
from sinch_contacts.core.contact.contact import FIELDS, Contact, Key
from sinch_contacts.core.contact.normalize import identity_key, normalize_contact, normalize_key
from sinch_contacts.sources.document import Row
from sinch_contacts.sources.issues import ValueIssue, ValuePath
from sinch_contacts.sources.validation.schema import contact_schema, head_schema, patch_schema

_METADATA_LENGTH: Final = 1024
_NO_DEFAULTS: Final[Mapping[str, object]] = {}
_ID: Final[ValuePath] = ("external_id",)
_FIELDS_TO_TAKE_OUT: Final = frozenset(FIELDS).difference(_ID)
_HALF: Final = ValueIssue(
    (), "this holds half a character (a lone surrogate such as \\ud800); take it out", at_key=True
)
_encode: Final = msgspec.json.Encoder().encode


class ValidContact(msgspec.Struct, frozen=True, gc=False):
    """A contact that passed validation.

    Attributes:
        key: Its key, normalised.
        contact: The contact, normalised.
    """

    key: Key
    contact: Contact


@cache
def _contact_validator() -> jsonschema_rs.Draft202012Validator:
    return jsonschema_rs.Draft202012Validator(contact_schema())


@cache
def _patch_validator() -> jsonschema_rs.Draft202012Validator:
    return jsonschema_rs.Draft202012Validator(patch_schema())


@cache
def _head_validator() -> jsonschema_rs.Draft202012Validator:
    return jsonschema_rs.Draft202012Validator(head_schema())


def is_valid(contact: object) -> bool:
    """Whether the schema accepts a contact; agrees with `wording.contact_issues`, which finds the issues.

    Raises:
        UnicodeEncodeError: The contact holds a lone surrogate.
    """
    return _contact_validator().is_valid(contact)


def validate(row: Row, defaults: Mapping[str, object] = _NO_DEFAULTS) -> ValidContact | list[ValueIssue]:
    """Validates one row.

    Args:
        row: The contact as it is written.
        defaults: The fields of a contact that does not set them itself; their own issues are not reported here.

    Returns:
        The contact, or all its issues, which are none if only a default is wrong; paths begin at the top of the
        document.
    """
    value: Any = row.value
    clash: list[ValueIssue] = []
    if isinstance(value, dict):
        if row.key is not None:
            clash = _key_clash(row, value)
            value = {**defaults, **value, "external_id": row.key}
        elif defaults:
            value = {**defaults, **value}
    try:
        is_accepted = is_valid(value)
    except UnicodeEncodeError:
        clash += _placed(row, [_HALF])
        is_accepted = False
    if clash or not is_accepted:
        return clash + _worded(row, value)
    outcome = _converted(row, value)
    return outcome if isinstance(outcome, ValidContact) else _placed(row, [outcome])


def validate_patch(row: Row) -> list[ValueIssue]:
    """Validates an overlay's entry by itself: the fields that it sets, not whether any are missing.

    Args:
        row: The entry as it is written; a field that is `None` is to be removed.

    Returns:
        All issues of the entry; paths begin at the top of the document.
    """
    value: Any = row.value
    issues: list[ValueIssue] = []
    if isinstance(value, dict):
        value = {name: found for name, found in value.items() if found is not None or name not in _FIELDS_TO_TAKE_OUT}
        if row.key is not None:
            issues = _key_clash(row, value)
            value["external_id"] = row.key
    try:
        if _patch_validator().is_valid(value):
            _encode(value)
            return issues
    except UnicodeEncodeError:
        issues += _placed(row, [_HALF])
    from sinch_contacts.sources.validation.wording import patch_issues  # noqa: PLC0415  # slow to import, and rarely needed

    return issues + _placed(row, patch_issues(value))


def validate_head(head: Mapping[str, object]) -> list[ValueIssue]:
    """Validates the fields of a file beside its contacts; returns all their issues."""
    try:
        if not _head_validator().is_valid(head):
            return _worded_head(head)
        defaults = head.get("defaults")
        if isinstance(defaults, dict):
            if message := _metadata_issue(defaults.get("metadata")):
                return [ValueIssue(("defaults", "metadata"), message)]
            json.dumps(defaults, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        return [_HALF, *_worded_head(head)]
    return []


def written_key(row: Row) -> Key | None:
    """Returns the key that is written in a row, even if the row is invalid; `None` if there is none."""
    key = row.key
    if key is None and isinstance(row.value, dict):
        key = row.value.get("external_id")
    return normalize_key(key) or None if isinstance(key, str) else None


def _key_clash(row: Row, value: dict[str, object]) -> list[ValueIssue]:
    if value.get("external_id", "") in ("", row.key):
        return []
    message = "this differs from the contact's key, which is its external id; leave it out"
    return [ValueIssue((*row.path, "external_id"), message)]


def _metadata_issue(metadata: object) -> str:
    """Returns what is wrong with metadata that the schema accepts; empty if it is valid."""
    try:
        text = _compact(metadata) if isinstance(metadata, dict) else ""
    except RecursionError:
        return "this is nested too deeply; make it flatter"
    except ValueError:
        return "this holds a number that JSON does not know; put it in quotes"
    if len(text) > _METADATA_LENGTH:
        return f"this has {len(text):,} characters as compact JSON, and {_METADATA_LENGTH:,} are allowed; shorten it"
    return ""


def _compact(metadata: dict[str, Any]) -> str:
    return json.dumps(metadata, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)


def _worded_head(head: Mapping[str, object]) -> list[ValueIssue]:
    from sinch_contacts.sources.validation.wording import head_issues  # noqa: PLC0415  # slow to import, and rarely needed

    return head_issues(head)


def _worded(row: Row, value: object) -> list[ValueIssue]:
    from sinch_contacts.sources.validation.wording import contact_issues  # noqa: PLC0415  # slow to import, and rarely needed

    return _placed(row, contact_issues(value))


def _placed(row: Row, issues: list[ValueIssue]) -> list[ValueIssue]:
    """Extends the paths of issues by that of the row; leaves out issues of defaults, which are reported once."""
    own = row.value if isinstance(row.value, dict) else {}
    return [
        ValueIssue(row.path, issue.message, at_key=True)
        if issue.path == _ID and row.key is not None
        else msgspec.structs.replace(issue, path=row.path + issue.path)
        for issue in issues
        if not issue.path or issue.path[0] in own or issue.path == _ID
    ]


def _converted(row: Row, value: dict[str, Any]) -> ValidContact | ValueIssue:
    metadata = value.get("metadata")
    if isinstance(metadata, dict):
        if message := _metadata_issue(metadata):
            return ValueIssue(("metadata",), message)
        value = {**value, "metadata": _compact(metadata)}
    written = msgspec.convert(value, Contact)
    try:
        _encode(written)
    except UnicodeEncodeError:
        return _HALF
    for number, identity in enumerate(written.channel_identities):
        if not identity.identity.strip():
            return ValueIssue(("channel_identities", number, "identity"), "this is only space; write the identity")
        if identity.channel in APP_SCOPED_CHANNELS and not identity.app_id.strip():
            return ValueIssue(("channel_identities", number, "app_id"), "this is only space; write the id of the app")
    contact = normalize_contact(written)
    key = normalize_key(contact.external_id or "")
    if key or row.key is None:
        if contact.external_id != (key or None):
            contact = msgspec.structs.replace(contact, external_id=key or None)
        return ValidContact(key or identity_key(contact.channel_identities[0]), contact)
    return ValueIssue(_ID, "this key is empty; write the contact's external id")
