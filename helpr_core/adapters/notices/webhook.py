"""A signed webhook according to Standard Webhooks (https://www.standardwebhooks.com/)."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
import re
from urllib.parse import urlsplit

import requests

from helpr_core.adapters.notices.guarded import guarded
from helpr_core.clock import Clock
from helpr_core.domain.outbound import Outbound
from helpr_core.errors import FieldError, InvalidInput
from helpr_core.services.notices.ports import NotDelivered, Outgoing
from helpr_core.texts import Message

PREFIX = "whsec_"
_FEWEST_BYTES, _MOST_BYTES = 24, 64
"""The length of a secret, according to the specification."""
_SECONDS = (5.0, 15.0)
"""Seconds to connect, and between two bytes of the answer."""
_ADDRESS = re.compile(r"https?://[^\s#@\\]+#whsec_[A-Za-z0-9+/_=-]+")


class WebhookSender:
    """Sender. An address is the receiver's URL and, as its fragment, the secret:
    `https://name.example/hook#whsec_…`; the fragment is never sent."""

    def __init__(self, outbound: Outbound, clock: Clock) -> None:
        self._outbound = outbound
        self._clock = clock

    def check(self, address: str) -> str:
        """See the port."""
        url, _, secret = address.partition("#")
        if "@" in url.partition("://")[2].partition("/")[0]:
            raise InvalidInput(FieldError("address", Message("channel.webhook_with_name")))
        if not _ADDRESS.fullmatch(address) or not _has_host(url):
            raise InvalidInput(FieldError("address", Message("channel.wrong_webhook")))
        if not _FEWEST_BYTES <= len(_key(secret)) <= _MOST_BYTES:
            raise InvalidInput(FieldError("secret", Message("channel.wrong_secret")))
        # A name may lead elsewhere tomorrow: that is judged at each connection.
        if self._outbound.never_calls(urlsplit(url).hostname or ""):
            raise InvalidInput(FieldError("address", Message("channel.failed.forbidden_address")))
        return "Webhook"

    def send(self, address: str, message: Outgoing) -> None:
        """POST it; any 2xx is a success, and redirects are not followed."""
        url, _, secret = address.partition("#")
        body = json.dumps(
            {
                "type": message.kind,
                "timestamp": message.at.isoformat(),
                "data": {**message.data, "title": message.title, "text": message.body},
            }
        ).encode()
        with guarded(self._outbound) as guard, requests.Session() as session:
            # No proxy and no .netrc: connect only to what the owner named.
            session.trust_env = False
            try:
                answer = session.post(
                    url,
                    data=body,
                    headers=self._headers(message, body, secret),
                    timeout=_SECONDS,
                    allow_redirects=False,
                    stream=True,  # only the status of the answer is read
                )
            except requests.Timeout as exc:
                raise NotDelivered("no_answer") from exc
            except requests.RequestException as exc:
                raise NotDelivered(guard.refused or "unreachable") from exc
            status = answer.status_code
            answer.close()
        if not 200 <= status < 300:
            raise NotDelivered("answered", status)

    def _headers(self, message: Outgoing, body: bytes, secret: str) -> dict[str, str]:
        message_id, seconds = f"msg_{message.message_id.hex}", str(int(self._clock().timestamp()))
        signed = b".".join((message_id.encode(), seconds.encode(), body))
        signature = base64.b64encode(hmac.digest(_key(secret), signed, hashlib.sha256)).decode()
        return {
            "Content-Type": "application/json",
            "User-Agent": "Helpr",
            "webhook-id": message_id,
            "webhook-timestamp": seconds,
            "webhook-signature": f"v1,{signature}",
        }


def _key(secret: str) -> bytes:
    """The secret's bytes; empty if it is not base64."""
    text = secret.removeprefix(PREFIX)
    try:
        return base64.b64decode(text + "=" * (-len(text) % 4), validate=True)
    except (binascii.Error, ValueError):
        return b""


def _has_host(url: str) -> bool:
    try:
        parts = urlsplit(url)
        return bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False
