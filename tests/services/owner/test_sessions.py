"""Sessions on a real state store: what one is, and what ends it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from helpr_core.adapters.sql.database import Database, connect
from helpr_core.adapters.state.sql import SqlStateStore
from helpr_core.errors import SignInRequired
from helpr_core.services.owner.sessions import Sessions
from tests.contract.places import MovableClock

NAME = "owner"
HOURS = 3600

NewSessions = Callable[..., Sessions]


@pytest.fixture
def clock() -> MovableClock:
    return MovableClock()


@pytest.fixture
def new_sessions(sqlite_path: Path, clock: MovableClock) -> Iterator[NewSessions]:
    """Another instance's sessions, on the same store when no URL is given."""
    opened: list[Database] = []

    def new(
        url: str = f"sqlite:///{sqlite_path}", username: str = NAME, key: str = "not-a-real-key"
    ) -> Sessions:
        opened.append(connect(url))
        return Sessions(username, key, SqlStateStore(opened[-1], clock), clock)

    yield new
    for database in opened:
        database.dispose()


@pytest.fixture
def sessions(new_sessions: NewSessions) -> Sessions:
    return new_sessions()


@pytest.fixture
def without_store(new_sessions: NewSessions) -> Sessions:
    """An instance whose state store does not answer."""
    return new_sessions("sqlite:////no/such/folder/helpr.db")


def test_a_session_lasts_twelve_hours_and_not_a_second_longer(
    sessions: Sessions, clock: MovableClock
) -> None:
    token, session = sessions.begin()
    clock.advance(12 * HOURS - 1)
    assert sessions.check(token) == session
    clock.advance(1)
    with pytest.raises(SignInRequired):
        sessions.check(token)


@pytest.mark.parametrize("back", [50, HOURS, 11 * HOURS])
def test_a_clock_that_is_set_back_signs_nobody_out(
    sessions: Sessions, clock: MovableClock, back: int
) -> None:
    token, _ = sessions.begin()
    clock.advance(-back)
    assert sessions.check(token).username == NAME
    clock.advance(back + 12 * HOURS)
    with pytest.raises(SignInRequired):
        sessions.check(token)


def test_a_session_of_a_clock_that_was_far_ahead_is_none(
    sessions: Sessions, clock: MovableClock
) -> None:
    token, _ = sessions.begin()
    clock.advance(-13 * HOURS)
    with pytest.raises(SignInRequired):
        sessions.check(token)


def test_every_session_has_an_id_and_a_csrf_token_of_its_own(sessions: Sessions) -> None:
    begun = [sessions.begin()[1] for _ in range(5)]
    assert len({one.id for one in begun}) == 5
    assert len({one.csrf_token for one in begun}) == 5
    assert all(len(one.csrf_token) == 43 for one in begun)


def test_the_csrf_token_is_not_in_the_cookie(sessions: Sessions) -> None:
    token, session = sessions.begin()
    assert session.csrf_token not in token
    with pytest.raises(SignInRequired):
        sessions.check(f"{session.id}.{session.csrf_token}")


def test_a_session_is_over_on_every_instance_once_it_is_ended(new_sessions: NewSessions) -> None:
    here, there = new_sessions(), new_sessions()
    token, session = here.begin()
    other, _ = here.begin()
    there.check(token)
    here.end(session)
    for one in (here, there):
        with pytest.raises(SignInRequired):
            one.check(token)
    assert there.check(other).username == NAME


def test_an_ended_session_stays_ended_until_its_age_ends_it(
    sessions: Sessions, clock: MovableClock
) -> None:
    token, session = sessions.begin()
    sessions.end(session)
    clock.advance(12 * HOURS - 1)
    with pytest.raises(SignInRequired):
        sessions.check(token)


def test_another_key_ends_every_session(new_sessions: NewSessions) -> None:
    token, _ = new_sessions().begin()
    rekeyed = new_sessions(key="another-key")
    with pytest.raises(SignInRequired):
        rekeyed.check(token)


def test_while_the_store_is_down_the_signature_decides_and_the_log_says_so(
    without_store: Sessions, caplog: pytest.LogCaptureFixture
) -> None:
    token, session = without_store.begin()
    without_store.end(session)
    assert without_store.check(token) == session
    told = "\n".join(caplog.messages)
    assert "sessions by signature and age alone" in told
    assert "the end of a session is not shared" in told
    assert session.id not in told
    with pytest.raises(SignInRequired):
        without_store.check(token[:-3])


def test_nobody_has_a_session_where_there_is_no_administrator(new_sessions: NewSessions) -> None:
    nobody = new_sessions(username="")
    token, _ = nobody.begin()
    with pytest.raises(SignInRequired):
        nobody.check(token)
