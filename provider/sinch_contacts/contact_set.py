"""`ContactSet`: a set of contacts as a Pulumi resource."""

from collections.abc import Mapping, Sequence
from typing import Any

import pulumi
from pulumi.dynamic import Resource
from pulumi.runtime.config import is_config_secret

from sinch_contacts.apply.settings import MOST
from sinch_contacts.core.contact.contact import Key
from sinch_contacts.core.contact.showing import is_personal, shown_lines
from sinch_contacts.core.errors import ContactsError, SettingError
from sinch_contacts.core.plan.amount import parse_amount
from sinch_contacts.core.plan.policy import OnChange, OnConflict, OnDelete
from sinch_contacts.core.plan.reading import Reading
from sinch_contacts.core.record.record_text import decode_record
from sinch_contacts.core.review.destruction import AllowDestroy
from sinch_contacts.core.target import parse_region
from sinch_contacts.provider import ContactSetProvider
from sinch_contacts.shell.options import parse_flag, parse_later_text, parse_text, parse_texts, refuse_unused
from sinch_contacts.shell.packing import Contacts, PackedShard, pack_contacts
from sinch_contacts.shell.settings import Settings


class ContactSet(Resource, module="sinch", name="ContactSet"):
    """The contacts of one Sinch project that this set declares, created, changed and deleted as its files say.

    Attributes:
        drift: What the last refresh found changed or deleted by somebody else, one line for each contact.
        summary: Counts: `contacts`, `adopted`, `unsettled`; and when the set was last confirmed.
    """

    recorded: pulumi.Output[str]
    drift: pulumi.Output[str]
    summary: pulumi.Output[dict[str, Any]]

    def __init__(  # noqa: PLR0913  # the resource's arguments are its interface
        self,
        name: str,
        *,
        source: str | Sequence[str] | None = None,
        contacts: Contacts | PackedShard | None = None,
        overlays: str | Sequence[str] = (),
        allow_outside: bool = False,
        project_id: pulumi.Input[str] | None = None,
        region: pulumi.Input[str] | None = None,
        external_id_prefix: str = "",
        on_conflict: str = OnConflict.FAIL,
        on_change: str = OnChange.PATCH,
        on_delete: str = OnDelete.DELETE,
        delete_adopted: bool = False,
        max_rejects: float | str = 0,
        max_deletes: float | str | None = None,
        max_changes: float | str | None = None,
        max_shrink: float | str | None = None,
        allow_empty: bool = False,
        protect: str | Sequence[str] = (),
        allow_destroy: bool | None = None,
        approve: str | Sequence[str] = (),
        seed: bool = False,
        reveal: bool = False,
        requests_per_second: float | None = None,
        confirm_timeout: float | None = None,
        settle_time: float | None = None,
        concurrency: int | None = None,
        reading: str | None = None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """Declares a set.

        Args:
            name: The resource's name.
            source: A path, a glob, or several, relative to the project's root. Exactly one of `source` and
                `contacts` is given.
            contacts: Contacts by key, where they are made in Python; or one shard of a `ShardedContactSet`.
            overlays: A path, a glob, or several, of files that patch the contacts of `source`, one after another: what
                is different in this environment. Later ones win over earlier ones.
            allow_outside: Whether files of `source` and `overlays` may be outside the project's root, directly or
                behind links.
            project_id: The Sinch project; by default `SINCH_PROJECT_ID`, else `sinch:projectId`.
            region: `us`, `eu` or `br`; by default `SINCH_REGION`, else `sinch:region`.
            external_id_prefix: Is put before each external id. Contacts that carry it count as created by us.
            on_conflict: What to do with a contact that is there already and differs: `fail` or `adopt`.
            on_change: How a changed contact is updated: `patch` (keeps its id) or `replace`.
            on_delete: What becomes of contacts that leave the set: `delete` or `retain`.
            delete_adopted: Whether contacts that were found, not created, may be deleted when they leave the set.
            max_rejects: How many contacts Sinch may reject before `pulumi up` fails: a number, or a percentage such as
                `2%`. They are told, and tried again by the next `pulumi up`.
            max_deletes: How many contacts may be deleted at once: a number, or a percentage of those recorded; by
                default half of up to 100, 30 % of up to 1,000, 10 % of up to 10,000, 2 % of more, and always 10.
            max_changes: How many may be changed at once; by default three times as many.
            max_shrink: How many may leave the set at once, deleted or not; by default half, and always 10.
            allow_empty: Whether a set that has contacts may be declared empty.
            protect: Keys of contacts that are never deleted, or patterns such as `board-*`.
            allow_destroy: Whether the whole set may be destroyed with its contacts; by default up to 1,000 of them, and
                more where all were created by this set under a prefix. What counts is what the last `pulumi up` said.
            approve: Digests of refused plans that may pass; each lets through exactly one plan.
            seed: Whether the set is for test environments; it then refuses the projects in `sinch:productionProjects`.
            reveal: Whether previews show personal data. It then stands in the state and its history.
            requests_per_second: Requests that the set may make each second.
            confirm_timeout: Seconds to wait for accepted work to become visible.
            settle_time: Seconds after which accepted work that never became visible is asked for again.
            concurrency: Look-ups and updates under way at once.
            reading: How contacts are read: page by page (`scan`), one by one (`lookup`), or whichever takes less time
                (`auto`).
            opts: Resource options.

        Raises:
            pulumi.RunError: The contacts or settings are wrong; all problems of all files are told at once.
        """
        try:
            refuse_unused(opts)
            prefix = parse_text("external_id_prefix", external_id_prefix)
            (shard,) = pack_contacts(source, contacts, overlays, prefix, allow_outside=allow_outside)
            settings = program_settings()
            props = {
                "contacts": shard.packed,
                "shards": shard.shards if shard.shards > 1 else None,
                "project_id": parse_later_text("project_id", project_id) or settings.required("projectId"),
                "region": _region(parse_later_text("region", region) or settings.required("region")),
                "external_id_prefix": prefix,
                "on_conflict": str(_choice("on_conflict", OnConflict, on_conflict)),
                "on_change": str(_choice("on_change", OnChange, on_change)),
                "on_delete": str(_choice("on_delete", OnDelete, on_delete)),
                "delete_adopted": parse_flag("delete_adopted", delete_adopted),
                "max_rejects": parse_amount("max_rejects", max_rejects),
                "limits": _limits(max_deletes, max_changes, max_shrink, parse_flag("allow_empty", allow_empty)),
                "protect": parse_texts("protect", protect),
                "approve": parse_texts("approve", approve),
                "allow_destroy": _allow_destroy(allow_destroy),
                "seed": parse_flag("seed", seed),
                "reveal": parse_flag("reveal", reveal),
                "transport": _given(
                    requests_per_second=requests_per_second,
                    confirm_timeout=confirm_timeout,
                    settle_time=settle_time,
                    concurrency=concurrency,
                    reading=None if reading is None else _choice("reading", Reading, reading),
                ),
                "manifest": None,
                "manifest_key": None,
                "recorded": None,
                "summary": None,
                "drift": None,
                "run": None,
                "settled": None,
            }
        except ContactsError as error:
            raise pulumi.RunError(shown_lines(f"{name}: {error}")) from None
        secret = pulumi.ResourceOptions(additional_secret_outputs=["contacts", "manifest_key", "recorded"])
        super().__init__(ContactSetProvider(), name, props, pulumi.ResourceOptions.merge(opts, secret))

    @property
    def ids(self) -> pulumi.Output[Mapping[str, str]]:
        """The ids that Sinch gave the contacts, by key; not known in a preview that changes the set.

        They are secret where a key looks personal, as that of a contact without an external id does.
        """
        return ids_of(self.recorded)


def ids_of(recorded: pulumi.Output[str]) -> pulumi.Output[Mapping[str, str]]:
    """Returns the ids in a record, by key; secret where a key looks personal."""
    return pulumi.Output.unsecret(recorded.apply(_ids)).apply(_guarded)


def _guarded(ids: Mapping[str, str]) -> pulumi.Input[Mapping[str, str]]:
    return pulumi.Output.secret(ids) if any(is_personal(Key(key)) for key in ids) else ids


def _ids(recorded: str) -> Mapping[str, str]:
    return {key: entry.id for key, entry in decode_record(recorded).items() if entry.is_live}


def program_settings() -> Settings:
    """Returns the settings of a program.

    Raises:
        SettingError: The stack config holds the access key in clear.
    """
    if is_config_secret("sinch:keySecret") or pulumi.Config("sinch").get("keySecret") is None:
        config = pulumi.Config("sinch")
        return Settings(lambda key: config.get(key.removeprefix("sinch:")))
    raise SettingError(
        "sinch:keySecret",
        "sinch:keySecret stands in clear text in the stack config.",
        "Revoke that key, and set the new one with `pulumi config set --secret sinch:keySecret …`.",
    )


def _region(region: pulumi.Input[str]) -> pulumi.Input[str]:
    return str(parse_region(region)) if isinstance(region, str) else region


def _choice(name: str, kind: Any, value: str) -> Any:
    try:
        return kind(value)
    except ValueError:
        known = " or ".join(kind)
        raise SettingError(name, f"{name} is {value!r}, which is not known.", f"Set it to {known}.") from None


def _allow_destroy(value: object) -> str:
    if value is None:
        return str(AllowDestroy.AUTO)
    return str(AllowDestroy.YES if parse_flag("allow_destroy", value) else AllowDestroy.NO)


def _limits(deletes: object, changes: object, shrink: object, allow_empty: bool) -> dict[str, Any]:  # noqa: FBT001  # one of four
    given = {"max_deletes": deletes, "max_changes": changes, "max_shrink": shrink}
    amounts = {name: parse_amount(name, value) for name, value in given.items() if value is not None}
    return {**amounts, "allow_empty": allow_empty}


def _given(**values: object) -> dict[str, float | str]:
    return {
        name: str(value) if isinstance(value, Reading) else _number(name, value)
        for name, value in values.items()
        if value is not None
    }


def _number(name: str, value: object) -> float:
    if isinstance(value, int | float) and not isinstance(value, bool) and 0 < value <= MOST:
        return float(value)
    raise SettingError(
        name,
        f"{name} is not a number above 0, and of {MOST:,} at most.",
        "Correct it, or leave it out for its default.",
    )
