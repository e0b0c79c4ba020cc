"""Copies: several contacts at Sinch where one was asked for, and which of them are ours.

The batch calls return no ids and know no idempotency key, so a batch whose answer was lost, or whose process died, can
end up there twice. Copies may be deleted only under three conditions: none of them was there before we asked, each is
just what we asked for, and it carries nothing else that somebody might miss. Any other double is told, never touched.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Final

import msgspec

from sinch_contacts.api.errors import BatchNotPermitted, Rejected, Uncertain
from sinch_contacts.apply.deletion import await_gone
from sinch_contacts.apply.journal.replay import Asked
from sinch_contacts.apply.names import asked_names
from sinch_contacts.apply.problems import Kind, problem_of
from sinch_contacts.apply.run import Run
from sinch_contacts.core.contact.contact import FIELDS, Contact, ContactId, Key, LiveContact, named_fields
from sinch_contacts.core.contact.desired import DesiredContact
from sinch_contacts.core.contact.digest import contact_digest, field_digests, parse_field_digests
from sinch_contacts.core.contact.observed import observe
from sinch_contacts.core.contact.unified import asked_identities
from sinch_contacts.core.limits import BATCH_SIZE
from sinch_contacts.core.record.recorded import RecordedContact

_TEXTS: Final = ("email", "external_id", "metadata")


class Sorted(msgspec.Struct, frozen=True):
    """The contacts that were found under one name.

    Attributes:
        ours: Those that are as we asked, the one that stays first.
        others: All the others.
    """

    ours: tuple[LiveContact, ...]
    others: tuple[LiveContact, ...]


def sort_copies(
    asked: RecordedContact,
    like: Contact | None,
    copies: Iterable[LiveContact],
    changed: Collection[ContactId] = frozenset(),
) -> Sorted:
    """Tells contacts that we made from others: ours are just as we asked, or were changed by us since.

    Args:
        asked: What was recorded when the creation was asked for.
        like: What is declared now; `None` where nothing is.
        copies: What was found under the contact's name.
        changed: Contacts that runs which were cut off may have changed; one of them stays rather than a mere copy.
    """
    ours: list[LiveContact] = []
    others: list[LiveContact] = []
    for live in sorted(copies, key=lambda live: (live.id not in changed, live.id)):
        (ours if live.id in changed or _is_as_asked(asked, like, live) else others).append(live)
    return Sorted(tuple(ours), tuple(others))


def find_call(run: Run, live: LiveContact, calls: Mapping[str, Asked]) -> tuple[str, Asked] | None:
    """Finds the creation that a contact comes from, by what stands for its name; returns the name as well."""
    for name in asked_names(live) if calls else ():
        call = calls.get(run.ctx.journals.digest_name(name))
        if call and sort_copies(call[0].pending(Key(name), call[1]), None, [live], run.changed).ours:
            return name, call
    return None


def is_made_of(wanted: Contact, live: LiveContact) -> bool:
    """Says whether a contact is what a creation just like the declared one makes, and nothing more."""
    same = contact_digest(observe(live.contact, wanted)) == contact_digest(wanted)
    return same and not _has_more(live, frozenset(named_fields(wanted)))


def _is_as_asked(asked: RecordedContact, like: Contact | None, live: LiveContact) -> bool:
    if _has_more(live, frozenset(asked.owned)):
        return False
    if asked_identities(live.contact.channel_identities, asked.identities) is None:
        return False  # somebody else's, though it has the name
    # Every field is looked at, an unset one as an empty text, and then those alone that were asked for are compared.
    every = Contact(live.contact.channel_identities, "", (), "", "", "", "")
    seen = (observe(live.contact, wanted, FIELDS) for wanted in {like or every, every})
    found = {pair for contact in seen for pair in parse_field_digests(field_digests(_filled(contact))).items()}
    return found.issuperset(parse_field_digests(asked.fields).items())


def _filled(contact: Contact) -> Contact:
    empty = {"channel_priority": (), **dict.fromkeys((*_TEXTS, "display_name", "language"), "")}
    unset = {name: value for name, value in empty.items() if getattr(contact, name) is None}
    return msgspec.structs.replace(contact, **unset)


def _has_more(live: LiveContact, owned: frozenset[str]) -> bool:
    return any(name not in owned and getattr(live.contact, name) for name in _TEXTS)


def tell_others(run: Run, row: DesiredContact, first: LiveContact, others: Sequence[LiveContact]) -> None:
    """Tells that contacts which are not as we asked share a declared contact's name."""
    if others:
        ids = ", ".join(live.id for live in (first, *others))
        run.problems.append(problem_of(Kind.DOUBLED, row, f"contacts {ids}"))


def remove_copies(run: Run, extra: Iterable[ContactId]) -> frozenset[ContactId]:
    """Deletes copies of ours; returns those that were seen gone.

    The contacts that they are copies of stay pending in the record until then: should the work end here, the next run
    finds the copies again.
    """
    ctx = run.ctx
    free = ctx.claims.release_for_deletion(ctx.target, dict.fromkeys(extra, ctx.urn))
    if not free:
        return free
    ids, telling = sorted(free), "removing {:,} copies"
    ctx.progress(telling.format(len(ids)))
    try:
        for start in range(0, len(ids), BATCH_SIZE):
            run.api.delete_batch(ids[start : start + BATCH_SIZE])
    except (BatchNotPermitted, Rejected):
        run.reader.side_by_side(run.api.delete, ids)
    except Uncertain:
        pass  # reading back decides
    return free - await_gone(run, ids, telling)
