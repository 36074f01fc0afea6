"""A client for Azure Tables that gives up early and logs little."""

from __future__ import annotations

import logging
import time
import warnings
from threading import BoundedSemaphore
from typing import Any

from helpr_core import first_use

# It guesses the encoding of an answer's text, which the SDK knows.
with first_use.as_if_not_installed("chardet", "charset_normalizer"), warnings.catch_warnings():
    warnings.simplefilter("ignore")  # requests remarks on it
    import requests

from azure.core.credentials import TokenCredential
from azure.core.exceptions import (
    ServiceRequestError,
    ServiceRequestTimeoutError,
    ServiceResponseTimeoutError,
)
from azure.core.pipeline.transport import RequestsTransport
from azure.data.tables import TableServiceClient
from requests.adapters import HTTPAdapter

from helpr_core.adapters.silence import Silence
from helpr_core.errors import FieldError, SetupRequired
from helpr_core.texts import Message

first_use.complete("_strptime", "netrc", "azure.core.rest._requests_basic")

# A store that hangs must not hold a friend for longer than some 5 s: a connection is tried twice (2
# x 2 s), an answer once (3 s).
CONNECT_SECONDS = 2
READ_SECONDS = 3
_POOL_SIZE = 64
_SLOT_SECONDS = 1.5
"""How long a thread waits while all of these connections are at work."""

_RETRIES: dict[str, Any] = {
    "retry_total": 1,
    "retry_connect": 1,
    # A write whose answer was lost may have been carried out: it is not repeated blindly.
    "retry_read": 0,
    # The SDK sleeps as long as a Retry-After header says, which may be a minute.
    "retry_status": 0,
    "retry_backoff_factor": 0.1,
}


def connect(target: str, credential: TokenCredential | None = None) -> TableServiceClient:
    """A client for the account; sends nothing yet.

    `target` is the endpoint (`https://NAME.table.core.windows.net`) if there is a credential,
    otherwise a connection string; `UseDevelopmentStorage=true` is Azurite's public account on
    127.0.0.1:10002. Raises SetupRequired if the target cannot be used.
    """
    # It logs each request's address at INFO, which Application Insights would keep.
    logging.getLogger("azure.core.pipeline.policies.http_logging_policy").setLevel(logging.WARNING)
    transport = _BoundedTransport()
    try:
        if credential is not None:
            return TableServiceClient(
                target, credential=credential, transport=transport, **_RETRIES
            )
        # The SDK expands the development account, if nothing follows the word "true".
        return TableServiceClient.from_connection_string(
            target.strip("; "), transport=transport, **_RETRIES
        )
    except ValueError:
        raise SetupRequired(_problem(with_credential=credential is not None)) from None


def _problem(*, with_credential: bool) -> FieldError:
    if with_credential:
        return FieldError("HELPR_TABLES_ENDPOINT", Message("setting.not_tables_endpoint"))
    return FieldError("HELPR_TABLES_CONNECTION", Message("setting.not_tables_connection"))


class _BoundedTransport(RequestsTransport):  # type: ignore[misc] # exported lazily: Any
    """A limited number of simultaneous calls, each on a kept connection.

    requests would open one more for each thread beyond its pool, and close it again.
    """

    def __init__(self) -> None:
        session = requests.Session()
        for scheme in ("https://", "http://"):
            session.mount(scheme, HTTPAdapter(pool_connections=4, pool_maxsize=_POOL_SIZE))
        super().__init__(
            session=session, connection_timeout=CONNECT_SECONDS, read_timeout=READ_SECONDS
        )
        self._slots = BoundedSemaphore(_POOL_SIZE)
        self._silence = Silence()

    def send(self, request: Any, **options: Any) -> Any:
        """Send it when its turn comes."""
        if self._silence.lasts:
            raise ServiceRequestError("it did not answer a moment ago")
        if not self._slots.acquire(timeout=_SLOT_SECONDS):
            raise ServiceRequestError("every connection is busy")
        asked_at = time.monotonic()
        try:
            answer = super().send(request, **options)
        except (ServiceRequestTimeoutError, ServiceResponseTimeoutError):
            self._silence.note_no_answer(asked_at)
            raise
        finally:
            self._slots.release()
        self._silence.heard()
        return answer
