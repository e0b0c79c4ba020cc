"""`check`: completes the inputs of a set, and looks at Sinch where a set is planned for the first time.

It alone sees the inputs of the last `pulumi up`. It makes the manifest from them and from the new ones, so that the
line diff of a preview shows the contacts that change.
"""

from contextlib import suppress
from typing import Final

import msgspec
from pulumi.output import Unknown
from pulumi.runtime import rpc

from sinch_contacts.apply.reading.reader import OverBudget
from sinch_contacts.apply.resolving.discovery import Discoverer, as_plan
from sinch_contacts.apply.resolving.recovery import foresee
from sinch_contacts.apply.run import Run
from sinch_contacts.core.contact.desired import DesiredContact, DesiredSet, packed_digest, unpack
from sinch_contacts.core.contact.digest import keyed_digest
from sinch_contacts.core.contact.normalize import identity_key
from sinch_contacts.core.contact.sharding import ShardsChanged, set_name
from sinch_contacts.core.errors import ContactsError
from sinch_contacts.core.plan.plan import Operation
from sinch_contacts.core.plan.planner import make_plan
from sinch_contacts.core.record.capacity import refuse_too_large
from sinch_contacts.core.review.manifest import make_manifest
from sinch_contacts.shell.bridge import secret
from sinch_contacts.shell.explaining import PlanBasis, explain
from sinch_contacts.shell.inputs import Inputs, Properties, plain
from sinch_contacts.shell.review import PlanUnderReview, Review, unknown_note
from sinch_contacts.shell.set_call import SetCall
from sinch_contacts.shell.settings import PREVIEW_CALLS, Settings

_KEY_LENGTH: Final = 64


class ProductionRefused(ContactsError):
    """A set that is meant for test environments is pointed at a project that is named as production.

    Attributes:
        project_id: The project.
    """

    def __init__(self, project_id: str) -> None:
        super().__init__(
            f"This set is a seed for test environments, and project {project_id} is named as production; nothing was "
            "changed.",
            "Point the stack at another project, or take the project out of sinch:productionProjects "
            "(SINCH_PRODUCTION_PROJECTS).",
        )
        self.project_id = project_id


def check(set_call: SetCall, old: Inputs, news: Properties) -> Properties:
    """Returns the inputs with manifest and manifest key.

    Args:
        set_call: The call, with the inputs that the program gives.
        old: The inputs of the last `pulumi up`; empty for a new set, and for one that is being replaced.
        news: The inputs that the program gives, as the engine hands them over.

    Raises:
        ContactsError: The set cannot be planned.
    """
    new, phase = set_call.inputs, set_call.phase
    phase.note_in_program(set_call.urn)
    _refuse_production(set_call.settings, new)
    if old.contacts and old.shards != new.shards:
        raise ShardsChanged(set_name(set_call.name, max(old.shards, new.shards)), old.shards, new.shards)
    checked = plain(news)
    if isinstance(news.get("contacts"), Unknown):
        return {**checked, "manifest": rpc.UNKNOWN, "manifest_key": rpc.UNKNOWN}
    key = old.manifest_key or _new_key(set_call)
    if new.is_located:
        phase.claims.declare(new.target, set_call.urn, lambda: map(_name, unpack(new.contacts).contacts))
    if old.manifest and _is_same(old, new):
        manifest = old.manifest
    else:
        wanted = unpack(new.contacts)
        if not old.contacts:
            refuse_too_large({}, wanted.contacts)
            if new.is_located:
                inputs = msgspec.structs.replace(new, manifest_key=key)
                _look(msgspec.structs.replace(set_call, inputs=inputs), wanted)
        manifest = make_manifest(wanted, bytes.fromhex(key), reveal=new.reveal)
    return {**checked, "manifest": manifest, "manifest_key": secret(key)}


def _new_key(set_call: SetCall) -> str:
    return keyed_digest(set_call.settings.credentials().key_secret.encode(), set_call.urn, _KEY_LENGTH)


def _is_same(old: Inputs, new: Inputs) -> bool:
    return packed_digest(old.contacts) == packed_digest(new.contacts) and old.reveal == new.reveal


def _refuse_production(settings: Settings, new: Inputs) -> None:
    if new.seed and new.project_id in settings.texts("productionProjects"):
        raise ProductionRefused(new.project_id)


def _name(contact: DesiredContact) -> str:
    return contact.contact.external_id or identity_key(contact.contact.channel_identities[0])


def _look(set_call: SetCall, wanted: DesiredSet) -> None:
    """Tells what a first `pulumi up` would do, as far as a few calls can know."""
    ctx, new = set_call.context(), set_call.inputs
    calls = set_call.settings.number("previewCalls", PREVIEW_CALLS)
    run = Run(ctx, {}, budget=calls)
    later = unknown_note(len(wanted.unknown))
    review = Review(set_call)
    with suppress(OverBudget):  # the comparison below is over it, too
        foresee(run, wanted.contacts)
    plan, recorded = make_plan(wanted.contacts, run.states, new.policy), len(run.states)
    explain(set_call, PlanBasis(wanted, {}, plan, {}))
    rows = {change.key: change.desired for change in plan.of(Operation.CREATE) if change.desired}
    discoverer = Discoverer(run, new.policy.on_conflict, {row.key for row in wanted.contacts})
    try:
        found = discoverer.survey(rows, discoverer.glance(rows))
    except OverBudget:
        set_call.engine.tell(f"plan: up to +{len(rows):,}, not compared with Sinch{later}")
        review.judge(PlanUnderReview(plan, recorded, {}, "nothing", unknown=len(wanted.unknown)))
        return
    seen = as_plan(plan, found)
    note = f" · {len(found.there):,} of them found at Sinch and adopted" if found.there else ""
    review.tell(seen, note + later)
    before = {row.key: live.contact for row, (live, *_) in found.there}
    review.judge(PlanUnderReview(seen, recorded, before, "Sinch", unknown=len(wanted.unknown)))
