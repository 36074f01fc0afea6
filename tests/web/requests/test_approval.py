"""Requests that await the owner's approval, and those that are retried."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime, timedelta

import pytest

from tests.web.site_under_test import SiteUnderTest, problem


@pytest.fixture
def asked(site: SiteUnderTest) -> str:
    """The id of a request that waits for approval."""
    site.save(approval_required=True)
    answer = site.invite("friend", note="Anna, from work")
    assert answer.status_code == 202
    assert answer.get_json()["status"] == "awaiting_approval"
    return str(answer.get_json()["request_id"])


def row(site: SiteUnderTest, request_id: str) -> dict[str, object]:
    found: dict[str, object] = site.owner("GET", f"invites/{request_id}").get_json()
    return found


def test_nothing_is_sent_before_the_owner_approves(site: SiteUnderTest, asked: str) -> None:
    assert site.invited() == []
    waiting = row(site, asked)
    assert waiting["note"] == "Anna, from work"
    assert waiting["actions"] == ["approve", "deny"]
    assert "Waiting for approval" in str(waiting["friend_sees"])
    assert site.page(f"/invited/{asked}").status_code == 200


def test_approving_sends_it_at_once(site: SiteUnderTest, asked: str) -> None:
    answer = site.owner("POST", f"invites/{asked}/approve")
    assert (answer.status_code, answer.get_json()["status"]) == (202, "success")
    assert site.invited() == ["friend"]
    problem(site.owner("POST", f"invites/{asked}/approve"), 409, "not_possible")
    problem(site.owner("POST", f"invites/{asked}/deny"), 409, "not_possible")
    assert site.invited() == ["friend"]


def test_denying_sends_nothing_and_the_friend_is_told(site: SiteUnderTest, asked: str) -> None:
    answer = site.owner("POST", f"invites/{asked}/deny")
    assert (answer.status_code, answer.get_json()["status"]) == (200, "denied")
    assert answer.get_json()["actions"] == ["approve"], "the owner may think again"
    assert site.invited() == []
    assert "declined your request" in site.page(f"/invited/{asked}").text
    assert site.owner("POST", f"invites/{asked}/approve").status_code == 202
    assert site.invited() == ["friend"]


def test_while_a_request_waits_a_repeat_is_the_same_request(
    site: SiteUnderTest, asked: str
) -> None:
    again = site.invite("Friend")
    assert (again.status_code, again.get_json()["request_id"]) == (202, asked)
    assert len(site.rows()) == 1


def test_a_form_says_that_the_owner_decides(site: SiteUnderTest) -> None:
    site.save(approval_required=True)
    page = site.page("/").text
    assert 'name="note"' in page
    assert "Ask for an invitation" in page
    assert 'name="note"' not in _page_without_approval(site)


def _page_without_approval(site: SiteUnderTest) -> str:
    site.save(approval_required=False)
    return site.page("/").text


def test_a_failed_request_can_be_tried_again(site: SiteUnderTest) -> None:
    request_id = site.invite("nobody1").get_json()["instance"].rpartition("/")[2]
    assert row(site, request_id)["actions"] == ["retry"]
    before = len(site.invited())
    answer = site.owner("POST", f"invites/{request_id}/retry")
    assert (answer.status_code, answer.get_json()["status"]) == (202, "failed")
    assert answer.get_json()["attempts"] == 2
    assert len(site.invited()) == before + 1


def test_a_queued_request_can_be_tried_at_once(site: SiteUnderTest) -> None:
    site.plex.fail("status", status=503)
    request_id = site.invite("friend").get_json()["request_id"]
    assert row(site, request_id)["status"] == "queued"
    answer = site.owner("POST", f"invites/{request_id}/retry")
    assert answer.get_json()["status"] == "success"
    assert "next_attempt_at" not in answer.get_json()
    assert site.invited()[-1] == "friend"


def test_a_retry_checks_whether_plex_still_has_what_was_sent(site: SiteUnderTest) -> None:
    request_id = site.invite("alice").get_json()["request_id"]
    assert row(site, request_id)["actions"] == ["retry"]
    site.plex.withdraw("alice")
    answer = site.owner("POST", f"invites/{request_id}/retry")
    assert (answer.status_code, answer.get_json()["status"]) == (202, "success")
    assert site.invited() == ["alice", "alice"]
    assert site.plex.share_of("alice") is not None


def test_a_sent_request_cannot_be_approved(site: SiteUnderTest) -> None:
    request_id = site.invite("friend").get_json()["request_id"]
    refusal = problem(site.owner("POST", f"invites/{request_id}/approve"), 409, "not_possible")
    assert refusal["detail"] == "It has already been sent. Retry asks Plex again."
    assert site.invited() == ["friend"]


def test_a_failed_request_waits_while_the_person_has_another_one(site: SiteUnderTest) -> None:
    failed = site.invite("nobody1").get_json()["instance"].rpartition("/")[2]
    site.plex.fail("status", status=503, times=0)
    with_time = site.container.stores.database()
    with with_time.single() as connection:  # the ten seconds in which a failure answers repeats
        connection.exec_driver_sql("UPDATE invite_requests SET updated_at = '2020-01-01 00:00:00'")
    assert site.invite("nobody1").status_code == 202
    refusal = problem(site.owner("POST", f"invites/{failed}/retry"), 409, "not_possible")
    assert "Another request" in refusal["detail"]


@pytest.mark.parametrize("action", ["retry", "approve", "deny"])
def test_an_unknown_request_is_not_found(site: SiteUnderTest, action: str) -> None:
    for wrong in (str(uuid.uuid4()), "not-an-id"):
        problem(site.owner("POST", f"invites/{wrong}/{action}"), 404, "not_found")


def test_the_owner_invites_without_pause_cap_or_approval(site: SiteUnderTest) -> None:
    site.save(paused=True, approval_required=True, daily_cap=1)
    answer = site.owner("POST", "invites", json={"email_or_username": "friend"})
    assert answer.status_code == 201
    assert answer.get_json()["source"] == "owner"
    assert site.invited() == ["friend"]


def test_the_owner_invites_to_some_of_the_libraries(site: SiteUnderTest) -> None:
    kids = 118181364
    answer = site.owner(
        "POST", "invites", json={"email_or_username": "friend", "libraries": [kids]}
    )
    assert [one["id"] for one in answer.get_json()["libraries"]] == [kids]
    share = site.plex.share_of("friend")
    assert share is not None
    assert share.library_ids == (kids,)


def test_the_owners_choice_of_libraries_survives_the_queue(site: SiteUnderTest) -> None:
    site.plex.fail("status", method="POST", status=503)
    fields = {"email_or_username": "friend", "libraries": [118181364]}
    site.owner("GET", "libraries")
    answer = site.owner("POST", "invites", json=fields)
    assert answer.status_code == 202
    site.owner("POST", f"invites/{answer.get_json()['request_id']}/retry")
    share = site.plex.share_of("friend")
    assert share is not None
    assert share.library_ids == (118181364,)


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({}, "email_or_username"),
        ({"email_or_username": "two@@example.com"}, "email_or_username"),
        ({"email_or_username": "friend", "libraries": []}, "libraries"),
        ({"email_or_username": "friend", "libraries": [1]}, "libraries"),
        ({"email_or_username": "friend", "libraries": ["118181364"]}, "libraries.0"),
    ],
)
def test_an_invalid_invite_is_refused(
    site: SiteUnderTest, fields: dict[str, object], field: str
) -> None:
    answer = site.owner("POST", "invites", json=fields)
    assert [one["field"] for one in problem(answer, 400, "invalid_input")["errors"]] == [field]
    assert site.invited() == []


def test_a_refusal_by_plex_is_a_problem_for_the_owner_too(site: SiteUnderTest) -> None:
    answer = site.owner("POST", "invites", json={"email_or_username": "nobody1"})
    refusal = problem(answer, 422, "plex_refused")
    assert refusal["instance"].startswith("/invited/")


def test_an_invite_is_planned_for_a_day(site: SiteUnderTest) -> None:
    begins = (datetime.now(UTC) + timedelta(days=30)).replace(microsecond=0)
    body = {"email_or_username": "cousin", "access_from": begins.isoformat()}
    answer = site.owner("POST", "invites", json=body)
    assert (answer.status_code, answer.get_json()["status"]) == (202, "queued")
    assert site.invited() == []
    page = site.page(f"/invited/{answer.get_json()['request_id']}").text
    assert "Your access begins later" in page
    assert f'<time datetime="{begins.isoformat()}"' in page  # a script makes it the reader's day
    assert site.owner("GET", "overview").get_json()["status"] == "ok"


@pytest.mark.parametrize("wrong", ["2026-12-24", "tomorrow", "", 7, "2999-01-01T00:00:00Z"])
def test_a_day_that_cannot_be_meant_is_refused(site: SiteUnderTest, wrong: object) -> None:
    body = {"email_or_username": "cousin", "access_from": wrong}
    refused = problem(site.owner("POST", "invites", json=body), 400, "invalid_input")
    assert [error["field"] for error in refused["errors"]] == ["access_from"]
    assert site.invited() == []
