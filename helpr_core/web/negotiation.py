"""What the client accepts, according to its Accept headers (RFC 9110, section 12.5)."""

from __future__ import annotations

from werkzeug.datastructures import Accept, MIMEAccept


def prefers_html(accept: MIMEAccept) -> bool:
    """Whether HTML is named and preferred at least as much as JSON; wildcards do not count."""
    # A type named twice, with different parameters, counts as first named.
    wanted = {name.partition(";")[0].lower(): quality for name, quality in reversed(accept)}
    html = wanted.get("text/html", 0)
    return html > 0 and html >= wanted.get("application/json", 0)


def reads_gzip(accept: Accept) -> bool:
    """Whether gzip is accepted, and not refused with a quality of 0."""
    return accept["gzip"] > 0
