"""Rate limits in a worker's memory and in the shared store."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace

import pytest
import sqlalchemy as sa

from helpr_core.adapters.state.sql import SqlStateStore
from helpr_core.clock import utc_now
from helpr_core.domain.clients import Group
from helpr_core.errors import RateLimited
from helpr_core.services import rate_limit
from helpr_core.services.rate_limit import RateLimiter, Rule, per_client
from helpr_core.services.requests.invite_code import RULE
from tests.services.conftest import NewWorker
from tests.services.worker import SetClock, Worker

RULES: dict[str, Rule] = {
    "invites": per_client("5/minute;20/hour"),
    RULE: per_client("3/minute"),
}


def limiter(worker: Worker) -> RateLimiter:
    """As the container makes it; its windows end by the real clock."""
    return RateLimiter(RULES, SqlStateStore(worker.state_database), utc_now)


def client_named(name: str) -> tuple[Group, ...]:
    """A client whose network nobody else shares."""
    return (Group(name, 1),)


def admitted(hit: Callable[[], object], tries: int) -> int:
    """How many of that many requests are admitted."""
    count = 0
    for _ in range(tries):
        try:
            hit()
        except RateLimited as exc:
            assert exc.retry_after_seconds >= 1  # noqa: PT017
        else:
            count += 1
    return count


def statements(worker: Worker) -> list[str]:
    """The statements sent to the state store's database from now on."""
    sent: list[str] = []
    sa.event.listen(
        worker.state_database._engine,
        "before_cursor_execute",
        lambda *given: sent.append(given[2]),
    )
    return sent


def test_a_client_gets_as_many_as_the_rule_allows_and_others_are_unaffected(
    new_worker: NewWorker,
) -> None:
    limits = limiter(new_worker())
    assert admitted(lambda: limits.hit("invites", client_named("one")), 9) == 5
    assert admitted(lambda: limits.hit("invites", client_named("two")), 9) == 5
    assert admitted(lambda: limits.hit(RULE, client_named("one")), 9) == 3


def test_two_instances_count_together(new_worker: NewWorker) -> None:
    one, two = limiter(new_worker()), limiter(new_worker())
    assert admitted(lambda: one.hit("invites", client_named("client")), 3) == 3
    assert admitted(lambda: two.hit("invites", client_named("client")), 9) == 2


def test_a_client_over_the_limit_costs_no_io(new_worker: NewWorker) -> None:
    worker = new_worker()
    limits = limiter(worker)
    admitted(lambda: limits.hit("invites", client_named("client")), 6)
    sent = statements(worker)
    assert admitted(lambda: limits.hit("invites", client_named("client")), 100) == 0
    assert sent == []


def test_a_client_refused_by_other_workers_is_remembered_without_io(new_worker: NewWorker) -> None:
    here, there = new_worker(), new_worker()
    other = limiter(there)
    admitted(lambda: other.hit("invites", client_named("client")), 9)
    limits = limiter(here)
    with pytest.raises(RateLimited):
        limits.hit("invites", client_named("client"))
    sent = statements(here)
    with pytest.raises(RateLimited):
        limits.check("invites", client_named("client"))
    assert admitted(lambda: limits.hit("invites", client_named("client")), 20) == 0
    assert sent == []


def test_after_the_window_the_client_may_ask_again(
    new_worker: NewWorker, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = SetClock()
    monkeypatch.setattr(rate_limit, "time", SimpleNamespace(monotonic=lambda: clock().timestamp()))
    store = SqlStateStore(new_worker().state_database, clock)
    limits = RateLimiter({"short": per_client("2/second")}, store, clock)
    assert admitted(lambda: limits.hit("short", client_named("client")), 5) == 2
    clock.forward(seconds=2)
    assert admitted(lambda: limits.hit("short", client_named("client")), 5) == 2


def test_without_the_shared_count_each_instance_is_stricter(new_worker: NewWorker) -> None:
    limits = limiter(new_worker("sqlite:////no/such/folder/helpr.db"))
    assert admitted(lambda: limits.hit("invites", client_named("client")), 9) == 3
