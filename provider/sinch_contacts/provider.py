"""The dynamic provider of contact sets.

Pulumi keeps a pickled provider in the state of each set, by reference: the path of this module and the name of this
class may never change, and every method must work on state that any earlier version wrote.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

from pulumi.dynamic import (
    CheckResult,
    ConfigureRequest,
    CreateResult,
    DiffResult,
    ReadResult,
    ResourceProvider,
    UpdateResult,
)

from sinch_contacts.core.errors import ContactsError
from sinch_contacts.shell.bridge import current_call
from sinch_contacts.shell.inputs import plain
from sinch_contacts.shell.phase import Phase
from sinch_contacts.shell.resource import PartialResult, SetResource
from sinch_contacts.shell.settings import Settings

_PHASE: Final = Phase()


class ContactSetProvider(ResourceProvider):
    """Answers the engine's calls for contact sets; holds nothing but the settings of its process."""

    serialize_as_secret_always = False

    def configure(self, req: ConfigureRequest) -> None:
        """Takes the stack config of the process."""
        self._settings = Settings(req.config.get)

    def check(self, _olds: dict[str, Any], news: dict[str, Any]) -> CheckResult:
        """Completes the inputs."""
        with self._answering() as resource:
            return CheckResult(resource.check(plain(_olds), plain(news)), [])

    def diff(self, _id: str, _olds: dict[str, Any], _news: dict[str, Any]) -> DiffResult:
        """Says whether anything is to be done."""
        with self._answering() as resource:
            return DiffResult(changes=resource.diff(plain(_olds), plain(_news)))

    def create(self, props: dict[str, Any]) -> CreateResult:
        """Creates a set."""
        with self._answering() as resource:
            return CreateResult(*resource.create(plain(props)))

    def update(self, _id: str, _olds: dict[str, Any], _news: dict[str, Any]) -> UpdateResult:
        """Brings a set to its desired contacts."""
        with self._answering() as resource:
            return UpdateResult(resource.update(_id, plain(_olds), plain(_news)))

    def delete(self, _id: str, _props: dict[str, Any]) -> None:
        """Empties a set."""
        with self._answering() as resource:
            resource.delete(plain(_props))

    def read(self, id_: str, props: dict[str, Any]) -> ReadResult:
        """Refreshes a set."""
        with self._answering() as resource:
            return ReadResult(id_, *resource.read(plain(props)))

    @contextmanager
    def _answering(self) -> Iterator[SetResource]:
        call = current_call()
        try:
            yield SetResource(call, _PHASE, self._settings)
        except PartialResult as partial:
            call.fail_partially(partial, partial.resource_id, partial.outputs)
        except ContactsError as error:
            call.fail(error)
