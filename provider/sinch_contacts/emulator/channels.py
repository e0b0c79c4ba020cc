"""Channels and languages as Sinch's OpenAPI document lists them, taken down once more and not from the client's table.

A wrong entry in one of the two tables so meets the other: a test compares them.
"""

from typing import Final

CHANNELS: Final = frozenset({
    "APPLEBC", "INSTAGRAM", "KAKAOTALK", "KAKAOTALKCHAT", "LINE", "MESSENGER", "MMS", "RCS", "SMS", "TELEGRAM",
    "VIBERBM", "WECHAT", "WHATSAPP",
})  # fmt: skip
"""What a creation and an update may name."""

PHONES: Final = frozenset({"MMS", "RCS", "SMS", "VIBERBM", "WHATSAPP"})
"""Where an identity is a phone number."""

SIM: Final = ("SMS", "MMS", "RCS")
"""Among which Unified Contact ID copies a number, in the order in which it appends them."""

OF_AN_APP: Final = frozenset({"INSTAGRAM", "LINE", "MESSENGER", "WECHAT"})
"""Where an identity needs the app that it belongs to."""

PROFILES: Final = frozenset({"INSTAGRAM", "LINE", "MESSENGER", "VIBER"})
"""What getChannelProfile knows."""

LANGUAGES: Final = frozenset({
    "AF", "AR", "AZ", "BG", "BN", "CA", "CS", "DA", "DE", "EL", "EN", "EN_GB", "EN_US", "ES", "ES_AR", "ES_ES",
    "ES_MX", "ET", "FA", "FI", "FIL", "FR", "GA", "GU", "HA", "HE", "HI", "HR", "HU", "ID", "IT", "JA", "KK", "KN",
    "KO", "LO", "LT", "LV", "MK", "ML", "MR", "MS", "NB", "NL", "PA", "PL", "PT", "PT_BR", "PT_PT", "RO", "RU", "SK",
    "SL", "SQ", "SR", "SV", "SW", "TA", "TE", "TH", "TR", "UK", "UR", "UZ", "VI", "ZH", "ZH_CN", "ZH_HK", "ZH_TW",
    "ZU",
})  # fmt: skip
"""What a creation and an update may name; contacts that Sinch makes itself may have `UNSPECIFIED`."""
