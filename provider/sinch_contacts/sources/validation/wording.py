"""Words the errors of the JSON Schema validator: one sentence each, with a next step and without personal data."""

import difflib
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache
from typing import Any, Final

from jsonschema import Draft202012Validator, ValidationError, validators

from sinch_contacts.sources.display import shown_word
from sinch_contacts.sources.issues import ValueIssue, ValuePath
from sinch_contacts.sources.validation.schema import Schema, contact_schema, head_schema, patch_schema

_QUOTE: Final = "put it in quotes"
_PHONE: Final = "write it with country code and digits only, like +12025550123"
_PHONE_PATTERN_START: Final = "[1-9]"
_PHONE_DIGITS: Final = (7, 15)
_EMPTY: Final = {
    "contacts": 'the file has no contacts; write "contacts: {}" for none',
    "metadata": 'this field is null; leave it out, or write "" to make it empty',
    "channel_identities": 'this field is null; write a list such as [{channel: SMS, identity: "+12025550123"}]',
}


_TYPES: Final = Draft202012Validator.TYPE_CHECKER.redefine("array", lambda _, found: isinstance(found, list | tuple))
"""The types of JSON Schema, where tuples count as arrays too, because Python programs pass them."""


_Validator: Final[Any] = validators.extend(Draft202012Validator, type_checker=_TYPES)  # type: ignore[no-untyped-call]


@cache
def _validator(schema: Callable[[], Schema]) -> Any:
    return _Validator(schema())


def contact_issues(contact: object) -> list[ValueIssue]:
    """Returns all issues of one contact; paths begin at the contact."""
    return _issues(_validator(contact_schema), contact)


def patch_issues(patch: object) -> list[ValueIssue]:
    """Returns all issues of an overlay's entry; paths begin at the entry."""
    return _issues(_validator(patch_schema), patch)


def head_issues(head: object) -> list[ValueIssue]:
    """Returns all issues of a file's fields beside the contacts."""
    return _issues(_validator(head_schema), head)


def _issues(validator: Any, value: object) -> list[ValueIssue]:
    try:
        errors = list(validator.iter_errors(value))
    except RecursionError:
        return [ValueIssue((), "this is nested too deeply; contacts are at most a few levels deep")]
    mistyped = {tuple(error.absolute_path) for error in errors if error.validator == "type"}
    return list(
        dict.fromkeys(
            issue
            for error in errors
            if error.validator == "type" or tuple(error.absolute_path) not in mistyped
            for issue in _words(error)
        ),
    )


def _words(error: ValidationError) -> Iterator[ValueIssue]:
    path: ValuePath = tuple(error.absolute_path)
    found: Any = error.instance
    rule: Any = error.validator_value
    match error.validator:
        case "additionalProperties":
            yield from _unknown_fields(path, found, list(error.schema["properties"]))  # type: ignore[index]  # it is a mapping
        case "type":
            yield ValueIssue(path, _mistyped(path, rule, found))
        case "required":
            yield ValueIssue(path, _missing(rule, found), at_key=True)
        case "enum":
            yield ValueIssue(path, _unknown_name(path, rule, found))
        case "pattern":
            yield from _misspelt(path, rule, found)
        case "const":
            message = f"this version is not known; this program reads version {rule}"
            yield ValueIssue(path, message)
        case "maxLength":
            yield ValueIssue(path, f"this has {len(found):,} characters, and {rule:,} are allowed; shorten it")
        case _:  # minLength and minItems
            yield ValueIssue(path, "this is empty; fill it in, or leave out what it belongs to")


def _unknown_fields(path: ValuePath, found: Iterable[str], known: list[str]) -> Iterator[ValueIssue]:
    for name in found:
        if name not in known:
            hint = _nearest(name.lower(), known) or f"known are {_listed(known)}"
            yield ValueIssue((*path, name), f"there is no field{shown_word(name)}; {hint}", at_key=True)


def _mistyped(path: ValuePath, wanted: str | list[str], found: object) -> str:
    field = str(path[-1]) if path else ""
    if found is None:
        return _EMPTY.get(field) or 'this is null; leave it out, or write "" for an empty text'
    names = [wanted] if isinstance(wanted, str) else wanted
    kind = _kind(found)
    if "string" in names and isinstance(found, bool | int | float):
        return f"this is {kind}, and a text is wanted; {_QUOTE}"
    return f"this is {kind}, and {' or '.join(_WANTED[name] for name in names)} is wanted"


_WANTED: Final[Mapping[str, str]] = {"string": "a text", "object": "a mapping", "array": "a list"}


def _kind(found: object) -> str:
    match found:
        case bool():
            return "true or false"
        case int() | float():
            return "a number"
        case str():
            return "a text"
        case dict():
            return "a mapping"
        case _:
            return "a list"


def _missing(required: Iterable[str], found: Mapping[str, Any]) -> str:
    names = [name for name in required if name not in found]
    if names == ["app_id"]:
        return f"{found['channel']} identities belong to an app; add its app_id"
    return f"this lacks {_listed(names)}; add it" if len(names) == 1 else f"this lacks {_listed(names)}; add them"


def _unknown_name(path: ValuePath, known: list[str], found: str) -> str:
    kind = "language" if path[-1] == "language" else "channel"
    hint = _nearest(found.strip().upper().replace("-", "_"), known)
    if not hint:
        hint = "use a code such as EN or EN_US" if kind == "language" else f"known are {_listed(known)}"
    return f"there is no {kind}{shown_word(found)}; {hint}"


def _misspelt(path: ValuePath, pattern: str, text: str) -> Iterator[ValueIssue]:
    if _PHONE_PATTERN_START not in pattern:
        yield ValueIssue(path, "this holds a control character or a line break; take it out")
    elif text:
        yield ValueIssue(path, f"this is not a phone number: {_phone_issue(text)}; {_PHONE}")


def _phone_issue(text: str) -> str:
    digits = text.removeprefix("+")
    for at, letter in enumerate(digits, 1 + len(text) - len(digits)):
        if letter not in "0123456789":
            kind = "a space" if letter.isspace() else "something else than a digit"
            return f"character {at} is {kind}"
    if digits.startswith("0"):
        return "it begins with 0"
    least, most = _PHONE_DIGITS
    return f"it has {len(digits)} digit{'s' * (len(digits) != 1)}, and {least} to {most} are wanted"


def _nearest(name: str, known: Iterable[str]) -> str:
    near = difflib.get_close_matches(name, list(known), n=1)
    return f"did you mean {near[0]}?" if near else ""


def _listed(names: Iterable[str]) -> str:
    *most, last = names
    return f"{', '.join(most)} and {last}" if most else last
