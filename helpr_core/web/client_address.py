"""Which client a request comes from, for rate limits.

Azure's front end appends `address:port` to X-Forwarded-For, so nobody outside can forge the
rightmost entries.
"""

from __future__ import annotations

from collections.abc import Mapping
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address, ip_network

from helpr_core.domain.clients import Doubt, Group

UNKNOWN = "unknown"
"""The bucket for every client whose address is unknown."""

PEER_HEADER = "x-helpr-peer"
"""Set by the WSGI server from the socket, never from outside."""

GROWTH = {64: 1, 56: 2, 48: 4}
"""The IPv6 networks that are counted, with the multiple of one client's limit that each may use. A
household has at least a /64, and many have a /56 or a /48, so they can be any number of clients."""

_SIX_TO_FOUR = IPv6Network("2002::/16")  # RFC 3056: the IPv4 address follows the prefix
_TEREDO = IPv6Network("2001::/32")  # RFC 4380: at the end, every bit turned over
_ENDS_IN_IPV4 = (
    IPv6Network("::ffff:0:0/96"),  # IPv4-mapped, RFC 4291
    IPv6Network("::ffff:0:0:0/96"),  # IPv4-translated, RFC 2765
    IPv6Network("64:ff9b::/96"),  # NAT64, RFC 6052
    IPv6Network("64:ff9b:1::/48"),  # NAT64 of a network's own, RFC 8215
)


def client_groups(headers: Mapping[str, str], trusted_hops: int) -> tuple[Group, ...]:
    """What to count by, narrowest first: an IPv4 address, IPv6 networks, or `unknown`.

    `headers` have lower-case names. With `trusted_hops` 0 no proxy is trusted and the socket's peer
    counts; with n, the n-th X-Forwarded-For entry from the right.
    """
    return _groups(_believed(headers, trusted_hops))


def client_bucket(headers: Mapping[str, str], trusted_hops: int) -> str:
    """The key of the narrowest group."""
    return client_groups(headers, trusted_hops)[0].key


def doubt_about(headers: Mapping[str, str], trusted_hops: int) -> Doubt | None:
    """Whether the counted address may be a proxy's instead of a client's."""
    entries = _entries(headers)
    if trusted_hops == 0:
        return Doubt.IGNORED if entries else None
    return Doubt.MISSING if len(entries) < trusted_hops else None


def divided(headers: Mapping[str, str], trusted_hops: int) -> tuple[Group, ...]:
    """The same, if others behind an untrusted proxy must not shut anybody out.

    If in doubt, each address that the proxy names has its own limit, and all together four times as
    much: made-up addresses gain no more than that.
    """
    groups = client_groups(headers, trusted_hops)
    if doubt_about(headers, trusted_hops) is None:
        return groups
    claimed = _groups(_entries(headers)[-1])[0].key if _entries(headers) else UNKNOWN
    shared = groups[0].key
    return (Group(f"{shared} {claimed}", 1), Group(f"{shared} in doubt", max(GROWTH.values())))


def _believed(headers: Mapping[str, str], trusted_hops: int) -> str:
    if trusted_hops == 0:
        return headers.get(PEER_HEADER, "")
    entries = _entries(headers)
    return entries[-trusted_hops] if len(entries) >= trusted_hops else ""


def _entries(headers: Mapping[str, str]) -> list[str]:
    forwarded = headers.get("x-forwarded-for", "")
    return forwarded.split(",") if forwarded.strip() else []


def _groups(text: str) -> tuple[Group, ...]:
    try:
        address = ip_address(_without_port(text.strip()))
    except ValueError:
        return (Group(UNKNOWN, 1),)
    if isinstance(address, IPv6Address):
        # Without a link-local address's zone, which is not part of the network.
        address = IPv6Address(int(address))
        inner = _ipv4_within(address)
        if inner is None:
            return tuple(
                Group(str(ip_network((address, length), strict=False)), factor)
                for length, factor in GROWTH.items()
            )
        address = inner
    return (Group(str(address), 1),)


def _ipv4_within(address: IPv6Address) -> IPv4Address | None:
    """The IPv4 address of a client behind a translator or tunnel, all in one /64."""
    if address in _SIX_TO_FOUR:
        return IPv4Address((int(address) >> 80) & 0xFFFFFFFF)
    if address in _TEREDO:
        return IPv4Address(~int(address) & 0xFFFFFFFF)
    if any(address in network for network in _ENDS_IN_IPV4):
        return IPv4Address(int(address) & 0xFFFFFFFF)
    return None


def _without_port(text: str) -> str:
    if text.startswith("["):
        return text[1:].partition("]")[0]
    if text.count(":") == 1:
        return text.partition(":")[0]
    return text
