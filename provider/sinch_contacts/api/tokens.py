"""OAuth access tokens, by client credentials.

One token serves all threads: whoever finds it missing or near its end fetches the next one while the others wait. The
endpoint throttles by a bucket of 30 tokens, refilled by 10 a second, and sends no Retry-After (a comment in Sinch's own
Node SDK), so a refused request is tried again after a pause.
"""

import random
from collections.abc import Callable
from threading import Lock
from typing import Any, Final

import requests

from sinch_contacts.api.credentials import Credentials
from sinch_contacts.api.errors import ApiError, Throttled, Unauthenticated, Unavailable, Unreachable
from sinch_contacts.api.failures import KEY_ADVICE, error_of, read_failure

_EARLY: Final = 60.0
_SHARE: Final = 0.1
_DEFAULT_LIFETIME: Final = 3600.0
_ATTEMPTS: Final = 6
_CONNECTIONS: Final = 3
"""Attempts at a host that cannot be reached: somebody waits to be told."""
_WHAT: Final = "the request for an access token"
_OK: Final = 200
_BAD_CREDENTIALS: Final = frozenset({400, 401})


class Tokens:
    """Fetches and keeps the access token of one key. Safe to use from several threads."""

    def __init__(  # noqa: PLR0913  # the ports
        self,
        session: requests.Session,
        url: str,
        credentials: Credentials,
        timeouts: tuple[float, float],
        *,
        now: Callable[[], float],
        sleep: Callable[[float], None],
    ) -> None:
        self._session = session
        self._url = url
        self._credentials = credentials
        self._timeouts = timeouts
        self._now = now
        self._sleep = sleep
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
                self._fetch()
            return self._token

    def _fetch(self) -> None:
        asked = self._now()
        body = self._ask()
        self._token = str(body["access_token"])
        lifetime = float(body.get("expires_in") or _DEFAULT_LIFETIME)
        self._renew_at = asked + lifetime - min(_EARLY, lifetime * _SHARE)

    def _ask(self) -> dict[str, Any]:
        for attempt in range(1, _ATTEMPTS + 1):
            error = self._try()
            if isinstance(error, dict):
                return error
            most = _CONNECTIONS if isinstance(error, Unreachable) else _ATTEMPTS
            if attempt >= most or not isinstance(error, Throttled | Unavailable | Unreachable):
                raise error
            self._sleep(random.uniform(0.1, 0.2) * 2**attempt)  # noqa: S311  # spreads clients, guards nothing
        raise AssertionError  # pragma: no cover  # the loop returns or raises

    def _try(self) -> dict[str, Any] | ApiError:
        try:
            answer = self._session.post(
                self._url,
                data={"grant_type": "client_credentials"},
                auth=(self._credentials.key_id, self._credentials.key_secret),
                timeout=self._timeouts,
                allow_redirects=False,
            )
        except requests.exceptions.ConnectionError:
            return Unreachable(f"No connection could be made to {self._origin}.", "Check the network and the address.")
        except requests.exceptions.RequestException:
            return Unavailable(f"{self._origin} did not answer {_WHAT}.", "Run again later.")
        if answer.status_code == _OK:
            try:
                body = answer.json()
            except ValueError:
                body = None
            if isinstance(body, dict) and body.get("access_token"):
                return body
            return Unavailable(f"{self._origin} answered {_WHAT} with something else.", "Check the address.")
        failure = read_failure(answer)
        error = error_of(failure, _WHAT, writes=False, batch=False)
        if answer.status_code in _BAD_CREDENTIALS:
            advice = KEY_ADVICE
            return Unauthenticated(error.message, advice, status=error.status, code=error.code, detail=error.detail)
        return error

    @property
    def _origin(self) -> str:
        return self._url.removesuffix("/oauth2/token")
