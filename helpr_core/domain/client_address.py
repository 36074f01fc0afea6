"""Which client a request comes from, for rate limits.

Azure's front end appends `address:port` to X-Forwarded-For, so the rightmost entries are
the ones that nobody outside can forge.
"""

from __future__ import annotations

from collections.abc import Mapping
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

UNKNOWN = "unknown"
"""The bucket of every client whose address cannot be told."""

PEER_HEADER = "x-helpr-peer"
"""Set by the WSGI server from the socket, never taken from outside."""


def client_bucket(headers: Mapping[str, str], trusted_hops: int) -> str:
    """The address to count by: an IPv4 address, an IPv6 /64, or `unknown`.

    `headers` have lower-case names. With `trusted_hops` 0 no proxy is believed and the
    socket's peer counts; with n the n-th X-Forwarded-For entry from the right.
    """
    if trusted_hops == 0:
        return _bucket(headers.get(PEER_HEADER, ""))
    entries = headers.get("x-forwarded-for", "").split(",")
    if len(entries) < trusted_hops:
        return UNKNOWN
    return _bucket(entries[-trusted_hops])


def _bucket(text: str) -> str:
    try:
        address = ip_address(_without_port(text.strip()))
    except ValueError:
        return UNKNOWN
    if isinstance(address, IPv4Address):
        return str(address)
    mapped = address.ipv4_mapped
    if mapped is not None:
        return str(mapped)
    # One household has a whole /64 and can use a new address for each request.
    return str(ip_network((IPv6Address(int(address)), 64), strict=False))


def _without_port(text: str) -> str:
    if text.startswith("["):
        return text[1:].partition("]")[0]
    if text.count(":") == 1:
        return text.partition(":")[0]
    return text
