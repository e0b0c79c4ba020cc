"""Resolves YAML scalars without quotes by the rules of YAML 1.2.

Where YAML 1.1, which many programs still follow, would read something else, a scalar is ambiguous.
"""

import re
from collections.abc import Mapping
from typing import Final

from yaml.resolver import Resolver

MAYBE_SPECIAL: Final = frozenset(["", *"0123456789+-.~nNtTfFyYoO=<"])
"""The first characters of plain scalars that may be something other than text."""

AMBIGUOUS: Final = object()
"""The value of a scalar that the two versions of YAML read differently."""

_VALUES: Final[Mapping[str, object]] = {
    "": None,
    "~": None,
    **dict.fromkeys(("null", "Null", "NULL"), None),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}
_INT: Final = re.compile(r"[-+]?(?:0|[1-9][0-9]{0,39})")
_FLOAT: Final = re.compile(r"[-+]?(?:0|[1-9][0-9]*)\.[0-9]+(?:[eE][-+][0-9]{1,2})?")
_CORE_NUMBER: Final = re.compile(
    r"[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+|[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?"
    r"|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)",
)
_YAML_1_1: Final = Resolver.yaml_implicit_resolvers


def resolve_scalar(text: str) -> object:
    """Returns the value of a plain scalar: itself if it is text, `AMBIGUOUS` where YAML 1.1 and 1.2 differ."""
    if text in _VALUES:
        return _VALUES[text]
    if _INT.fullmatch(text):
        return int(text)
    if _FLOAT.fullmatch(text):
        return float(text)
    if _CORE_NUMBER.fullmatch(text) or any(rule.match(text) for _, rule in _YAML_1_1.get(text[0], ())):
        return AMBIGUOUS
    return text
