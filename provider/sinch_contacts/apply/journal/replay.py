"""What interrupted runs left: what their journals say, and the state does not know of."""

from collections import defaultdict
from collections.abc import Iterable, Sequence

import msgspec

from sinch_contacts.apply.journal.lines import Answer, Answered, AskedContact, Changing, Creating, Deleting, Ended, Line
from sinch_contacts.core.contact.contact import ContactId

Asked = tuple[AskedContact, int]
"""A contact whose creation was asked for, and when, in whole seconds since 1970."""


class Edited(msgspec.Struct, frozen=True):
    """What may have been changed of a contact.

    Attributes:
        asked: How it was asked for, under a name that it need not have any more, where no state knows of it.
        fields: Names of the fields that were set: they are ours from then on.
    """

    asked: Asked | None = None
    fields: frozenset[str] = frozenset()


class Recovered(msgspec.Struct, frozen=True):
    """What journals say may have been sent, and the state does not know of.

    Attributes:
        created: Every creation that was asked for, by what stands for its name: what is found just so, and is no older
            than the call, was made by us. What a run saw that ended in good order proves nothing where there is no
            state: that may be in another stack by now, which has what the run created.
        asked: Contacts whose creation may have been accepted and that were not seen, by what stands for their names.
        seen: Likewise those that were seen by a run which ended in good order; the state did not get to know of it.
        deleting: Ids whose deletion may have been accepted, each with the time of that, in seconds since 1970.
        changed: Contacts that may have been changed, by id: they need not look as they were asked for, nor have the
            name that they were asked for under.
        orphans: Contacts that were found, neither recorded nor declared, each with what stands for the name that it
            was asked for under.
    """

    created: dict[str, frozenset[Asked]] = {}
    asked: dict[str, Asked] = {}
    seen: dict[str, Asked] = {}
    deleting: dict[ContactId, int] = {}
    changed: dict[ContactId, Edited] = {}
    orphans: dict[ContactId, str] = {}

    def __bool__(self) -> bool:
        """Whether there is anything to settle."""
        return bool(self.asked or self.seen or self.deleting or self.changed)

    def fields_set(self, contact_id: ContactId) -> tuple[str, ...]:
        """Names the fields that interrupted runs may have set in a contact: they are ours since then."""
        edited = self.changed.get(contact_id)
        return tuple(sorted(edited.fields)) if edited else ()


def replay(journals: Iterable[Sequence[Line]], *, has_state: bool) -> Recovered:
    """Sums up the lines of journals.

    Args:
        journals: The lines of each, in the order of their runs.
        has_state: Whether a state records an earlier run.
    """
    created: defaultdict[str, set[Asked]] = defaultdict(set)
    asked: dict[str, Asked] = {}
    seen: dict[str, Asked] = {}
    deleting: dict[ContactId, int] = {}
    changed: dict[ContactId, Edited] = {}
    for lines in journals:
        refused = {line.call for line in lines if isinstance(line, Answered) and line.answer is Answer.REFUSED}
        mine: dict[str, Asked] = {}
        calls: list[Asked] = []
        for line in lines:
            match line:
                case Creating() if line.call not in refused:
                    calls += ((contact, line.at) for contact in line.contacts)
                    mine.update((contact.name, (contact, line.at)) for contact in line.contacts)
                case Deleting() if line.call not in refused:
                    deleting.update(dict.fromkeys(line.ids, line.at))
                case Changing() if line.call not in refused:
                    before = changed.get(line.id, Edited())
                    # From here on it goes by its id: whoever is asked for under that name later on is another one.
                    first = [names.pop(line.asked, None) for names in (mine, asked, seen)]
                    known = next(filter(None, first), before.asked)
                    changed[line.id] = Edited(known, before.fields.union(line.fields))
                case Ended():
                    confirmed = {name: call for name, call in mine.items() if name not in line.pending}
                    seen |= confirmed
                    # What it has seen takes the place of what was asked for under that name before.
                    asked = {name: call for name, call in asked.items() if name not in confirmed}
                    mine = {name: mine[name] for name in line.pending if name in mine}
                    if not has_state:
                        calls = [call for call in calls if call[0].name in mine]
                case _:
                    pass
        asked |= mine
        for call in calls:
            created[call[0].name].add(call)
    return Recovered({name: frozenset(all_) for name, all_ in created.items()}, asked, seen, deleting, changed)
