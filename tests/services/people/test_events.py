"""Whatever happens to people is recorded as one event, in the transaction that makes it so."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from tests.services.people.helpr import MOVIES, MUSIC, Helpr

FIVE = [f"person-{number}" for number in range(5)]
OWNED = "/api/v2/shared_servers/owned"


def test_a_removal_is_recorded_when_the_list_shows_it(helpr: Helpr) -> None:
    helpr.settle(*FIVE)
    assert helpr.happened() == []
    person_id = helpr.id_of("person-1")
    helpr.orders.remove(person_id)
    assert helpr.happened() == []
    helpr.work()
    helpr.read()
    assert helpr.happened() == [("removed", "person-1", "owner")]
    (event,) = helpr.audit.page(5, target=f"person:{person_id}").rows
    assert (event.action, event.after and event.after["name"]) == ("access_removed", "person-1")
    assert event in helpr.audit.page(5).rows


def test_an_end_and_an_expired_invitation_are_recorded_as_such(helpr: Helpr) -> None:
    helpr.plex.share("bob")
    helpr.settle(*FIVE)
    helpr.orders.set_until(helpr.id_of("person-2"), helpr.clock.now)
    helpr.clock.forward(days=30)
    helpr.due()
    helpr.work()
    assert sorted(helpr.happened()) == [("ended", "person-2", "ended"), ("stale", "bob", "stale")]


def test_somebody_who_is_gone_without_helpr_is_recorded_with_the_reason(helpr: Helpr) -> None:
    helpr.settle(*FIVE)
    helpr.plex.leave("person-3")
    helpr.read()
    assert helpr.happened() == []
    helpr.read()
    assert helpr.happened() == [("gone", "person-3", "left")]


def test_a_removal_that_is_given_up_is_recorded(helpr: Helpr) -> None:
    helpr.settle(*FIVE)
    helpr.orders.remove(helpr.id_of("person-1"))
    helpr.plex.fail("status", status=404, body=b"<html></html>", method="DELETE", times=0)
    for _ in range(60):
        helpr.work(minutes=61)
    assert [(kind, who) for kind, who, _ in helpr.happened()] == [("removal_failed", "person-1")]


def test_drift_is_recorded_once(helpr: Helpr) -> None:
    helpr.settle(*FIVE)
    helpr.orders.set_libraries(helpr.id_of("person-1"), [MOVIES])
    helpr.work()
    share = helpr.plex.share_of("person-1")
    assert share is not None
    helpr.plex.stage.plex.world.replace_libraries(share.id, [MOVIES, MUSIC])
    helpr.read()
    helpr.read()
    assert helpr.happened() == [("drift_found", "person-1", None)]


def test_an_approaching_end_is_announced_once_on_each_day(helpr: Helpr) -> None:
    helpr.settle(*FIVE)
    person = helpr.id_of("person-1")
    helpr.orders.set_until(person, helpr.clock.now + timedelta(days=10))
    assert helpr.due() == {}
    helpr.clock.forward(days=3)
    assert helpr.due()["ends_soon"] == 1
    assert helpr.due() == {}
    helpr.read()
    helpr.clock.forward(days=6)
    assert helpr.due()["ends_soon"] == 1
    assert helpr.due() == {}
    assert [kind for kind, _, _ in helpr.happened()] == ["ends_soon", "ends_soon"]
    helpr.orders.extend(person, 2)
    assert helpr.due()["ends_soon"] == 1  # another end is announced again
    helpr.orders.describe(helpr.id_of("person-2"), exempt=True)
    helpr.orders.set_until(helpr.id_of("person-2"), helpr.clock.now + timedelta(hours=5))
    assert helpr.due() == {}


def test_an_owner_who_wants_no_warning_gets_none(helpr_on_sqlite: Helpr) -> None:
    helpr = helpr_on_sqlite
    helpr.settle(*FIVE)
    helpr.soon_days = ()
    helpr.orders.set_until(helpr.id_of("person-1"), helpr.clock.now + timedelta(hours=1))
    assert helpr.due() == {}


@pytest.mark.parametrize(
    ("lie", "code"),
    [
        ({"kind": "partial", "rows": 0}, "list_empty"),
        ({"kind": "partial", "rows": 1}, "list_shorter"),
    ],
)
def test_a_suspicious_list_is_reported_once_while_it_lasts(
    helpr: Helpr, lie: dict[str, Any], code: str
) -> None:
    helpr.settle(*FIVE)
    helpr.plex.fail(**lie, path_prefix=OWNED, times=0)
    for _ in range(3):
        helpr.read()
    assert helpr.happened() == [("list_suspicious", "", code)]
    helpr.plex.clear_faults()
    helpr.read()
    helpr.plex.fail(**lie, path_prefix=OWNED, times=0)
    helpr.read()
    assert len(helpr.happened()) == 2


def test_a_list_that_plex_no_longer_has_is_reported(helpr: Helpr) -> None:
    helpr.settle(*FIVE)
    helpr.plex.fail("status", status=410, path_prefix=f"{OWNED}/pending", times=0)
    helpr.read()
    helpr.read()
    assert helpr.happened() == [("list_gone", "", None)]
    assert helpr.people.last_reading().paths_gone == ("owned/pending",)


def test_only_the_selected_kinds_of_drift_are_corrected(helpr: Helpr) -> None:
    helpr.settle(*FIVE)
    helpr.orders.set_libraries(helpr.id_of("person-1"), [MOVIES])
    helpr.work()
    share = helpr.plex.share_of("person-1")
    assert share is not None
    helpr.plex.stage.plex.world.replace_libraries(share.id, [MOVIES, MUSIC])
    helpr.read()
    assert helpr.due() == {}
    helpr.put_right = frozenset({"fewer_libraries"})
    assert helpr.due() == {}
    helpr.put_right = frozenset({"more_libraries"})
    assert helpr.due()["put_right"] == 1
    helpr.work()
    now = helpr.plex.share_of("person-1")
    assert now is not None
    assert now.library_ids == (MOVIES,)
    assert helpr.due() == {}


def test_a_change_in_progress_is_no_drift(helpr: Helpr) -> None:
    helpr.settle(*FIVE)
    person = helpr.id_of("person-1")
    helpr.orders.set_libraries(person, [MUSIC])
    helpr.orders.set_restrictions(person, {"downloads": True})
    helpr.read()
    assert helpr.happened() == []
    assert helpr.share("person-1").drift == ()
    for _ in range(3):
        helpr.work(minutes=1)
    assert helpr.happened() == []
    assert [one.id for one in helpr.share("person-1").libraries] == [MUSIC]
