"""Whatever happens to people is recorded as one event, in the transaction that makes it so."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from tests.services.people.town import MOVIES, MUSIC, Town

FIVE = [f"person-{number}" for number in range(5)]
OWNED = "/api/v2/shared_servers/owned"


def test_a_removal_is_recorded_when_the_list_shows_it(town: Town) -> None:
    town.settle(*FIVE)
    assert town.happened() == []
    person_id = town.id_of("person-1")
    town.orders.remove(person_id)
    assert town.happened() == []
    town.work()
    town.read()
    assert town.happened() == [("removed", "person-1", "owner")]
    (event,) = town.audit.page(5, target=f"person:{person_id}").rows
    assert (event.action, event.after and event.after["name"]) == ("access_removed", "person-1")
    assert event in town.audit.page(5).rows


def test_an_end_and_an_expired_invitation_are_recorded_as_such(town: Town) -> None:
    town.plex.share("bob")
    town.settle(*FIVE)
    town.orders.set_until(town.id_of("person-2"), town.clock.now)
    town.clock.forward(days=30)
    town.due()
    town.work()
    assert sorted(town.happened()) == [("ended", "person-2", "ended"), ("stale", "bob", "stale")]


def test_somebody_who_is_gone_without_helpr_is_recorded_with_the_reason(town: Town) -> None:
    town.settle(*FIVE)
    town.plex.leave("person-3")
    town.read()
    assert town.happened() == []
    town.read()
    assert town.happened() == [("gone", "person-3", "left")]


def test_a_removal_that_is_given_up_is_recorded(town: Town) -> None:
    town.settle(*FIVE)
    town.orders.remove(town.id_of("person-1"))
    town.plex.fail("status", status=404, body=b"<html></html>", method="DELETE", times=0)
    for _ in range(60):
        town.work(minutes=61)
    assert [(kind, who) for kind, who, _ in town.happened()] == [("removal_failed", "person-1")]


def test_drift_is_recorded_once(town: Town) -> None:
    town.settle(*FIVE)
    town.orders.set_libraries(town.id_of("person-1"), [MOVIES])
    town.work()
    share = town.plex.share_of("person-1")
    assert share is not None
    town.plex.stage.plex.world.replace_libraries(share.id, [MOVIES, MUSIC])
    town.read()
    town.read()
    assert town.happened() == [("drift_found", "person-1", None)]


def test_an_approaching_end_is_announced_once_on_each_day(town: Town) -> None:
    town.settle(*FIVE)
    person = town.id_of("person-1")
    town.orders.set_until(person, town.clock.now + timedelta(days=10))
    assert town.due() == {}
    town.clock.forward(days=3)
    assert town.due()["ends_soon"] == 1
    assert town.due() == {}
    town.read()
    town.clock.forward(days=6)
    assert town.due()["ends_soon"] == 1
    assert town.due() == {}
    assert [kind for kind, _, _ in town.happened()] == ["ends_soon", "ends_soon"]
    town.orders.extend(person, 2)
    assert town.due()["ends_soon"] == 1  # another end is announced again
    town.orders.describe(town.id_of("person-2"), exempt=True)
    town.orders.set_until(town.id_of("person-2"), town.clock.now + timedelta(hours=5))
    assert town.due() == {}


def test_an_owner_who_wants_no_warning_gets_none(small_town: Town) -> None:
    town = small_town
    town.settle(*FIVE)
    town.soon_days = ()
    town.orders.set_until(town.id_of("person-1"), town.clock.now + timedelta(hours=1))
    assert town.due() == {}


@pytest.mark.parametrize(
    ("lie", "code"),
    [
        ({"kind": "partial", "rows": 0}, "list_empty"),
        ({"kind": "partial", "rows": 1}, "list_shorter"),
    ],
)
def test_a_suspicious_list_is_reported_once_while_it_lasts(
    town: Town, lie: dict[str, Any], code: str
) -> None:
    town.settle(*FIVE)
    town.plex.fail(**lie, path_prefix=OWNED, times=0)
    for _ in range(3):
        town.read()
    assert town.happened() == [("list_suspicious", "", code)]
    town.plex.clear_faults()
    town.read()
    town.plex.fail(**lie, path_prefix=OWNED, times=0)
    town.read()
    assert len(town.happened()) == 2


def test_a_list_that_plex_no_longer_has_is_reported(town: Town) -> None:
    town.settle(*FIVE)
    town.plex.fail("status", status=410, path_prefix=f"{OWNED}/pending", times=0)
    town.read()
    town.read()
    assert town.happened() == [("list_gone", "", None)]
    assert town.people.last_reading().paths_gone == ("owned/pending",)


def test_only_the_selected_kinds_of_drift_are_corrected(town: Town) -> None:
    town.settle(*FIVE)
    town.orders.set_libraries(town.id_of("person-1"), [MOVIES])
    town.work()
    share = town.plex.share_of("person-1")
    assert share is not None
    town.plex.stage.plex.world.replace_libraries(share.id, [MOVIES, MUSIC])
    town.read()
    assert town.due() == {}
    town.put_right = frozenset({"fewer_libraries"})
    assert town.due() == {}
    town.put_right = frozenset({"more_libraries"})
    assert town.due()["put_right"] == 1
    town.work()
    now = town.plex.share_of("person-1")
    assert now is not None
    assert now.library_ids == (MOVIES,)
    assert town.due() == {}


def test_a_change_in_progress_is_no_drift(town: Town) -> None:
    town.settle(*FIVE)
    person = town.id_of("person-1")
    town.orders.set_libraries(person, [MUSIC])
    town.orders.set_restrictions(person, {"downloads": True})
    town.read()
    assert town.happened() == []
    assert town.share("person-1").drift == ()
    for _ in range(3):
        town.work(minutes=1)
    assert town.happened() == []
    assert [one.id for one in town.share("person-1").libraries] == [MUSIC]
