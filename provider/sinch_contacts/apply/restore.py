"""Restoring: what an undo bundle kept is put back, as far as that can be.

Contacts that were deleted are created again, with new ids; what is there by the same name is left alone. Fields that
were changed are set back. The same care applies as to any run: it looks first, writes a journal, and reads back.
"""

from collections.abc import Mapping, Sequence
from contextlib import closing
from typing import Final

import msgspec

from sinch_contacts.apply.problems import Incomplete, Problem
from sinch_contacts.apply.reader import Reader
from sinch_contacts.apply.reconcile import reconcile
from sinch_contacts.apply.run import Run, Surroundings
from sinch_contacts.apply.undo import Bundle, Kept
from sinch_contacts.apply.updating import update_all
from sinch_contacts.core.contact import Contact, ContactId, Key, LiveContact
from sinch_contacts.core.desired import DesiredContact
from sinch_contacts.core.normalize import normalize_contact
from sinch_contacts.core.plan import Change, Operation, Reason
from sinch_contacts.core.policy import Policy
from sinch_contacts.core.recorded import record_contact

_UNNAMED: Final = "Unknown"


class Restoration(msgspec.Struct, frozen=True):
    """What is to be put back, or was.

    Attributes:
        created: Contacts that were deleted, and are created again.
        there: Contacts that were deleted, and are there by the same name: they are left alone.
        changed: Contacts whose fields are set back.
        gone: Contacts whose fields could not be set back, since they are not there any more.
        incomplete: Why not all was done; `None` where it was.
    """

    created: tuple[Key, ...]
    there: tuple[Key, ...]
    changed: tuple[Key, ...]
    gone: tuple[Key, ...]
    incomplete: Incomplete | None = None


def survey_bundle(around: Surroundings, bundle: Bundle, name: str) -> Restoration:
    """Looks what restoring a bundle would do; nothing is written.

    Args:
        around: What the work needs.
        bundle: The bundle.
        name: Its file, for messages.
    """
    return _look(around, bundle, name)[0]


def _look(around: Surroundings, bundle: Bundle, name: str) -> tuple[Restoration, Mapping[ContactId, LiveContact]]:
    reader = Reader(around.api, around.settings.concurrency)
    rows = {row.key: row for row in _rows(bundle.deleted, name)}
    found = reader.find(rows)
    live = reader.find_ids([kept.id for kept in bundle.changed])
    seen = Restoration(
        created=tuple(key for key in rows if key not in found),
        there=tuple(key for key in rows if key in found),
        changed=tuple(dict.fromkeys(kept.key for kept in bundle.changed if kept.id in live)),
        gone=tuple(dict.fromkeys(kept.key for kept in bundle.changed if kept.id not in live)),
    )
    return seen, live


def restore_bundle(around: Surroundings, bundle: Bundle, name: str) -> Restoration:
    """Puts back what a bundle kept. It can be repeated: what is there again is left alone.

    Args:
        around: What the work needs.
        bundle: The bundle.
        name: Its file, for messages.

    Raises:
        ContactsError: Something stands in the way, and nothing was changed.
    """
    wanted, live = _look(around, bundle, name)
    problems: list[Problem] = []
    done = 0
    if wanted.created:
        rows = [row for row in _rows(bundle.deleted, name) if row.key in set(wanted.created)]
        outcome = reconcile(around, rows, {}, Policy())
        if outcome.incomplete:
            return msgspec.structs.replace(wanted, incomplete=outcome.incomplete)
        done += outcome.done
        around.journals.forget(outcome.run)
    with closing(Run(around, {})) as run:
        update_all(run, _changes(bundle.changed, live, name))
        run.end()
        problems += run.problems
        done += run.done
        cause = run.cause
        around.journals.forget(run.id)
    return msgspec.structs.replace(wanted, incomplete=Incomplete(problems, done, cause) if problems or cause else None)


def _rows(kept: Sequence[Kept], name: str) -> list[DesiredContact]:
    """Turns kept contacts into declared ones; where a key was kept twice, the later one counts."""
    latest = {entry.key: (line, entry) for line, entry in enumerate(kept, 2)}
    return [DesiredContact(key, _declared(entry.contact), name, line) for key, (line, entry) in latest.items()]


def _declared(live: Contact) -> Contact:
    """Returns a contact as a creation asks for it: what was not set is not named."""
    texts = {name: getattr(live, name) or None for name in ("email", "external_id", "metadata")}
    name = live.display_name if live.display_name != _UNNAMED else None
    return normalize_contact(
        Contact(
            live.channel_identities,
            live.language,
            channel_priority=live.channel_priority or None,
            display_name=name or None,
            **texts,
        )
    )


def _changes(kept: Sequence[Kept], live: Mapping[ContactId, LiveContact], name: str) -> list[Change]:
    """Turns kept fields into patches; of a contact that was changed twice, what it was at first counts."""
    first = {entry.id: (line, entry) for line, entry in reversed(list(enumerate(kept, 1)))}
    return [
        Change(
            Operation.PATCH,
            entry.key,
            Reason.GIT,
            DesiredContact(entry.key, _set_back(entry, live[entry.id].contact), name, line),
            record_contact(entry.key, entry.contact, contact_id=entry.id),
            entry.fields,
        )
        for line, entry in first.values()
        if entry.id in live
    ]


def _set_back(entry: Kept, now: Contact) -> Contact:
    """Returns a contact as it is now, with the kept fields in it; other texts are not named."""
    kept = {field: getattr(entry.contact, field) for field in entry.fields}
    others = dict.fromkeys(field for field in Contact.__struct_fields__[2:] if field not in kept)
    return normalize_contact(msgspec.structs.replace(now, **{**others, **kept}))
