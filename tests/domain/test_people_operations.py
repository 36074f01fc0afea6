"""Which step of an operation comes next, and when it is over."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from helpr_core.domain.people import Listed, Share, ShareState
from helpr_core.domain.people_operations import (
    Kind,
    Operation,
    State,
    Step,
    View,
    acted,
    is_replaced_by,
    next_attempt,
    next_step,
)
from helpr_core.domain.people_time import extended, until_of
from helpr_core.domain.plex import Library

NOON = datetime(2026, 11, 26, 12, tzinfo=UTC)
DAY = timedelta(days=1)
SHARE = Share("attic", "Attic", ShareState.ACTIVE, share_id="s1")
ACCEPTED = Listed("s1", "attic", "Attic", accepted=True, libraries=(Library(1, "A", "movie"),))
PENDING = replace(ACCEPTED, accepted=False)
WHOSE = uuid4()


def operation(kind: Kind, **changed: object) -> Operation:
    target = {"libraries": [2]} if kind in (Kind.SET_LIBRARIES, Kind.RESEND) else {}
    usual = Operation(uuid4(), kind, WHOSE, "attic", target, State.WORKING, NOON, NOON)
    return replace(usual, **changed)  # type: ignore[arg-type]


def view(row: Listed | None, share: Share | None = SHARE, *, is_current: bool = True) -> View:
    return View(share, row, is_current)


GONE = replace(SHARE, state=ShareState.GONE)
WITH_TWO = replace(ACCEPTED, libraries=(Library(2, "B", "show"),))
ALL = replace(WITH_TWO, all_libraries=True)
NEW = replace(PENDING, share_id="s2")
TAKEN = {"old_share": "s1", "acted_at": NOON}


@pytest.mark.parametrize(
    ("one", "seen", "step"),
    [
        (operation(Kind.REMOVE), view(ACCEPTED), Step.TAKE_AWAY),
        (operation(Kind.REMOVE), view(PENDING), Step.TAKE_AWAY),
        (operation(Kind.REMOVE, acted_at=NOON), view(ACCEPTED), Step.TAKE_AWAY),
        (operation(Kind.REMOVE, acted_at=NOON), view(None), Step.NOTHING),
        # Plex has not been asked yet: one list without the share proves nothing.
        (operation(Kind.REMOVE), view(None), Step.TAKE_AWAY),
        (operation(Kind.REMOVE), view(None, GONE), Step.NOTHING),
        (operation(Kind.REMOVE), view(None, None), Step.NOTHING),
        (operation(Kind.REMOVE), view(None, is_current=False), Step.TAKE_AWAY),
        (operation(Kind.REMOVE, acted_at=NOON), view(None, is_current=False), Step.WAIT),
        (operation(Kind.CANCEL), view(ACCEPTED), Step.GIVE_UP),
        (operation(Kind.CANCEL), view(PENDING), Step.TAKE_AWAY),
        (operation(Kind.CANCEL, acted_at=NOON), view(None), Step.NOTHING),
        (operation(Kind.SET_LIBRARIES), view(ACCEPTED), Step.LIBRARIES),
        (operation(Kind.SET_LIBRARIES), view(WITH_TWO), Step.NOTHING),
        (operation(Kind.SET_LIBRARIES), view(ALL), Step.LIBRARIES),
        (operation(Kind.SET_LIBRARIES), view(ACCEPTED, is_current=False), Step.WAIT),
        (operation(Kind.SET_LIBRARIES), view(None), Step.WAIT),
        (operation(Kind.SET_LIBRARIES), view(None, GONE), Step.GIVE_UP),
        # A pending invite keeps its libraries, so it is withdrawn and sent again.
        (operation(Kind.SET_LIBRARIES), view(PENDING), Step.TAKE_AWAY),
        (operation(Kind.SET_LIBRARIES, **TAKEN), view(PENDING), Step.TAKE_AWAY),
        (operation(Kind.SET_LIBRARIES, **TAKEN), view(None), Step.INVITE),
        (operation(Kind.SET_LIBRARIES, **TAKEN), view(NEW), Step.NOTHING),
        (operation(Kind.RESEND), view(PENDING), Step.TAKE_AWAY),
        (operation(Kind.RESEND), view(ACCEPTED), Step.NOTHING),
        (operation(Kind.RESEND), view(None), Step.INVITE),
        (operation(Kind.RESEND), view(None, GONE), Step.INVITE),
        (operation(Kind.RESEND), view(None, is_current=False), Step.WAIT),
        (operation(Kind.RESEND, **TAKEN), view(PENDING), Step.TAKE_AWAY),
        (operation(Kind.RESEND, **TAKEN), view(None), Step.INVITE),
        (operation(Kind.RESEND, **TAKEN, invited_at=NOON), view(NEW), Step.NOTHING),
        (operation(Kind.RESEND, invited_at=NOON), view(PENDING), Step.NOTHING),
        (operation(Kind.SET_RESTRICTIONS), view(None, None), Step.RESTRICT),
        (operation(Kind.SET_RESTRICTIONS, acted_at=NOON), view(None, None), Step.NOTHING),
    ],
)
def test_the_next_step_follows_from_what_the_list_shows(
    one: Operation, seen: View, step: Step
) -> None:
    assert next_step(one, seen) is step


def test_a_resend_remembers_what_it_withdrew_and_when_it_invited() -> None:
    one = acted(operation(Kind.RESEND), Step.TAKE_AWAY, view(PENDING), NOON)
    assert (one.old_share, one.acted_at, one.invited_at) == ("s1", NOON, None)
    again = acted(one, Step.INVITE, view(None), NOON + DAY)
    assert (again.old_share, again.invited_at) == ("s1", NOON + DAY)


def test_attempts_are_spaced_further_apart_and_end_after_two_days() -> None:
    one = operation(Kind.REMOVE)
    waits = [
        next_attempt(replace(one, attempts=n), NOON, None) or NOON for n in (0, 1, 2, 5, 6, 99)
    ]
    assert [int((at - NOON).total_seconds()) for at in waits] == [10, 10, 30, 900, 3600, 3600]
    assert next_attempt(one, NOON, 120) == NOON + timedelta(seconds=120)
    assert next_attempt(one, NOON + 2 * DAY - timedelta(seconds=1), None) is not None
    assert next_attempt(one, NOON + 2 * DAY, None) is None


@pytest.mark.parametrize(
    ("older", "newer", "gives_way"),
    [
        ({}, Kind.SET_LIBRARIES, True),
        ({"attempts": 1}, Kind.SET_LIBRARIES, False),
        ({"attempts": 1}, Kind.REMOVE, True),
        ({"state": State.WORKING}, Kind.REMOVE, False),
        ({"server_id": "cabin"}, Kind.REMOVE, False),
        ({"person_id": uuid4()}, Kind.REMOVE, False),
    ],
)
def test_a_newer_operation_replaces_an_older_one_that_has_not_begun(
    older: dict[str, object], newer: Kind, gives_way: bool
) -> None:
    first = operation(Kind.SET_LIBRARIES, **{"state": State.QUEUED, **older})
    assert is_replaced_by(first, operation(newer)) is gives_way


def test_the_end_counts_from_acceptance_and_until_then_from_sending() -> None:
    assert until_of(30, NOON, None) == NOON + 30 * DAY
    assert until_of(30, NOON, NOON + DAY) == NOON + 31 * DAY
    assert until_of(None, NOON, NOON) is None
    assert until_of(30, None, None) is None


def test_extending_counts_from_the_end_or_from_now_if_that_is_past() -> None:
    assert extended(replace(SHARE, access_until=NOON + DAY), 30, NOON) == NOON + 31 * DAY
    assert extended(replace(SHARE, access_until=NOON - DAY), 30, NOON) == NOON + 30 * DAY
    assert extended(SHARE, 30, NOON) == NOON + 30 * DAY
