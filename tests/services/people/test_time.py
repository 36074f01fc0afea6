"""Ends that have passed, for whatever reason, and invitations that nobody accepted."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from helpr_core.adapters.sql.database import connect
from helpr_core.adapters.sql.database_clock import database_now
from helpr_core.domain.people_operations import Kind
from tests.services.people.helpr import MOVIES, Helpr

FIVE = [f"person-{number}" for number in range(5)]


def end(helpr: Helpr, who: str, **ago: float) -> None:
    until = helpr.clock.now - timedelta(**ago)
    helpr.orders.set_until(helpr.id_of(who), until)


@pytest.mark.parametrize("ago", [{"seconds": 0}, {"seconds": 1}, {"days": 400}])
def test_a_past_end_is_carried_out_by_the_next_run(helpr: Helpr, ago: dict[str, float]) -> None:
    helpr.settle(*FIVE)
    end(helpr, "person-2", **ago)
    assert helpr.due()["access_ended"] == 1
    assert helpr.due()["access_ended"] == 0
    helpr.work()
    share = helpr.share("person-2")
    assert (share.state, share.gone_reason) == ("gone", "ended")
    assert len(helpr.plex.shares) == 4
    helpr.read()
    assert helpr.due() == {}


def test_a_future_end_is_left_until_it_comes(helpr: Helpr) -> None:
    helpr.settle(*FIVE)
    end(helpr, "person-2", days=-1)
    assert helpr.due()["access_ended"] == 0
    helpr.clock.forward(days=1)
    assert helpr.due()["access_ended"] == 1


def test_imported_people_without_an_end_are_never_ended(helpr: Helpr) -> None:
    helpr.settle(*FIVE)
    helpr.clock.forward(days=4000)
    helpr.read()
    assert helpr.due() == {}


def test_exempt_people_never_end_and_their_invitations_never_expire(helpr: Helpr) -> None:
    helpr.plex.share("bob")
    helpr.settle(*FIVE)
    for who in ("person-2", "bob"):
        helpr.orders.describe(helpr.id_of(who), exempt=True)
        end(helpr, who, days=1)
    helpr.clock.forward(days=99)
    helpr.read()
    assert helpr.due() == {}
    helpr.orders.describe(helpr.id_of("person-2"), exempt=False)
    assert helpr.due()["access_ended"] == 1


def test_a_friend_who_joined_the_owners_home_is_neither_warned_nor_removed(helpr: Helpr) -> None:
    helpr.settle("friend", *FIVE)
    for who in ("friend", "person-2"):
        end(helpr, who, days=-1)
    helpr.plex.stage.plex.world.join_home("friend")
    helpr.clock.forward(hours=26)
    helpr.read()
    assert helpr.share("friend").access_until is not None
    assert helpr.people.next_end() == helpr.share("person-2").access_until
    assert helpr.due()["access_ended"] == 1
    helpr.work()
    assert (helpr.share("friend").state, helpr.share("person-2").state) == ("active", "gone")
    assert helpr.people.next_end() is None


@pytest.mark.thorough
def test_many_simultaneous_ends_are_all_carried_out(helpr_on_sqlite: Helpr) -> None:
    helpr = helpr_on_sqlite
    helpr.plex.change(people=100)
    helpr.read()
    for person in helpr.everybody().values():
        helpr.orders.set_until(person.person_id, helpr.clock.now)
    assert helpr.due()["access_ended"] == 99  # the hundredth is a friend without a share
    helpr.work()
    assert helpr.plex.shares == []
    assert set(helpr.states().values()) == {"gone"}
    assert helpr.people.last_reading().seats == (0, 0)


def test_an_end_can_be_moved_before_and_after_it_has_passed(helpr: Helpr) -> None:
    helpr.settle("friend", *FIVE)
    friend = helpr.id_of("friend")
    end(helpr, "friend", days=-1)
    helpr.orders.extend(friend, 30)
    assert helpr.share("friend").access_until == helpr.clock.now + timedelta(days=31)
    end(helpr, "friend", days=1)
    helpr.due()
    helpr.work()
    assert helpr.share("friend").state == "gone"
    ordered = helpr.orders.extend(friend, 30)
    assert ordered.operation is not None
    assert ordered.operation.kind is Kind.RESEND
    helpr.work()
    share = helpr.share("friend")
    assert (share.state, share.access_until) == ("active", helpr.clock.now + timedelta(days=30))
    assert [one.id for one in share.libraries] == [MOVIES]
    assert helpr.due() == {}


def test_an_end_can_be_moved_while_it_is_being_carried_out(helpr: Helpr) -> None:
    helpr.settle("friend", *FIVE)
    end(helpr, "friend", days=1)
    helpr.due()
    helpr.orders.extend(helpr.id_of("friend"), 30)
    helpr.work()
    assert helpr.share("friend").state == "active"
    assert "friend" in {share.person.name for share in helpr.plex.shares}
    assert helpr.due() == {}


def test_a_removal_that_fails_is_scheduled_again(helpr: Helpr) -> None:
    helpr.settle(*FIVE)
    end(helpr, "person-2", days=1)
    helpr.due()
    helpr.plex.fail("status", status=404, body=b"<html></html>", method="DELETE", times=0)
    for _ in range(60):
        helpr.work(minutes=61)
    assert helpr.operation().state == "failed"
    helpr.plex.clear_faults()
    helpr.read()
    assert helpr.due()["access_ended"] == 1
    helpr.work()
    assert helpr.share("person-2").state == "gone"


@pytest.mark.parametrize("days", [29, 30])
def test_an_unaccepted_invitation_is_withdrawn(helpr: Helpr, days: int) -> None:
    helpr.plex.share("bob")
    helpr.settle("friend")
    helpr.clock.forward(days=days)
    swept = helpr.due()["stale_cancelled"]
    assert swept == (days == 30)
    helpr.work()
    assert len(helpr.plex.shares) == 2 - swept
    if swept:
        share = helpr.share("bob")
        assert (share.state, share.gone_reason) == ("gone", "stale")
        assert helpr.people.last_reading().seats == (1, 0)
        helpr.orders.resend(helpr.id_of("bob"))
        helpr.work()
        assert helpr.share("bob").state == "pending"
        assert helpr.due() == {}


def test_none_is_withdrawn_if_the_owner_wants_it_so(helpr: Helpr) -> None:
    helpr.plex.share("bob")
    helpr.settle("friend")
    helpr.stale_days = 0
    helpr.clock.forward(days=999)
    assert helpr.due() == {}


def test_an_invitation_that_was_accepted_meanwhile_stays(helpr: Helpr) -> None:
    helpr.plex.share("bob")
    helpr.settle("friend")
    helpr.clock.forward(days=30)
    helpr.due()
    helpr.plex.accept("bob")
    helpr.work()
    assert helpr.operation().state == "cancelled"
    assert helpr.share("bob").state == "active"


def test_the_databases_clock_decides(database_url: str) -> None:
    database = connect(database_url)
    with database.single() as connection:
        now = database_now(connection)
    database.dispose()
    assert now.tzinfo is not None
    assert abs(datetime.now(UTC) - now) < timedelta(minutes=1)
