"""Ids that look like those of Sinch: ULIDs, 26 characters of Crockford's base 32."""

import secrets
from typing import Final

_ALPHABET: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_RANDOM_BITS: Final = 80
_LENGTH: Final = 26


def ulid(now: float) -> str:
    """Returns a new id.

    Args:
        now: Seconds since 1970, which its first ten characters tell in milliseconds.
    """
    number = (int(now * 1000) << _RANDOM_BITS) | secrets.randbits(_RANDOM_BITS)
    return "".join(_ALPHABET[number >> (5 * place) & 31] for place in reversed(range(_LENGTH)))
