"""The owner's Plex account, known by its token: one call to plex.tv for each question.

The headers are PlexAPI's, and a test compares them. PlexAPI itself is not used: its account
signs in first and looks the libraries up before each invite, and to import it takes a worker
that has just started a tenth of the time until its first invite.
"""

from __future__ import annotations

import json
import platform
import time
from collections.abc import Iterator
from contextlib import contextmanager
from threading import BoundedSemaphore
from typing import Any
from xml.etree.ElementTree import Element

import urllib3
from urllib3 import exceptions

from helpr_core.adapters.plex.addresses import CLIENTS_PLEX_TV, PLEX_TV
from helpr_core.adapters.plex.answers import MAX_BYTES, Answer, parse_answer, parse_json
from helpr_core.adapters.plex.transport import PatientPools
from helpr_core.patience import seconds_left, within
from helpr_core.services.plex.errors import PlexAnswerLost, PlexUnavailable
from helpr_core.texts import Message

HEADERS = {
    "User-Agent": "Helpr",
    "Accept": "*/*",
    "Accept-Encoding": "gzip, deflate",
    "X-Plex-Platform": "Helpr",
    "X-Plex-Platform-Version": platform.release(),
    "X-Plex-Provides": "controller",
    "X-Plex-Product": "Helpr",
    "X-Plex-Version": "4.18.3",
    "X-Plex-Device": "Helpr",
    "X-Plex-Device-Name": "Helpr",
    "X-Plex-Language": "en",
    "X-Plex-Sync-Version": "2",
    "X-Plex-Features": "external-media",
}
"""PlexAPI's, for a device named Helpr."""
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


class Account:
    """A Plex account known by its token. Immutable after construction; threads share it.

    `base_url` stands for https://plex.tv. Methods raise PlexTrouble's leaves if there is no usable
    answer, and the errors in `answers` if there is a refusal.
    """

    def __init__(self, token: str, base_url: str, client_identifier: str) -> None:
        self._token = token
        self._base_url = base_url
        self._pools = PatientPools(_POOL)
        self._timeout = TIMEOUT
        self._identity = {"X-Plex-Client-Identifier": client_identifier}
        self._slots = BoundedSemaphore(_POOL)
        self._last_call = time.monotonic()

    def _headers(self, **kwargs: str) -> dict[str, str]:
        return {**HEADERS, "X-Plex-Token": self._token, **self._identity, **kwargs}

    def query(self, url: str, method: str = "GET", body: Any = None) -> Element | None:
        """Make one call, with `body` as JSON, and turn every answer into XML or into one of our
        errors."""
        return parse_answer(self._answer_to(url, method, body))

    def query_json(self, url: str, method: str = "GET", body: Any = None) -> tuple[Any, bool]:
        """The same for a JSON answer, and whether it says that it is one page of several."""
        answer = self._answer_to(url, method, body, Accept="application/json")
        return parse_json(answer), answer.paged

    def _answer_to(self, url: str, method: str, body: Any, **headers: str) -> Answer:
        sent = None
        if body is not None:
            sent = json.dumps(body).encode()
            headers["Content-Type"] = "application/json"
        connect, read = self._timeout
        with self._slot():
            now = time.monotonic()
            if now - self._last_call > _IDLE_SECONDS:
                self._pools.clear()  # only the idle sockets; they can still be used
            self._last_call = now
            with _translated(), within(TOTAL_SECONDS):
                response = self._pools.urlopen(
                    method,
                    self._address(url),
                    redirect=False,
                    retries=False,
                    preload_content=False,
                    body=sent,
                    headers=self._headers(**headers),
                    timeout=urllib3.Timeout(connect=connect, read=read),
                )
                with response:
                    return _answer(response)

    def _address(self, url: str) -> str:
        if self._base_url == PLEX_TV:
            return url
        return self._base_url + url.removeprefix(CLIENTS_PLEX_TV).removeprefix(PLEX_TV)

    @contextmanager
    def _slot(self) -> Iterator[None]:
        # A pool would open a socket for each thread beyond its size, and close it again.
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
        self._pools.clear()


@contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except exceptions.NewConnectionError as exc:  # nothing can have been carried out
        raise PlexUnavailable(Message("plex.no_connection")) from exc
    except exceptions.ConnectTimeoutError as exc:
        raise PlexUnavailable(Message("plex.no_connection_in_time"), timed_out=True) from exc
    except exceptions.SSLError as exc:
        raise PlexUnavailable(Message("plex.no_encryption")) from exc
    except exceptions.HTTPError as exc:
        late = isinstance(exc, exceptions.TimeoutError)
        raise PlexAnswerLost(Message("plex.no_answer"), timed_out=late) from exc


def _answer(response: urllib3.BaseHTTPResponse) -> Answer:
    return Answer(
        response.status,
        response.headers.get("Content-Type", ""),
        response.headers.get("Retry-After", ""),
        _body(response),
        any(name in response.headers for name in _PAGES)
        or 'rel="next"' in response.headers.get("Link", ""),
    )


def _body(response: urllib3.BaseHTTPResponse) -> bytes:
    """The whole body. A refusal counts as soon as its status is read, however its body ends."""
    body = b""
    try:
        while part := response.read1(65536, decode_content=True):
            body += part
            if len(body) > MAX_BYTES:
                raise PlexAnswerLost(Message("plex.too_large"))
    except exceptions.HTTPError:
        if not 400 <= response.status < 500:
            raise
    return body
