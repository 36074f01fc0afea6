"""Whether a browser came over HTTPS, as reported by the proxy that ended its TLS."""

from __future__ import annotations

import re
from collections.abc import Mapping

_PROTO = re.compile(r'(?:^|;)\s*proto\s*=\s*"?(\w+)', re.IGNORECASE)
_HOST = re.compile(r"(?:[A-Za-z0-9._-]{1,253}|\[[0-9A-Fa-f:.]{2,45}\])(?::[0-9]{1,5})?")


def came_over_https(
    url: str, headers: Mapping[str, str], trusted_hops: int, public_url: str | None
) -> bool:
    """`headers` have lower-case names; with `trusted_hops` 0 none of them is trusted.

    The owner's setting counts too: friends use `public_url`. Trusting too much costs little: a
    browser that connected without TLS ignores HSTS and drops Secure cookies.
    """
    if url.startswith("https://") or (public_url or "").lower().startswith("https://"):
        return True
    return trusted_hops > 0 and _forwarded_scheme(headers, trusted_hops) == "https"


def _forwarded_scheme(headers: Mapping[str, str], trusted_hops: int) -> str:
    """X-Forwarded-Proto, which most proxies overwrite and some append to, or RFC 7239's."""
    entries = headers.get("x-forwarded-proto", "").split(",")
    if entries == [""]:
        found = (_PROTO.search(one) for one in headers.get("forwarded", "").split(","))
        entries = [one[1] if one else "" for one in found]
    return entries[-min(trusted_hops, len(entries))].strip().lower()


def host_asked_for(host: str, headers: Mapping[str, str], trusted_hops: int) -> str:
    """The host and port that the browser has in its address, "" for what cannot be one: a trusted
    proxy's X-Forwarded-Host, or else the request's own `host`."""
    entries = [one.strip() for one in headers.get("x-forwarded-host", "").split(",")]
    if trusted_hops > 0 and entries != [""]:
        host = entries[-min(trusted_hops, len(entries))]
    return host if _HOST.fullmatch(host) else ""
