"""Restoring: what an undo bundle kept is put back, as far as that can be.

Contacts that were deleted are created again, with new ids; what is there by the same name, and is not a replacement of
ours, is left alone. Fields that were changed are set back. The same care applies as to any run: it looks first, writes
a journal, and reads back. It never deletes anything.
"""

from collections.abc import Mapping, Sequence
from contextlib import closing
from typing import Final

import msgspec

from sinch_contacts.apply.calls.update import update_all
from sinch_contacts.apply.context import Context
from sinch_contacts.apply.outcome import Incomplete
from sinch_contacts.apply.reading.reader import Reader
from sinch_contacts.apply.reconcile import reconcile
from sinch_contacts.apply.run import Run
from sinch_contacts.apply.undo import Bundle
from sinch_contacts.core.contact.contact import FIELDS, Contact, Key, LiveContact
from sinch_contacts.core.contact.desired import DesiredContact
from sinch_contacts.core.contact.name import name_of
from sinch_contacts.core.contact.normalize import normalize_contact
from sinch_contacts.core.errors import ContactsError
from sinch_contacts.core.plan.plan import Change, Operation, Reason
from sinch_contacts.core.plan.planner import patch_of
from sinch_contacts.core.plan.policy import OnDelete, Policy
from sinch_contacts.core.record.recorded import Origin
from sinch_contacts.core.record.states import as_found

_UNNAMED: Final = "Unknown"
_CLEARED: Final = tuple(name for name in FIELDS if name != "external_id")
"""What a replacement loses where the contact that it replaced had none: never the name by which it is known."""


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


class _Survey(msgspec.Struct, frozen=True):
    """What was found of a bundle's contacts.

    Attributes:
        rows: Deleted contacts that are not there, or are there just as they were.
        changes: Patches that set fields back.
        seen: What is to be put back.
    """

    rows: tuple[DesiredContact, ...]
    changes: tuple[Change, ...]
    seen: Restoration


def survey_bundle(ctx: Context, bundle: Bundle, name: str) -> Restoration:
    """Looks what restoring a bundle would do; nothing is written.

    Args:
        ctx: What the work needs.
        bundle: The bundle.
        name: Its file, for messages.
    """
    return _look(ctx, bundle, name).seen


def restore_bundle(ctx: Context, bundle: Bundle, name: str) -> Restoration:
    """Puts back what a bundle kept. It can be repeated: what is there again is left alone.

    Args:
        ctx: What the work needs.
        bundle: The bundle.
        name: Its file, for messages.

    Raises:
        ContactsError: Something stands in the way, and nothing was changed.
    """
    found = _look(ctx, bundle, name)
    done = 0
    if found.rows:
        # All of them are declared, those that are there among them: a run before this one may have made them.
        outcome = reconcile(ctx, found.rows, {}, Policy(on_delete=OnDelete.RETAIN))
        if outcome.incomplete:
            return msgspec.structs.replace(found.seen, incomplete=outcome.incomplete)
        done = outcome.done
        ctx.journals.forget(outcome.run)
    ended_by = None
    with closing(
        Run(ctx, {change.recorded.key: change.recorded for change in found.changes if change.recorded})
    ) as run:
        try:
            update_all(run, found.changes, {})
        except ContactsError as error:
            ended_by = error
        run.end()
        ctx.journals.forget(run.id)
    fails = run.problems or ended_by
    incomplete = Incomplete(run.problems, done + run.done, ended_by) if fails else None
    return msgspec.structs.replace(found.seen, incomplete=incomplete)


def _look(ctx: Context, bundle: Bundle, name: str) -> _Survey:
    reader = Reader(ctx.api, ctx.settings.pace, ctx.clock.now)
    # Where a key was kept twice, the later deletion and the earlier change count.
    deleted = {kept.key: (line, kept) for line, kept in enumerate(bundle.deleted, 2)}
    rows = {key: DesiredContact(key, _declared(kept.contact), name, line) for key, (line, kept) in deleted.items()}
    changed = {kept.id: kept for kept in reversed(bundle.changed)}
    found = reader.find({key: (name_of(row.contact),) for key, row in rows.items()})
    live = reader.find_ids(list(changed))
    single = {key: copies[0] for key, copies in found.items() if len(copies) == 1}
    differing = {
        key: _differing(rows[key], there, _CLEARED if deleted[key][1].replaced else ()) for key, there in single.items()
    }
    successors = {key: there for key, there in single.items() if deleted[key][1].replaced and differing[key]}
    equal = {key for key, fields in differing.items() if not fields}
    changes = [_change(rows[key], there, differing[key], rows[key].contact) for key, there in successors.items()]
    changes += [
        _change(DesiredContact(kept.key, kept.contact, name, 0), live[kept.id], kept.fields, kept.contact)
        for kept in changed.values()
        if kept.id in live
    ]
    seen = Restoration(
        created=tuple(key for key in rows if key not in found),
        there=tuple(key for key in found if key not in successors),
        changed=tuple(change.key for change in changes),
        gone=tuple(kept.key for kept in changed.values() if kept.id not in live),
    )
    return _Survey(tuple(row for key, row in rows.items() if key not in found or key in equal), tuple(changes), seen)


def _differing(row: DesiredContact, live: LiveContact, cleared: tuple[str, ...]) -> tuple[str, ...]:
    patch = patch_of(row, as_found(row.key, live, row.contact, Origin.ADOPTED, cleared))
    return patch.fields if patch else ()


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


def _change(row: DesiredContact, live: LiveContact, fields: Sequence[str], kept: Contact) -> Change:
    """Returns the patch that sets some fields of a contact back; the others stay as they are."""
    others = dict.fromkeys(name for name in Contact.__struct_fields__[2:] if name not in fields)
    back: Mapping[str, object] = {name: getattr(kept, name) for name in fields}
    contact = normalize_contact(msgspec.structs.replace(live.contact, **{**others, **back}))
    recorded = as_found(Key(live.id), live, contact, Origin.ADOPTED)
    desired = msgspec.structs.replace(row, contact=contact)
    return Change(Operation.PATCH, row.key, Reason.GIT, desired, recorded, tuple(fields))
