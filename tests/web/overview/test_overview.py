"""The overview, the numbers per day, the connection check and the audit log."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from tests.web.conftest import MakeSite
from tests.web.site_under_test import SiteUnderTest, fields_of, problem

NO_ONE = {
    "total": 0,
    "pending": 0,
    "success": 0,
    "failed": 0,
    "queued": 0,
    "awaiting_approval": 0,
    "denied": 0,
}


def overview(site: SiteUnderTest) -> dict[str, Any]:
    answer = site.owner("GET", "overview")
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.get_json()
    return found


def checks(body: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {one["name"]: one for one in body["checks"]}


def test_a_new_site_has_an_overview(site: SiteUnderTest) -> None:
    body = overview(site)
    assert body["counts"] == NO_ONE
    assert body["awaiting"] == body["recent"] == []
    assert (body["server_name"], body["demo"]) == ("Demo Plex", True)
    # plex.tv is asked at once for what is not known yet.
    assert body["seats"]["used"] == 0
    assert {checks(body)[name]["severity"] for name in ("server", "token")} == {"ok"}


def test_all_is_well_after_an_invite(site: SiteUnderTest) -> None:
    site.invite("anna")
    site.invite("nobody1")
    body = overview(site)
    assert body["counts"] == NO_ONE | {"total": 2, "success": 1, "failed": 1}
    assert [one["email_or_username"] for one in body["recent"]] == ["nobody1", "anna"]
    assert body["seats"]["limit"] == 100
    assert (body["seats"]["used"], body["seats"]["pending"]) == (0, 1)


def test_it_shows_the_newest_five_requests_awaiting_approval(site: SiteUnderTest) -> None:
    site.invite("sent-before")
    site.save(approval_required=True)
    for number in range(7):
        site.invite(f"waits{number}")

    body = overview(site)

    names = [one["email_or_username"] for one in body["awaiting"]]
    assert names == ["waits6", "waits5", "waits4", "waits3", "waits2"]
    assert body["counts"]["awaiting_approval"] == 7
    assert "approve" in body["awaiting"][0]["actions"]


def test_a_warm_worker_does_not_ask_plex(site: SiteUnderTest) -> None:
    site.invite("anna")
    overview(site)
    site.plex.clear_calls()
    for _ in range(3):
        overview(site)
        site.owner("GET", "libraries")
        site.owner("GET", "stats")
        site.owner("GET", "invites")
    assert site.plex.calls == []


def test_the_seats_are_shared_by_all_workers(make_site: MakeSite) -> None:
    first = make_site()
    first.invite("anna")
    overview(first)
    second = make_site()
    second.plex.clear_calls()
    assert overview(second)["seats"]["pending"] == 1
    assert second.plex.calls == []


def test_a_refused_token_is_an_error_with_advice(site: SiteUnderTest) -> None:
    site.invite("anna")
    site.plex.fail("invalid_token", times=0)
    assert site.invite("bob").status_code == 202
    body = overview(site)
    assert body["status"] == "error"
    assert "Put a new token there" in checks(body)["token"]["fix"]


def test_waiting_requests_are_a_warning(site: SiteUnderTest) -> None:
    site.invite("anna")
    site.plex.fail("status", status=503)
    site.invite("bob")
    body = overview(site)
    assert body["status"] == "warning"
    assert "1 request" in checks(body)["queue"]["detail"]


def test_every_day_is_listed_with_its_counts(site: SiteUnderTest) -> None:
    site.invite("anna")
    site.invite("nobody1")
    days = site.owner("GET", "stats?days=7").get_json()["days"]
    assert len(days) == 7
    assert days[-1]["date"] == datetime.now(UTC).date().isoformat()
    assert days[-1]["total"] == 2
    assert days[-1]["counts"]["success"] == 1
    assert {one["total"] for one in days[:-1]} == {0}
    assert set(days[0]["counts"]) == set(NO_ONE) - {"total"}


def test_people_are_counted_by_the_state_of_their_access(site: SiteUnderTest) -> None:
    def counted() -> dict[str, int]:
        found: dict[str, int] = site.owner("GET", "stats").get_json()["people"]
        return found

    nobody = {"pending": 0, "active": 0, "removing": 0, "gone": 0, "unknown": 0}
    assert counted() == nobody
    for who in ("anna", "bob", "cleo"):
        site.plex.share(who)
    site.plex.accept("anna")
    site.plex.accept("bob")
    site.owner("POST", "people/refresh")
    assert counted() == nobody | {"active": 2, "pending": 1}
    person = site.owner("GET", "people?search=bob").get_json()["people"][0]["person_id"]
    assert site.owner("DELETE", f"people/{person}").status_code == 200
    site.plex.clear_calls()
    assert counted() == nobody | {"active": 1, "pending": 1, "gone": 1}
    assert site.plex.calls == []


@pytest.mark.parametrize("days", ["0", "366", "many"])
def test_an_invalid_number_of_days_is_refused(site: SiteUnderTest, days: str) -> None:
    answer = site.owner("GET", f"stats?days={days}")
    assert fields_of(problem(answer, 400, "invalid_input")) == ["days"]


def test_the_connection_check_goes_through_every_layer(site: SiteUnderTest) -> None:
    body = site.owner("GET", "connection").get_json()
    found = checks(body)
    layers = ("token", "account", "server", "libraries", "seats", "server_reachable")
    assert tuple(found)[:7] == ("settings", *layers)
    assert {"database", "state_store"} <= set(found)
    assert body["ok"] is True
    assert all(one["ms"] >= 0 for one in body["checks"])


def test_the_owners_actions_are_recorded(site: SiteUnderTest) -> None:
    site.save(title="Film nights")
    site.manage("PUT", json={"shared": [118181363]})
    site.owner("POST", "invites", json={"email_or_username": "anna"})
    body = site.owner("GET", "audit").get_json()
    events = body["events"]
    assert [one["action"] for one in events] == [
        "invite_sent",
        "invite_opened",
        "libraries_changed",
        "settings_changed",
    ]
    assert {(one["door"], one["actor"]) for one in events} == {("key", "function key")}
    assert events[2]["after"] == {"shared": ["Music"]}
    assert (events[3]["before"], events[3]["after"]) == ({"title": ""}, {"title": "Film nights"})
    assert all(one["reference"] for one in events)
    assert body["next_cursor"] is None


def test_reading_is_not_recorded(site: SiteUnderTest) -> None:
    for path in ("overview", "invites", "libraries", "settings", "stats", "audit", "connection"):
        assert site.owner("GET", path).status_code == 200
    assert site.owner("GET", "audit").get_json()["events"] == []


def test_a_refused_action_is_not_recorded_as_done(site: SiteUnderTest) -> None:
    site.owner("PUT", "settings", json={"daily_cap": -1}, headers={"If-Match": '"v0"'})
    site.manage("PUT", json={"shared": []})
    assert site.owner("GET", "audit").get_json()["events"] == []


def test_the_audit_log_has_pages_and_can_be_filtered_by_target(site: SiteUnderTest) -> None:
    for number in range(5):
        site.save(daily_cap=number + 1)
    site.manage("PUT", json={"shared": [118181363]})
    first = site.owner("GET", "audit?limit=4").get_json()
    rest = site.owner("GET", f"audit?limit=4&cursor={first['next_cursor']}").get_json()
    caps = [one["after"].get("daily_cap") for one in first["events"][1:] + rest["events"]]
    assert caps == [5, 4, 3, 2, 1]
    only = site.owner("GET", "audit?target=libraries").get_json()["events"]
    assert [one["action"] for one in only] == ["libraries_changed"]
    answer = site.owner("GET", "audit?cursor=nonsense")
    assert fields_of(problem(answer, 400, "invalid_input")) == ["cursor"]


@pytest.mark.parametrize(
    ("typed", "others", "expected"),
    [
        ("Livingroom", {"ab" * 20: "Living Room"}, "is called “Livingroom”"),
        ("Attic", {"ab" * 20: "Attic", "cd" * 20: "Attic"}, "2 servers of this account"),
    ],
)
def test_a_wrong_server_is_described_in_the_same_words_everywhere(
    make_site: MakeSite, typed: str, others: dict[str, str], expected: str
) -> None:
    site = make_site(PLEX_SERVER_NAME=typed)
    site.plex.change(other_servers=others)
    refused = site.owner("GET", "libraries").get_json(force=True)
    check = checks(site.owner("GET", "connection").get_json())["server"]
    seen = checks(overview(site))["server"]
    assert expected in check["detail"]
    assert (seen["detail"], seen["fix"]) == (check["detail"], check["fix"])
    assert (refused["title"], refused["detail"]) == (check["detail"], check["fix"])


def test_with_a_dead_token_only_the_token_is_reported(make_site: MakeSite) -> None:
    site = make_site(PLEX_TOKEN="not-the-token")
    found = checks(overview(site))
    assert found["token"]["severity"] == "error"
    assert "server" not in found
