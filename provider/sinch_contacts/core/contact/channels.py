"""Channels and languages of the Sinch Conversation API.

The two enumerations are those of the Batch API's "Create contacts" page, v1.0, which agree with Sinch's own
OpenAPI document. `schemas/contact-set.schema.json` holds the same lists for editors; a test keeps them equal.
"""

from enum import StrEnum
from typing import Final


class Channel(StrEnum):
    """A channel that a contact can be reached on; thirteen values are accepted on creation."""

    WHATSAPP = "WHATSAPP"
    RCS = "RCS"
    SMS = "SMS"
    MESSENGER = "MESSENGER"
    VIBERBM = "VIBERBM"
    MMS = "MMS"
    INSTAGRAM = "INSTAGRAM"
    TELEGRAM = "TELEGRAM"
    KAKAOTALK = "KAKAOTALK"
    KAKAOTALKCHAT = "KAKAOTALKCHAT"
    LINE = "LINE"
    WECHAT = "WECHAT"
    APPLEBC = "APPLEBC"


PHONE_CHANNELS: Final = frozenset({Channel.SMS, Channel.MMS, Channel.RCS, Channel.WHATSAPP, Channel.VIBERBM})
"""Channels whose identity is a phone number: the server drops its leading `+`."""

SIM_CHANNELS: Final = frozenset({Channel.SMS, Channel.MMS, Channel.RCS})
"""Channels among which Unified Contact ID copies a phone number."""

APP_SCOPED_CHANNELS: Final = frozenset({Channel.MESSENGER, Channel.INSTAGRAM, Channel.LINE, Channel.WECHAT})
"""Channels whose identity means something only together with an `app_id`."""

LANGUAGES: Final = frozenset(
    (
        "AF SQ AR AZ BN BG CA ZH ZH_CN ZH_HK ZH_TW HR CS DA NL EN EN_GB EN_US ET FIL FI FR DE EL GU HA HE HI HU ID GA "
        "IT JA KN KK KO LO LV LT MK MS ML MR NB FA PL PT PT_BR PT_PT PA RO RU SR SK SL ES ES_AR ES_ES ES_MX SW SV TA "
        "TE TH TR UK UR UZ VI ZU"
    ).split(),
)
"""Language codes accepted on creation. Responses may also carry `UNSPECIFIED`."""
