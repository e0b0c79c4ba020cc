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
        emulator_host: The one host beside this machine on which it may be; empty for none.
        requests_per_second: The most requests in any second.
        connect_timeout: Seconds until a connection must be made.
        read_timeout: Seconds until an answer must go on.
        attempts: How often a read is tried in all.
        longest_pause: Seconds between two attempts at most; a longer wish of the server ends the call.
        concurrency: Connections that are kept open.
    """

    emulator_url: str = ""
    emulator_host: str = ""
    requests_per_second: float = DEFAULT_RATE
    connect_timeout: float = 10.0
    read_timeout: float = 60.0
    attempts: int = 5
    longest_pause: float = 30.0
    concurrency: int = 8

    def __post_init__(self) -> None:
        """Refuses what could not work, and an emulator that credentials are not to be sent to."""
        for name in self.__struct_fields__[2:]:
            if not 0 < getattr(self, name) < inf:
                raise SettingError(
                    name,
                    f"The setting {name} must be a number above 0.",
                    "Correct it, or leave it out for its default.",
                )
        if self.emulator_url:
            _check_origin(self.emulator_url, self.emulator_host)


def _check_origin(url: str, trusted: str) -> None:
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
    if is_loopback(host):
        return
    where = f"The emulator's address is on another machine ({host}), and credentials are not sent there"
    if host != trusted.lower():
        raise SettingError(
            "sinch:emulatorUrl",
            f"{where}: whoever writes stack config could have them sent anywhere.",
            "Run the emulator on this machine, or export its host name as SINCH_EMULATOR_HOST; no config can set it.",
        )
    if parts.scheme == "http":
        raise SettingError("sinch:emulatorUrl", f"{where} without TLS.", "Use an https address.")


def is_loopback(host: str) -> bool:
    """Says whether a host name or address is this machine's own."""
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
