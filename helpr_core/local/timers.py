"""Timers where no Functions host keeps them: a thread for each, in this process."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from threading import Event, Thread

from azure.functions.timer import TimerRequest

from helpr_core.local.functions import TimerFunction
from helpr_core.local.routes import HostRefusalError

_UNITS = (("seconds", 60), ("minutes", 60), ("hours", 24))
_DAY_SECONDS = 86_400
_SHORT_WAIT_SECONDS = 30.0


@dataclass(frozen=True, slots=True)
class Schedule:
    """An NCRONTAB line of six fields that is the same every day, in UTC."""

    seconds: frozenset[int]
    minutes: frozenset[int]
    hours: frozenset[int]

    def next_after(self, moment: float) -> float:
        """The first time after that moment; both are POSIX times."""
        second = int(moment) + 1
        for candidate in range(second, second + _DAY_SECONDS):
            of_day = candidate % _DAY_SECONDS
            if (
                of_day % 60 in self.seconds
                and of_day // 60 % 60 in self.minutes
                and of_day // 3600 in self.hours
            ):
                return float(candidate)
        raise ValueError("a schedule without a time")  # _field leaves no set empty


def parse_schedule(line: str) -> Schedule:
    """Read `second minute hour * * *`, each a `*`, `*/n`, number or list of numbers.

    Raises HostRefusalError for what is not understood here.
    """
    fields = line.split()
    if len(fields) != 6 or fields[3:] != ["*", "*", "*"]:
        raise HostRefusalError(f"the schedule '{line}' is not the same every day")
    try:
        return Schedule(
            *(_field(text, size) for text, (_, size) in zip(fields, _UNITS, strict=False))
        )
    except ValueError:
        raise HostRefusalError(f"the schedule '{line}' is not understood") from None


def _field(text: str, size: int) -> frozenset[int]:
    if text == "*":
        return frozenset(range(size))
    if text.startswith("*/"):
        return frozenset(range(0, size, int(text[2:])))
    numbers = frozenset(int(number) for number in text.split(","))
    if not numbers <= frozenset(range(size)):
        raise ValueError(text)
    return numbers


class OwnTimer(TimerRequest):
    """What a function gets here. It sets `again_after_seconds` where it has more to do than
    waits well for its schedule's next time; on Azure there is no such thing."""

    again_after_seconds: float | None = None


def start(
    timers: Iterable[TimerFunction],
    call: Callable[[TimerFunction], float | None],
    stop: Event,
) -> list[Thread]:
    """Call each timer when its time comes, until `stop` is set; the threads are daemons.

    One that takes longer than its schedule is called again at the next time that is left;
    sooner where `call` returns the seconds until then.
    """
    threads = [
        Thread(
            target=_keep,
            args=(parse_schedule(timer.schedule), timer, call, stop),
            name=f"timer-{timer.name}",
            daemon=True,
        )
        for timer in timers
    ]
    for thread in threads:
        thread.start()
    return threads


def _keep(
    schedule: Schedule,
    timer: TimerFunction,
    call: Callable[[TimerFunction], float | None],
    stop: Event,
) -> None:
    sooner: float | None = None
    while True:
        if not _wait_for_next(schedule, sooner, stop):
            return
        sooner = call(timer)


def _wait_for_next(schedule: Schedule, sooner: float | None, stop: Event) -> bool:
    """Wait for the schedule's next time, or for so many seconds; False when stopped meanwhile.

    In short waits: a computer that slept, or whose clock was set on, is late otherwise. The
    next time is asked for in each of them: by a clock that was set back it may be earlier.
    """
    begun = time.monotonic()
    due = schedule.next_after(time.time())
    while True:
        now = time.time()
        due = min(due, schedule.next_after(now))
        left = due - now
        if sooner is not None:
            left = min(left, begun + sooner - time.monotonic())
        if left <= 0:
            return True
        if stop.wait(min(left, _SHORT_WAIT_SECONDS)):
            return False
