"""What becomes of two contacts that are merged, by the text of Sinch's OpenAPI document."""

from typing import Final

from sinch_contacts.emulator.validation import Fields

_NAMELESS: Final = frozenset({"", "Unknown"})


def merged_contact(destination: Fields, source: Fields) -> Fields:
    """Returns the destination with what it lacks taken from the source.

    Identities move for channels that the destination does not have. A moved channel goes to the bottom of the priority
    list if the source had given it a priority: the document says that it goes there, and Sinch's own test data shows a
    channel without a priority that does not.
    """
    channels = {identity["channel"] for identity in destination["channel_identities"]}
    moved = [identity for identity in source["channel_identities"] if identity["channel"] not in channels]
    moved_channels = {identity["channel"] for identity in moved}
    priority = destination["channel_priority"]
    further = [item for item in source["channel_priority"] if item in moved_channels and item not in priority]
    nameless = destination["display_name"] in _NAMELESS
    return {
        **destination,
        "channel_identities": [*destination["channel_identities"], *moved],
        "channel_priority": [*priority, *further],
        "display_name": source["display_name"] if nameless else destination["display_name"],
        **{name: destination[name] or source[name] for name in ("email", "external_id", "metadata")},
    }
