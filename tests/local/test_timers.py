"""The timers that the Functions host keeps on Azure, kept by our own server elsewhere."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from threading import Event

import azure.functions as func
import pytest

from helpr_core.local import timers
from helpr_core.local.application import HostedApplication, create_application, run_timer
from helpr_core.local.functions import TimerFunction
from helpr_core.local.routes import HostRefusalError
from helpr_core.local.timers import parse_schedule

NOON = datetime(2026, 1, 2, 12, tzinfo=UTC).timestamp()


@pytest.mark.parametrize(
    ("line", "seconds"),
    [
        ("0 */5 * * * *", [300, 600, 900]),
        ("* * * * * *", [1, 2, 3]),
        ("30 0,10 * * * *", [30, 630, 3630]),
        ("0 0 13,3 * * *", [3600, 15 * 3600, 25 * 3600]),
        ("0 0 0 * * *", [12 * 3600, 36 * 3600, 60 * 3600]),
    ],
)
def test_a_schedule_names_its_times(line: str, seconds: list[int]) -> None:
    schedule = parse_schedule(line)
    moment, found = NOON, []
    for _ in seconds:
        moment = schedule.next_after(moment)
        found.append(moment - NOON)
    assert found == seconds


def test_the_next_time_is_never_now() -> None:
    assert parse_schedule("0 */5 * * * *").next_after(NOON + 299.99) == NOON + 300
    assert parse_schedule("0 */5 * * * *").next_after(NOON + 300.01) == NOON + 600


@pytest.mark.parametrize(
    "line", ["", "*/5 * * * *", "0 */5 * * * 1", "0 60 * * * *", "0 */0 * * * *", "0 a * * * *"]
)
def test_what_is_not_understood_is_refused_at_the_start(line: str) -> None:
    with pytest.raises(HostRefusalError):
        parse_schedule(line)


def timer(handler: Callable[..., object], schedule: str = "* * * * * *") -> TimerFunction:
    return TimerFunction("tick", schedule, handler, "timer", False, "/")


def test_a_timer_is_called_at_its_times_until_it_is_stopped() -> None:
    called: list[float] = []
    stop = Event()

    def tick(timer: func.TimerRequest) -> None:
        called.append(time.time())
        assert timer.past_due is False
        if len(called) == 2:
            stop.set()

    (thread,) = timers.start([timer(tick)], run_timer, stop)
    thread.join(10)
    assert not thread.is_alive()
    assert thread.daemon
    assert [moment % 1 < 0.5 for moment in called] == [True, True]


def test_a_timer_that_fails_is_called_again(caplog: pytest.LogCaptureFixture) -> None:
    stop = Event()
    calls: list[int] = []

    def fail(timer: func.TimerRequest) -> None:
        calls.append(1)
        if len(calls) == 2:
            stop.set()
        raise RuntimeError("a handler that breaks")

    (thread,) = timers.start([timer(fail)], run_timer, stop)
    thread.join(10)
    assert len(calls) == 2
    assert "timer failed function=tick" in caplog.text


def hosted(app: func.FunctionApp) -> HostedApplication:
    return create_application(app, host_json={}, function_keys=lambda: ())


def test_the_application_keeps_its_timers_when_it_is_told_to() -> None:
    app = func.FunctionApp()
    ticked = Event()
    contexts: list[func.Context] = []

    @app.timer_trigger(schedule="* * * * * *", arg_name="timer", use_monitor=True)
    def tick(timer: func.TimerRequest, context: func.Context) -> None:
        contexts.append(context)
        ticked.set()

    stop = hosted(app).start_timers()
    try:
        assert ticked.wait(10)
    finally:
        stop.set()
    assert contexts[0].function_name == "tick"


def test_a_timer_that_takes_something_else_is_refused_as_the_worker_does() -> None:
    app = func.FunctionApp()

    @app.timer_trigger(schedule="0 */5 * * * *", arg_name="timer", use_monitor=True)
    def tick(clock: func.TimerRequest) -> None:
        """Never called."""

    with pytest.raises(HostRefusalError):
        hosted(app)


def test_gunicorns_workers_keep_the_timers() -> None:
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
    """The time and a stop that is never set, by which it passes; `set_back` as it is waited."""

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
def test_a_clock_that_is_set_makes_no_time_come_later(
    monkeypatch: pytest.MonkeyPatch, set_by: float
) -> None:
    times = Times(NOON + 1, set_by)
    monkeypatch.setattr(timers, "time", times)

    assert timers._wait_for_next(parse_schedule("0 */5 * * * *"), None, times)  # type: ignore[arg-type]

    assert times.passed <= 300


@pytest.mark.parametrize(
    ("sooner", "passed"), [(7.0, 7.0), (-3.0, 0.0), (900.0, 299.0), (None, 299.0)]
)
def test_a_timer_that_cannot_wait_is_called_sooner(
    monkeypatch: pytest.MonkeyPatch, sooner: float | None, passed: float
) -> None:
    times = Times(NOON + 1)
    monkeypatch.setattr(timers, "time", times)

    assert timers._wait_for_next(parse_schedule("0 */5 * * * *"), sooner, times)  # type: ignore[arg-type]

    assert times.passed == pytest.approx(passed)


def test_a_function_says_when_it_wants_to_be_called_again() -> None:
    def tick(timer: func.TimerRequest) -> None:
        if hasattr(timer, "again_after_seconds"):
            timer.again_after_seconds = 7.0

    assert run_timer(timer(tick)) == 7.0
    assert run_timer(timer(lambda timer: None)) is None
