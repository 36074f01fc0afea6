"""What an owner should know about settings that work: weak secrets, unencrypted connections.

A setting that cannot be used at all is a problem, and is part of SetupRequired instead.
"""

from __future__ import annotations

import ipaddress

from helpr_core.domain import guessable
from helpr_core.frozen import dataclass
from helpr_core.texts import Message, Words

CODE_BITS = 12.0
"""A shorter invite code can be guessed, however slow guessing is made."""
PASSWORD_BITS = 24.0
KEY_BITS = 80.0

_NEAR = tuple(
    ipaddress.ip_network(text)
    for text in (
        *("127.0.0.0/8", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "169.254.0.0/16"),
        *("100.64.0.0/10", "::1/128", "fc00::/7", "fe80::/10"),
    )
)
_NEAR_NAMES = (".localhost", ".local", ".internal", ".home.arpa", ".lan")
_ENCRYPTED = ("require", "verify-ca", "verify-full")


@dataclass(frozen=True, slots=True)
class Concern:
    """A setting's name, what is wrong with it, and what to do. Never holds its value."""

    setting: Words
    found: Words
    fix: Words


def about_key(setting: str, key: str) -> list[Concern]:
    """A key that is long enough but could still be guessed."""
    if guessable.bits(key) >= KEY_BITS and not guessable.is_placeholder(key):
        return []
    return [Concern(setting, Message("concern.key"), Message("concern.key_fix"))]


def about_code(setting: Words, code: str) -> list[Concern]:
    """A code that somebody would soon find by trying."""
    if guessable.bits(code) >= CODE_BITS:
        return []
    return [Concern(setting, Message("concern.code"), Message("concern.code_fix"))]


def about_web_address(setting: str, address: str, *, sends: str) -> list[Concern]:
    """An address to which something travels unencrypted, unless it stays on a private network.

    `sends` is what travels there: `token`, `state` or `public`.
    """
    scheme, _, rest = address.partition("://")
    host = rest.partition("/")[0].rpartition("@")[2]
    host = host[1:].partition("]")[0] if host.startswith("[") else host.partition(":")[0]
    if scheme.lower() != "http" or is_nearby(host):
        return []
    return [Concern(setting, Message(f"concern.http_{sends}"), Message("concern.http_fix"))]


def about_database(setting: str, host: str, sslmode: str) -> list[Concern]:
    """A PostgreSQL server across a network whose connection may be unencrypted."""
    if sslmode in _ENCRYPTED or is_nearby(host):
        return []
    return [Concern(setting, Message("concern.database"), Message("concern.database_fix"))]


def is_nearby(host: str) -> bool:
    """Whether a host is this computer or in a private network: an address, or a bare name."""
    if not host or host.startswith("/"):  # a socket of this computer
        return True
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        name = host.lower().rstrip(".")
        return "." not in name or name.endswith(_NEAR_NAMES)
    if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped:
        address = address.ipv4_mapped
    return any(address in network for network in _NEAR)
