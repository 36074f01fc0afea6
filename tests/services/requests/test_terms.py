"""A request keeps its terms; changed settings affect only later requests."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from helpr_core.domain.audit import FRIEND
from helpr_core.domain.identity import parse_identity
from helpr_core.domain.messages import friend_message
from helpr_core.domain.requests import NewRequest, Source, Status
from helpr_core.domain.terms import Approval, Terms
from helpr_core.errors import InvalidInput
from helpr_core.texts import say
from tests.services.upkeep.test_housekeeping import row_of, save
from tests.services.worker import BROWSER, NOON, OWNER, Worker


def asked(worker: Worker, terms: Terms, status: Status) -> NewRequest:
    """A friend's request on these terms, kept and not tried."""
    new = worker.parts.requests.submit()._new_request(
        parse_identity("alice"), Source.FORM, "c" * 64, "", approval_required=False
    )
    return replace(new, terms=terms, status=status, browser_key=BROWSER)


def test_a_request_that_needed_no_approval_needs_none_later(worker: Worker) -> None:
    row = worker.log.open(asked(worker, Terms(Approval.NO), Status.QUEUED), FRIEND).row
    save(worker, approval_required=True)
    assert worker.housekeeping() == ({"sent": 1}, {})
    assert row_of(worker, row).status is Status.SUCCESS


def test_a_request_that_nobody_knew_of_follows_the_current_settings(worker: Worker) -> None:
    worker.log.open(asked(worker, Terms(Approval.AS_SET), Status.QUEUED), FRIEND)
    save(worker, approval_required=True)
    assert worker.housekeeping() == ({"awaiting_approval": 1}, {})


def test_a_pause_holds_counted_requests_and_lets_the_owners_own_pass(worker: Worker) -> None:
    counted = asked(worker, Terms(Approval.NO), Status.QUEUED)
    own = asked(worker, Terms(Approval.NO, counted=False), Status.QUEUED)
    own = replace(own, email_or_username="bob", identity_key="bob")
    for new in (counted, own):
        worker.log.open(new, FRIEND)
    save(worker, paused=True)
    assert worker.housekeeping() == ({"awaiting_approval": 1, "sent": 1}, {})
    assert worker.rows() == [("alice", "awaiting_approval"), ("bob", "success")]


def test_unreadable_terms_wait_for_the_owner_once(worker: Worker) -> None:
    row = worker.log.open(asked(worker, Terms(), Status.QUEUED), FRIEND).row
    assert worker.housekeeping() == ({"awaiting_approval": 1}, {})
    approve = worker.parts.requests.owners().approve
    assert approve(row.request_id, OWNER).status is Status.SUCCESS


def test_nothing_is_sent_before_the_access_begins(worker: Worker) -> None:
    begins = NOON + timedelta(days=30)
    terms = Terms(Approval.NO, access_from=begins)
    row = worker.log.open(asked(worker, terms, Status.QUEUED), FRIEND).row
    assert worker.housekeeping() == ({"queued_again": 1}, {})
    kept = row_of(worker, row)
    assert (kept.status, kept.next_attempt_at) == (Status.QUEUED, begins)
    assert worker.plex.count("POST") == 0
    worker.clock.now = begins
    worker.plex.fail("status", status=503, method="POST")
    assert worker.housekeeping() == ({"queued_again": 1}, {})  # its day of attempts begins now
    worker.clock.forward(minutes=5)
    assert worker.housekeeping() == ({"sent": 1}, {})


def test_the_owner_plans_an_invite_and_nothing_warns_of_it_meanwhile(worker: Worker) -> None:
    begins = NOON + timedelta(days=30)
    owners, alice = worker.parts.requests.owners(), parse_identity("alice")
    row = owners.invite(alice, None, OWNER, access_from=begins)
    assert (row.status, row.next_attempt_at) == (Status.QUEUED, begins)
    sentence = say(friend_message(row_of(worker, row)).sentence)
    assert sentence.startswith("Your access begins later: Plex will e-mail you the invite on ")
    worker.clock.forward(hours=2)
    assert worker.parts.upkeep.background().looks["queue"]().ok
    assert owners.retry(row.request_id, OWNER).status is Status.QUEUED
    assert worker.plex.count("POST") == 0
    worker.clock.now = begins
    assert worker.housekeeping() == ({"sent": 1}, {})


def test_a_planned_invite_that_is_sent_after_all_goes_out_at_once(worker: Worker) -> None:
    owners, alice = worker.parts.requests.owners(), parse_identity("alice")
    planned = owners.invite(alice, None, OWNER, access_from=NOON + timedelta(days=30))
    sent = owners.invite(alice, None, OWNER)
    assert (sent.request_id, sent.status) == (planned.request_id, Status.SUCCESS)


@pytest.mark.parametrize("days", [-400, -1, 0])
def test_a_start_in_the_past_is_now(worker: Worker, days: int) -> None:
    owners, begun = worker.parts.requests.owners(), NOON + timedelta(days=days)
    row = owners.invite(parse_identity("alice"), None, OWNER, access_from=begun)
    assert row.status is Status.SUCCESS


def test_a_start_years_ahead_is_a_slip(worker: Worker) -> None:
    owners, far = worker.parts.requests.owners(), NOON + timedelta(days=367)
    with pytest.raises(InvalidInput) as refused:
        owners.invite(parse_identity("alice"), None, OWNER, access_from=far)
    assert [error.field for error in refused.value.errors] == ["access_from"]
    assert worker.rows() == []
