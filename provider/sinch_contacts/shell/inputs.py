"""What goes into the resource, and what comes out of it, as typed values."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Annotated, Any, Final

import msgspec
from pulumi.output import Unknown

from sinch_contacts.core.contact.contact import ContactId, Key
from sinch_contacts.core.contact.desired import packed_digest
from sinch_contacts.core.contact.digest import content_digest
from sinch_contacts.core.errors import SettingError
from sinch_contacts.core.plan.amount import PATTERN
from sinch_contacts.core.plan.policy import OnChange, OnConflict, OnDelete, Policy
from sinch_contacts.core.record.record_text import encode_record
from sinch_contacts.core.record.recorded import Origin, Record
from sinch_contacts.core.review.destruction import AllowDestroy
from sinch_contacts.core.review.guards import Guards
from sinch_contacts.core.target import Target, parse_region
from sinch_contacts.shell.bridge import PROVIDER_KEY, secret
from sinch_contacts.shell.drift import NO_DRIFT

Properties = dict[str, Any]
"""A property map as the engine hands it to a provider, or takes it."""

Amount = Annotated[str, msgspec.Meta(pattern=rf"\A({PATTERN})?\Z")]
"""A number of contacts, or a percentage; empty for the default."""


class Limits(msgspec.Struct, frozen=True):
    """Limits of what may happen to a set at once; see `Guards`."""

    max_deletes: Amount = ""
    max_changes: Amount = ""
    max_shrink: Amount = ""
    allow_empty: bool = False


class Inputs(msgspec.Struct, frozen=True):
    """The inputs of a set.

    Attributes:
        contacts: The desired contacts, packed; secret.
        project_id: The project; empty in a preview that does not know it yet.
        region: The region, likewise.
        shards: How many shards the set has of which this is one; 1 for a set that is not spread.
        external_id_prefix: The prefix that the contacts' external ids carry already.
        on_conflict: See `OnConflict`.
        on_change: See `OnChange`.
        on_delete: See `OnDelete`.
        delete_adopted: See `Policy`.
        max_rejects: See `Policy`.
        limits: The set's own limits of what may happen at once, by the names of `Guards`.
        protect: See `Guards`.
        approve: See `Guards`.
        allow_destroy: See `AllowDestroy`.
        seed: Whether the set is for test environments, and refuses projects that are named as production.
        reveal: Whether previews show personal data.
        transport: Settings of calls, by name, that the set overrides.
        manifest: The set as people read it; made by `check`.
        manifest_key: The secret that keys the manifest's digests, in hexadecimal; made by `check`, secret.
        protected_as: See `Guards`; recorded, so it is read from outputs alone.
    """

    contacts: str = ""
    project_id: str = ""
    region: str = ""
    shards: int = 1
    external_id_prefix: str = ""
    on_conflict: OnConflict = OnConflict.FAIL
    on_change: OnChange = OnChange.PATCH
    on_delete: OnDelete = OnDelete.DELETE
    delete_adopted: bool = False
    max_rejects: Amount = "0"
    limits: Limits = Limits()
    protect: tuple[str, ...] = ()
    approve: tuple[str, ...] = ()
    allow_destroy: AllowDestroy = AllowDestroy.AUTO
    seed: bool = False
    reveal: bool = False
    transport: dict[str, float | str] = {}
    manifest: str = ""
    manifest_key: str = ""
    protected_as: dict[ContactId, Key] = {}

    @property
    def policy(self) -> Policy:
        """The rules of the set."""
        return Policy(self.on_conflict, self.on_change, self.on_delete, self.delete_adopted, self.max_rejects)

    @property
    def guards(self) -> Guards:
        """The guards of the set."""
        own = self.limits
        return Guards(
            max_deletes=own.max_deletes,
            max_changes=own.max_changes,
            max_shrink=own.max_shrink or Guards().max_shrink,
            allow_empty=own.allow_empty,
            protect=self.protect,
            approve=self.approve,
            protected_as=self.protected_as,
        )

    @property
    def target(self) -> Target:
        """The project and region.

        Raises:
            SettingError: There is no such region.
        """
        return Target(self.project_id, parse_region(self.region))

    @property
    def is_located(self) -> bool:
        """Whether project and region are known."""
        return bool(self.project_id and self.region)


def parse_inputs(properties: Mapping[str, Any]) -> Inputs:
    """Reads a property map; values that a preview does not know yet are left at their defaults.

    Args:
        properties: What the engine hands over: inputs, or outputs, which hold some of the same names.

    Raises:
        SettingError: A value is of another kind than a set gives, as a transform can make it.
    """
    known = {
        name: properties[name]
        for name in Inputs.__struct_fields__
        if name in properties and not isinstance(properties[name], Unknown)
    }
    try:
        return msgspec.convert(known, Inputs, strict=False)
    except msgspec.ValidationError as error:
        what, _, place = str(error).partition(" - at ")
        name = place.strip("`").removeprefix("$.")
        raise SettingError(
            name,
            f"{name} is not as a contact set gives it ({what}).",
            "Look for a transform that changes it, and keep it as it was there.",
        ) from None


_KEPT: Final = ("project_id", "region", "external_id_prefix", "on_delete", "delete_adopted", "protect", "transport")
"""Inputs that a refresh and a deletion need: they get the outputs alone."""


def outputs_of(  # noqa: PLR0913  # the outputs that are recorded
    inputs: Inputs, record: Record, run: str, now: float, *, drift: str = NO_DRIFT, settled: bool = False
) -> Properties:
    """Returns the outputs that are recorded for a set.

    Args:
        inputs: Its inputs.
        record: What is confirmed of it.
        run: The run that confirmed it; journals up to this one are done with.
        now: When that was, in seconds since 1970.
        drift: What a refresh found, one line for each contact.
        settled: Whether nothing is left to do, so that a run with the same contacts need neither read nor plan them.
    """
    recorded = encode_record(record)
    kept = {name: getattr(inputs, name) for name in _KEPT}
    if inputs.shards > 1:
        kept["shards"] = float(inputs.shards)
    if inputs.protected_as:
        kept["protected_as"] = secret(inputs.protected_as)
    return {
        **kept,
        "on_delete": str(inputs.on_delete),
        "protect": list(inputs.protect),
        "limits": msgspec.structs.asdict(inputs.limits),
        "allow_destroy": str(inputs.allow_destroy),
        "recorded": secret(recorded),
        "manifest_key": secret(inputs.manifest_key),
        "settled": _seal(inputs.contacts, recorded) if settled else "",
        "run": run,
        "drift": drift,
        "summary": {
            "contacts": float(len(record)),
            "adopted": float(sum(entry.origin is Origin.ADOPTED for entry in record.values())),
            "unsettled": float(sum(not entry.is_live for entry in record.values())),
            "confirmed_at": datetime.fromtimestamp(now, UTC).isoformat(timespec="seconds"),
        },
    }


def is_settled(outputs: Mapping[str, Any], inputs: Inputs) -> bool:
    """Says whether outputs tell that nothing is left to do for some inputs."""
    sealed = _seal(inputs.contacts, str(outputs.get("recorded", "")))
    old = parse_inputs(outputs)
    return outputs.get("settled") == sealed and old.is_located and old.target == inputs.target


def _seal(contacts: str, recorded: str) -> str:
    """Binds what is desired to the very record that it was found equal to: whatever changes one of them breaks it."""
    return content_digest(f"{packed_digest(contacts)}\n{recorded}".encode())


def resource_id(inputs: Inputs, name: str) -> str:
    """Returns the id of a set's resource.

    Args:
        inputs: Its inputs.
        name: Its name in the program.
    """
    return f"{inputs.region}:{inputs.project_id}:{name}"


def plain(properties: Mapping[str, Any]) -> Properties:
    """Returns a copy without the serialised provider, which the SDK puts into every map."""
    return {name: value for name, value in properties.items() if name != PROVIDER_KEY}
