"""Notices while something is broken, or when a worker dies; each case prints a line of the table.

Three events are sent over a webhook. What is promised is what arrives, in this order: each once,
or twice, with the same id, only where nobody can know whether the first one arrived.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest

from helpr_core.adapters.notices import webhook
from helpr_core.adapters.sql.outbox import SqlOutbox
from helpr_core.errors import LogUnavailable
from tests.servers.receiver import Receiver
from tests.services.conftest import NewWorker
from tests.services.notices.conftest import HOME, SECRET, add_channel
from tests.services.notices.test_telling import TICKED, bodies, happen, minutes, names, tell
from tests.services.worker import SetClock, Worker
from tests.tables import add_row

pytestmark = pytest.mark.thorough

HEADINGS = ("what", "database", "arrives", "promised", "")
ONCE = ["one", "two", "three"]
FIRST_TWICE = ["one", "one", "two", "three"]
Broken = Callable[[Worker, Receiver], Any]


def judge(test: pytest.Item, what: str, url: str, receiver: Receiver, promised: list[str]) -> None:
    """Print a line of the table; each event has one id, however often it arrives."""
    arrived, ids = names(receiver), dict(zip(receiver.ids(), names(receiver), strict=True))
    kept = arrived == promised and list(ids.values()) == ONCE
    verdict = "as promised" if kept else "BROKEN"
    database = url.partition(":")[0].partition("+")[0]
    cells = (what, database, " ".join(arrived), " ".join(promised), verdict)
    add_row(test, "faults and kill points of notices", HEADINGS, cells)
    assert (arrived, list(ids.values())) == (promised, ONCE)


def away(*tables: str) -> Broken:
    """The database is down before anybody reads the events."""

    @contextmanager
    def broken(worker: Worker, _receiver: Receiver) -> Iterator[None]:
        worker.hide_tables(tables)
        yield
        worker.restore_tables(tables)

    return broken


@contextmanager
def gone_while_sending(worker: Worker, receiver: Receiver) -> Iterator[None]:
    def away_now() -> None:
        receiver.when_received = None
        worker.hide_tables(["notices"])

    receiver.when_received = away_now
    yield
    worker.restore_tables(["notices"])


@contextmanager
def without_state(worker: Worker, _receiver: Receiver) -> Iterator[None]:
    with worker.state_database.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE state_entries RENAME TO state_away")
    yield
    with worker.state_database.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE state_away RENAME TO state_entries")


@contextmanager
def nobody_there(worker: Worker, receiver: Receiver) -> Iterator[None]:
    channels = worker.parts.notices().channels()
    (channel,) = channels.all()
    channels.change(channel.channel_id, {}, f"http://127.0.0.1:9/#{SECRET}")
    yield
    channels.change(channel.channel_id, {}, f"{receiver.url}/#{SECRET}")


@contextmanager
def slow(_worker: Worker, receiver: Receiver) -> Iterator[None]:
    receiver.slow_seconds = 0.5
    with patch.object(webhook, "_SECONDS", (5.0, 0.1)):
        yield
    receiver.slow_seconds = 0.0


def answering(*statuses: int) -> Broken:
    """The receiver reads the message and answers with this status; 0 is no answer."""

    @contextmanager
    def broken(_worker: Worker, receiver: Receiver) -> Iterator[None]:
        receiver.answers = list(statuses)
        receiver.headers = {"Location": f"{receiver.url}/elsewhere"}
        yield

    return broken


FAULTS: tuple[tuple[str, Broken, list[str]], ...] = (
    ("database away: events", away("events"), ONCE),
    ("database away: notices", away("notices"), ONCE),
    ("database away: channels", away("channels"), ONCE),
    ("database goes while a message is sent", gone_while_sending, FIRST_TWICE),
    ("state store away", without_state, ONCE),
    ("nobody at the address", nobody_there, ONCE),
    ("channel answers 500 twice", answering(500, 500), ["one", *FIRST_TWICE]),
    ("channel asks for patience", answering(429), FIRST_TWICE),
    ("channel refuses the credentials", answering(401), FIRST_TWICE),
    ("channel redirects", answering(302), FIRST_TWICE),
    ("channel takes it and does not answer", answering(0), FIRST_TWICE),
    ("channel is slower than anybody waits", slow, FIRST_TWICE),
)


@pytest.mark.parametrize(("what", "broken", "promised"), FAULTS, ids=[one[0] for one in FAULTS])
def test_no_fault_loses_a_notice(
    request: pytest.FixtureRequest,
    new_worker: NewWorker,
    database_url: str,
    tmp_path: Path,
    receiver: Receiver,
    what: str,
    broken: Broken,
    promised: list[str],
) -> None:
    apart = f"sqlite:///{tmp_path}/state.db"
    worker = new_worker(database_url, settings=HOME, state_url=apart).warm_up()
    add_channel(worker, receiver, events=TICKED)
    for name in ONCE:
        happen(worker, "token_refused", name)
    with broken(worker, receiver), suppress(LogUnavailable):
        tell(worker)
    minutes(worker, 30)
    judge(request.node, what, database_url, receiver, promised)


class Killed(BaseException):
    """The worker dies at this point."""


@pytest.mark.parametrize(
    "point", ["fan_out", "due_channels", "claim", "next_message", "begin", "settle", "release"]
)
@pytest.mark.parametrize("when", ["before", "after"])
def test_a_worker_that_dies_anywhere_loses_no_notice(
    request: pytest.FixtureRequest,
    new_worker: NewWorker,
    database_url: str,
    receiver: Receiver,
    point: str,
    when: str,
) -> None:
    """A notice arrives twice only where nobody can know: between sending it and recording that.
    Both then have the same id, by which a receiver drops the second."""
    clock = SetClock()
    worker = new_worker(database_url, settings=HOME, clock=clock).warm_up()
    add_channel(worker, receiver, events=TICKED)
    for name in ONCE:
        happen(worker, "token_refused", name)
    real = getattr(SqlOutbox, point)

    def dying(self: SqlOutbox, *args: Any, **more: Any) -> Any:
        if when == "after":
            real(self, *args, **more)
        raise Killed

    # A killed worker releases nothing and ends nothing.
    dead: dict[str, Any] = {"release": lambda *_: None} | {point: dying}
    with patch.multiple(SqlOutbox, **dead), pytest.raises(Killed):
        tell(worker)
    other = new_worker(database_url, settings=HOME, clock=clock)
    minutes(other, 10)
    unknown = (point, when) == ("settle", "before")
    promised = FIRST_TWICE if unknown else ONCE
    judge(request.node, f"killed {when} {point}", database_url, receiver, promised)
    # Begun but not sent looks the same as sent but not recorded.
    doubtful = ["interrupted" in body["data"]["text"] for body in bodies(receiver)]
    begun = [True, False, False] if (point, when) == ("begin", "after") else [False] * 3
    assert doubtful == ([False, True, False, False] if unknown else begun)
