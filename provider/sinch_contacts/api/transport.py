"""One call after another over HTTP: authorised, limited, timed, and repeated only where that cannot double anything.

A read is repeated after a lost answer, a server error and 429. A write is repeated only when it is certain that nothing
was applied: after 429, after an expired token, and when no connection was made.
"""

import random
from collections.abc import Callable, Mapping
from typing import Final

import msgspec
import requests
from requests.adapters import HTTPAdapter

from sinch_contacts.api.credentials import Credentials
from sinch_contacts.api.errors import ApiError, Rejected, Throttled, Unavailable, Uncertain, Unreachable
from sinch_contacts.api.failures import Failure, error_of, read_failure
from sinch_contacts.api.limiter import Limiter
from sinch_contacts.api.settings import ApiSettings
from sinch_contacts.api.tokens import Tokens

_JSON: Final = {"Content-Type": "application/json", "Accept": "application/json"}
_UNAUTHENTICATED: Final = 401
_CONNECTIONS: Final = 3
"""Attempts at a host that cannot be reached: somebody waits to be told."""
_OK: Final = range(200, 300)
_MOVED: Final = range(300, 400)


class Request(msgspec.Struct, frozen=True):
    """One call.

    Attributes:
        method: The HTTP method.
        url: The address, without a query.
        what: The call in words, for messages; without personal data.
        query: The query; may hold personal data and is never shown.
        body: The JSON body; empty for none.
        batch: Whether it is a call of the Batch API.
    """

    method: str
    url: str
    what: str
    query: Mapping[str, str] = {}
    body: bytes = b""
    batch: bool = False

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
        user_agent: str,
    ) -> None:
        self._settings = settings
        self._sleep = sleep
        self._timeouts = (settings.connect_timeout, settings.read_timeout)
        self._session = requests.Session()
        adapter = HTTPAdapter(pool_connections=4, pool_maxsize=settings.concurrency, max_retries=0)
        for scheme in ("http://", "https://"):
            self._session.mount(scheme, adapter)
        self._session.headers["User-Agent"] = user_agent
        self._limiter = Limiter(settings.requests_per_second, now, sleep)
        self._tokens = Tokens(self._session, token_url, credentials, self._timeouts, now=now, sleep=sleep)

    def close(self) -> None:
        """Closes the connections."""
        self._session.close()

    def call(self, request: Request) -> requests.Response:
        """Makes a call and returns its answer, which is a success.

        Raises:
            ApiError: There is none; see `api.port` for what each class promises.
        """
        token, renewed = self._tokens.token(), False
        for attempt in range(1, self._settings.attempts + 1):
            last = attempt == self._settings.attempts
            answer = self._send(request, token)
            if isinstance(answer, requests.Response) and answer.status_code in _OK:
                return answer
            if isinstance(answer, ApiError):
                error, wish = answer, None
            else:
                if _is_expired(answer) and not renewed:
                    token, renewed = self._tokens.token(refused=token), True
                    continue
                error, wish = self._refused(request, answer)
            hopeless = isinstance(error, Unreachable) and attempt >= _CONNECTIONS
            if last or hopeless or not _may_repeat(request, error):
                raise error
            self._pause(attempt, wish, error)
        raise Unavailable(f"{request.what} was tried too often.", "Run again later.")

    def _send(self, request: Request, token: str) -> requests.Response | ApiError:
        self._limiter.wait()
        try:
            return self._session.request(
                request.method,
                request.url,
                params=dict(request.query),
                data=request.body or None,
                headers=_JSON,
                auth=_Bearer(token),
                timeout=self._timeouts,
                allow_redirects=False,
            )
        except requests.exceptions.ConnectionError as error:
            if _never_connected(error):
                origin = "/".join(request.url.split("/", 3)[:3])
                return Unreachable(f"No connection could be made to {origin}.", "Check the network and the address.")
            return self._lost(request)
        except requests.exceptions.RequestException:
            return self._lost(request)

    def _lost(self, request: Request) -> ApiError:
        if request.writes:
            return Uncertain(
                f"The answer to {request.what} was lost.",
                "It may have been applied; the next run looks before it sends anything again.",
            )
        return Unavailable(f"Sinch did not answer {request.what}.", "Run again later.")

    def _refused(self, request: Request, answer: requests.Response) -> tuple[ApiError, float | None]:
        if answer.status_code in _MOVED:
            message = f"Sinch answered {request.what} with a redirect, which is not followed with credentials."
            return Rejected(message, "Check the address and the region.", status=answer.status_code), None
        failure: Failure = read_failure(answer)
        return error_of(failure, request.what, writes=request.writes, batch=request.batch), failure.retry_after

    def _pause(self, attempt: int, wish: float | None, error: ApiError) -> None:
        if wish is not None:
            if wish > self._settings.longest_pause:
                raise error
            self._sleep(wish + random.uniform(0, 0.25))  # noqa: S311  # spreads clients, guards nothing
            return
        most = 1.0 if isinstance(error, Unreachable) else min(self._settings.longest_pause, float(4 ** (attempt - 1)))
        self._sleep(random.uniform(0, most))  # noqa: S311  # full jitter, as Sinch's own SDK does


def _is_expired(answer: requests.Response) -> bool:
    return answer.status_code == _UNAUTHENTICATED and "expired" in answer.headers.get("www-authenticate", "").lower()


def _may_repeat(request: Request, error: ApiError) -> bool:
    if isinstance(error, Throttled | Unreachable):
        return True
    return not request.writes and isinstance(error, Unavailable)


def _never_connected(error: requests.exceptions.ConnectionError) -> bool:
    before = requests.exceptions.ConnectTimeout | requests.exceptions.ProxyError | requests.exceptions.SSLError
    if isinstance(error, before):
        return True
    cause = error.args[0] if error.args else None
    return type(getattr(cause, "reason", None)).__name__ in {"NewConnectionError", "NameResolutionError"}
