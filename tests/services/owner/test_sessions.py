"""Sessions on a real state store: what they contain, and what ends them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from helpr_core.adapters.sql.browsers import SqlSignedInBrowsers
from helpr_core.adapters.sql.database import Database, connect
from helpr_core.adapters.state.sql import SqlStateStore
from helpr_core.domain.browsers import Software, Way
from helpr_core.errors import NotFound, SignInRequired
from helpr_core.services.owner.sessions import Session, Sessions
from helpr_core.services.ports import SESSIONS
from tests.contract.places import MovableClock

NAME = "owner"
HOURS = 3600

DOWN = "/no/such/folder/helpr.db"
FIREFOX = Software("Firefox", "Windows")

NewSessions = Callable[..., Sessions]


def begun(sessions: Sessions) -> tuple[str, Session]:
    return sessions.begin(NAME, Way.PASSWORD, FIREFOX)


def is_over(sessions: Sessions, token: str) -> bool:
    try:
        sessions.check(token)
    except SignInRequired:
        return True
    return False


@pytest.fixture
def clock() -> MovableClock:
    return MovableClock()


@pytest.fixture
def new_sessions(sqlite_path: Path, clock: MovableClock) -> Iterator[NewSessions]:
    """Another instance's sessions, on the same stores unless others are given."""
    opened: list[Database] = []

    def at(place: object) -> Database:
        opened.append(connect(f"sqlite:///{place}"))
        return opened[-1]

    def new(
        username: str = NAME,
        key: str = "not-a-real-key",
        idle_minutes: int = 0,
        database: object = None,
        state: object = None,
    ) -> Sessions:
        return Sessions(
            username,
            key,
            SqlSignedInBrowsers(at(database or sqlite_path)),
            SqlStateStore(at(state or sqlite_path.with_name("state.db")), clock),
            lambda: timedelta(minutes=idle_minutes) if idle_minutes else None,
            clock,
        )

    yield new
    for database in opened:
        database.dispose()


@pytest.fixture
def sessions(new_sessions: NewSessions) -> Sessions:
    return new_sessions()


def test_a_session_lasts_twelve_hours_and_not_a_second_longer(
    sessions: Sessions, clock: MovableClock
) -> None:
    token, session = begun(sessions)
    clock.advance(12 * HOURS - 1)
    assert sessions.check(token) == session
    clock.advance(1)
    with pytest.raises(SignInRequired):
        sessions.check(token)


@pytest.mark.parametrize("back", [50, HOURS, 11 * HOURS])
def test_a_clock_that_is_set_back_signs_nobody_out(
    sessions: Sessions, clock: MovableClock, back: int
) -> None:
    token, _ = begun(sessions)
    clock.advance(-back)
    assert sessions.check(token).username == NAME
    clock.advance(back + 12 * HOURS)
    with pytest.raises(SignInRequired):
        sessions.check(token)


def test_a_session_from_a_clock_far_ahead_is_not_valid(
    sessions: Sessions, clock: MovableClock
) -> None:
    token, _ = begun(sessions)
    clock.advance(-13 * HOURS)
    with pytest.raises(SignInRequired):
        sessions.check(token)


def test_every_session_has_its_own_id_and_csrf_token(sessions: Sessions) -> None:
    several = [begun(sessions)[1] for _ in range(5)]
    assert len({one.id for one in several}) == 5
    assert len({one.csrf_token for one in several}) == 5
    assert all(len(one.csrf_token) == 43 for one in several)


def test_the_csrf_token_is_not_in_the_cookie(sessions: Sessions) -> None:
    token, session = begun(sessions)
    assert session.csrf_token not in token
    with pytest.raises(SignInRequired):
        sessions.check(f"{session.id}.{session.csrf_token}")


def test_an_ended_session_stays_ended_until_it_expires(
    sessions: Sessions, clock: MovableClock
) -> None:
    token, session = begun(sessions)
    sessions.end(session)
    clock.advance(12 * HOURS - 1)
    with pytest.raises(SignInRequired):
        sessions.check(token)


def test_while_both_stores_are_down_the_signature_decides_and_the_log_says_so(
    new_sessions: NewSessions, caplog: pytest.LogCaptureFixture
) -> None:
    without_stores = new_sessions(database=DOWN, state=DOWN)
    token, session = begun(without_stores)
    without_stores.end(session)
    assert without_stores.check(token).id == session.id
    logged = "\n".join(caplog.messages)
    assert "the state store does not tell which sessions were ended" in logged
    assert "the database does not tell which sessions there are" in logged
    assert "the end of a session is not shared" in logged
    assert session.id not in logged
    assert session.key not in logged
    with pytest.raises(SignInRequired):
        without_stores.check(token[:-3])


@pytest.mark.parametrize("down", ["database", "state"])
@pytest.mark.parametrize("looks", ["with it down", "with it back"])
def test_signing_out_while_one_store_is_down_ends_the_copies_too(
    new_sessions: NewSessions, down: str, looks: str
) -> None:
    whole, half = new_sessions(), new_sessions(**{down: DOWN})
    token, session = begun(whole)
    assert not is_over(half, token)
    half.end(session)
    assert is_over(half if looks == "with it down" else whole, token)


def test_a_session_that_began_while_the_database_was_down_is_listed_once_it_is_back(
    new_sessions: NewSessions,
) -> None:
    token, session = begun(new_sessions(database=DOWN))
    back = new_sessions()
    assert back.active() == []
    assert back.check(token, FIREFOX).username == NAME
    (one,) = back.active()
    assert (one.key, one.way, one.software) == (session.key, Way.PASSWORD, FIREFOX)


@pytest.mark.parametrize("way", [Way.PROXY, Way.AZURE, Way.PLEX])
@pytest.mark.parametrize("began", ["with it", "without it"])
def test_how_a_browser_came_in_is_known_while_the_database_is_down(
    new_sessions: NewSessions, way: Way, began: str
) -> None:
    whole, half = new_sessions(), new_sessions(database=DOWN)
    token, _ = (whole if began == "with it" else half).begin("ölga", way)
    for sessions in (half, whole, half):
        found = sessions.check(token)
        assert (found.way, found.username) == (way, "ölga")


def test_what_a_cookie_says_of_itself_cannot_be_changed(new_sessions: NewSessions) -> None:
    half = new_sessions(database=DOWN)
    (proxys, _), (owners, _) = half.begin("olga", Way.PROXY), begun(half)
    said, foreign = proxys.split("."), owners.split(".")
    for parts in (
        (*said[:2], foreign[2], said[3]),
        (*said[:2], said[3]),
        (*said[:2], "", said[3]),
        (*said[:3], foreign[2], said[3]),
    ):
        assert is_over(half, ".".join(parts))


def test_the_password_leaves_the_cookie_as_the_version_before_reads_it(
    new_sessions: NewSessions,
) -> None:
    token, _ = begun(new_sessions())
    assert token.count(".") == 2


def test_a_cookie_of_the_previous_version_works_unless_it_was_signed_out_there(
    new_sessions: NewSessions, sqlite_path: Path, clock: MovableClock
) -> None:
    sessions = new_sessions()
    before = new_sessions(database=DOWN)  # it had no rows either
    (kept, _), (ended, session) = begun(before), begun(before)
    before._state.put(SESSIONS, session.id, {}, clock() + timedelta(hours=12))
    assert not is_over(sessions, kept)
    assert is_over(sessions, ended)


def test_the_list_shows_who_how_and_where_but_neither_cookie_nor_id(
    sessions: Sessions, clock: MovableClock
) -> None:
    token, session = sessions.begin("olga", Way.PLEX, FIREFOX)
    (one,) = sessions.active()
    assert (one.username, one.way, one.software) == ("olga", Way.PLEX, FIREFOX)
    assert one.began_at == clock().replace(microsecond=0)
    assert session.id not in repr(one)
    assert token not in repr(one)
    assert sessions.check(token).username == "olga"


def test_use_is_recorded_every_few_minutes_and_not_at_each_call(
    sessions: Sessions, clock: MovableClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    token, _ = begun(sessions)
    written: list[object] = []
    monkeypatch.setattr(sessions._browsers, "seen", lambda *given: written.append(given))
    for _ in range(10):
        clock.advance(10)
        sessions.check(token)
    assert written == []
    clock.advance(80)
    sessions.check(token)
    assert len(written) == 1


def test_a_browser_that_is_idle_for_too_long_is_signed_out(
    new_sessions: NewSessions, clock: MovableClock
) -> None:
    sessions = new_sessions(idle_minutes=30)
    token, _ = begun(sessions)
    for _ in range(6):
        clock.advance(30 * 60)  # used within the limit, although beyond it in total
        assert not is_over(sessions, token)
    clock.advance(33 * 60)
    assert sessions.active() == []
    assert is_over(sessions, token)
    assert is_over(new_sessions(), token), "also once the limit has been taken away"


def test_a_page_that_polls_keeps_no_browser_signed_in(
    new_sessions: NewSessions, clock: MovableClock
) -> None:
    sessions = new_sessions(idle_minutes=30)
    token, _ = begun(sessions)
    for _ in range(6):
        clock.advance(5 * 60)
        sessions.check(token, used=False)
    clock.advance(5 * 60)
    assert is_over(sessions, token)


def test_one_browser_is_signed_out_by_its_key(new_sessions: NewSessions) -> None:
    here, there = new_sessions(), new_sessions()
    (token, session), (other, _) = begun(here), begun(here)
    there.end_one(session.key)
    assert is_over(here, token)
    assert not is_over(here, other)
    for key in (session.key, "", "x" * 500):
        with pytest.raises(NotFound):
            there.end_one(key)


def test_signing_out_everywhere_ends_all_sessions_but_not_later_ones(
    new_sessions: NewSessions,
) -> None:
    sessions = new_sessions()
    tokens = [begun(sessions)[0] for _ in range(3)]
    rowless, _ = begun(new_sessions(database=DOWN))
    assert sessions.end_all() == 3
    later, _ = begun(sessions)
    assert all(is_over(sessions, token) for token in (*tokens, rowless))
    assert not is_over(sessions, later)
    assert len(sessions.active()) == 1


def test_another_keys_browsers_are_not_listed(new_sessions: NewSessions) -> None:
    begun(new_sessions())
    rekeyed = new_sessions(key="another-key")
    assert rekeyed.active() == []
    assert rekeyed.end_all() == 0


def test_rows_are_deleted_once_their_cookie_has_expired(
    sessions: Sessions, clock: MovableClock
) -> None:
    _, first = begun(sessions)
    clock.advance(49 * HOURS)
    begun(sessions)
    assert sessions._browsers.find(first.key) is None


def test_nobody_has_a_session_without_an_administrator(new_sessions: NewSessions) -> None:
    nobody = new_sessions(username="")
    token, _ = begun(nobody)
    with pytest.raises(SignInRequired):
        nobody.check(token)
