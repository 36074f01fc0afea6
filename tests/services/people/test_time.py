"""Ends that have passed, for whatever reason, and invitations that nobody accepted."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from helpr_core.adapters.sql.database import connect
from helpr_core.adapters.sql.database_clock import database_now
from helpr_core.domain.people_operations import Kind
from tests.services.people.town import MOVIES, Town

FIVE = [f"person-{number}" for number in range(5)]


def end(town: Town, who: str, **ago: float) -> None:
    until = town.clock.now - timedelta(**ago)
    town.orders.set_until(town.id_of(who), until)


@pytest.mark.parametrize("ago", [{"seconds": 0}, {"seconds": 1}, {"days": 400}])
def test_a_past_end_is_carried_out_by_the_next_run(town: Town, ago: dict[str, float]) -> None:
    town.settle(*FIVE)
    end(town, "person-2", **ago)
    assert town.due()["access_ended"] == 1
    assert town.due()["access_ended"] == 0
    town.work()
    share = town.share("person-2")
    assert (share.state, share.gone_reason) == ("gone", "ended")
    assert len(town.plex.shares) == 4
    town.read()
    assert town.due() == {}


def test_a_future_end_is_left_until_it_comes(town: Town) -> None:
    town.settle(*FIVE)
    end(town, "person-2", days=-1)
    assert town.due()["access_ended"] == 0
    town.clock.forward(days=1)
    assert town.due()["access_ended"] == 1


def test_imported_people_without_an_end_are_never_ended(town: Town) -> None:
    town.settle(*FIVE)
    town.clock.forward(days=4000)
    town.read()
    assert town.due() == {}


def test_exempt_people_never_end_and_their_invitations_never_expire(town: Town) -> None:
    town.plex.share("bob")
    town.settle(*FIVE)
    for who in ("person-2", "bob"):
        town.orders.describe(town.id_of(who), exempt=True)
        end(town, who, days=1)
    town.clock.forward(days=99)
    town.read()
    assert town.due() == {}
    town.orders.describe(town.id_of("person-2"), exempt=False)
    assert town.due()["access_ended"] == 1


def test_a_friend_who_joined_the_owners_home_is_neither_warned_nor_removed(town: Town) -> None:
    town.settle("friend", *FIVE)
    for who in ("friend", "person-2"):
        end(town, who, days=-1)
    town.plex.stage.plex.world.join_home("friend")
    town.clock.forward(hours=26)
    town.read()
    assert town.share("friend").access_until is not None
    assert town.people.next_end() == town.share("person-2").access_until
    assert town.due()["access_ended"] == 1
    town.work()
    assert (town.share("friend").state, town.share("person-2").state) == ("active", "gone")
    assert town.people.next_end() is None


@pytest.mark.thorough
def test_many_simultaneous_ends_are_all_carried_out(small_town: Town) -> None:
    town = small_town
    town.plex.change(people=100)
    town.read()
    for person in town.everybody().values():
        town.orders.set_until(person.person_id, town.clock.now)
    assert town.due()["access_ended"] == 99  # the hundredth is a friend without a share
    town.work()
    assert town.plex.shares == []
    assert set(town.states().values()) == {"gone"}
    assert town.people.last_reading().seats == (0, 0)


def test_an_end_can_be_moved_before_and_after_it_has_passed(town: Town) -> None:
    town.settle("friend", *FIVE)
    friend = town.id_of("friend")
    end(town, "friend", days=-1)
    town.orders.extend(friend, 30)
    assert town.share("friend").access_until == town.clock.now + timedelta(days=31)
    end(town, "friend", days=1)
    town.due()
    town.work()
    assert town.share("friend").state == "gone"
    ordered = town.orders.extend(friend, 30)
    assert ordered.operation is not None
    assert ordered.operation.kind is Kind.RESEND
    town.work()
    share = town.share("friend")
    assert (share.state, share.access_until) == ("active", town.clock.now + timedelta(days=30))
    assert [one.id for one in share.libraries] == [MOVIES]
    assert town.due() == {}


def test_an_end_can_be_moved_while_it_is_being_carried_out(town: Town) -> None:
    town.settle("friend", *FIVE)
    end(town, "friend", days=1)
    town.due()
    town.orders.extend(town.id_of("friend"), 30)
    town.work()
    assert town.share("friend").state == "active"
    assert "friend" in {share.person.name for share in town.plex.shares}
    assert town.due() == {}


def test_a_removal_that_fails_is_scheduled_again(town: Town) -> None:
    town.settle(*FIVE)
    end(town, "person-2", days=1)
    town.due()
    town.plex.fail("status", status=404, body=b"<html></html>", method="DELETE", times=0)
    for _ in range(60):
        town.work(minutes=61)
    assert town.operation().state == "failed"
    town.plex.clear_faults()
    town.read()
    assert town.due()["access_ended"] == 1
    town.work()
    assert town.share("person-2").state == "gone"


@pytest.mark.parametrize("days", [29, 30])
def test_an_unaccepted_invitation_is_withdrawn(town: Town, days: int) -> None:
    town.plex.share("bob")
    town.settle("friend")
    town.clock.forward(days=days)
    swept = town.due()["stale_cancelled"]
    assert swept == (days == 30)
    town.work()
    assert len(town.plex.shares) == 2 - swept
    if swept:
        share = town.share("bob")
        assert (share.state, share.gone_reason) == ("gone", "stale")
        assert town.people.last_reading().seats == (1, 0)
        town.orders.resend(town.id_of("bob"))
        town.work()
        assert town.share("bob").state == "pending"
        assert town.due() == {}


def test_none_is_withdrawn_if_the_owner_wants_it_so(town: Town) -> None:
    town.plex.share("bob")
    town.settle("friend")
    town.stale_days = 0
    town.clock.forward(days=999)
    assert town.due() == {}


def test_an_invitation_that_was_accepted_meanwhile_stays(town: Town) -> None:
    town.plex.share("bob")
    town.settle("friend")
    town.clock.forward(days=30)
    town.due()
    town.plex.accept("bob")
    town.work()
    assert town.operation().state == "cancelled"
    assert town.share("bob").state == "active"


def test_the_databases_clock_decides(database_url: str) -> None:
    database = connect(database_url)
    with database.single() as connection:
        now = database_now(connection)
    database.dispose()
    assert now.tzinfo is not None
    assert abs(datetime.now(UTC) - now) < timedelta(minutes=1)
