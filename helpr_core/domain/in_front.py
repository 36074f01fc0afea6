"""Whoever has been signed in by what stands in front of Helpr: Azure, or a proxy."""

from __future__ import annotations

import base64
import json
from collections.abc import Collection, Mapping
from ipaddress import IPv4Network, IPv6Network, ip_address
from typing import Any

from helpr_core.domain.browsers import Way
from helpr_core.frozen import dataclass

Network = IPv4Network | IPv6Network
CLAIMS_HEADER = "x-ms-client-principal"
_MOST = 50_000
_ENTRA = "aad"
_IDS = (
    "http://schemas.microsoft.com/identity/claims/objectidentifier",
    "oid",
    "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/nameidentifier",
    "sub",
)
"""Claims that say who it is and never change, the best first. Names and addresses may be chosen
by whoever signs in, in a tenant of their own."""
_NAMES = ("preferred_username", "name")


@dataclass(frozen=True, slots=True)
class Person:
    """`id` is what the settings name, `name` what is shown."""

    way: Way
    id: str
    name: str


def from_claims(header: str, allowed: Collection[str]) -> Person | None:
    """The person of Azure's claims (base64 of JSON), if that one is allowed: by the object id in
    Entra, and by `provider:id` elsewhere. None for whatever is not as Azure writes it."""
    try:
        principal = json.loads(base64.b64decode(header, validate=True)) if header else None
    except (ValueError, RecursionError):
        return None
    if not isinstance(principal, dict) or len(header) > _MOST:
        return None
    provider, claims = principal.get("auth_typ"), _texts(principal.get("claims"))
    found = next((claims[name] for name in _IDS if claims.get(name)), "")
    if not isinstance(provider, str) or not provider or not found:
        return None
    person_id = found if provider.lower() == _ENTRA else f"{provider}:{found}"
    if not _is_among(person_id, allowed):
        return None
    named = (principal.get("name_typ"), *_NAMES)
    name = next((claims[one] for one in named if isinstance(one, str) and claims.get(one)), "")
    return Person(Way.AZURE, person_id, (name or person_id)[:255])


def from_proxy(
    given: str, peer: str, proxies: Collection[Network], allowed: Collection[str]
) -> Person | None:
    """The person that a proxy names, where the connection is that proxy's own, and if that one
    is allowed."""
    name = given.strip(" \t")  # what HTTP lets stand around a value, and no other space
    if not name or not _is_among(name, allowed) or not _is_one_of(peer, proxies):
        return None
    return Person(Way.PROXY, name, name[:255])


def _is_one_of(peer: str, networks: Collection[Network]) -> bool:
    try:
        address = ip_address(peer)
    except ValueError:
        return False
    mapped = getattr(address, "ipv4_mapped", None)
    address = mapped or address
    return any(address in one for one in networks if one.version == address.version)


def _is_among(name: str, allowed: Collection[str]) -> bool:
    """Case counts for nothing in ASCII alone: beyond it, lower case turns other people's letters
    into the owner's (the Kelvin sign into k, a long s into s)."""
    return _folded(name) in map(_folded, allowed)


def _folded(name: str) -> bytes:
    return name.encode("utf-8", "surrogatepass").lower()


def _texts(claims: Any) -> Mapping[str, str]:
    """The first value of each claim."""
    found: dict[str, str] = {}
    for one in claims if isinstance(claims, list) else []:
        name, value = (one.get("typ"), one.get("val")) if isinstance(one, dict) else (None, None)
        if isinstance(name, str) and isinstance(value, str):
            found.setdefault(name, value)
    return found
