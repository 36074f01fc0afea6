"""The owner's settings: read, saved without overwriting others, and their effect on friends."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from typing import Any

import pytest

from helpr_core.clock import utc_now
from helpr_core.services.requests import allowance
from helpr_core.services.site.settings import DEFAULTS, FRESH
from tests.web.conftest import INVITE_CODE, MakeSite
from tests.web.dashboard import Dashboard
from tests.web.site_under_test import SiteUnderTest, fields_of, problem

ALL = {
    "title": "Film nights",
    "welcome": "Hello there.\nPick a name.",
    "code_required": False,
    "approval_required": True,
    "paused": False,
    "daily_cap": 7,
    "retention_days": 30,
}


def put(site: SiteUnderTest, fields: Any, etag: str | None = '"v0"') -> Any:
    headers = {} if etag is None else {"If-Match": etag}
    return site.owner("PUT", "settings", json=fields, headers=headers)


def test_before_anything_is_saved_the_settings_are_the_defaults(
    site: SiteUnderTest,
) -> None:
    answer = site.owner("GET", "settings")
    assert answer.headers["ETag"] == '"v0"'
    assert answer.get_json() == {
        "title": "",
        "default_title": "You’re invited to Demo Plex on Plex",
        "default_owner_name": "",
        "owner_name": "",
        "contact": "",
        "guide": "",
        "welcome": "",
        "code_required": False,
        "links_only": False,
        "code_available": False,
        "code_unreadable": False,
        "invite_code": "",
        "approval_required": False,
        "paused": False,
        "daily_cap": 20,
        "retention_days": 0,
        "mail_friends": False,
        "stale_days": 30,
        "ends_soon_days": 7,
        "read_account_lists": True,
        "read_invitation_list": True,
        "read_server_lists": True,
        "idle_minutes": 0,
        "put_right_more_libraries": False,
        "put_right_fewer_libraries": False,
        "put_right_all_libraries": False,
        "put_right_library_rebuilt": False,
        "put_right_restrictions": False,
    }


def test_saved_settings_are_read_back_with_who_and_when(site: SiteUnderTest) -> None:
    saved = put(site, ALL)
    assert (saved.status_code, saved.headers["ETag"]) == (200, '"v1"')
    read = site.owner("GET", "settings")
    body = read.get_json()
    assert read.headers["ETag"] == '"v1"'
    assert {name: body[name] for name in ALL} == ALL
    assert body["saved_by"] == "function key"
    age = datetime.now(UTC) - datetime.fromisoformat(body["saved_at"])
    assert 0 <= age.total_seconds() < 60


def test_a_save_based_on_an_old_version_reports_who_changed_what(site: SiteUnderTest) -> None:
    put(site, ALL)
    put(site, ALL | {"paused": True, "daily_cap": 9}, '"v1"')
    answer = put(site, ALL | {"title": "Mine"})
    refusal = problem(answer, 412, "settings_changed")
    assert refusal["etag"] == '"v2"'
    assert refusal["current"]["paused"] is True
    assert refusal["current"]["title"] == "Film nights"
    # Without an invite code there is no choice to make, so that field never changes.
    first = ["title", "welcome", "approval_required", "daily_cap", "retention_days"]
    assert [one["fields"] for one in refusal["changes"]] == [first, ["paused", "daily_cap"]]
    assert {one["by"] for one in refusal["changes"]} == {"function key"}
    assert site.owner("GET", "settings").get_json()["title"] == "Film nights"


def test_a_save_must_say_which_version_it_is_based_on(site: SiteUnderTest) -> None:
    problem(put(site, ALL, None), 428, "if_match_missing")
    for wrong in ("v", "*", '"v0', '"v0", "v1"', 'W/"v0"', '"v99999999999"', '""'):
        assert fields_of(problem(put(site, ALL, wrong), 400, "invalid_input")) == ["If-Match"]
    assert site.owner("GET", "settings").headers["ETag"] == '"v0"'


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("title", "x" * 81),
        ("title", "two\nlines"),
        ("title", "bell\x07"),
        ("welcome", "x" * 501),
        ("welcome", "nul\x00"),
        ("paused", "yes"),
        ("paused", 1),
        ("daily_cap", -1),
        ("daily_cap", 10_001),
        ("daily_cap", "7"),
        ("retention_days", 3651),
        ("retention_days", 1.5),
        ("code_required", True),
    ],
)
def test_an_invalid_value_is_refused_with_its_field(
    site: SiteUnderTest, field: str, value: object
) -> None:
    answer = put(site, ALL | {field: value})
    assert fields_of(problem(answer, 400, "invalid_input")) == [field]
    assert site.owner("GET", "settings").headers["ETag"] == '"v0"'


def patch(site: SiteUnderTest, fields: Any, etag: str | None = '"v1"', kind: str = "") -> Any:
    headers = {} if etag is None else {"If-Match": etag}
    if kind:
        headers["Content-Type"] = kind
        return site.owner("PATCH", "settings", data=json.dumps(fields), headers=headers)
    return site.owner("PATCH", "settings", json=fields, headers=headers)


def shown(answer: Any) -> dict[str, Any]:
    """The settings in an answer, without who saved them and when."""
    assert answer.status_code == 200, answer.text
    return {name: answer.get_json()[name] for name in ALL}


@pytest.mark.parametrize("name", ALL)
def test_a_script_that_does_not_know_a_setting_does_not_reset_it(
    site: SiteUnderTest, name: str
) -> None:
    """A PUT from a script or tab that predates the setting."""
    put(site, ALL)
    known = {one: value for one, value in ALL.items() if one != name}
    assert shown(put(site, known, '"v1"')) == ALL


def test_put_ignores_an_unknown_setting(site: SiteUnderTest) -> None:
    """From a tab of a later version, while both run."""
    assert shown(put(site, ALL | {"of_a_later_version": True})) == ALL


def test_a_patch_changes_what_is_sent_and_leaves_the_rest(site: SiteUnderTest) -> None:
    put(site, ALL)
    patched = patch(site, {"paused": True, "title": " Ours "})
    assert patched.headers["ETag"] == '"v2"'
    assert shown(patched) == ALL | {"paused": True, "title": "Ours"}
    assert shown(patch(site, {}, '"v2"')) == shown(patched)
    body = site.owner("GET", "audit").get_json()["events"]
    assert body[1]["after"] == {"paused": True, "title": "Ours"}


@pytest.mark.parametrize("name", ALL)
def test_null_restores_the_default(site: SiteUnderTest, name: str) -> None:
    before = shown(site.owner("GET", "settings"))
    put(site, ALL)
    assert shown(patch(site, {name: None})) == ALL | {name: before[name]}


def test_null_restores_the_default_if_there_is_a_code_too(make_site: MakeSite) -> None:
    site = make_site(INVITE_CODE=INVITE_CODE)
    put(site, ALL)
    assert shown(patch(site, {"code_required": None})) == ALL | {"code_required": True}


@pytest.mark.parametrize(
    "fields", [{"pause": True}, {"paused": True, "saved_by": "me"}, {"PAUSED": True}]
)
def test_a_patch_of_an_unknown_setting_is_refused_by_name(
    site: SiteUnderTest, fields: dict[str, object]
) -> None:
    put(site, ALL)
    wrong = fields_of(problem(patch(site, fields), 400, "invalid_input"))
    assert wrong == [name for name in fields if name not in ALL]
    assert shown(site.owner("GET", "settings")) == ALL


@pytest.mark.parametrize(
    ("field", "value"),
    [("title", "x" * 81), ("paused", "yes"), ("daily_cap", -1), ("code_required", True)],
)
def test_a_patch_accepts_the_same_values_as_put(
    site: SiteUnderTest, field: str, value: object
) -> None:
    put(site, ALL)
    answer = patch(site, {field: value})
    assert fields_of(problem(answer, 400, "invalid_input")) == [field]


def test_a_patch_must_say_which_version_it_is_based_on(site: SiteUnderTest) -> None:
    put(site, ALL)
    problem(patch(site, {"paused": True}, None), 428, "if_match_missing")
    refusal = problem(patch(site, {"paused": True}, '"v0"'), 412, "settings_changed")
    assert refusal["current"]["paused"] is False
    assert shown(site.owner("GET", "settings")) == ALL


def test_a_patch_is_sent_as_merge_patch_or_json(site: SiteUnderTest) -> None:
    put(site, ALL)
    assert patch(site, {"paused": True}, '"v1"', "application/merge-patch+json").status_code == 200
    problem(patch(site, {"paused": True}, '"v2"', "text/plain"), 415, "unsupported_media_type")
    for wrong in ("paused", None, 1):
        problem(patch(site, wrong, '"v2"'), 400, "invalid_input")


def test_a_patch_works_through_the_session_door(owner: Dashboard) -> None:
    headers = {"If-Match": owner.get("/dashboard/api/settings").headers["ETag"]}
    answer = owner.ask("PATCH", "/dashboard/api/settings", json={"paused": True}, headers=headers)
    assert shown(answer)["paused"] is True
    refused = owner.ask(
        "PATCH", "/dashboard/api/settings", json={}, headers=headers | {"X-CSRF-Token": "wrong"}
    )
    problem(refused, 403, "csrf_failed")


def test_every_setting_is_accepted_returned_and_documented(site: SiteUnderTest) -> None:
    """From the one list; a new setting needs only its line there."""
    schemas = site.get("/api/openapi.json").get_json()["components"]["schemas"]
    for name in ("SettingsIn", "SettingsPatch"):
        assert list(schemas[name]["properties"]) == list(DEFAULTS)
        assert "required" not in schemas[name]
    assert set(DEFAULTS) <= set(schemas["SettingsOut"]["properties"])
    assert schemas["SettingsIn"]["properties"]["daily_cap"]["maximum"] == 10_000
    assert schemas["SettingsIn"]["properties"]["title"]["maxLength"] == 80


def test_friends_read_the_title_and_the_welcome_text(site: SiteUnderTest) -> None:
    site.save(title="Film <nights>", welcome="Come & see")
    page = site.page("/").text
    assert "Film &lt;nights&gt;" in page
    assert "Come &amp; see" in page
    assert site.get("/api/site").get_json()["title"] == "Film <nights>"


def test_a_paused_site_accepts_no_requests_and_says_so(site: SiteUnderTest) -> None:
    site.save(paused=True)
    problem(site.invite("friend"), 403, "invites_paused")
    page = site.page("/")
    assert page.status_code == 200
    assert "Invitations are paused" in page.text
    assert "<form" not in page.text
    assert "Invitations are paused" in site.fill_in("friend").text
    assert site.get("/api/site").get_json()["paused"] is True
    assert (site.rows(), site.invited()) == ([], [])
    site.save(paused=False)
    assert site.invite("friend").status_code == 201


def test_the_code_is_required_as_the_owner_wants(make_site: MakeSite) -> None:
    site = make_site(INVITE_CODE=INVITE_CODE)
    assert site.owner("GET", "settings").get_json()["code_required"] is True
    problem(site.invite("friend"), 403, "invite_code_invalid")
    site.save(code_required=False)
    assert site.get("/api/site").get_json()["code_required"] is False
    assert site.invite("friend").status_code == 201


def test_a_code_that_is_set_later_is_required(make_site: MakeSite) -> None:
    make_site().save(title="Saved while there was no code")
    site = make_site(INVITE_CODE=INVITE_CODE)
    assert site.owner("GET", "settings").get_json()["code_required"] is True
    problem(site.invite("friend"), 403, "invite_code_invalid")


def test_above_the_daily_cap_requests_await_approval_and_the_owner_is_told(
    site: SiteUnderTest, caplog: pytest.LogCaptureFixture
) -> None:
    site.save(daily_cap=2)
    assert [site.invite(name).status_code for name in ("one", "two")] == [201, 201]
    # A repeat is not a new request, and does not use up the place of one.
    assert site.invite("one").status_code == 201
    for name in ("three", "four"):
        answer = site.invite(name)
        assert (answer.status_code, answer.get_json()["status"]) == (202, "awaiting_approval")
    assert site.invited() == ["one", "two"]
    (told,) = [
        one
        for one in site.owner("GET", "overview").get_json()["checks"]
        if one["name"] == "ceilings"
    ]
    assert (told["severity"], "wait for your approval" in told["detail"]) == ("warning", True)
    assert sum("more requests came in than" in line for line in caplog.messages) == 1
    request_id = answer.get_json()["request_id"]
    assert site.owner("POST", f"invites/{request_id}/approve").status_code == 202
    assert site.invited() == ["one", "two", "four"]
    site.save(daily_cap=0)
    assert site.invite("five").status_code == 201


def test_far_above_the_cap_friends_are_asked_to_come_back_tomorrow(
    site: SiteUnderTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(allowance, "MOST_WAITING", 1)
    site.save(daily_cap=1)
    assert [site.invite(name).status_code for name in ("one", "two")] == [201, 202]
    told = site.invite("three")
    assert re.search(r" in (less than a minute|\d+ (minute|hour)s?)\.$", _detail(told))
    now = utc_now()
    left = 86_400 - (now.hour * 3600 + now.minute * 60 + now.second)
    assert abs(int(told.headers["Retry-After"]) - left) < 60
    assert len(site.rows()) == 2


def _detail(answer: Any) -> str:
    detail: str = problem(answer, 429, "rate_limited")["detail"]
    return detail


def test_a_cap_of_twenty_is_on_by_default(site: SiteUnderTest) -> None:
    statuses = [site.invite(f"friend-{number}").status_code for number in range(22)]
    assert statuses == [201] * 20 + [202] * 2
    assert len(site.invited()) == 20
    assert len(site.rows()) == 22


def test_with_the_cap_off_an_hourly_ceiling_remains(make_site: MakeSite) -> None:
    site = make_site(HELPR_RATE_INVITES="3/hour", HELPR_TRUSTED_PROXY_HOPS="1")
    site.save(daily_cap=0)
    statuses = [
        site.invite(
            f"friend-{number}", headers={"X-Forwarded-For": f"198.51.100.{number}"}
        ).status_code
        for number in range(8)
    ]
    assert statuses == [201] * 6 + [202] * 2


def test_refused_requests_do_not_count_against_the_cap(site: SiteUnderTest) -> None:
    site.save(daily_cap=1)
    assert site.invite("two@@example.com").status_code == 400
    assert site.invite("one").status_code == 201


def test_another_worker_follows_within_a_minute(
    make_site: MakeSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = make_site(), make_site()
    kept = first.container.site.settings()
    assert kept.current().paused is False
    second.save(paused=True)
    assert kept.current().paused is False  # half a minute at most
    monkeypatch.setattr(
        first.container.stores.decided_settings()._kept, "_clock", lambda: utc_now() + FRESH
    )
    assert kept.current().paused is True


def test_the_privacy_note_says_how_long_a_name_is_kept(site: SiteUnderTest) -> None:
    assert "They stay until demo-owner deletes them" in site.page("/").text
    site.save(retention_days=30)
    assert "deleted 30 days after" in site.page("/").text
