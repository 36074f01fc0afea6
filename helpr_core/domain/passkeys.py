"""Passkeys that open the dashboard: what is known of each, and where they can work at all."""

from __future__ import annotations

from datetime import datetime
from ipaddress import ip_address
from urllib.parse import urlsplit

from helpr_core.domain.decisions import Decision
from helpr_core.frozen import dataclass

MOST = 20


@dataclass(frozen=True, slots=True)
class Passkey:
    """`credential` is its id, public key and kind of authenticator (attested credential data of
    WebAuthn) as base64url; nothing of it is secret. It is good at `host` alone, which browsers see
    to. `uses` counts where the authenticator counts, and stays 0 elsewhere.
    """

    passkey_id: str
    credential: str
    host: str
    name: str
    added_at: datetime
    used_at: datetime | None = None
    uses: int = 0


@dataclass(frozen=True, slots=True)
class Passkeys(Decision):
    """All of the owner's, oldest first."""

    passkeys: tuple[Passkey, ...] = ()


@dataclass(frozen=True, slots=True)
class Site:
    """Where a browser is: its `origin`, and the `host` in it that passkeys are made for."""

    origin: str
    host: str


def host_of(origin: str) -> str:
    """The host of that origin (`https://helpr.example`) whose passkeys a browser offers there; ""
    where no browser does: without HTTPS, and where an address has no name.

    Plain HTTP is good enough on one's own computer, which is called localhost then
    (https://www.w3.org/TR/webauthn-3/, sections 5.1.3 and 13.4.9).
    """
    parts = urlsplit(origin)
    host = parts.hostname or ""
    if host == "localhost" or host.endswith(".localhost"):
        return host
    return host if parts.scheme == "https" and not _is_number(host) else ""


def _is_number(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True
