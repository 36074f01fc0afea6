"""The timer that the Functions host runs on Azure, run by our own server elsewhere."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from threading import Event

import pytest

from helpr_core import web
from helpr_core.local import timers
from helpr_core.local.application import Application

NOON = datetime(2026, 1, 2, 12, tzinfo=UTC).timestamp()


@pytest.mark.parametrize(
    ("moment", "due"), [(0, 300), (0.01, 300), (299.99, 300), (300, 600), (300.01, 600)]
)
def test_it_fires_every_five_minutes_and_never_now(moment: float, due: float) -> None:
    assert timers.next_after(NOON + moment) == NOON + due


class Turns:
    """Work that asks for its next turn at once, until it has had two."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(timers, "next_after", lambda moment: moment + 0.01)
        self.stop = Event()
        self.had = 0

    def __call__(self) -> float | None:
        self.had += 1
        if self.had == 2:
            self.stop.set()
        return 0.0


def test_work_is_done_when_it_is_due_until_it_is_stopped(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    work = Turns(monkeypatch)
    thread = timers.start(work, work.stop)
    thread.join(120)
    assert not thread.is_alive()
    assert thread.daemon
    assert work.had == 2


def test_the_application_runs_housekeeping_when_told_to(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    kept = Event()
    references: list[str] = []

    def run(reference: str) -> None:
        references.append(reference)
        kept.set()

    monkeypatch.setattr(timers, "next_after", lambda moment: moment + 0.01)
    monkeypatch.setattr(web.housekeeping, "run", run)
    stop = Application(tuple).start_timers()
    try:
        assert kept.wait(120)
    finally:
        stop.set()
    assert references[0]


def test_gunicorns_workers_run_the_timers() -> None:
    project = Path(__file__).resolve().parents[2]
    names: dict[str, Callable[..., None]] = {}
    exec((project / "gunicorn.conf.py").read_text("utf-8"), names)  # as gunicorn reads it
    started: list[bool] = []

    class Worker:
        class wsgi:
            @staticmethod
            def start_timers() -> None:
                started.append(True)

    names["post_worker_init"](Worker())
    assert started == [True]


class Times:
    """A clock, and a stop event that is never set; each wait may set the clock back."""

    def __init__(self, now: float, set_by: float = 0.0) -> None:
        self.now, self.passed, self._set_by = now, 0.0, set_by

    def time(self) -> float:
        return self.now

    def monotonic(self) -> float:
        return self.passed

    def wait(self, seconds: float) -> bool:
        self.now += seconds + self._set_by
        self.passed += seconds
        self._set_by = 0.0
        return False


@pytest.mark.parametrize("set_by", [-3600.0, -86_400.0, 3600.0, -90.0])
def test_setting_the_clock_delays_nothing(monkeypatch: pytest.MonkeyPatch, set_by: float) -> None:
    times = Times(NOON + 1, set_by)
    monkeypatch.setattr(timers, "time", times)

    assert timers._wait_for_next(None, times)  # type: ignore[arg-type]

    assert times.passed <= 300


@pytest.mark.parametrize(
    ("sooner", "passed"), [(7.0, 7.0), (-3.0, 0.0), (900.0, 299.0), (None, 299.0)]
)
def test_a_timer_that_cannot_wait_fires_earlier(
    monkeypatch: pytest.MonkeyPatch, sooner: float | None, passed: float
) -> None:
    times = Times(NOON + 1)
    monkeypatch.setattr(timers, "time", times)

    assert timers._wait_for_next(sooner, times)  # type: ignore[arg-type]

    assert times.passed == pytest.approx(passed)
