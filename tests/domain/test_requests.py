"""When a request is tried again, and how long a settled one answers repeats."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpr_core.domain.requests import KNOWN, OPEN, Status, answers_a_repeat, next_attempt

NOON = datetime(2026, 1, 2, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("attempts", "minutes"), [(0, 1), (1, 1), (2, 5), (3, 15), (4, 60), (5, 60), (50, 60)]
)
def test_retry_delays_grow_to_an_hour(attempts: int, minutes: int) -> None:
    assert next_attempt(attempts, NOON, None) == NOON + timedelta(minutes=minutes)


@pytest.mark.parametrize(
    ("attempts", "asked", "seconds"), [(1, 5, 60), (1, 0, 60), (1, 61, 61), (4, 7200, 7200)]
)
def test_plex_may_ask_for_a_longer_delay_but_never_a_shorter_one(
    attempts: int, asked: int, seconds: int
) -> None:
    assert next_attempt(attempts, NOON, asked) == NOON + timedelta(seconds=seconds)


@given(st.integers(0, 100), st.none() | st.integers(0, 86_400))
def test_a_request_is_never_retried_at_once(attempts: int, asked: int | None) -> None:
    assert next_attempt(attempts, NOON, asked) >= NOON + timedelta(minutes=1)


@pytest.mark.parametrize(
    ("status", "seconds_ago", "answers"),
    [
        (Status.SUCCESS, 0, True),
        (Status.SUCCESS, 9, True),
        (Status.SUCCESS, 10, False),
        (Status.DENIED, 0, True),
        (Status.DENIED, 599, True),
        (Status.DENIED, 600, False),
        (Status.FAILED, 0, True),
        (Status.FAILED, 9, True),
        (Status.FAILED, 10, False),
        (Status.SUCCESS, -2, True),  # another worker's clock
        (Status.SUCCESS, -15, True),  # a slow worker, or the inbox
        (Status.SUCCESS, -119, True),
        (Status.SUCCESS, -120, False),
        (Status.SUCCESS, -3600, False),  # a clock that was set back
        (Status.DENIED, -3600, False),
    ],
)
def test_a_settled_row_answers_a_repeat_for_a_while(
    status: Status, seconds_ago: int, answers: bool
) -> None:
    then = NOON - timedelta(seconds=seconds_ago)
    assert answers_a_repeat(status, then, NOON) is answers


def test_three_states_are_open() -> None:
    assert set(OPEN) == set(KNOWN) - {Status.SUCCESS, Status.FAILED, Status.DENIED}


def test_the_states_are_stored_under_the_documented_words() -> None:
    assert {status.value for status in KNOWN} == {
        "pending",
        "success",
        "failed",
        "queued",
        "awaiting_approval",
        "denied",
    }
