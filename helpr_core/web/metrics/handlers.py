"""Helpr's metrics in Prometheus' text format, created by its client library at each scrape."""

from __future__ import annotations

from collections.abc import Mapping

from prometheus_client import CollectorRegistry, Gauge, generate_latest
from werkzeug.wrappers import Response

from helpr_core import container
from helpr_core.container import Container
from helpr_core.domain.people import ShareState
from helpr_core.domain.people_operations import State
from helpr_core.domain.requests import KNOWN
from helpr_core.errors import StateUnavailable
from helpr_core.web.call import Call
from helpr_core.web.responses import NO_STORE

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
"""https://prometheus.io/docs/instrumenting/exposition_formats/"""


def get_metrics(_call: Call) -> Response:
    """GET metrics: gauges of what is stored. plex.tv is not called; 503 without the database."""
    registry = CollectorRegistry()
    parts = container.current()
    _of_database(registry, parts)
    _of_state_store(registry, parts)
    return Response(
        generate_latest(registry),
        headers={"Cache-Control": NO_STORE},
        content_type=CONTENT_TYPE,
    )


def _of_database(registry: CollectorRegistry, parts: Container) -> None:
    now = parts.installation.utc_now()
    counts = parts.stores.invite_history().counts()
    by_status = {status.value: counts.get(status, 0) for status in KNOWN}
    _labelled(registry, "helpr_requests", "Requests by the state they are in", "status", by_status)
    queue = parts.stores.invite_queue().state()
    _one(registry, "helpr_queue_waiting", "Requests that wait for plex.tv", queue.queued)
    age = (now - queue.oldest).total_seconds() if queue.oldest else 0.0
    _one(registry, "helpr_queue_oldest_seconds", "How long the oldest has waited", age)
    states = parts.people().summary().states()
    access = {state.value: states.get(state, 0) for state in ShareState}
    _labelled(registry, "helpr_access", "Access to a server by its state", "state", access)
    operations = {state.value: 0 for state in State} | parts.people().operations().counts()
    _labelled(registry, "helpr_operations", "Changes at plex.tv by state", "state", operations)
    told = {"waiting": 0, "telling": 0, "told": 0, "given_up": 0, "bounced": 0}
    told |= parts.notices().outbox().counts()
    _labelled(registry, "helpr_notices", "Notices of 30 days by state", "state", told)
    channels = parts.notices().channels().all()
    failing = sum(one.failing_since is not None for one in channels)
    _one(registry, "helpr_channels", "Channels for notices", len(channels))
    _one(registry, "helpr_channels_failing", "Channels whose last message failed", failing)


def _of_state_store(registry: CollectorRegistry, parts: Container) -> None:
    """The state store's metrics; while it is down they are missing, and `helpr_state_store_up` says
    so."""
    try:
        seats = parts.plex.seats().last()
        pause = parts.plex.breaker().read()
        last = parts.upkeep.runs().last()
    except StateUnavailable:
        _one(registry, "helpr_state_store_up", "Whether the state store answers", 0)
        return
    _one(registry, "helpr_state_store_up", "Whether the state store answers", 1)
    if seats is not None:
        taken = {"used": seats.used, "invited": seats.pending, "limit": seats.limit}
        _labelled(registry, "helpr_seats", "Plex's seats, as they were read last", "kind", taken)
    _one(
        registry, "helpr_plex_paused", "Whether plex.tv is not asked at present", pause is not None
    )
    failures = len(last.report.failures) if last.report else 0
    at = last.report.finished_at.timestamp() if last.report else 0.0
    _one(registry, "helpr_housekeeping_last_run_timestamp_seconds", "When it ran, 0 for never", at)
    _one(registry, "helpr_housekeeping_failed_steps", "Steps that failed in that run", failures)


def _one(registry: CollectorRegistry, name: str, help_text: str, value: float) -> None:
    Gauge(name, help_text, registry=registry).set(value)


def _labelled(
    registry: CollectorRegistry, name: str, help_text: str, label: str, values: Mapping[str, float]
) -> None:
    gauge = Gauge(name, help_text, [label], registry=registry)
    for key, value in values.items():
        gauge.labels(key).set(value)
