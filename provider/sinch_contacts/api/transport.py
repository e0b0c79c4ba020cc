"""One call after another over HTTP: authorised, limited, timed, and repeated only where that cannot double anything.

A read is repeated after a lost answer, a server error and 429. A write is repeated only when it is certain that nothing
was applied: after 429, after a token that is not accepted any more, and when no connection was made. A 429 slows down
all threads, and the wait that it asks for holds for all of them.
"""

import random
from collections.abc import Callable, Mapping
from typing import Final

import msgspec
import requests
from requests.adapters import HTTPAdapter

from sinch_contacts.api.answers import Answer, Session
from sinch_contacts.api.clocks import ServerClock
from sinch_contacts.api.credentials import Credentials
from sinch_contacts.api.echoes import contents_of
from sinch_contacts.api.errors import ApiError, Throttled, Unavailable, Uncertain, Unreachable
from sinch_contacts.api.failures import CONNECTIONS, MAYBE_APPLIED, About, error_of, read_failure, unreachable
from sinch_contacts.api.limiter import Limiter
from sinch_contacts.api.settings import ApiSettings
from sinch_contacts.api.tokens import Tokens

_JSON: Final = {"Content-Type": "application/json", "Accept": "application/json"}
_UNAUTHENTICATED: Final = 401
_OK: Final = range(200, 300)


class Request(msgspec.Struct, frozen=True):
    """One call.

    Attributes:
        method: The HTTP method.
        url: The address, without a query.
        what: The call in words, for messages; without personal data.
        query: The query; may hold personal data and is never shown.
        body: The JSON body; empty for none.
        about: What it is about.
    """

    method: str
    url: str
    what: str
    query: Mapping[str, str] = {}
    body: bytes = b""
    about: About = About.PROJECT

    @property
    def writes(self) -> bool:
        """Whether the call changes something."""
        return self.method != "GET"


class _Bearer(requests.auth.AuthBase):
    """Puts the token on; an explicit one, so that no `.netrc` file replaces it."""

    def __init__(self, token: str) -> None:
        self._token = token

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        request.headers["Authorization"] = f"Bearer {self._token}"
        return request


class Transport:
    """Makes calls. Safe to use from several threads."""

    def __init__(  # noqa: PLR0913  # the ports
        self,
        token_url: str,
        credentials: Credentials,
        settings: ApiSettings,
        *,
        now: Callable[[], float],
        sleep: Callable[[float], None],
        wall: Callable[[], float],
        user_agent: str,
    ) -> None:
        self._settings = settings
        self._sleep = sleep
        self._timeouts = (settings.connect_timeout, settings.read_timeout)
        self._session = Session()
        adapter = HTTPAdapter(pool_connections=4, pool_maxsize=settings.concurrency, max_retries=0)
        for scheme in ("http://", "https://"):
            self._session.mount(scheme, adapter)
        self._session.headers["User-Agent"] = user_agent
        # Without TLS everything stays on this machine: a proxy named by the environment would see the credentials.
        self._session.trust_env = token_url.startswith("https://")
        self._accepted = ""
        self._server_clock = ServerClock(wall)
        self._limiter = Limiter(settings.requests_per_second, now, sleep)
        told = self._server_clock.note
        self._tokens = Tokens(self._session, token_url, credentials, self._timeouts, now=now, sleep=sleep, told=told)

    @property
    def clock_offset(self) -> float:
        """Seconds that the server's clock is ahead of ours, to a second.

        Raises:
            ApiError: Where no answer has told it yet, the one to the request for a token does; there is none.
        """
        if not self._server_clock.is_known:
            self._tokens.token()
        return self._server_clock.offset

    def close(self) -> None:
        """Closes the connections."""
        self._session.close()

    def call(self, request: Request) -> Answer:
        """Makes a call and returns its answer, which is a success.

        Raises:
            ApiError: There is none; see `api.port` for what each class promises.
        """
        attempt, refused = 1, ""
        while True:
            token = self._tokens.token(refused)
            slot = self._limiter.wait()
            answer = self._send(request, token)
            if isinstance(answer, ApiError):
                error, wish = answer, None
            elif answer.status in _OK:
                self._accepted = token
                self._server_clock.note(answer.headers)
                return answer
            elif self._is_outdated(answer, token) and not refused:
                refused = token  # nothing was applied, and a new one may do
                continue
            else:
                failure = read_failure(answer, contents_of(request.body, request.query))
                error = error_of(failure, request.what, request.about, writes=request.writes)
                wish = failure.retry_after
            if isinstance(error, Throttled):
                self._limiter.back_off(slot, wish if wish and wish <= self._settings.longest_pause else 0.0)
            if not self._may_repeat(error, attempt):
                raise error
            self._pause(attempt, wish, error)
            attempt += 1

    def _send(self, request: Request, token: str) -> Answer | ApiError:
        try:
            response = self._session.request(
                request.method,
                request.url,
                params=dict(request.query),
                data=request.body or None,
                headers=_JSON,
                auth=_Bearer(token),
                timeout=self._timeouts,
                allow_redirects=False,
                stream=True,
            )
            return self._session.receive(response, self._sleep)
        except OSError as error:  # the root of what requests raises, and what it passes on
            return unreachable(error, request.url) or _lost(request)

    def _is_outdated(self, answer: Answer, token: str) -> bool:
        """Says whether a token is refused for its age: Sinch says "expired", and one that was revoked did work once."""
        if answer.status != _UNAUTHENTICATED:
            return False
        said = answer.headers.get("www-authenticate", "") + read_failure(answer).code
        return "expired" in said.lower() or token == self._accepted

    def _may_repeat(self, error: ApiError, attempt: int) -> bool:
        match error:
            case Unreachable():
                return attempt < min(CONNECTIONS, self._settings.attempts)
            case Throttled() | Unavailable():  # a write is never `Unavailable` but `Uncertain`
                return attempt < self._settings.attempts
            case _:
                return False

    def _pause(self, attempt: int, wish: float | None, error: ApiError) -> None:
        if wish is not None:
            if wish > self._settings.longest_pause:
                raise error
            self._sleep(wish + random.uniform(0, 0.25))  # noqa: S311  # spreads clients, guards nothing
            return
        most = 1.0 if isinstance(error, Unreachable) else min(self._settings.longest_pause, float(4 ** (attempt - 1)))
        self._sleep(random.uniform(0, most))  # noqa: S311  # full jitter, as Sinch's own SDK does


def _lost(request: Request) -> ApiError:
    if request.writes:
        return Uncertain(f"The answer to {request.what} was lost.", MAYBE_APPLIED)
    return Unavailable(f"Sinch did not answer {request.what}.", "Run again later.")
