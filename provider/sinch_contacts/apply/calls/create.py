"""Calls that create contacts, and the search for the rows at fault in a batch that was rejected."""

import re
from collections.abc import Mapping, Sequence
from typing import Final

from sinch_contacts.api.errors import Rejected
from sinch_contacts.apply.calls.batches import Calls
from sinch_contacts.apply.run import Run
from sinch_contacts.core.contact.contact import Key, LiveContact
from sinch_contacts.core.contact.desired import DesiredContact
from sinch_contacts.core.contact.digest import Fingerprint, fingerprint_of
from sinch_contacts.core.errors import ContactsError
from sinch_contacts.core.record.problem import Kind

_SUSPICIOUS: Final = 3
"""So many bad rows in a row, of which the same is said: it may not be about a row."""


class RejectedAlike(ContactsError):
    """Sinch says the same of every contact that it rejects, so it is not about a contact; nothing more was sent.

    Attributes:
        rejected: How many it said it of.
    """

    def __init__(self, rejected: int, error: Rejected) -> None:
        super().__init__(
            f"Sinch rejected {rejected:,} contacts from several places of a batch with the same words, and accepted "
            f"none, so nothing more was sent: {error.detail or error.message}",
            "See what it says of the project or of all contacts.",
        )
        self.rejected = rejected


class CreateCalls(Calls[Key, LiveContact]):
    """Creates contacts, by key: what was accepted is recorded as being created, what is answered as it then lives."""

    _doing = "creating"

    def __init__(self, run: Run, rows: Mapping[Key, DesiredContact]) -> None:
        """Prepares calls.

        Args:
            run: The run.
            rows: What is to be created.
        """
        super().__init__(run)
        self._rows = rows
        self._fingerprints: dict[Key, Fingerprint] = {}
        self._last: Rejected | None = None
        self._alike = 0

    def _call_batch(self, items: Sequence[Key]) -> None:
        contacts = [self._rows[key].contact for key in items]
        self._run.api.create_batch(contacts, [self._fingerprints[key] for key in items])

    def _call(self, item: Key) -> LiveContact:
        return self._run.api.create(self._rows[item].contact, self._fingerprints[item])

    def _isolate(self, items: Sequence[Key], error: Rejected) -> None:
        """Finds the bad rows of a rejected batch and sends the good ones.

        The first bad row is searched for by halving, and what follows it is sent in one piece, so that each bad row
        costs about log2 of the batch's size in calls.
        """
        if len(items) == 1:
            self._tell_rejected(items[0], error)
            return
        rest = items
        while rest:
            bad = self._first_bad(rest)
            rest = rest[bad + 1 :]
            if self._alike >= _SUSPICIOUS and not self.asked:
                self._sample(rest)
                rest = [key for key in rest if key not in self._settled]
            if not rest or self._accepts(rest):
                return

    def _sample(self, rest: Sequence[Key]) -> None:
        """Sends the last row and one in the middle alone, where several bad ones were alike and none was accepted.

        Raises:
            RejectedAlike: They are rejected with the same words, too.
        """
        before = self._alike
        for key in dict.fromkeys([*rest[-1:], *rest[len(rest) // 2 :][:1]]):
            if self._accepts([key]):
                return
        if self._last and self._alike == before + 2:
            raise RejectedAlike(self._alike, self._last)

    def _first_bad(self, items: Sequence[Key]) -> int:
        """Returns the place of the first bad row of some that were rejected; the rows before it are sent."""
        low, high = 0, len(items)
        while high - low > 1:
            middle = (low + high) // 2
            if self._accepts(items[low:middle]):
                low = middle
            else:
                high = middle
        if items[low] not in self._settled:
            self._accepts(items[low : low + 1])  # for the reason; the search has only shown that it must be bad
        return low

    def _accepts(self, items: Sequence[Key]) -> bool:
        error = self._rejects(items)
        if error and len(items) == 1:
            self._tell_rejected(items[0], error)
        return error is None

    def _note_sent(self, items: Sequence[Key]) -> None:
        at = self._run.waits.now()
        for key in items:
            asked = self._fingerprints.get(key) or fingerprint_of(self._rows[key].contact)
            self._fingerprints[key] = asked
            self._run.states.create_sent(key, asked, at)

    def _note_refused(self, items: Sequence[Key]) -> None:
        for key in items:
            self._run.states.create_refused(key)

    def _note_unanswered(self, items: Sequence[Key]) -> None:
        for key in items:
            self._run.states.create_unanswered(key)

    def _settle_answered(self, item: Key, answer: LiveContact) -> None:
        self._settled.add(item)
        row = self._rows[item]
        origin = self._run.take(answer, self._run.states[item].since)
        self._run.states.created(item, answer, row.contact, origin)
        if self._run.states[item].lives_otherwise:
            self._run.tell(Kind.DIFFERENT, row)

    def _settle_rejected(self, item: Key, error: Rejected) -> None:
        self._run.states.create_refused(item)
        self._tell_rejected(item, error)

    def _tell_rejected(self, item: Key, error: Rejected) -> None:
        self._settled.add(item)
        self._alike = self._alike + 1 if self._last and _words(self._last) == _words(error) else 1
        self._last = error
        self._run.tell(Kind.REJECTED, self._rows[item], error.detail or error.message)


def _words(error: Rejected) -> tuple[int, str]:
    """Returns what was said, whichever row it names by its number."""
    return error.status, re.sub(r"[0-9]+", "", error.detail or error.message)
