"""POST /api/invites from a program: what is accepted, and each problem there can be."""

from __future__ import annotations

import uuid
from pathlib import Path

import pytest

from tests.web.conftest import INVITE_CODE, MakeSite
from tests.web.site_under_test import SiteUnderTest, fields_of, problem

MOVIES, TV_SHOWS = 118181361, 118181362


def test_an_invite_that_plex_sends_is_created(site: SiteUnderTest) -> None:
    answer = site.invite("friend@example.com")
    body = answer.get_json()
    assert (answer.status_code, answer.mimetype) == (201, "application/json")
    assert sorted(body) == ["message", "request_id", "status"]
    assert body["status"] == "success"
    assert answer.headers["Location"] == f"/invited/{uuid.UUID(body['request_id'])}"


def test_an_invite_includes_the_shared_libraries_and_no_others(site: SiteUnderTest) -> None:
    site.invite("friend@example.com")
    post = site.plex.calls[-1]
    assert (post.method, post.invited) == ("POST", "friend@example.com")
    assert post.library_ids == (MOVIES, TV_SHOWS)


def test_a_row_says_who_when_and_the_outcome(site: SiteUnderTest) -> None:
    site.invite("  Friend@example.com ")
    (row,) = site.rows()
    assert row["email_or_username"] == "Friend@example.com"
    assert (row["status"], row["source"], row["attempts"]) == ("success", "form", 1)
    assert "203.0.113.7" not in str(row)


def test_the_second_invite_of_a_warm_worker_makes_one_call(site: SiteUnderTest) -> None:
    site.invite("first")
    site.plex.clear_calls()
    site.invite("second")
    assert [call.method for call in site.plex.calls] == ["POST"]


@pytest.mark.parametrize("status", [429, 503])
def test_an_invite_that_plex_is_too_busy_for_is_kept(site: SiteUnderTest, status: int) -> None:
    site.plex.fail("status", method="POST", status=status, times=0)
    answer = site.invite("friend")
    body = answer.get_json()
    assert (answer.status_code, body["status"]) == (202, "queued")
    assert answer.headers["Location"] == f"/invited/{body['request_id']}"
    (row,) = site.rows()
    assert row["status"] == "queued"
    assert row["next_attempt_at"]


def test_an_invite_is_kept_while_the_token_is_refused(site: SiteUnderTest) -> None:
    site.plex.token = "demo-token-that-is-new"
    answer = site.invite("friend")
    assert (answer.status_code, answer.get_json()["status"]) == (202, "queued")


def test_the_same_person_again_is_answered_from_the_row(site: SiteUnderTest) -> None:
    first, again = site.invite("friend@example.com"), site.invite("FRIEND@example.com")
    assert (first.status_code, again.status_code) == (201, 201)
    assert again.get_json() == first.get_json()
    assert site.invited() == ["friend@example.com"]


def test_unknown_fields_are_ignored(site: SiteUnderTest) -> None:
    fields = {"email_or_username": "friend", "note": "hello", "colour": ["red"]}
    assert site.ask("POST", "/api/invites", json=fields).status_code == 201


def test_somebody_with_access_is_told_so(site: SiteUnderTest) -> None:
    site.plex.share("friend")
    document = problem(site.invite("friend"), 409, "already_shared")
    assert document["instance"] == f"/invited/{uuid.UUID(site.rows()[0]['request_id'])}"
    assert site.rows()[0]["status"] == "failed"


def test_a_full_server_is_reported(site: SiteUnderTest) -> None:
    site.plex.change(people=100)
    problem(site.invite("friend"), 409, "server_full")


def test_a_name_unknown_to_plex_is_reported(site: SiteUnderTest) -> None:
    document = problem(site.invite("nobody-at-all"), 422, "plex_refused")
    assert "does not exist" not in document["detail"]  # Plex's words are for the owner


def test_the_owner_cannot_be_invited(site: SiteUnderTest) -> None:
    problem(site.invite("demo-owner"), 422, "plex_refused")


def test_a_missing_code_is_forbidden_if_one_is_needed(make_site: MakeSite) -> None:
    site = make_site(INVITE_CODE=INVITE_CODE)
    problem(site.invite("friend"), 403, "invite_code_invalid")
    assert site.plex.calls == []


def test_too_many_requests_are_told_when_to_come_back(make_site: MakeSite) -> None:
    site = make_site(HELPR_RATE_INVITES="1/minute")
    site.invite("first")
    answer = site.invite("second")
    problem(answer, 429, "rate_limited")
    assert 1 <= int(answer.headers["Retry-After"]) <= 60


def test_missing_settings_are_named(make_site: MakeSite) -> None:
    document = problem(make_site(PLEX_TOKEN=None).invite("friend"), 503, "setup_required")
    assert fields_of(document) == ["PLEX_TOKEN"]


def test_without_a_database_nothing_is_sent(make_site: MakeSite, tmp_path: Path) -> None:
    site = make_site(DATABASE_PATH=str(tmp_path / "no-such-folder/helpr.db"))
    answer = site.invite("friend")
    problem(answer, 503, "unavailable")
    assert int(answer.headers["Retry-After"]) >= 1
    assert site.plex.calls == []


def test_the_reference_is_the_invocations_id_and_is_in_the_log(
    site: SiteUnderTest, caplog: pytest.LogCaptureFixture
) -> None:
    document = problem(site.invite(""), 400, "invalid_input")
    reference = str(uuid.UUID(document["reference"]))
    assert any(f"reference={reference}" in line for line in caplog.messages)


def test_each_call_has_its_own_reference(site: SiteUnderTest) -> None:
    assert (
        site.invite("").get_json(force=True)["reference"]
        != site.invite("").get_json(force=True)["reference"]
    )
