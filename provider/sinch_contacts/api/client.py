"""The port to the Conversation API, over HTTP."""

import random
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from importlib.metadata import PackageNotFoundError, version
from types import TracebackType
from typing import Final, Self, TypeVar
from urllib.parse import quote

from sinch_contacts.api.answers import UNREADABLE
from sinch_contacts.api.clocks import steady_time
from sinch_contacts.api.credentials import Credentials
from sinch_contacts.api.endpoints import endpoints
from sinch_contacts.api.errors import BatchNotPermitted, Rejected, Unavailable, Uncertain
from sinch_contacts.api.failures import MAYBE_APPLIED, About
from sinch_contacts.api.port import Page
from sinch_contacts.api.settings import ApiSettings
from sinch_contacts.api.transport import Request, Transport
from sinch_contacts.api.wire import (
    decode_acceptance,
    decode_contact,
    decode_page,
    encode_batch,
    encode_contact,
    encode_ids,
    encode_patch,
)
from sinch_contacts.core.contact.channels import PHONE_CHANNELS
from sinch_contacts.core.contact.contact import ChannelIdentity, Contact, ContactId, LiveContact
from sinch_contacts.core.contact.normalize import normalize_identity
from sinch_contacts.core.limits import PAGE_SIZE
from sinch_contacts.core.target import Target

_NOT_FOUND: Final = 404
Answer = TypeVar("Answer")
_READS: Final = 3
"""How often an answer that cannot be read is asked for."""

_PAGES: Final = 50
"""Pages of one look-up: a server that ignores what is asked for lists the whole project."""


class HttpContactsApi:
    """The contacts of one project in one region, over HTTP. Safe to use from several threads."""

    def __init__(  # noqa: PLR0913  # the ports
        self,
        target: Target,
        credentials: Credentials,
        settings: ApiSettings | None = None,
        *,
        now: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
        wall: Callable[[], float] = steady_time,
    ) -> None:
        """Prepares the adapter; nothing is called yet.

        Args:
            target: The project and region.
            credentials: The access key.
            settings: How calls are made.
            now: Tells a time in seconds that never goes back.
            sleep: Returns after so many seconds.
            wall: Tells the time in seconds since 1970, by the clock by which calls are recorded.
        """
        settings = settings or ApiSettings()
        self._urls = endpoints(target, settings.emulator_url)
        self._sleep = sleep
        self._permits_batches = True
        self._transport = Transport(
            self._urls.token, credentials, settings, now=now, sleep=sleep, wall=wall, user_agent=_user_agent()
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Closes the connections."""
        self._transport.close()

    def create_batch(self, contacts: Sequence[Contact]) -> None:
        """See `ContactsApi`."""
        what = f"the creation of {len(contacts):,} contacts"
        self._call_batch(Request("POST", self._urls.batch, what, body=encode_batch(contacts), about=About.BATCH))

    def delete_batch(self, ids: Sequence[ContactId]) -> None:
        """See `ContactsApi`."""
        what = f"the deletion of {len(ids):,} contacts"
        self._call_batch(Request("DELETE", self._urls.batch, what, body=encode_ids(ids), about=About.BATCH))

    def create(self, contact: Contact) -> LiveContact:
        """See `ContactsApi`."""
        request = Request("POST", self._urls.contacts, "the creation of a contact", body=encode_contact(contact))
        return self._read(request, lambda body: _asked(decode_contact(body), lambda live: _is_made_of(live, contact)))

    def delete(self, contact_id: ContactId) -> bool:
        """See `ContactsApi`."""
        what = f"the deletion of contact {contact_id}"
        try:
            self._read(Request("DELETE", self._url(contact_id), what, about=About.CONTACT), decode_acceptance)
        except Rejected as error:
            if error.status == _NOT_FOUND:
                return False
            raise
        return True

    def update(self, contact_id: ContactId, contact: Contact, mask: Sequence[str]) -> LiveContact | None:
        """See `ContactsApi`."""
        request = Request(
            "PATCH",
            self._url(contact_id),
            f"the update of contact {contact_id}",
            query={"update_mask": ",".join(mask)},
            body=encode_patch(contact, mask),
            about=About.CONTACT,
        )
        return self._read_one(request, contact_id)

    def get(self, contact_id: ContactId) -> LiveContact | None:
        """See `ContactsApi`."""
        what = f"the request for contact {contact_id}"
        return self._read_one(Request("GET", self._url(contact_id), what, about=About.CONTACT), contact_id)

    def find_by_external_id(self, external_id: str) -> tuple[LiveContact, ...]:
        """See `ContactsApi`."""
        found = self._search({"external_id": external_id})
        return _each_once(live for live in found if live.contact.external_id == external_id)

    def find_by_identity(self, identity: ChannelIdentity) -> tuple[LiveContact, ...]:
        """See `ContactsApi`; asks with a `+` where a bare phone number finds nothing."""
        wanted = normalize_identity(identity)
        texts = [wanted.identity]
        if wanted.channel in PHONE_CHANNELS:
            texts.append(f"+{wanted.identity}")
        for text in texts:
            found = self._search({"channel": wanted.channel, "identity": text})
            same = _each_once(live for live in found if _has(live, wanted))
            if same:
                return same
        return ()

    def clock_offset(self) -> float:
        """See `ContactsApi`."""
        return self._transport.clock_offset

    def permits_batches(self) -> bool:
        """See `ContactsApi`."""
        return self._permits_batches

    def list_page(self, token: str = "") -> Page:
        """See `ContactsApi`."""
        return self._page({}, token)

    def _call_batch(self, request: Request) -> None:
        try:
            self._read(request, decode_acceptance)
        except BatchNotPermitted:
            self._permits_batches = False
            raise

    def _url(self, contact_id: ContactId) -> str:
        return f"{self._urls.contacts}/{quote(contact_id, safe='')}"

    def _search(self, query: dict[str, str]) -> Iterator[LiveContact]:
        token = ""
        tokens = {token}
        for _ in range(_PAGES):
            page = self._page(query, token)
            yield from page.contacts
            token = page.next_token
            if not token:
                return
            if token in tokens:
                raise Unavailable("Sinch answered a look-up with the same page over and over.", "Run again later.")
            tokens.add(token)
        message = f"Sinch answered a look-up with more than {_PAGES * PAGE_SIZE:,} contacts."
        raise Unavailable(message, "See what these contacts are; one look-up means one person.")

    def _page(self, query: dict[str, str], token: str) -> Page:
        full = {**query, "page_size": str(PAGE_SIZE), **({"page_token": token} if token else {})}
        return self._read(Request("GET", self._urls.contacts, "the request for a page of contacts", full), decode_page)

    def _read_one(self, request: Request, contact_id: ContactId) -> LiveContact | None:
        try:
            return self._read(request, lambda body: _asked(decode_contact(body), lambda live: live.id == contact_id))
        except Rejected as error:
            if error.status == _NOT_FOUND:
                return None
            raise

    def _read(self, request: Request, decode: Callable[[bytes], Answer]) -> Answer:
        """Makes a call and decodes its answer; a read whose answer does not fit what was asked is asked for again.

        A write is not: it was answered with a success, so it was applied, though nobody can say as what.
        """
        for attempt in range(1, _READS + 1):
            answer = self._transport.call(request)
            try:
                return decode(answer.body)
            except UNREADABLE:
                wrong = "a body that cannot be read"
            except _AnotherContact:
                wrong = "another contact"
            if request.writes:
                break
            if attempt < _READS:
                self._sleep(random.uniform(0, attempt))  # noqa: S311  # spreads clients, guards nothing
        message = f"Sinch answered {request.what} with {answer.status}, and with {wrong}."
        if request.writes:
            raise Uncertain(message, MAYBE_APPLIED, status=answer.status)
        raise Unavailable(message, "Run again later.", status=answer.status)


class _AnotherContact(Exception):
    """The answer is about another contact: a cache, or a connection that is kept alive, has mixed them up."""


def _asked(live: LiveContact, fits: Callable[[LiveContact], bool]) -> LiveContact:
    if not fits(live):
        raise _AnotherContact
    return live


def _is_made_of(live: LiveContact, wanted: Contact) -> bool:
    """Says whether a contact can be the answer to a creation; the server may add to it, and keep it differently."""
    named = wanted.external_id in {None, "", live.contact.external_id}
    return named and any(_has(live, normalize_identity(identity)) for identity in wanted.channel_identities)


def _each_once(found: Iterable[LiveContact]) -> tuple[LiveContact, ...]:
    """Drops repetitions: while contacts come and go, one may stand on two pages."""
    return tuple({live.id: live for live in found}.values())


def _has(live: LiveContact, wanted: ChannelIdentity) -> bool:
    found = map(normalize_identity, live.contact.channel_identities)
    return any(
        (identity.channel, identity.identity) == (wanted.channel, wanted.identity)
        and wanted.app_id in {"", identity.app_id}
        for identity in found
    )


def _user_agent() -> str:
    try:
        return f"pulumi-sinch-contacts/{version('pulumi-sinch-contacts')}"
    except PackageNotFoundError:
        return "pulumi-sinch-contacts"
