"""OAuth access tokens, by client credentials.

One token serves all threads: whoever finds it missing or near its end fetches the next one while the others wait. The
endpoint throttles by a bucket of 30 tokens, refilled by 10 a second, and sends no Retry-After (a comment in Sinch's own
Node SDK), so a refused request is tried again after a pause.
"""

import random
from collections.abc import Callable, Mapping
from threading import Lock
from typing import Annotated, Final

import msgspec
from requests.auth import HTTPBasicAuth

from sinch_contacts.api.answers import UNREADABLE, Session
from sinch_contacts.api.credentials import Credentials
from sinch_contacts.api.errors import ApiError, Throttled, Unauthenticated, Unavailable, Unreachable
from sinch_contacts.api.failures import CONNECTIONS, KEY_ADVICE, About, error_of, read_failure, unreachable

_EARLY: Final = 60.0
_SHARE: Final = 0.1
_DEFAULT_LIFETIME: Final = 3600.0
_ATTEMPTS: Final = 6
_WHAT: Final = "the request for an access token"
_OK: Final = 200
_BAD_CREDENTIALS: Final = frozenset({400, 401})


class _Grant(msgspec.Struct):
    """The endpoint's answer; the token is of the characters that RFC 6750 allows in a header."""

    access_token: Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z0-9._~+/-]{1,8000}=*\Z")]
    expires_in: float | None = None


class Tokens:
    """Fetches and keeps the access token of one key. Safe to use from several threads."""

    def __init__(  # noqa: PLR0913  # the ports
        self,
        session: Session,
        url: str,
        credentials: Credentials,
        timeouts: tuple[float, float],
        *,
        now: Callable[[], float],
        sleep: Callable[[float], None],
        told: Callable[[Mapping[str, str]], None],
    ) -> None:
        self._session = session
        self._url = url
        self._auth = HTTPBasicAuth(credentials.key_id.encode(), credentials.key_secret.encode())
        self._timeouts = timeouts
        self._now = now
        self._sleep = sleep
        self._told = told
        self._lock = Lock()
        self._token = ""
        self._renew_at = 0.0

    def token(self, refused: str = "") -> str:
        """Returns a token that is valid for a while.

        Args:
            refused: A token that Sinch did not accept any more, if any; it is not returned again.

        Raises:
            ApiError: There is none to be had.
        """
        with self._lock:
            if not self._token or self._token == refused or self._now() >= self._renew_at:
                asked = self._now()
                grant = self._ask()
                lifetime = grant.expires_in or _DEFAULT_LIFETIME
                self._token = grant.access_token
                self._renew_at = asked + lifetime - min(_EARLY, lifetime * _SHARE)
            return self._token

    def _ask(self) -> _Grant:
        attempt = 1
        while True:
            answer = self._try()
            if isinstance(answer, _Grant):
                return answer
            most = CONNECTIONS if isinstance(answer, Unreachable) else _ATTEMPTS
            if attempt >= most or not isinstance(answer, Throttled | Unavailable | Unreachable):
                raise answer
            self._sleep(random.uniform(0.1, 0.2) * 2**attempt)  # noqa: S311  # spreads clients, guards nothing
            attempt += 1

    def _try(self) -> _Grant | ApiError:
        try:
            response = self._session.post(
                self._url,
                data={"grant_type": "client_credentials"},
                auth=self._auth,
                timeout=self._timeouts,
                allow_redirects=False,
                stream=True,
            )
            answer = self._session.receive(response, self._sleep)
            self._told(answer.headers)
        except OSError as error:  # the root of what requests raises, and what it passes on
            lost = Unavailable(f"{self._url} did not answer {_WHAT}.", "Run again later.")
            return unreachable(error, self._url) or lost
        if answer.status == _OK:
            try:
                return msgspec.json.decode(answer.body, type=_Grant, strict=False)
            except UNREADABLE:
                return Unavailable(f"{self._url} answered {_WHAT} with something else.", "Check the address.")
        failed = error_of(read_failure(answer), _WHAT, About.PROJECT, writes=False)
        if failed.status in _BAD_CREDENTIALS:
            code, detail = failed.code, failed.detail
            return Unauthenticated(failed.message, KEY_ADVICE, status=failed.status, code=code, detail=detail)
        return failed
