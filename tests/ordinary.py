"""Ordinary contacts in any number: two channels, a name, an address, metadata, and ids as Sinch makes them."""

from collections.abc import Iterator
from random import Random

from sinch_contacts.core.contact.contact import ChannelIdentity, Contact, ContactId, Key
from sinch_contacts.core.contact.desired import DesiredContact
from sinch_contacts.core.record.recorded import Record, record_contact

LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
MILLISECONDS_OF_A_BATCH = 1_300


def ordinary_contacts(count: int) -> Iterator[DesiredContact]:
    random = Random(7)  # noqa: S311  # the same contacts each time
    for number in range(count):
        key = f"customer-{number:06d}"
        phone = f"1202{number:07d}"
        contact = Contact(
            (ChannelIdentity("SMS", phone), ChannelIdentity("WHATSAPP", phone)),
            random.choice(["EN_US", "DE", "FR", "ES"]),
            display_name=f"{random.choice(['Ana', 'Bo', 'Carla'])} Person {number}",
            email=f"person{number}@example.com",
            external_id=key,
            metadata=f'{{"tier":"{random.choice(["gold", "silver"])}","row":{number}}}',
        )
        yield DesiredContact(Key(key), contact, "contacts/all.jsonl", number + 1)


def ordinary_record(count: int) -> Record:
    """What is recorded of them once they were created, batch by batch."""
    random = Random(8)  # noqa: S311  # likewise
    record = {}
    for number, row in enumerate(ordinary_contacts(count)):
        moment = 1_800_000_000_000 + number // 1000 * MILLISECONDS_OF_A_BATCH + random.randrange(800)
        record[row.key] = record_contact(row.key, row.contact, contact_id=ulid(moment, random))
    return record


def ulid(moment: int, random: Random) -> ContactId:
    """Returns an id of a moment, given in milliseconds."""
    number = (moment << 80) | random.getrandbits(80)
    return ContactId("".join(LETTERS[number >> (5 * place) & 31] for place in reversed(range(26))))
