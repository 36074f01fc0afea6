"""What the client wants: read from its Accept headers (RFC 9110, section 12.5)."""

from __future__ import annotations

from werkzeug.datastructures import Accept, MIMEAccept


def prefers_html(accept: MIMEAccept) -> bool:
    """Whether HTML is named, and wanted at least as much as JSON; wildcards are no preference."""
    # What is named twice, with other parameters, counts as it was named first.
    wanted = {name.partition(";")[0].lower(): quality for name, quality in reversed(accept)}
    html = wanted.get("text/html", 0)
    return html > 0 and html >= wanted.get("application/json", 0)


def reads_gzip(accept: Accept) -> bool:
    """Whether gzip is taken, and not refused with a quality of 0."""
    return accept["gzip"] > 0
