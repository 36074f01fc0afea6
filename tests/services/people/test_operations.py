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
from tests.services.people.helpr import KIDS, MOVIES, MUSIC, Helpr

OWNED = "/api/v2/shared_servers/owned"
SHARES = "/api/servers/"
FIVE = [f"person-{number}" for number in range(5)]


def shared_with(plex: DemoPlex) -> set[str]:
    return {share.person.name for share in plex.shares}


def test_somebody_is_removed_and_the_list_is_checked(helpr: Helpr) -> None:
    helpr.settle(*FIVE)
    helpr.orders.remove(helpr.id_of("person-1"))
    assert helpr.share("person-1").state == "removing"
    helpr.plex.clear_calls()
    assert helpr.work()["operations_done"] == 1
    assert (helpr.operation().state, helpr.operation().error_code) == ("done", None)
    share = helpr.share("person-1")
    assert (share.state, share.gone_reason) == ("gone", "owner")
    assert "person-1" not in shared_with(helpr.plex)
    methods = [call.method for call in helpr.plex.calls]
    assert methods == ["GET", "GET", "DELETE", "GET", "GET"]
    assert list(helpr.states().values()).count("active") == 4


@pytest.mark.parametrize("who", ["bob", "nobody+1@example.org"])
def test_a_pending_share_is_withdrawn_with_its_row(helpr: Helpr, who: str) -> None:
    helpr.plex.share(who)
    helpr.settle("friend")
    helpr.orders.remove(helpr.id_of(who))
    assert helpr.work()["operations_done"] == 1
    assert helpr.share(who).state == "gone"
    assert helpr.plex.count("DELETE", "/api/invites/requested/") == 1
    assert shared_with(helpr.plex) == {"friend"}


def test_a_row_that_was_left_behind_is_cleaned_up(helpr: Helpr) -> None:
    helpr.plex.share("bob")
    helpr.settle("friend")
    helpr.plex.leave_behind("bob")
    helpr.orders.remove(helpr.id_of("bob"))
    helpr.work()
    assert helpr.operation().state == "done"
    assert shared_with(helpr.plex) == {"friend"}


def test_a_stale_list_keeps_it_from_being_called_done(helpr: Helpr) -> None:
    helpr.settle(*FIVE)
    helpr.orders.remove(helpr.id_of("person-1"))
    helpr.plex.go_stale(4)  # before, and after
    assert helpr.work()["operations_put_off"] == 1
    operation = helpr.operation()
    assert (operation.state, operation.error_code) == ("queued", "not_shown")
    assert operation.error_message == Message("operation.not_shown")
    assert helpr.share("person-1").state == "removing"
    assert helpr.work(minutes=1)["operations_done"] == 1
    assert helpr.share("person-1").state == "gone"


LIES: dict[str, dict[str, Any]] = {
    "empty": {"kind": "partial", "rows": 0},
    "partial": {"kind": "partial", "rows": 1},
    "malformed": {"kind": "malformed"},
    "410": {"kind": "status", "status": 410},
    "500": {"kind": "status", "status": 500},
    "dropped": {"kind": "drop"},
}


@pytest.mark.parametrize("lie", LIES)
def test_while_the_lists_are_wrong_nothing_is_called_done(helpr_on_sqlite: Helpr, lie: str) -> None:
    helpr = helpr_on_sqlite
    helpr.settle(*FIVE)
    helpr.orders.remove(helpr.id_of("person-1"))
    helpr.plex.fail(**LIES[lie], path_prefix=OWNED, times=0)
    helpr.plex.fail("status", status=410, method="GET", path_prefix=SHARES, times=0)
    helpr.plex.fail("status", status=503, method="DELETE", times=0)
    for _ in range(4):
        helpr.work(minutes=6)
        assert helpr.operation().state == "queued"
    assert shared_with(helpr.plex) == set(FIVE)
    helpr.plex.clear_faults()
    for _ in range(3):
        helpr.work(minutes=61)
    assert helpr.operation().state == "done"
    assert shared_with(helpr.plex) == set(FIVE) - {"person-1"}


def test_a_list_without_this_share_is_no_proof_before_plex_was_asked(helpr: Helpr) -> None:
    """What looks done may be a list that lacks a row: the share is removed anyway."""
    helpr.settle(*FIVE)
    helpr.orders.remove(helpr.id_of("person-4"))
    helpr.plex.fail("partial", path_prefix=f"{OWNED}/accepted", rows=4)
    helpr.work()
    assert helpr.operation().state == "done"
    assert shared_with(helpr.plex) == set(FIVE) - {"person-4"}


@pytest.mark.parametrize("kind", ["drop", "drop_after", "hang_short", "status"])
def test_a_lost_answer_is_asked_for_again(helpr_on_sqlite: Helpr, kind: str) -> None:
    helpr = helpr_on_sqlite
    helpr.settle(*FIVE)
    helpr.orders.remove(helpr.id_of("person-1"))
    fault: dict[str, Any] = {"kind": kind}
    if kind == "status":
        fault["status"] = 502
    if kind == "hang_short":
        fault = {"kind": "hang", "delay_seconds": 0.2}
    helpr.plex.fail(**fault, method="DELETE")
    helpr.work()
    assert helpr.operation().state == "queued"
    helpr.work(minutes=5)
    assert helpr.operation().state == "done"
    assert shared_with(helpr.plex) == set(FIVE) - {"person-1"}


def test_plexs_retry_after_is_respected(helpr: Helpr) -> None:
    helpr.settle(*FIVE)
    helpr.orders.remove(helpr.id_of("person-1"))
    helpr.plex.fail("status", status=429, headers={"Retry-After": "300"}, method="DELETE")
    helpr.work()
    assert helpr.operation().next_attempt_at == helpr.clock.now + timedelta(seconds=300)
    assert helpr.work(minutes=4)["operations_done"] == 0
    assert helpr.work(minutes=2)["operations_done"] == 1


def test_after_two_days_it_fails_with_plexs_reason(helpr: Helpr) -> None:
    helpr.settle(*FIVE)
    helpr.orders.remove(helpr.id_of("person-1"))
    body = b'<Response code="400" status="Not today."/>'
    helpr.plex.fail("status", status=400, body=body, method="DELETE", times=0)
    for _ in range(60):
        helpr.work(minutes=61)
    operation = helpr.operation()
    assert (operation.state, operation.error_code) == ("failed", "plex_unexpected")
    assert operation.error_message == "Not today."
    helpr.read()
    assert helpr.share("person-1").state == "active"
    helpr.plex.clear_faults()
    assert helpr.operations.retry(operation.operation_id) is not None
    assert helpr.work()["operations_done"] == 1


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
def test_a_worker_that_dies_midway_is_succeeded_by_another(helpr: Helpr, where: str) -> None:
    helpr.settle(*FIVE)
    helpr.orders.remove(helpr.id_of("person-1"))
    with (
        patch(f"helpr_core.services.people.{where}", side_effect=WorkerDied),
        pytest.raises(WorkerDied),
    ):
        helpr.work()
    assert helpr.operation().state == "working"
    assert helpr.work(minutes=4)["operations_done"] == 0
    assert helpr.work(minutes=2)["operations_done"] == 1
    assert shared_with(helpr.plex) == set(FIVE) - {"person-1"}
    assert helpr.share("person-1").state == "gone"


def test_of_two_workers_one_gets_it_and_two_clicks_are_one(helpr: Helpr) -> None:
    helpr.settle(*FIVE)
    first = helpr.orders.remove(helpr.id_of("person-1")).operation
    second = helpr.orders.remove(helpr.id_of("person-1")).operation
    assert first is not None
    assert second is not None
    assert first.operation_id == second.operation_id
    assert helpr.operations.claim() is not None
    assert helpr.operations.claim() is None


def test_a_straggler_records_nothing(helpr: Helpr) -> None:
    helpr.settle(*FIVE)
    helpr.orders.remove(helpr.id_of("person-1"))
    slow = helpr.operations.claim()
    assert slow is not None
    helpr.clock.forward(minutes=6)
    quick = helpr.operations.claim()
    assert quick is not None
    assert not helpr.operations.record(replace(slow, state=State.FAILED))
    assert helpr.operations.record(replace(quick, state=State.DONE))


def test_a_newer_operation_replaces_one_that_has_not_begun(helpr: Helpr) -> None:
    helpr.settle("friend", *FIVE)
    friend = helpr.id_of("friend")
    old = helpr.orders.set_libraries(friend, [KIDS]).operation
    new = helpr.orders.set_libraries(friend, [MUSIC]).operation
    assert old is not None
    assert new is not None
    kept = helpr.operations.get(old.operation_id)
    assert kept is not None
    assert kept.state == "cancelled"
    assert helpr.work()["operations_done"] == 1
    share = helpr.plex.share_of("friend")
    assert share is not None
    assert share.library_ids == (MUSIC,)


def test_two_operations_on_one_person_never_run_at_once(helpr: Helpr) -> None:
    helpr.settle("friend", *FIVE)
    friend = helpr.id_of("friend")
    helpr.orders.set_restrictions(friend, {"downloads": True})
    helpr.orders.set_libraries(friend, [KIDS])
    first = helpr.operations.claim()
    assert first is not None
    assert first.kind is Kind.SET_RESTRICTIONS
    assert helpr.operations.claim() is None
    helpr.operations.record(replace(first, state=State.DONE))
    second = helpr.operations.claim()
    assert second is not None
    assert second.kind is Kind.SET_LIBRARIES


def test_a_change_of_libraries_is_checked_in_the_list(helpr: Helpr) -> None:
    helpr.settle("friend", *FIVE)
    helpr.orders.set_libraries(helpr.id_of("friend"), [KIDS, MUSIC, KIDS])
    assert helpr.work()["operations_done"] == 1
    share = helpr.share("friend")
    assert {one.id for one in share.libraries} == {KIDS, MUSIC}
    assert set(share.promised or ()) == {KIDS, MUSIC}
    assert share.drift == ()


def test_all_libraries_become_a_choice(helpr: Helpr) -> None:
    helpr.settle("friend", library_ids=())
    assert helpr.share("friend").all_libraries
    helpr.orders.set_libraries(helpr.id_of("friend"), [MOVIES])
    helpr.work()
    assert not helpr.share("friend").all_libraries
    assert helpr.operation().state == "done"


@pytest.mark.parametrize("who", ["bob", "nobody@example.org"])
def test_libraries_of_a_pending_invite_are_changed_by_sending_it_again(
    helpr: Helpr, who: str
) -> None:
    helpr.plex.share(who, [MOVIES])
    helpr.settle("friend")
    old = helpr.share(who).share_id
    helpr.orders.set_libraries(helpr.id_of(who), [KIDS])
    for _ in range(3):
        helpr.work(minutes=1)
    assert helpr.operation().state == "done"
    share = helpr.plex.share_of(who)
    assert share is not None
    assert share.library_ids == (KIDS,)
    assert helpr.share(who).share_id != old
    assert helpr.share(who).state == "pending"
    assert helpr.plex.count("POST") == 1


def test_a_lost_answer_sends_no_second_invitation(helpr: Helpr) -> None:
    helpr.plex.share("bob", [MOVIES])
    helpr.settle("friend")
    helpr.orders.resend(helpr.id_of("bob"))
    helpr.plex.fail("drop_after", method="POST")
    for _ in range(4):
        helpr.work(minutes=6)
    assert helpr.operation().state == "done"
    assert [share.person.name for share in helpr.plex.shares].count("bob") == 1
    assert helpr.plex.count("POST") == 1


def test_a_pending_invite_is_sent_again(helpr: Helpr) -> None:
    helpr.plex.share("bob", [MOVIES, KIDS])
    helpr.settle("friend")
    old = helpr.share("bob").share_id
    helpr.orders.resend(helpr.id_of("bob"))
    assert helpr.work()["operations_done"] == 1
    share = helpr.share("bob")
    assert (share.state, helpr.operation().state) == ("pending", "done")
    assert share.share_id != old
    assert {one.id for one in share.libraries} == {MOVIES, KIDS}


def test_a_friend_who_is_sent_it_again_has_access_at_once(helpr: Helpr) -> None:
    helpr.settle("friend", *FIVE)
    helpr.orders.remove(helpr.id_of("friend"))
    helpr.work()
    until = helpr.clock.now + timedelta(days=30)
    helpr.orders.set_until(helpr.id_of("friend"), until)
    helpr.work()
    share = helpr.share("friend")
    assert (share.state, share.access_until) == ("active", until)


def test_a_removal_on_one_server_leaves_pending_invites_on_another(helpr: Helpr) -> None:
    helpr.plex.share("bob")
    helpr.plex.stage.plex.world.share_elsewhere("bob", accepted=False)
    helpr.settle("friend")
    bob = helpr.id_of("bob")
    with pytest.raises(InvalidInput):
        helpr.orders.remove(bob)
    helpr.orders.remove(bob, OTHER_MACHINE_IDENTIFIER)
    helpr.work()
    assert helpr.share("bob", OTHER_MACHINE_IDENTIFIER).state == "gone"
    assert helpr.share("bob").state == "pending"
    assert helpr.plex.count("DELETE", "/api/invites/") == 0


def test_restrictions_are_merged_and_checked(helpr: Helpr) -> None:
    helpr.plex.share("friend")
    friend = helpr.plex.shares[0].person
    world = helpr.plex.stage.plex.world
    world.restrict(friend, {"allowCameraUpload": True, "filterMovies": "label=Kids"})
    helpr.read()
    fields = {"downloads": True, "live_tv": "watch"}
    helpr.orders.set_restrictions(helpr.id_of("friend"), fields)
    assert helpr.work()["operations_done"] == 1
    after = world.settings_of(friend)
    assert (after["allowSync"], after["allowTuners"]) == (True, 1)
    assert (after["allowCameraUpload"], after["filterMovies"]) == (True, "label=Kids")
    person = helpr.person("friend")
    assert person.restrictions is not None
    assert person.restrictions.downloads
    helpr.read()
    assert helpr.share("friend").drift == ()
    world.restrict(friend, {"allowSync": False})
    helpr.read()
    assert [one.kind for one in helpr.share("friend").drift] == ["restrictions"]
    friend_id, server = helpr.id_of("friend"), helpr.plex.machine_identifier
    helpr.orders.settle_drift(friend_id, server, "restrictions", "put_right")
    helpr.work()
    helpr.read()
    assert helpr.share("friend").drift == ()
    after = world.settings_of(friend)
    assert (after["allowSync"], after["allowTuners"]) == (True, 1)


def test_a_kind_from_a_newer_version_is_left_to_it(helpr: Helpr) -> None:
    helpr.settle("friend")
    now = helpr.clock.now
    one = Operation(uuid4(), Kind.REMOVE, helpr.id_of("friend"), "x", {}, State.QUEUED, now, now)
    with patch("helpr_core.adapters.sql.people_operations._values") as values:
        values.return_value = {
            "operation_id": one.operation_id,
            "kind": "levitate",
            "person_id": one.person_id,
            "server_id": one.server_id,
            "target": {},
            "state": "queued",
        }
        added = helpr.operations.add(one)
    assert added.state is State.CANCELLED
    assert helpr.work()["operations_done"] == 0
    assert shared_with(helpr.plex) == {"friend"}


def test_an_impossible_operation_is_refused_with_a_reason(helpr: Helpr) -> None:
    helpr.plex.share("friend")
    helpr.plex.stage.plex.world.join_home("friend")
    helpr.settle(*FIVE)
    home, other = helpr.id_of("friend"), helpr.id_of("person-1")
    with pytest.raises(NotPossible) as refused:
        helpr.orders.remove(home)
    assert refused.value.words == Message("people.in_home")
    with pytest.raises(NotPossible) as refused:
        helpr.orders.set_until(home, helpr.clock.now)
    assert refused.value.words == Message("people.in_home")
    with pytest.raises(NotFound):
        helpr.orders.remove(uuid4())
    with pytest.raises(NotFound):
        helpr.orders.remove(other, "no-such-server")
    with pytest.raises(InvalidInput):
        helpr.orders.set_libraries(other, [])
    with pytest.raises(NotPossible):
        helpr.orders.resend(other)
    with pytest.raises(NotPossible):
        helpr.orders.extend(other, 30)
    with pytest.raises(InvalidInput):
        helpr.orders.extend(other, 0)
    assert helpr.operations.page(10).rows == []


def test_a_waiting_operation_can_be_cancelled_but_not_one_in_progress(helpr: Helpr) -> None:
    helpr.settle(*FIVE)
    one = helpr.orders.remove(helpr.id_of("person-1")).operation
    assert one is not None
    assert helpr.operations.cancel(one.operation_id) is not None
    assert helpr.operations.cancel(one.operation_id) is None
    two = helpr.orders.remove(helpr.id_of("person-1")).operation
    assert two is not None
    assert helpr.operations.claim() is not None
    assert helpr.operations.cancel(two.operation_id) is None
    assert helpr.operations.retry(two.operation_id) is None


def test_finished_operations_are_kept_for_a_while_and_open_ones_until_they_end(
    helpr: Helpr,
) -> None:
    helpr.settle(*FIVE)
    helpr.orders.remove(helpr.id_of("person-1"))
    helpr.work()
    helpr.orders.remove(helpr.id_of("person-2"))
    assert helpr.operations.delete_older(365, 10) == 0
    helpr.clock.forward(days=366)
    assert helpr.operations.delete_older(365, 10) == 1
    (left,) = helpr.operations.page(10).rows
    assert left.state == "queued"


def test_pending_operations_count_when_one_library_is_added_or_removed(helpr: Helpr) -> None:
    helpr.settle("anna", library_ids=[MOVIES, MUSIC])
    anna = helpr.id_of("anna")
    helpr.orders.give_library(anna, KIDS)
    helpr.orders.take_library(anna, MUSIC)
    with pytest.raises(NotPossible, match="already has this library"):
        helpr.orders.give_library(anna, KIDS)
    helpr.work()
    assert sorted(one.id for one in helpr.share("anna").libraries) == [MOVIES, KIDS]
