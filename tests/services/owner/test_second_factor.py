"""The second factor on real stores: which codes are accepted, and how often."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from threading import Barrier, Thread

import pytest
import sqlalchemy as sa

from helpr_core.adapters.sql.database import Database, connect
from helpr_core.adapters.sql.models import decisions
from helpr_core.adapters.state.sql import SqlStateStore
from helpr_core.errors import (
    InvalidInput,
    LogUnavailable,
    NotPossible,
    SetupRequired,
)
from helpr_core.services.owner.errors import CodeRequired, CodeWrong
from helpr_core.services.owner.second_factor import SecondFactors
from tests.contract.places import MovableClock
from tests.services.dict_state import DictState
from tests.services.owner.second_factor import app_code, second_factors

NewWorker = Callable[..., SecondFactors]


@pytest.fixture
def clock() -> MovableClock:
    clock = MovableClock()
    clock.now = datetime(2026, 3, 1, 12, 0, 10, tzinfo=UTC)
    return clock


@pytest.fixture
def factors(database: Database, clock: MovableClock) -> SecondFactors:
    return second_factors(database, SqlStateStore(database, clock), clock)


def turned_on(factors: SecondFactors, clock: MovableClock) -> tuple[str, tuple[str, ...]]:
    """The app's secret and the recovery codes, a minute after it was turned on."""
    secret = factors.offer("olga")
    codes = factors.confirm(app_code(secret, clock()), "olga")
    clock.advance(60)
    return secret, codes


def test_no_code_is_required_before_one_is_confirmed(
    factors: SecondFactors, clock: MovableClock
) -> None:
    factors.require("", 1)
    factors.offer("olga")
    factors.require("", 1)
    assert not factors.current().is_on
    assert not factors.takes(app_code(factors.offered(), clock()))


def test_once_on_a_code_is_required_and_each_is_accepted_once(
    factors: SecondFactors, clock: MovableClock
) -> None:
    secret, _ = turned_on(factors, clock)
    with pytest.raises(CodeRequired):
        factors.require(" ", 1)
    code = app_code(secret, clock())
    factors.require(f" {code[:3]} {code[3:]} ", 1)
    with pytest.raises(CodeWrong):
        factors.require(code, 7)


def test_the_code_that_turned_it_on_is_used_up(factors: SecondFactors, clock: MovableClock) -> None:
    secret = factors.offer("olga")
    code = app_code(secret, clock())
    factors.confirm(code, "olga")
    assert not factors.takes(code)


@pytest.mark.parametrize(
    ("seconds", "taken"), [(-60, False), (-30, True), (0, True), (30, True), (60, False)]
)
def test_clocks_may_differ_by_one_step(
    factors: SecondFactors, clock: MovableClock, seconds: int, *, taken: bool
) -> None:
    secret, _ = turned_on(factors, clock)
    clock.advance(300)
    assert factors.takes(app_code(secret, clock() + timedelta(seconds=seconds))) is taken


def test_an_earlier_code_is_not_accepted_after_a_later_one(
    factors: SecondFactors, clock: MovableClock
) -> None:
    secret, _ = turned_on(factors, clock)
    before, now = app_code(secret, clock() - timedelta(seconds=30)), app_code(secret, clock())
    assert factors.takes(now)
    assert not factors.takes(before)
    assert factors.takes(app_code(secret, clock() + timedelta(seconds=30)))


@pytest.mark.parametrize("wrong", ["000000", "12345", "1234567", "abcdef", "-", "٣٣٣٣٣٣", "x" * 64])
def test_an_invalid_code_is_not_accepted(
    factors: SecondFactors, clock: MovableClock, wrong: str
) -> None:
    secret, _ = turned_on(factors, clock)
    near = {app_code(secret, clock() + timedelta(seconds=s)) for s in (-30, 0, 30)}
    assert wrong not in near, "one in 333,333: run it again"
    assert not factors.takes(wrong)


def test_ten_recovery_codes_work_once_each_however_they_are_typed(
    factors: SecondFactors, clock: MovableClock
) -> None:
    _, codes = turned_on(factors, clock)
    assert len(set(codes)) == 10
    first, second, *others = codes
    assert factors.takes(first.upper().replace("-", " "))
    assert factors.takes(second.replace("-", "").replace("0", "o").replace("1", "l"))
    assert not factors.takes(first)
    assert len(factors.current().recovery) == 8
    assert all(factors.takes(one) for one in others)
    assert factors.current().recovery == ()


def test_new_recovery_codes_invalidate_the_old_ones(
    factors: SecondFactors, clock: MovableClock
) -> None:
    _, old = turned_on(factors, clock)
    new = factors.renew_recovery_codes("olga")
    assert len(new) == 10
    assert not any(factors.takes(one) for one in old)
    assert factors.takes(new[3])


def test_a_wrong_code_turns_nothing_on(factors: SecondFactors, clock: MovableClock) -> None:
    secret = factors.offer("olga")
    late = app_code(secret, clock() + timedelta(minutes=10))
    with pytest.raises(InvalidInput):
        factors.confirm(late, "olga")
    assert not factors.current().is_on


def test_of_two_secrets_shown_only_the_last_counts(
    factors: SecondFactors, clock: MovableClock
) -> None:
    first, second = factors.offer("olga"), factors.offer("olga")
    with pytest.raises(InvalidInput):
        factors.confirm(app_code(first, clock()), "olga")
    factors.confirm(app_code(second, clock()), "olga")


def test_a_secret_shown_long_ago_cannot_be_confirmed(
    factors: SecondFactors, clock: MovableClock
) -> None:
    secret = factors.offer("olga")
    clock.advance(15 * 60)
    with pytest.raises(NotPossible):
        factors.offered()
    with pytest.raises(NotPossible):
        factors.confirm(app_code(secret, clock()), "olga")


def test_while_it_is_on_no_other_app_can_replace_it(
    factors: SecondFactors, clock: MovableClock
) -> None:
    turned_on(factors, clock)
    with pytest.raises(NotPossible):
        factors.offer("somebody")
    with pytest.raises(NotPossible):
        factors.confirm("000000", "somebody")


def test_turning_it_off_leaves_nothing_behind(factors: SecondFactors, clock: MovableClock) -> None:
    secret, codes = turned_on(factors, clock)
    assert factors.turn_off("olga")
    assert not factors.turn_off("olga")
    factors.require("", 1)
    assert not factors.takes(codes[0])
    assert not factors.takes(app_code(secret, clock()))
    with pytest.raises(NotPossible):
        factors.renew_recovery_codes("olga")


def test_neither_secret_nor_codes_are_readable_in_the_database(
    factors: SecondFactors, clock: MovableClock, database: Database
) -> None:
    secret, codes = turned_on(factors, clock)
    with database.single() as connection:
        row = connection.execute(sa.select(decisions.c.value)).scalar_one()
    stored = json.dumps(row)
    assert secret not in stored
    assert not any(one in stored or one.replace("-", "") in stored for one in codes)


def test_after_a_change_of_the_secret_key_the_owner_is_told_and_no_code_works(
    factors: SecondFactors, clock: MovableClock, database: Database
) -> None:
    secret, codes = turned_on(factors, clock)
    other = second_factors(database, SqlStateStore(database, clock), clock, key="b" * 64)
    for code in (app_code(secret, clock()), codes[0], "not-a-code"):
        with pytest.raises(SetupRequired) as raised:
            other.require(code, 1)
        assert [one.field for one in raised.value.problems] == ["SECRET_KEY"]
    assert other.turn_off("command line")
    other.require("", 1)


@pytest.mark.parametrize("kind", ["app", "recovery"])
def test_of_many_workers_with_the_same_code_one_gets_in(
    database: Database, factors: SecondFactors, clock: MovableClock, kind: str
) -> None:
    secret, codes = turned_on(factors, clock)
    code = app_code(secret, clock()) if kind == "app" else codes[0]
    workers = [second_factors(database, DictState(clock), clock) for _ in range(4)]
    together, taken = Barrier(len(workers)), list[bool]()

    def use(worker: SecondFactors) -> None:
        together.wait()
        taken.append(worker.takes(code))

    threads = [Thread(target=use, args=(worker,)) for worker in workers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(taken) == [False, False, False, True]


def _broken() -> Database:
    return connect("sqlite:////no/such/folder/helpr.db")


def test_while_the_database_is_down_the_copy_requires_a_code_and_none_is_accepted(
    factors: SecondFactors, clock: MovableClock, database: Database
) -> None:
    secret, _ = turned_on(factors, clock)
    cut_off = second_factors(_broken(), SqlStateStore(database, clock), clock)
    with pytest.raises(CodeRequired):
        cut_off.require("", 1)
    with pytest.raises(LogUnavailable):
        cut_off.require(app_code(secret, clock()), 1)


def test_while_the_database_is_down_the_copy_says_that_no_code_is_required(
    factors: SecondFactors, clock: MovableClock, database: Database
) -> None:
    factors.require("", 1)
    cut_off = second_factors(_broken(), SqlStateStore(database, clock), clock)
    cut_off.require("", 1)


def test_while_the_state_store_is_down_the_database_decides(
    factors: SecondFactors, clock: MovableClock, database: Database
) -> None:
    cut_off = second_factors(database, SqlStateStore(_broken(), clock), clock)
    cut_off.require("", 1)
    secret, _ = turned_on(cut_off, clock)
    cut_off.require(app_code(secret, clock()), 1)
    with pytest.raises(CodeRequired):
        cut_off.require("", 1)
