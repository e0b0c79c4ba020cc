"""Reaches into Pulumi's dynamic provider server, all of them in this one place.

The Python SDK hands a provider's methods neither the URN nor the old inputs, and has no documented way to show
progress on a resource's row, to fail without a traceback, or to say "failed, but this much exists". All of it is on
the wire, though, and the server that runs our code is reachable from the frame of the running call. Each reach has a
fallback: without it a run is as correct, and less pleasant to look at. `docs/engine.md` tells what was found; tests on
the oldest and the newest supported SDK tell when it changes.
"""

import sys
import time
from collections.abc import Mapping
from functools import cache
from types import FrameType, FunctionType
from typing import Any, Final, NoReturn

import grpc
from google.protobuf import struct_pb2
from pulumi.runtime import rpc
from pulumi.runtime.proto import engine_pb2, engine_pb2_grpc, provider_pb2, status_pb2

from sinch_contacts.core.contact.showing import shown_lines
from sinch_contacts.core.errors import ContactsError
from sinch_contacts.shell.interruption import INTERRUPTION, watch

PROVIDER_KEY: Final = "__provider"
_UNKNOWN: Final = 2
_DETAILS: Final = "grpc-status-details-bin"
_PAUSE: Final = 2.0
_THREADS: Final = 64


class EngineCall:
    """The engine's call that is being answered, as far as it can be reached.

    Attributes:
        urn: The resource's URN; empty where the call cannot be reached.
    """

    def __init__(self, request: Any, context: Any) -> None:
        self._request = request
        self._context = context
        self._told = time.monotonic()
        self.urn: str = getattr(request, "urn", "") or ""

    def old_inputs(self) -> Mapping[str, Any]:
        """Returns the inputs that the state holds: what was desired last; empty where they cannot be reached."""
        for name in ("old_inputs", "inputs"):
            found = getattr(self._request, name, None)
            if isinstance(found, struct_pb2.Struct) and len(found.fields):
                return dict(rpc.deserialize_properties(found, keep_unknowns=True))
        return {}

    def tell(self, text: str) -> None:
        """Puts a line into the resource's diagnostics, where it stays."""
        self._log(text, ephemeral=False)

    def progress(self, text: str) -> None:
        """Shows a short text on the resource's row while it works; at most every two seconds."""
        now = time.monotonic()
        if now - self._told >= _PAUSE:
            self._told = now
            self._log(text, ephemeral=True)

    def fail(self, error: ContactsError) -> NoReturn:
        """Ends the call with an error as one clean paragraph."""
        self._set_status(str(error))
        raise error

    def fail_partially(self, error: ContactsError, resource_id: str, properties: Mapping[str, Any]) -> NoReturn:
        """Ends a creation or an update with an error, and has the engine record what exists all the same.

        Args:
            error: Why it failed.
            resource_id: The resource's id.
            properties: The outputs to record.
        """
        outputs = struct_pb2.Struct()
        outputs.update({**properties, PROVIDER_KEY: self._provider()})
        detail = provider_pb2.ErrorResourceInitFailed(
            id=resource_id, properties=outputs, reasons=[shown_lines(str(error))]
        )
        self._set_status(error.message, detail)
        raise error

    def _provider(self) -> str:
        """Returns the serialised provider, without which the engine could not call us for this resource again."""
        for name in ("news", "properties"):
            found = getattr(self._request, name, None)
            if isinstance(found, struct_pb2.Struct) and PROVIDER_KEY in found.fields:
                return found.fields[PROVIDER_KEY].string_value
        return ""

    def _log(self, text: str, *, ephemeral: bool) -> None:
        engine = _engine()
        if engine is None or not self.urn:
            return
        request = engine_pb2.LogRequest(
            severity=engine_pb2.INFO, message=shown_lines(text), urn=self.urn, ephemeral=ephemeral
        )
        try:
            engine.Log(request, timeout=5)
        except grpc.RpcError:
            return  # a message that cannot be shown must not end the work

    def _set_status(self, message: str, detail: Any = None) -> None:
        if self._context is None:
            return
        status = status_pb2.Status(code=_UNKNOWN, message=shown_lines(message))
        if detail is not None:
            status.details.add().Pack(detail)
        self._context.set_trailing_metadata(((_DETAILS, status.SerializeToString()),))


def current_call() -> EngineCall:
    """Finds the call that is being answered, in the frames above; a blank one where it is not found.

    The first one of a process also learns to hear when the engine wants the work to stop.
    """
    found = EngineCall(None, None)
    frame: FrameType | None = sys._getframe(1)  # noqa: SLF001  # there is no public way to the servicer's frame
    while frame is not None:
        names = frame.f_locals
        if "request" in names and "context" in names and hasattr(names["context"], "set_trailing_metadata"):
            found = EngineCall(names["request"], names["context"])
            _hear_cancel(names.get("self"))
        elif "executor_reference" in names:
            _make_room(names["executor_reference"]())
        frame = frame.f_back
    _watch_engine()
    return found


def _cancel(self: Any, request: Any, context: Any) -> Any:
    """Takes the place of the server's own `Cancel`, which does nothing."""
    del self, request, context
    from google.protobuf import empty_pb2  # noqa: PLC0415  # the code runs among the server's globals, not ours

    from sinch_contacts.shell.interruption import INTERRUPTION  # noqa: PLC0415  # likewise

    INTERRUPTION.ask()
    return empty_pb2.Empty()


def _hear_cancel(servicer: Any) -> None:
    """Lets the engine's `Cancel` reach us: the server holds a bound method, but its code can be replaced."""
    method = getattr(type(servicer), "Cancel", None)
    if isinstance(method, FunctionType) and method.__code__.co_argcount == _cancel.__code__.co_argcount:
        method.__code__ = _cancel.__code__


def _make_room(executor: Any) -> None:
    """Gives the server more than its four threads: sets that are at work must leave one free for `Cancel`."""
    if isinstance(getattr(executor, "_max_workers", None), int):
        executor._max_workers = max(executor._max_workers, _THREADS)  # noqa: SLF001  # it has no public setting


@cache
def _watch_engine() -> None:
    address = sys.argv[-1]
    if address.startswith("127.0.0.1:"):
        watch(address, INTERRUPTION)


def secret(value: Any) -> Any:
    """Marks a value as secret, so that the engine encrypts it in the state and never shows it."""
    return rpc.wrap_rpc_secret(value)


@cache
def _engine() -> engine_pb2_grpc.EngineStub | None:
    """Connects to the engine, whose address is the last argument of the provider's process."""
    address = sys.argv[-1]
    if ":" not in address:
        return None
    return engine_pb2_grpc.EngineStub(grpc.insecure_channel(address))
