"""The port to Sinch, where the oracle decides what becomes of each write, and when the run meets its end."""

from collections.abc import Callable, Mapping, Sequence
from typing import Final, Protocol, TypeVar

import msgspec

from exploration.oracle import Oracle
from exploration.scope import LAG, PATIENCE, QUICK, SLOW
from exploration.sinch import Sinch, Stored
from sinch_contacts.api.errors import BatchNotPermitted, Rejected, Throttled, Uncertain
from sinch_contacts.api.port import Page
from sinch_contacts.core.contact.contact import ChannelIdentity, Contact, ContactId, LiveContact

Result = TypeVar("Result")

_SINGLE: Final = (
    "answered",
    "refused (400)",
    "refused (429)",
    "lost before it is applied",
    "lost after it is applied",
    "the process dies after it is applied",
)
_BATCH: Final = (
    *_SINGLE,
    "accepted, and done slowly",
    "accepted, and never done",
    "lost after it is accepted, and done slowly",
    "the process dies after it is accepted, and it is done slowly",
)


class Died(BaseException):
    """The process is killed."""


class Call(msgspec.Struct, frozen=True):
    """A write.

    Attributes:
        name: Which, in words.
        answers: What may become of it.
        contacts: What it creates.
        ids: What it changes or deletes.
    """

    name: str
    answers: tuple[str, ...]
    contacts: Sequence[Contact] = ()
    ids: Sequence[ContactId] = ()


class World(Protocol):
    """What is around a run."""

    def acts_of_others(self) -> Mapping[str, str]:
        """Returns what somebody else may do just now, each with its words."""

    def act(self, act: str) -> None:
        """Somebody else acts."""

    def stop(self) -> None:
        """Asks the run to stop."""

    def note_asked(self, call: Call) -> None:
        """Takes note of a write that stands in the journal, be it sent or not."""

    def note_sent(self, call: Call) -> None:
        """Takes note of a write that is sent."""


class FatedApi:
    """A port; see `ContactsApi` for what each method does.

    Attributes:
        writes: The writes that were made, in words.
    """

    def __init__(self, sinch: Sinch, oracle: Oracle, world: World, *, batches: bool) -> None:
        """Prepares the port.

        Args:
            sinch: The project.
            oracle: Decides.
            world: What is around the run.
            batches: Whether the project may use batches.
        """
        self.writes: list[str] = []
        self._sinch = sinch
        self._oracle = oracle
        self._world = world
        self._batches = batches
        self._last: object = None
        self._wrote_at = sinch.time
        self._stopped = False

    def point(self, what: str = "") -> None:
        """Lets the run end here, or somebody else act, unless nothing has happened since the last such point."""
        waited = self._sinch.time - self._wrote_at
        phase = sum(waited > bound for bound in (0, PATIENCE.confirm_timeout, PATIENCE.settle_time - QUICK))
        here = (self._sinch.version, tuple(stored.id for stored in self._sinch.visible()), what, phase)
        if here == self._last or self._stopped:
            return
        self._last = here
        then = what or ("while it waits" if phase else "between two calls")
        places = [f"the process dies {then}", f"Ctrl-C {then}"]
        acts = {f"{told} {then}": act for act, told in self._world.acts_of_others().items()}
        chosen = self._oracle.choose(["", *places, *acts])
        if chosen == places[0]:
            raise Died
        if chosen == places[1]:
            self._stopped = True
            self._world.stop()
        elif chosen:
            self._world.act(acts[chosen])

    def create_batch(self, contacts: Sequence[Contact]) -> None:
        self._permit()
        call = Call("batch create", _BATCH, contacts=contacts)
        self._make(call, lambda lag: [self._sinch.create(each, lag) for each in contacts])

    def delete_batch(self, ids: Sequence[ContactId]) -> None:
        self._permit()
        call = Call("batch delete", _BATCH, ids=ids)
        self._make(call, lambda lag: [self._sinch.delete(each, lag) for each in ids])

    def create(self, contact: Contact) -> LiveContact:
        call = Call("create", _SINGLE, contacts=[contact])
        return self._make(call, lambda _lag: self._sinch.create(contact, 0))

    def delete(self, contact_id: ContactId) -> bool:
        call = Call("delete", _SINGLE, ids=[contact_id])
        return self._make(call, lambda _lag: self._sinch.delete(contact_id, 0))

    def update(self, contact_id: ContactId, contact: Contact, mask: Sequence[str]) -> LiveContact | None:
        call = Call("update", _SINGLE, ids=[contact_id])
        return self._make(call, lambda _lag: self._sinch.update(contact_id, contact, mask))

    def get(self, contact_id: ContactId) -> LiveContact | None:
        found = (stored for stored in self._view("a read by id") if stored.id == contact_id)
        return next((LiveContact(stored.id, stored.contact) for stored in found), None)

    def find_by_external_id(self, external_id: str) -> tuple[LiveContact, ...]:
        return self._find(lambda contact: contact.external_id == external_id)

    def find_by_identity(self, identity: ChannelIdentity) -> tuple[LiveContact, ...]:
        return self._find(lambda contact: identity in contact.channel_identities)

    def list_page(self, _token: str = "") -> Page:
        return Page(self._find(lambda _contact: True), "")

    def clock_offset(self) -> float:
        return 0.0

    def permits_batches(self) -> bool:
        return True

    def _find(self, matches: Callable[[Contact], bool]) -> tuple[LiveContact, ...]:
        visible = self._view("a list or a look-up")
        return tuple(LiveContact(stored.id, stored.contact) for stored in visible if matches(stored.contact))

    def _view(self, what: str) -> list[Stored]:
        """Returns what a read shows, which may be what was there a while ago."""
        self.point()
        now, then = self._sinch.visible(), self._sinch.visible(LAG)
        lags = [each.id for each in now] != [each.id for each in then]
        return then if lags and self._oracle.choose(["", f"{what} lags"]) else now

    def _permit(self) -> None:
        if not self._batches:
            raise BatchNotPermitted("Batches are not permitted.", status=403)

    def _make(self, call: Call, apply: Callable[[float], Result]) -> Result:
        self.writes.append(call.name)
        try:
            self.point(f"just before a {call.name}")
        finally:
            self._world.note_asked(call)
        self._world.note_sent(call)
        chosen = self._oracle.choose([f"a {call.name}: {answer}" for answer in call.answers])
        self._wrote_at = self._sinch.time
        self._sinch.version += 1
        if "refused (400)" in chosen:
            raise Rejected("Refused.", status=400)
        if "refused (429)" in chosen:
            raise Throttled("Too much.", status=429)
        if "lost before" in chosen:
            raise Uncertain("No answer.")
        if "never done" in chosen:
            return None  # type: ignore[return-value]  # a batch call returns nothing
        result = apply(SLOW if "slowly" in chosen else QUICK)
        if "lost after" in chosen:
            raise Uncertain("No answer.")
        if "dies" in chosen:
            raise Died
        return result
