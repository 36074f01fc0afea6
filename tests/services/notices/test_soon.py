"""The thread that sends notices shortly after an event: when it looks, and when it stops."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from threading import Event

import pytest

from helpr_core.services.notices import soon
from helpr_core.services.notices.soon import Soon

PATIENCE_SECONDS = 30.0
NOW = datetime(2026, 5, 4, 12, tzinfo=UTC)


class Sending:
    """Counts the turns. While `dues` are left, the next of them is returned as due."""

    def __init__(self, *dues: timedelta) -> None:
        self.dues = list(dues)
        self.turns: list[Event] = [Event() for _ in range(9)]
        self.turn = 0

    def __call__(self, has_time: Callable[[], bool], *, from_housekeeping: bool) -> dict[str, int]:
        assert has_time()
        assert not from_housekeeping
        self.turns[self.turn].set()
        self.turn += 1
        return {}

    def next_due(self) -> datetime | None:
        return NOW + self.dues.pop(0) if self.dues else None


def soon_of(sending: Sending) -> Soon:
    return Soon(lambda: True, sending, sending.next_due, lambda: NOW)


def test_an_event_cuts_short_the_wait_for_a_notice_that_is_due_later() -> None:
    sending = Sending(timedelta(seconds=80))
    one = soon_of(sending)
    one.poke()
    assert sending.turns[0].wait(PATIENCE_SECONDS)
    # It sleeps for 80 seconds now, or is about to: either way the next event wakes it at once.
    one.poke()
    assert sending.turns[1].wait(PATIENCE_SECONDS)
    one.wait(PATIENCE_SECONDS)
    assert sending.turn == 2


def test_a_notice_due_soon_is_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(soon, "_AT_LEAST_SECONDS", 0.01)
    sending = Sending(timedelta(0), timedelta(minutes=5))
    one = soon_of(sending)
    one.poke()
    one.wait(PATIENCE_SECONDS)
    assert sending.turn == 2  # one that is due in five minutes is left to housekeeping


def test_what_happens_while_nobody_is_to_be_told_is_told_once_somebody_is(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Another worker may have got the first channel."""
    sending, channels, looked = Sending(), [False], Event()

    def anybody() -> bool:
        looked.set()
        return channels[0]

    one = Soon(anybody, sending, sending.next_due, lambda: NOW)
    monkeypatch.setattr(soon, "_NOBODY_FOR_SECONDS", 0.5)
    one.poke()
    assert looked.wait(PATIENCE_SECONDS)
    channels[0] = True
    one.poke()
    assert sending.turns[0].wait(PATIENCE_SECONDS)


def test_the_first_channel_here_ends_the_wait_for_one() -> None:
    sending, channels = Sending(), [False]
    one = Soon(lambda: channels[0], sending, sending.next_due, lambda: NOW)
    one.poke()
    one.wait(PATIENCE_SECONDS)
    channels[0] = True
    one.expect_somebody()
    one.poke()
    assert sending.turns[0].wait(PATIENCE_SECONDS)
