"""The overview, the daily numbers, and the connection check."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from hashlib import sha256

from werkzeug.wrappers import Response

from helpr_core import container
from helpr_core.domain.history import InviteFilter
from helpr_core.domain.requests import Status
from helpr_core.errors import LogUnavailable, StateUnavailable
from helpr_core.services.upkeep.first_steps import Step, first_steps
from helpr_core.services.upkeep.overview import Summary
from helpr_core.texts import Words
from helpr_core.web.call import Call
from helpr_core.web.links.shapes import url_of
from helpr_core.web.overview import shapes
from helpr_core.web.reading import read_query
from helpr_core.web.responses import json_response


def get_pulse(call: Call) -> Response:
    """GET pulse: whether anything has changed, for an open page; 304 if not."""
    history = container.current().stores.invite_history()
    counts = history.counts()
    newest = [f"{row.request_id}/{row.updated_at}" for row in history.page(InviteFilter(), 1).rows]
    version = sha256(repr([sorted(counts.items()), newest]).encode()).hexdigest()[:20]
    response = json_response(shapes.PulseOut(awaiting=counts.get(Status.AWAITING_APPROVAL, 0)))
    response.set_etag(version)
    if call.request.if_none_match.contains_weak(version):
        response.status_code = 304
        response.data = b""
    return response


def get_overview(_call: Call) -> Response:
    """GET overview: status, seats, counts and the newest requests; no call to Plex on a warm
    worker."""
    parts = container.current()
    public_url = parts.installation.settings().public_url
    code = parts.site.settings().code_to_hand_out()
    summary = parts.upkeep.overview()()
    return json_response(
        shapes.overview_out(
            summary,
            _newest(),
            server_name=parts.site.server_name(),
            demo=parts.installation.is_demo(),
            public_url=public_url,
            steps=_first_steps(summary, public_url),
            link=url_of(code, public_url) if code else f"{(public_url or '').rstrip('/')}/",
        )
    )


def _first_steps(summary: Summary, public_url: str | None) -> Sequence[Step]:
    """None while nobody can tell what the owner has decided."""
    site = container.current().site
    try:
        settings = site.settings().shown()
    except StateUnavailable:
        return ()
    has_links = site.codes_handed_out()()
    return first_steps(summary, settings, site.settings().code(), public_url, has_links=has_links)


def _newest() -> Sequence[tuple[datetime, str, Words]] | None:
    """The latest notices; None while the database is down, which a check reports."""
    try:
        return container.current().notices().newest()
    except LogUnavailable:
        return None


def get_stats(call: Call) -> Response:
    """GET stats: requests per day by outcome, including days without any; people by state."""
    query = read_query(call, shapes.StatsQuery)
    parts = container.current()
    today = parts.installation.utc_now().date()
    first = today - timedelta(days=query.days - 1)
    counted = parts.stores.invite_history().per_day(_midnight(first), _midnight(today + _DAY))
    people = parts.people().summary().states()
    return json_response(shapes.stats_out(counted, people, first, query.days))


def get_connection(_call: Call) -> Response:
    """GET connection: every layer checked now, each with the one thing to do."""
    checks = container.current().upkeep.connection_check()()
    return json_response(shapes.connection_out(checks))


_DAY = timedelta(days=1)


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time.min, UTC)
