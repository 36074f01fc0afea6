"""An operation is carried out at plex.tv, and done only when Plex's list shows it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any
from unittest.mock import patch
from uuid import uuid4

import pytest

from demo_plex import DemoPlex
from demo_plex.shares import OTHER_MACHINE_IDENTIFIER
from helpr_core.domain.people_operations import Kind, Operation, State
from helpr_core.errors import InvalidInput, NotFound, NotPossible
from helpr_core.texts import Message
from tests.services.people.town import KIDS, MOVIES, MUSIC, Town

OWNED = "/api/v2/shared_servers/owned"
SHARES = "/api/servers/"
FIVE = [f"person-{number}" for number in range(5)]


def shared_with(plex: DemoPlex) -> set[str]:
    return {share.person.name for share in plex.shares}


def test_somebody_is_removed_and_the_list_is_checked(town: Town) -> None:
    town.settle(*FIVE)
    town.orders.remove(town.id_of("person-1"))
    assert town.share("person-1").state == "removing"
    town.plex.clear_calls()
    assert town.work()["operations_done"] == 1
    assert (town.operation().state, town.operation().error_code) == ("done", None)
    share = town.share("person-1")
    assert (share.state, share.gone_reason) == ("gone", "owner")
    assert "person-1" not in shared_with(town.plex)
    methods = [call.method for call in town.plex.calls]
    assert methods == ["GET", "GET", "DELETE", "GET", "GET"]
    assert list(town.states().values()).count("active") == 4


@pytest.mark.parametrize("who", ["bob", "nobody+1@example.org"])
def test_a_pending_share_is_withdrawn_with_its_row(town: Town, who: str) -> None:
    town.plex.share(who)
    town.settle("friend")
    town.orders.remove(town.id_of(who))
    assert town.work()["operations_done"] == 1
    assert town.share(who).state == "gone"
    assert town.plex.count("DELETE", "/api/invites/requested/") == 1
    assert shared_with(town.plex) == {"friend"}


def test_a_row_that_was_left_behind_is_cleaned_up(town: Town) -> None:
    town.plex.share("bob")
    town.settle("friend")
    town.plex.leave_behind("bob")
    town.orders.remove(town.id_of("bob"))
    town.work()
    assert town.operation().state == "done"
    assert shared_with(town.plex) == {"friend"}


def test_a_stale_list_keeps_it_from_being_called_done(town: Town) -> None:
    town.settle(*FIVE)
    town.orders.remove(town.id_of("person-1"))
    town.plex.go_stale(4)  # before, and after
    assert town.work()["operations_put_off"] == 1
    operation = town.operation()
    assert (operation.state, operation.error_code) == ("queued", "not_shown")
    assert operation.error_message == Message("operation.not_shown")
    assert town.share("person-1").state == "removing"
    assert town.work(minutes=1)["operations_done"] == 1
    assert town.share("person-1").state == "gone"


LIES: dict[str, dict[str, Any]] = {
    "empty": {"kind": "partial", "rows": 0},
    "partial": {"kind": "partial", "rows": 1},
    "malformed": {"kind": "malformed"},
    "410": {"kind": "status", "status": 410},
    "500": {"kind": "status", "status": 500},
    "dropped": {"kind": "drop"},
}


@pytest.mark.parametrize("lie", LIES)
def test_while_the_lists_are_wrong_nothing_is_called_done(small_town: Town, lie: str) -> None:
    town = small_town
    town.settle(*FIVE)
    town.orders.remove(town.id_of("person-1"))
    town.plex.fail(**LIES[lie], path_prefix=OWNED, times=0)
    town.plex.fail("status", status=410, method="GET", path_prefix=SHARES, times=0)
    town.plex.fail("status", status=503, method="DELETE", times=0)
    for _ in range(4):
        town.work(minutes=6)
        assert town.operation().state == "queued"
    assert shared_with(town.plex) == set(FIVE)
    town.plex.clear_faults()
    for _ in range(3):
        town.work(minutes=61)
    assert town.operation().state == "done"
    assert shared_with(town.plex) == set(FIVE) - {"person-1"}


def test_a_list_without_this_share_is_no_proof_before_plex_was_asked(town: Town) -> None:
    """What looks done may be a list that lacks a row: the share is removed anyway."""
    town.settle(*FIVE)
    town.orders.remove(town.id_of("person-4"))
    town.plex.fail("partial", path_prefix=f"{OWNED}/accepted", rows=4)
    town.work()
    assert town.operation().state == "done"
    assert shared_with(town.plex) == set(FIVE) - {"person-4"}


@pytest.mark.parametrize("kind", ["drop", "drop_after", "hang_short", "status"])
def test_a_lost_answer_is_asked_for_again(small_town: Town, kind: str) -> None:
    town = small_town
    town.settle(*FIVE)
    town.orders.remove(town.id_of("person-1"))
    fault: dict[str, Any] = {"kind": kind}
    if kind == "status":
        fault["status"] = 502
    if kind == "hang_short":
        fault = {"kind": "hang", "delay_seconds": 0.2}
    town.plex.fail(**fault, method="DELETE")
    town.work()
    assert town.operation().state == "queued"
    town.work(minutes=5)
    assert town.operation().state == "done"
    assert shared_with(town.plex) == set(FIVE) - {"person-1"}


def test_plexs_retry_after_is_respected(town: Town) -> None:
    town.settle(*FIVE)
    town.orders.remove(town.id_of("person-1"))
    town.plex.fail("status", status=429, headers={"Retry-After": "300"}, method="DELETE")
    town.work()
    assert town.operation().next_attempt_at == town.clock.now + timedelta(seconds=300)
    assert town.work(minutes=4)["operations_done"] == 0
    assert town.work(minutes=2)["operations_done"] == 1


def test_after_two_days_it_fails_with_plexs_reason(town: Town) -> None:
    town.settle(*FIVE)
    town.orders.remove(town.id_of("person-1"))
    body = b'<Response code="400" status="Not today."/>'
    town.plex.fail("status", status=400, body=body, method="DELETE", times=0)
    for _ in range(60):
        town.work(minutes=61)
    operation = town.operation()
    assert (operation.state, operation.error_code) == ("failed", "plex_unexpected")
    assert operation.error_message == "Not today."
    town.read()
    assert town.share("person-1").state == "active"
    town.plex.clear_faults()
    assert town.operations.retry(operation.operation_id) is not None
    assert town.work()["operations_done"] == 1


class WorkerDied(BaseException):
    """The worker dies here."""


@pytest.mark.parametrize(
    "where",
    [
        "working._Batch.before",
        "steps.TakeStep.__call__",
        "working._Batch.after",
        "working.OperationsRun._finish",
    ],
)
def test_a_worker_that_dies_midway_is_succeeded_by_another(town: Town, where: str) -> None:
    town.settle(*FIVE)
    town.orders.remove(town.id_of("person-1"))
    with (
        patch(f"helpr_core.services.people.{where}", side_effect=WorkerDied),
        pytest.raises(WorkerDied),
    ):
        town.work()
    assert town.operation().state == "working"
    assert town.work(minutes=4)["operations_done"] == 0
    assert town.work(minutes=2)["operations_done"] == 1
    assert shared_with(town.plex) == set(FIVE) - {"person-1"}
    assert town.share("person-1").state == "gone"


def test_of_two_workers_one_gets_it_and_two_clicks_are_one(town: Town) -> None:
    town.settle(*FIVE)
    first = town.orders.remove(town.id_of("person-1")).operation
    second = town.orders.remove(town.id_of("person-1")).operation
    assert first is not None
    assert second is not None
    assert first.operation_id == second.operation_id
    assert town.operations.claim() is not None
    assert town.operations.claim() is None


def test_a_straggler_records_nothing(town: Town) -> None:
    town.settle(*FIVE)
    town.orders.remove(town.id_of("person-1"))
    slow = town.operations.claim()
    assert slow is not None
    town.clock.forward(minutes=6)
    quick = town.operations.claim()
    assert quick is not None
    assert not town.operations.record(replace(slow, state=State.FAILED))
    assert town.operations.record(replace(quick, state=State.DONE))


def test_a_newer_operation_replaces_one_that_has_not_begun(town: Town) -> None:
    town.settle("friend", *FIVE)
    friend = town.id_of("friend")
    old = town.orders.set_libraries(friend, [KIDS]).operation
    new = town.orders.set_libraries(friend, [MUSIC]).operation
    assert old is not None
    assert new is not None
    kept = town.operations.get(old.operation_id)
    assert kept is not None
    assert kept.state == "cancelled"
    assert town.work()["operations_done"] == 1
    share = town.plex.share_of("friend")
    assert share is not None
    assert share.library_ids == (MUSIC,)


def test_two_operations_on_one_person_never_run_at_once(town: Town) -> None:
    town.settle("friend", *FIVE)
    friend = town.id_of("friend")
    town.orders.set_restrictions(friend, {"downloads": True})
    town.orders.set_libraries(friend, [KIDS])
    first = town.operations.claim()
    assert first is not None
    assert first.kind is Kind.SET_RESTRICTIONS
    assert town.operations.claim() is None
    town.operations.record(replace(first, state=State.DONE))
    second = town.operations.claim()
    assert second is not None
    assert second.kind is Kind.SET_LIBRARIES


def test_a_change_of_libraries_is_checked_in_the_list(town: Town) -> None:
    town.settle("friend", *FIVE)
    town.orders.set_libraries(town.id_of("friend"), [KIDS, MUSIC, KIDS])
    assert town.work()["operations_done"] == 1
    share = town.share("friend")
    assert {one.id for one in share.libraries} == {KIDS, MUSIC}
    assert set(share.promised or ()) == {KIDS, MUSIC}
    assert share.drift == ()


def test_all_libraries_become_a_choice(town: Town) -> None:
    town.settle("friend", library_ids=())
    assert town.share("friend").all_libraries
    town.orders.set_libraries(town.id_of("friend"), [MOVIES])
    town.work()
    assert not town.share("friend").all_libraries
    assert town.operation().state == "done"


@pytest.mark.parametrize("who", ["bob", "nobody@example.org"])
def test_libraries_of_a_pending_invite_are_changed_by_sending_it_again(
    town: Town, who: str
) -> None:
    town.plex.share(who, [MOVIES])
    town.settle("friend")
    old = town.share(who).share_id
    town.orders.set_libraries(town.id_of(who), [KIDS])
    for _ in range(3):
        town.work(minutes=1)
    assert town.operation().state == "done"
    share = town.plex.share_of(who)
    assert share is not None
    assert share.library_ids == (KIDS,)
    assert town.share(who).share_id != old
    assert town.share(who).state == "pending"
    assert town.plex.count("POST") == 1


def test_a_lost_answer_sends_no_second_invitation(town: Town) -> None:
    town.plex.share("bob", [MOVIES])
    town.settle("friend")
    town.orders.resend(town.id_of("bob"))
    town.plex.fail("drop_after", method="POST")
    for _ in range(4):
        town.work(minutes=6)
    assert town.operation().state == "done"
    assert [share.person.name for share in town.plex.shares].count("bob") == 1
    assert town.plex.count("POST") == 1


def test_a_pending_invite_is_sent_again(town: Town) -> None:
    town.plex.share("bob", [MOVIES, KIDS])
    town.settle("friend")
    old = town.share("bob").share_id
    town.orders.resend(town.id_of("bob"))
    assert town.work()["operations_done"] == 1
    share = town.share("bob")
    assert (share.state, town.operation().state) == ("pending", "done")
    assert share.share_id != old
    assert {one.id for one in share.libraries} == {MOVIES, KIDS}


def test_a_friend_who_is_sent_it_again_has_access_at_once(town: Town) -> None:
    town.settle("friend", *FIVE)
    town.orders.remove(town.id_of("friend"))
    town.work()
    until = town.clock.now + timedelta(days=30)
    town.orders.set_until(town.id_of("friend"), until)
    town.work()
    share = town.share("friend")
    assert (share.state, share.access_until) == ("active", until)


def test_a_removal_on_one_server_leaves_pending_invites_on_another(town: Town) -> None:
    town.plex.share("bob")
    town.plex.stage.plex.world.share_elsewhere("bob", accepted=False)
    town.settle("friend")
    bob = town.id_of("bob")
    with pytest.raises(InvalidInput):
        town.orders.remove(bob)
    town.orders.remove(bob, OTHER_MACHINE_IDENTIFIER)
    town.work()
    assert town.share("bob", OTHER_MACHINE_IDENTIFIER).state == "gone"
    assert town.share("bob").state == "pending"
    assert town.plex.count("DELETE", "/api/invites/") == 0


def test_restrictions_are_merged_and_checked(town: Town) -> None:
    town.plex.share("friend")
    friend = town.plex.shares[0].person
    world = town.plex.stage.plex.world
    world.restrict(friend, {"allowCameraUpload": True, "filterMovies": "label=Kids"})
    town.read()
    fields = {"downloads": True, "live_tv": "watch"}
    town.orders.set_restrictions(town.id_of("friend"), fields)
    assert town.work()["operations_done"] == 1
    after = world.settings_of(friend)
    assert (after["allowSync"], after["allowTuners"]) == (True, 1)
    assert (after["allowCameraUpload"], after["filterMovies"]) == (True, "label=Kids")
    person = town.person("friend")
    assert person.restrictions is not None
    assert person.restrictions.downloads
    town.read()
    assert town.share("friend").drift == ()
    world.restrict(friend, {"allowSync": False})
    town.read()
    assert [one.kind for one in town.share("friend").drift] == ["restrictions"]
    friend_id, server = town.id_of("friend"), town.plex.machine_identifier
    town.orders.settle_drift(friend_id, server, "restrictions", "put_right")
    town.work()
    town.read()
    assert town.share("friend").drift == ()
    after = world.settings_of(friend)
    assert (after["allowSync"], after["allowTuners"]) == (True, 1)


def test_a_kind_from_a_newer_version_is_left_to_it(town: Town) -> None:
    town.settle("friend")
    now = town.clock.now
    one = Operation(uuid4(), Kind.REMOVE, town.id_of("friend"), "x", {}, State.QUEUED, now, now)
    with patch("helpr_core.adapters.sql.people_operations._values") as values:
        values.return_value = {
            "operation_id": one.operation_id,
            "kind": "levitate",
            "person_id": one.person_id,
            "server_id": one.server_id,
            "target": {},
            "state": "queued",
        }
        added = town.operations.add(one)
    assert added.state is State.CANCELLED
    assert town.work()["operations_done"] == 0
    assert shared_with(town.plex) == {"friend"}


def test_an_impossible_operation_is_refused_with_a_reason(town: Town) -> None:
    town.plex.share("friend")
    town.plex.stage.plex.world.join_home("friend")
    town.settle(*FIVE)
    home, other = town.id_of("friend"), town.id_of("person-1")
    with pytest.raises(NotPossible) as refused:
        town.orders.remove(home)
    assert refused.value.words == Message("people.in_home")
    with pytest.raises(NotPossible) as refused:
        town.orders.set_until(home, town.clock.now)
    assert refused.value.words == Message("people.in_home")
    with pytest.raises(NotFound):
        town.orders.remove(uuid4())
    with pytest.raises(NotFound):
        town.orders.remove(other, "no-such-server")
    with pytest.raises(InvalidInput):
        town.orders.set_libraries(other, [])
    with pytest.raises(NotPossible):
        town.orders.resend(other)
    with pytest.raises(NotPossible):
        town.orders.extend(other, 30)
    with pytest.raises(InvalidInput):
        town.orders.extend(other, 0)
    assert town.operations.page(10).rows == []


def test_a_waiting_operation_can_be_cancelled_but_not_one_in_progress(town: Town) -> None:
    town.settle(*FIVE)
    one = town.orders.remove(town.id_of("person-1")).operation
    assert one is not None
    assert town.operations.cancel(one.operation_id) is not None
    assert town.operations.cancel(one.operation_id) is None
    two = town.orders.remove(town.id_of("person-1")).operation
    assert two is not None
    assert town.operations.claim() is not None
    assert town.operations.cancel(two.operation_id) is None
    assert town.operations.retry(two.operation_id) is None


def test_finished_operations_are_kept_for_a_while_and_open_ones_until_they_end(
    town: Town,
) -> None:
    town.settle(*FIVE)
    town.orders.remove(town.id_of("person-1"))
    town.work()
    town.orders.remove(town.id_of("person-2"))
    assert town.operations.delete_older(365, 10) == 0
    town.clock.forward(days=366)
    assert town.operations.delete_older(365, 10) == 1
    (left,) = town.operations.page(10).rows
    assert left.state == "queued"


def test_pending_operations_count_when_one_library_is_added_or_removed(town: Town) -> None:
    town.settle("anna", library_ids=[MOVIES, MUSIC])
    anna = town.id_of("anna")
    town.orders.give_library(anna, KIDS)
    town.orders.take_library(anna, MUSIC)
    with pytest.raises(NotPossible, match="already has this library"):
        town.orders.give_library(anna, KIDS)
    town.work()
    assert sorted(one.id for one in town.share("anna").libraries) == [MOVIES, KIDS]
