"""The access key of a Sinch project."""

import msgspec


class Credentials(msgspec.Struct, frozen=True, repr_omit_defaults=True):
    """An access key.

    Attributes:
        key_id: Its id.
        key_secret: Its secret; never shown.
    """

    key_id: str
    key_secret: str

    def __repr__(self) -> str:
        """Returns a text without the secret, and without most of the id."""
        return f"Credentials(key_id={self.key_id[:4]!r}…)"

    __str__ = __repr__
