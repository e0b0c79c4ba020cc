"""`check`: completes the inputs of a set, and looks at Sinch where a set is planned for the first time.

It alone sees the inputs of the last `pulumi up`. It makes the manifest from them and from the new ones, so that the
line diff of a preview shows the contacts that change.
"""

from typing import Final

from pulumi.output import Unknown
from pulumi.runtime import rpc

from sinch_contacts.apply.reading.reader import OverBudget
from sinch_contacts.apply.resolving.discovery import Discoverer, as_plan
from sinch_contacts.apply.run import Run
from sinch_contacts.core.contact.desired import DesiredContact, DesiredSet, packed_digest, unpack
from sinch_contacts.core.contact.digest import keyed_digest
from sinch_contacts.core.contact.normalize import identity_key
from sinch_contacts.core.contact.sharding import ShardsChanged, set_name
from sinch_contacts.core.errors import ContactsError
from sinch_contacts.core.plan.planner import make_plan
from sinch_contacts.core.record.capacity import refuse_too_large
from sinch_contacts.core.review.manifest import make_manifest
from sinch_contacts.shell.bridge import Call, secret
from sinch_contacts.shell.explaining import Known, explain
from sinch_contacts.shell.inputs import Inputs, Properties, parse_inputs, plain
from sinch_contacts.shell.paths import parse_urn
from sinch_contacts.shell.process import Process
from sinch_contacts.shell.review import Planned, Review
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


def check(call: Call, process: Process, settings: Settings, olds: Properties, news: Properties) -> Properties:
    """Returns the inputs with manifest and manifest key.

    Args:
        call: The engine's call.
        process: What all sets share.
        settings: Settings and credentials.
        olds: The inputs of the last `pulumi up`; empty for a new set, and for one that is being replaced.
        news: The inputs that the program gives.

    Raises:
        ContactsError: The set cannot be planned.
    """
    process.declare(call.urn)
    old, new = parse_inputs(olds), parse_inputs(news)
    _refuse_production(settings, new)
    if old.contacts and old.shards != new.shards:
        name = parse_urn(call.urn).name
        raise ShardsChanged(set_name(name, max(old.shards, new.shards)), old.shards, new.shards)
    checked = plain(news)
    if isinstance(news.get("contacts"), Unknown):
        return {**checked, "manifest": rpc.UNKNOWN, "manifest_key": rpc.UNKNOWN}
    key = old.manifest_key or keyed_digest(settings.credentials().key_secret.encode(), call.urn, _KEY_LENGTH)
    if new.is_located:
        process.claims.declare(new.target, call.urn, lambda: map(_name, unpack(new.contacts).contacts))
    if old.manifest and _is_same(old, new):
        manifest = old.manifest
    else:
        wanted = unpack(new.contacts)
        if not old.contacts:
            refuse_too_large({}, wanted.contacts)
            if new.is_located:
                _look(call, process, settings, new, wanted)
        manifest = make_manifest(wanted, bytes.fromhex(key), reveal=new.reveal)
    return {**checked, "manifest": manifest, "manifest_key": secret(key)}


def _is_same(old: Inputs, new: Inputs) -> bool:
    return packed_digest(old.contacts) == packed_digest(new.contacts) and old.reveal == new.reveal


def _refuse_production(settings: Settings, new: Inputs) -> None:
    if new.seed and new.project_id in settings.texts("productionProjects"):
        raise ProductionRefused(new.project_id)


def _name(contact: DesiredContact) -> str:
    return contact.contact.external_id or identity_key(contact.contact.channel_identities[0])


def _look(call: Call, process: Process, settings: Settings, new: Inputs, wanted: DesiredSet) -> None:
    """Tells what a first `pulumi up` would do, as far as a few calls can know."""
    ctx = process.context(call, settings, new)
    calls = settings.number("previewCalls", PREVIEW_CALLS)
    run = Run(ctx, {}, budget=calls)
    later = unknown_note(len(wanted.unknown))
    review = Review(call, process, settings, new)
    plan = make_plan(wanted.contacts, {}, new.policy)
    explain(call, process, settings, new, Known(wanted, {}, plan, {}))
    rows = {row.key: row for row in wanted.contacts}
    discoverer = Discoverer(run, new.policy.on_conflict, rows)
    try:
        found = discoverer.survey(rows, discoverer.find(rows))
    except OverBudget:
        call.tell(f"plan: up to +{len(rows):,}, not compared with Sinch{later}")
        review.judge(Planned(plan, 0, {}, "nothing", unknown=len(wanted.unknown)))
        return
    seen = as_plan(plan, found)
    note = f" · {len(found.there):,} of them found at Sinch and adopted" if found.there else ""
    review.tell(seen, note + later)
    before = {row.key: live.contact for row, (live, *_) in found.there}
    equal = len(found.there) - len(found.adopted)
    review.judge(Planned(seen, 0, before, "Sinch", adopted=equal, unknown=len(wanted.unknown)))


def unknown_note(contacts: int) -> str:
    """Returns what to add to a plan line where a preview does not know some contacts yet."""
    return f" · {contacts:,} known after other resources are made" if contacts else ""
