"""The part of host.json that shapes HTTP answers."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

_TIME_SPAN = re.compile(
    r"(?:(?P<days>\d+)(?:\.|$))?(?:(?P<hours>\d+):(?P<minutes>\d+)(?::(?P<seconds>\d+))?)?"
)
_DEFAULT_HSTS_SECONDS = 30 * 24 * 3600


@dataclass(frozen=True)
class HttpConfiguration:
    """`route_prefix` without slashes; `hsts` is the header's value, None when not enabled."""

    route_prefix: str
    custom_headers: tuple[tuple[str, str], ...]
    hsts: str | None


def read_http_configuration(host_json: Mapping[str, Any]) -> HttpConfiguration:
    """Read `extensions.http`, whose keys fold case; the prefix is "api" when none is given."""
    http = _folded(host_json.get("extensions", {}).get("http", {}))
    custom = http.get("customheaders") or {}
    return HttpConfiguration(
        route_prefix=str(http.get("routeprefix", "api")).strip("/"),
        custom_headers=tuple((str(name), str(value)) for name, value in custom.items()),
        hsts=_hsts(_folded(http.get("hsts") or {})),
    )


def _folded(section: Mapping[str, Any]) -> dict[str, Any]:
    return {key.lower(): value for key, value in section.items()}


def _hsts(section: Mapping[str, Any]) -> str | None:
    if not section.get("isenabled"):
        return None
    given = section.get("maxage")
    seconds = _DEFAULT_HSTS_SECONDS if given is None else _time_span_seconds(str(given))
    parts = [f"max-age={seconds}"]
    if section.get("includesubdomains"):
        parts.append("includeSubDomains")
    if section.get("preload"):
        parts.append("preload")
    return "; ".join(parts)


def _time_span_seconds(text: str) -> int:
    """Read .NET's `days`, `hh:mm:ss` or `days.hh:mm:ss`: "365" is a year."""
    found = _TIME_SPAN.fullmatch(text)
    if not text or found is None:
        raise ValueError(f"host.json: '{text}' is no time span")
    amounts = {unit: int(amount or 0) for unit, amount in found.groupdict().items()}
    return int(timedelta(**amounts).total_seconds())
