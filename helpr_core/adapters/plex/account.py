"""PlexAPI's account, without the calls that an invite does not need.

PlexAPI's own constructor signs in (one call) and `inviteFriend` looks the libraries up
(another). Ids and token are known here, so both are overridden and one POST is left.
"""

from __future__ import annotations

import os
import time
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from http.cookiejar import DefaultCookiePolicy
from threading import BoundedSemaphore
from typing import Any
from xml.etree.ElementTree import Element

# Read by PlexAPI at import. The default identifier is the machine's network address, which would
# make every instance a new device in the owner's account.
os.environ.update(
    PLEXAPI_HEADER_PRODUCT="Helpr",
    PLEXAPI_HEADER_DEVICE="Helpr",
    PLEXAPI_HEADER_DEVICE_NAME="Helpr",
    PLEXAPI_HEADER_PLATFORM="Helpr",
    PLEXAPI_PLEXAPI_AUTORELOAD="false",
    PLEXAPI_CONFIG_PATH=os.devnull,
)

from helpr_core import first_use

# It guesses the encoding of an answer's text: plex.tv's answers are read as bytes.
with first_use.as_if_not_installed("chardet", "charset_normalizer"), warnings.catch_warnings():
    warnings.simplefilter("ignore")  # requests remarks on it
    import requests

# Both serve a way to sign in that Helpr does not use, and take twice as long as PlexAPI itself.
with first_use.as_if_not_installed("jwt", "cryptography"):
    from plexapi import BASE_HEADERS
    from plexapi.myplex import MyPlexAccount, MyPlexInvite, MyPlexUser

from urllib3.exceptions import HTTPError

from helpr_core.adapters.plex.answers import MAX_BYTES, Answer, parse_answer, parse_json
from helpr_core.adapters.plex.transport import PatientAdapter
from helpr_core.errors import PlexAnswerLost, PlexUnavailable
from helpr_core.patience import seconds_left, within
from helpr_core.texts import Message

__all__ = ["Account", "MyPlexInvite", "MyPlexUser"]

PLEX_TV = "https://plex.tv"
CLIENTS_PLEX_TV = "https://clients.plex.tv"
"""The paths under which plex.tv answers for all of an owner's servers."""
TIMEOUT = (3.05, 10.0)
"""Seconds to connect, and to wait for the next byte."""
TOTAL_SECONDS = 20.0
"""Seconds for one call as a whole, however slowly it arrives."""

_PAGES = ("X-Plex-Container-Start", "X-Plex-Container-Total-Size")
"""Headers of an answer that is only one page of several."""
_POOL = 32
"""The most simultaneous calls, each with a kept socket. Further threads wait."""
_SLOT_SECONDS = 5.0
"""How long they wait; without a turn nothing was sent, and the request is queued."""
_IDLE_SECONDS = 50.0
"""After this a kept socket may be silently dead: Azure's NAT drops it, plex.tv's front end closes
it. A POST on a dead socket looks like a lost answer."""


class Account(MyPlexAccount):
    """A Plex account known by its token. Immutable after construction; threads share it.

    `base_url` stands for https://plex.tv. Methods raise PlexTrouble's leaves if there is no usable
    answer, and the errors in `answers` if there is a refusal.
    """

    def __init__(self, token: str, base_url: str, client_identifier: str) -> None:
        # MyPlexAccount.__init__ is deliberately not called: it calls plex.tv.
        self._token = token
        self._base_url = base_url
        self._session = _session()
        self._timeout = TIMEOUT
        self._identity = {"X-Plex-Client-Identifier": client_identifier}
        self._slots = BoundedSemaphore(_POOL)
        self._last_call = time.monotonic()

    def _headers(self, **kwargs: str) -> dict[str, str]:
        return {**BASE_HEADERS, "X-Plex-Token": self._token, **self._identity, **kwargs}

    def _getSectionIds(self, server: str, sections: Sequence[int] | None) -> list[int]:
        return list(sections or ())

    def query(
        self,
        url: str,
        method: Callable[..., requests.Response] | None = None,
        headers: dict[str, str] | None = None,
        timeout: tuple[float, float] | None = None,
        **kwargs: Any,
    ) -> Element | None:
        """Make PlexAPI's call, and turn every answer into XML or into one of our errors.

        Replaces PlexAPI's, in which 429 and 5xx look like a refusal, Retry-After is lost,
        Cloudflare's statuses are a TypeError, and messages contain URL and body.
        """
        return parse_answer(self._answer_to(url, method, headers, timeout, **kwargs))

    def query_json(
        self, url: str, method: Callable[..., requests.Response] | None = None, **kwargs: Any
    ) -> tuple[Any, bool]:
        """The same for a JSON answer, and whether it says that it is one page of several."""
        answer = self._answer_to(url, method, {"Accept": "application/json"}, None, **kwargs)
        return parse_json(answer), answer.paged

    def _answer_to(
        self,
        url: str,
        method: Callable[..., requests.Response] | None,
        headers: dict[str, str] | None,
        timeout: tuple[float, float] | None,
        **kwargs: Any,
    ) -> Answer:
        with self._slot():
            now = time.monotonic()
            if now - self._last_call > _IDLE_SECONDS:
                self._session.close()  # only the idle sockets; it can still be used
            self._last_call = now
            return _ask(
                method or self._session.get,
                self._address(url),
                headers=self._headers(**headers or {}),
                timeout=timeout or self._timeout,
                **kwargs,
            )

    def _address(self, url: str) -> str:
        if self._base_url == PLEX_TV:
            return url
        return self._base_url + url.removeprefix(CLIENTS_PLEX_TV).removeprefix(PLEX_TV)

    @contextmanager
    def _slot(self) -> Iterator[None]:
        # requests would open a socket for each thread beyond its pool, and close it again.
        if not self._slots.acquire(timeout=seconds_left(_SLOT_SECONDS)):
            raise PlexUnavailable(Message("plex.too_many_calls"))
        try:
            yield
        finally:
            self._slots.release()

    def is_by_the_token_of(self, other: Account) -> bool:
        """Whether both ask with the same token."""
        return str(self._token) == str(other._token)

    def close(self) -> None:
        """Close the idle sockets."""
        self._session.close()


class _Session(requests.Session):
    """Ignores redirects: requests would read their target even without following them."""

    def get_redirect_target(self, resp: requests.Response) -> str | None:
        return None


def _session() -> requests.Session:
    session = _Session()
    adapter = PatientAdapter(pool_connections=4, pool_maxsize=_POOL, max_retries=0)
    session.mount("https://", adapter)
    session.mount("http://", adapter)
    session.trust_env = False  # no proxy or .netrc from the machine may see the token
    # Threads share the session: no cookie may pass from one call to another.
    session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
    return session


def _ask(call: Callable[..., requests.Response], url: str, **kwargs: Any) -> Answer:
    try:
        with within(TOTAL_SECONDS):
            return _answer(call, url, **kwargs)
    except requests.ConnectTimeout as exc:
        raise PlexUnavailable(Message("plex.no_connection_in_time"), timed_out=True) from exc
    except requests.exceptions.SSLError as exc:
        raise PlexUnavailable(Message("plex.no_encryption")) from exc
    except (requests.RequestException, HTTPError) as exc:
        if _has(exc, "NewConnectionError", "NameResolutionError"):
            raise PlexUnavailable(Message("plex.no_connection")) from exc
        late = _has(exc, "TimeoutError", "ReadTimeoutError")
        raise PlexAnswerLost(Message("plex.no_answer"), timed_out=late) from exc


def _answer(call: Callable[..., requests.Response], url: str, **kwargs: Any) -> Answer:
    with call(url, stream=True, allow_redirects=False, **kwargs) as response:
        return Answer(
            response.status_code,
            response.headers.get("Content-Type", ""),
            response.headers.get("Retry-After", ""),
            _body(response),
            any(name in response.headers for name in _PAGES)
            or 'rel="next"' in response.headers.get("Link", ""),
        )


def _has(error: BaseException, *names: str) -> bool:
    """Whether one of the errors behind this one is of that kind.

    urllib3's NewConnectionError (including NameResolutionError) means that nothing can have been
    carried out; requests wraps it as the reason of a MaxRetryError.
    """
    seen: BaseException | None = error
    while seen is not None:
        if type(seen).__name__ in names:
            return True
        reason = getattr(seen, "reason", None) or next(iter(seen.args), None)
        seen = reason if isinstance(reason, BaseException) else seen.__cause__
    return False


def _body(response: requests.Response) -> bytes:
    """The whole body. A refusal counts as soon as its status is read, however its body ends."""
    body = b""
    try:
        while part := response.raw.read1(65536, decode_content=True):
            body += part
            if len(body) > MAX_BYTES:
                raise PlexAnswerLost(Message("plex.too_large"))
    except HTTPError:
        if not 400 <= response.status_code < 500:
            raise
    return body
