"""Unified Contact ID: a project setting under which a phone number on SMS, MMS or RCS is on all three."""

from sinch_contacts.emulator.channels import SIM
from sinch_contacts.emulator.validation import Fields


def unify(contact: Fields, *, on: bool) -> Fields:
    """Returns a contact with the missing identities appended, where the setting is on."""
    if not on:
        return contact
    identities = list(contact["channel_identities"])
    there = {(identity["channel"], identity["identity"]) for identity in identities}
    for identity in contact["channel_identities"]:
        if identity["channel"] in SIM:
            for channel in SIM:
                if (channel, identity["identity"]) not in there:
                    there.add((channel, identity["identity"]))
                    identities.append({"channel": channel, "identity": identity["identity"], "app_id": ""})
    return {**contact, "channel_identities": identities}
