"""What the client wants: read from its Accept headers (RFC 9110, section 12.5)."""

from __future__ import annotations


def prefers_html(accept: str) -> bool:
    """Whether HTML is named, and wanted at least as much as JSON."""
    html = _quality(accept, "text/html")
    return html > 0 and html >= _quality(accept, "application/json")


def reads_gzip(accept_encoding: str) -> bool:
    """Whether gzip is named, and not refused with a quality of 0."""
    return _quality(accept_encoding, "gzip") > 0


def accepted(accept_language: str) -> list[str]:
    """The languages that are named, the most wanted first; those of quality 0 are left out."""
    wanted = []
    for entry in accept_language.split(","):
        tag, _, parameters = entry.partition(";")
        wanted.append((_q(parameters), tag.strip()))
    return [tag for quality, tag in sorted(wanted, key=lambda one: -one[0]) if quality > 0 and tag]


def _quality(accept: str, wanted: str) -> float:
    """The quality given to exactly this type or coding; wildcards are no preference."""
    for entry in accept.lower().split(","):
        name, _, parameters = entry.partition(";")
        if name.strip() == wanted:
            return _q(parameters)
    return 0.0


def _q(parameters: str) -> float:
    for parameter in parameters.split(";"):
        name, _, value = parameter.partition("=")
        if name.strip() == "q":
            try:
                return float(value)
            except ValueError:
                return 0.0
    return 1.0
