"""How calls to Sinch are made: where to, how fast, how patiently."""

from ipaddress import ip_address
from math import inf
from typing import Final
from urllib.parse import urlsplit

import msgspec

from sinch_contacts.core.errors import SettingError

DEFAULT_RATE: Final = 50.0
"""Requests a second: a modest share of the quota of 800, which the whole project shares with its production traffic."""


class ApiSettings(msgspec.Struct, frozen=True):
    """Settings of the HTTP adapter.

    Attributes:
        emulator_url: An origin that stands in for all three hosts of Sinch; empty for Sinch itself.
        requests_per_second: The most requests in any second.
        connect_timeout: Seconds until a connection must be made.
        read_timeout: Seconds until an answer must go on.
        attempts: How often a read is tried in all.
        longest_pause: Seconds between two attempts at most; a longer wish of the server ends the call.
        concurrency: Connections that are kept open.
    """

    emulator_url: str = ""
    requests_per_second: float = DEFAULT_RATE
    connect_timeout: float = 10.0
    read_timeout: float = 60.0
    attempts: int = 5
    longest_pause: float = 30.0
    concurrency: int = 8

    def __post_init__(self) -> None:
        """Refuses what could not work, and an emulator that is not on this machine without TLS."""
        for name in self.__struct_fields__[1:]:
            if not 0 < getattr(self, name) < inf:
                raise SettingError(
                    name,
                    f"The setting {name} must be a number above 0.",
                    "Correct it, or leave it out for its default.",
                )
        if self.emulator_url:
            _check_origin(self.emulator_url)


def _check_origin(url: str) -> None:
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname or "", parts.port
    except ValueError:
        host, parts = "", urlsplit("")
    if not host or parts.scheme not in {"http", "https"} or "@" in parts.netloc or parts.query or parts.fragment:
        raise SettingError(
            "sinch:emulatorUrl",
            "The emulator's address is not an address such as http://127.0.0.1:8580.",
            "Correct SINCH_EMULATOR_URL or sinch:emulatorUrl.",
        )
    if parts.scheme == "http" and not is_loopback(host):
        raise SettingError(
            "sinch:emulatorUrl",
            f"The emulator's address is on another machine ({host}), and credentials are not sent there without TLS.",
            "Use an https address, or run the emulator on this machine.",
        )


def is_loopback(host: str) -> bool:
    """Says whether a host name or address is this machine's own."""
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
