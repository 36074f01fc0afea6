"""People through the key door: their access, and the owner's changes to it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from werkzeug.test import TestResponse

from tests.web.site_under_test import SiteUnderTest, fields_of, problem

MOVIES, TV_SHOWS, MUSIC, KIDS = 118181361, 118181362, 118181363, 118181364
DOOR = "/api/manage/"
GIVEN_UNKNOWN = {"action": "give_library", "library": 4711}


class Owner:
    """The owner with the key, and a Plex where some people have access."""

    def __init__(self, site: SiteUnderTest) -> None:
        self.site = site
        self.plex = site.plex
        for who in ("anna", "bert", "cleo"):
            self.plex.share(who, [MOVIES])
            self.plex.accept(who)
        self.plex.share("nobody@example.org", [MOVIES])
        assert self.ask("POST", "people/refresh").get_json()["reading"] == "ok"
        self.plex.clear_calls()

    def ask(self, method: str, path: str, **request: Any) -> TestResponse:
        key = {"x-functions-key": self.site.container.installation.function_keys()[0]}
        return self.site.ask(method, DOOR + path, headers=key, **request)

    def get(self, path: str) -> Any:
        answer = self.ask("GET", path)
        assert answer.status_code == 200, answer.get_data()
        return answer.get_json()

    def person(self, who: str) -> Any:
        (found,) = self.get(f"people?search={who}")["people"]
        return found

    def id_of(self, who: str) -> str:
        return str(self.person(who)["person_id"])

    def share(self, who: str) -> Any:
        (share,) = self.person(who)["shares"]
        return share


@pytest.fixture
def owner(site: SiteUnderTest) -> Owner:
    return Owner(site)


def test_everybody_is_listed_without_a_call_to_plex(owner: Owner) -> None:
    found = owner.get("people")
    names = [one["username"] or one["email"] for one in found["people"]]
    assert names == ["anna", "bert", "cleo", "nobody@example.org"]
    assert found["reading"] == "ok"
    assert "read_at" in found
    share = owner.share("anna")
    assert (share["state"], share["all_libraries"], share["drift"]) == ("active", False, [])
    assert share["libraries"] == [{"id": MOVIES, "title": "Movies", "type": "movie"}]
    assert owner.share("nobody")["state"] == "pending"
    assert owner.plex.calls == []


def test_a_page_leads_to_the_next(owner: Owner) -> None:
    first = owner.get("people?limit=3")
    second = owner.get(f"people?limit=3&cursor={first['next_cursor']}")
    assert (len(first["people"]), len(second["people"])) == (3, 1)
    assert second["next_cursor"] is None
    assert [one["username"] for one in owner.get("people?state=pending")["people"]] == [""]
    refused = owner.ask("GET", "people?cursor=nonsense")
    problem(refused, 400, "invalid_input")


def test_no_secret_is_in_any_answer(owner: Owner) -> None:
    for path in ("people", "people.csv", f"people/{owner.id_of('anna')}", "operations", "drift"):
        text = owner.ask("GET", path).get_data(as_text=True)
        assert "demo-invite-token" not in text
        assert "demo-share-token" not in text
        assert owner.plex.token not in text


def test_a_removal_is_done_at_once_if_plexs_list_shows_it(owner: Owner) -> None:
    answer = owner.ask("DELETE", f"people/{owner.id_of('anna')}")
    assert answer.status_code == 200
    assert answer.get_json()["state"] == "done"
    assert owner.plex.share_of("anna") is None
    assert owner.share("anna")["gone_reason"] == "owner"
    story = owner.get(f"people/{owner.id_of('anna')}")
    assert [one["kind"] for one in story["operations"]] == ["remove"]
    events = story["events"]
    assert {event["target"] for event in events} == {f"person:{story['person_id']}"}
    assert sorted(event["action"] for event in events) == ["access_removed", "person_removed"]
    again = owner.ask("DELETE", f"people/{owner.id_of('anna')}")
    problem(again, 409, "not_possible")


def test_a_removal_that_plexs_list_does_not_show_yet_is_pending(owner: Owner) -> None:
    owner.plex.fail("status", status=503, method="DELETE")
    answer = owner.ask("DELETE", f"people/{owner.id_of('anna')}")
    assert answer.status_code == 202
    operation_id = answer.get_json()["operation_id"]
    operation = owner.get(f"operations/{operation_id}")
    assert (operation["state"], operation["error_code"]) == ("queued", "plex_unavailable")
    assert owner.share("anna")["state"] == "removing"
    assert owner.ask("POST", f"operations/{operation_id}/retry").status_code == 202
    assert owner.ask("DELETE", f"operations/{operation_id}").get_json()["state"] == "cancelled"
    assert owner.share("anna")["state"] == "unknown"
    problem(owner.ask("DELETE", f"operations/{operation_id}"), 409, "not_possible")
    owner.ask("POST", "people/refresh")
    assert owner.share("anna")["state"] == "active"


def test_libraries_are_replaced_and_an_empty_choice_is_refused(owner: Owner) -> None:
    path = f"people/{owner.id_of('anna')}/libraries"
    answer = owner.ask("PUT", path, json={"libraries": [KIDS, MUSIC]})
    assert answer.status_code == 200
    assert [one["id"] for one in owner.share("anna")["libraries"]] == [MUSIC, KIDS]
    choices: tuple[object, ...] = ([], ["1"], None)
    for wrong in choices:
        assert owner.ask("PUT", path, json={"libraries": wrong}).status_code == 400


def test_an_end_is_set_moved_and_removed(owner: Owner) -> None:
    path = f"people/{owner.id_of('anna')}/access"
    until = datetime.now(UTC).replace(microsecond=0) + timedelta(days=7)
    assert owner.ask("PUT", path, json={"until": until.isoformat()}).status_code == 200
    assert datetime.fromisoformat(owner.share("anna")["access_until"]) == until
    assert [one["username"] for one in owner.get("people?ends_within_days=8")["people"]] == ["anna"]
    assert owner.ask("PUT", path, json={"extend_days": 30}).status_code == 200
    moved = datetime.fromisoformat(owner.share("anna")["access_until"])
    assert moved == until + timedelta(days=30)
    assert owner.ask("PUT", path, json={"until": None}).status_code == 200
    assert owner.share("anna")["access_until"] is None
    for wrong in ({}, {"until": "tomorrow"}, {"extend_days": 0}, {"until": "2026-01-01"}):
        assert owner.ask("PUT", path, json=wrong).status_code == 400


def test_housekeeping_ends_access_that_has_expired(owner: Owner) -> None:
    until = datetime.now(UTC) - timedelta(seconds=2)
    path = f"people/{owner.id_of('anna')}/access"
    owner.ask("PUT", path, json={"until": until.isoformat()})
    report = owner.site.container.upkeep.housekeeping().run()
    assert report.failures == {}
    assert (report.counts["access_ended"], report.counts["operations_done"]) == (1, 1)
    assert owner.share("anna")["gone_reason"] == "ended"
    events = owner.get(f"people/{owner.id_of('anna')}")["events"]
    assert [(one["action"], one["door"]) for one in events] == [
        ("person_access", "key"),
        ("access_ended", "system"),
    ]
    assert owner.plex.share_of("anna") is None


def test_a_pending_invite_is_sent_again(owner: Owner) -> None:
    before = owner.plex.share_of("nobody@example.org")
    answer = owner.ask("POST", f"people/{owner.id_of('nobody')}/resend")
    assert (answer.status_code, answer.get_json()["state"]) == (200, "done")
    after = owner.plex.share_of("nobody@example.org")
    assert before is not None
    assert after is not None
    assert after.id != before.id
    assert owner.share("nobody")["state"] == "pending"
    refused = owner.ask("POST", f"people/{owner.id_of('anna')}/resend")
    problem(refused, 409, "not_possible")


def test_restrictions_are_merged(owner: Owner) -> None:
    path = f"people/{owner.id_of('anna')}/restrictions"
    assert owner.ask("PUT", path, json={"downloads": True}).status_code == 200
    assert owner.ask("PUT", path, json={"movies": "label=Kids"}).status_code == 200
    allowed = owner.person("anna")["restrictions"]
    assert (allowed["downloads"], allowed["movies"]) == (True, "label=Kids")
    assert owner.ask("PUT", path, json={"live_tv": "all"}).status_code == 400
    assert owner.ask("PUT", path, json={}).status_code == 400


def test_restrictions_need_a_plex_pass(owner: Owner) -> None:
    owner.plex.change(features=[])
    path = f"people/{owner.id_of('anna')}/restrictions"
    for fields in ({"downloads": True}, {"live_tv": "watch"}, {"music": "label=A"}):
        problem(owner.ask("PUT", path, json=fields), 409, "plex_pass_needed")
    assert owner.ask("PUT", path, json={"downloads": False}).status_code == 200


def test_a_note_and_an_exemption_are_stored(owner: Owner) -> None:
    path = f"people/{owner.id_of('anna')}"
    given = {"note": "My sister", "exempt": True}
    assert owner.ask("PATCH", path, json=given).get_json()["note"] == "My sister"
    assert owner.ask("PATCH", path, json={"note": "Sister"}).get_json()["exempt"] is True
    owner.ask("POST", "people/refresh")
    assert owner.person("anna")["note"] == "Sister"
    assert [one["username"] for one in owner.get("people?exempt=1")["people"]] == ["anna"]


def test_several_people_are_changed_at_once_with_a_result_for_each(owner: Owner) -> None:
    ids = [owner.id_of("anna"), owner.id_of("bert"), "no-such", owner.id_of("anna")]
    until = (datetime.now(UTC) + timedelta(days=5)).isoformat()
    given = {"person_ids": ids, "action": "set_until", "until": until}
    results = owner.ask("POST", "people/bulk", json=given).get_json()["results"]
    assert [(one["ok"], one.get("code")) for one in results] == [
        (True, None),
        (True, None),
        (False, "not_found"),
    ]
    given = {"person_ids": ids[:2], "action": "remove"}
    results = owner.ask("POST", "people/bulk", json=given).get_json()["results"]
    assert all(one["operation_id"] for one in results)
    assert owner.plex.share_of("cleo") is not None
    assert owner.plex.share_of("bert") is None


def test_a_dry_run_says_what_would_be_refused_and_changes_nothing(owner: Owner) -> None:
    owner.ask("DELETE", f"people/{owner.id_of('bert')}")
    ids = [owner.id_of(who) for who in ("anna", "bert", "nobody")]
    owner.plex.clear_calls()
    for action, expected in {
        "remove": [True, False, True],
        "extend": [False, True, False],  # without an end there is nothing to extend
        "set_until": [True, True, True],
        "set_libraries": [True, False, True],
        "take_library": [False, False, False],  # nobody's last library is removed
        "give_library": [True, False, True],
        "set_exempt": [True, True, True],
    }.items():
        given = {
            **{"person_ids": ids, "action": action, "dry_run": True, "extend_days": 30},
            **{"until": "2031-01-31T00:00:00Z", "libraries": [KIDS], "exempt": True},
            "library": MOVIES if action == "take_library" else KIDS,
        }
        results = owner.ask("POST", "people/bulk", json=given).get_json()["results"]
        assert [one["ok"] for one in results] == expected, action
        assert all("operation_id" not in one for one in results)
        assert all(one["message"] for one in results if not one["ok"])
    assert owner.plex.calls == []
    assert [one["kind"] for one in owner.get("operations")["operations"]] == ["remove"]
    assert (owner.person("anna")["exempt"], owner.share("anna")["state"]) == (False, "active")
    assert owner.share("anna")["access_until"] is None
    assert all("dry" not in one["action"] for one in owner.get("audit")["events"])


def test_adding_or_removing_one_library_keeps_the_others(owner: Owner) -> None:
    for who, libraries in {"anna": [MOVIES, MUSIC], "bert": [KIDS, MUSIC], "cleo": [MUSIC]}.items():
        path = f"people/{owner.id_of(who)}/libraries"
        assert owner.ask("PUT", path, json={"libraries": libraries}).status_code == 200
    ids = [owner.id_of(who) for who in ("anna", "bert", "cleo", "nobody")]

    def told(action: str) -> list[str]:
        given = {"person_ids": ids, "action": action, "library": MUSIC}
        results = owner.ask("POST", "people/bulk", json=given).get_json()["results"]
        return ["" if one["ok"] else one["message"] for one in results]

    def have() -> list[list[int]]:
        shares = [owner.share(who) for who in ("anna", "bert", "cleo")]
        return [sorted(one["id"] for one in share["libraries"]) for share in shares]

    only = "This is the only library they have. Remove the person instead."
    absent = "This person doesn’t have this library."
    assert told("take_library") == ["", "", only, absent]
    assert have() == [[MOVIES], [KIDS], [MUSIC]]
    assert told("give_library") == ["", "", "This person already has this library.", ""]
    assert have() == [[MOVIES, MUSIC], [MUSIC, KIDS], [MUSIC]]
    invited = owner.plex.share_of("nobody@example.org")
    assert invited is not None
    assert invited.library_ids is not None
    assert sorted(invited.library_ids) == [MOVIES, MUSIC]


@pytest.mark.parametrize(
    "wrong",
    [
        {"person_ids": [], "action": "remove"},
        {"person_ids": ["a"], "action": "explode"},
        {"person_ids": ["a"], "action": "extend"},
        {"person_ids": ["a"], "action": "set_until"},
        {"person_ids": ["a"], "action": "set_libraries", "libraries": []},
        {"person_ids": ["a"], "action": "take_library"},
        {"person_ids": ["a"], "action": "give_library", "libraries": [1]},
        {"person_ids": ["a"], "action": "set_exempt"},
        {"person_ids": ["a"] * 101, "action": "remove"},
    ],
)
def test_an_incomplete_change_changes_nobody(owner: Owner, wrong: dict[str, Any]) -> None:
    problem(owner.ask("POST", "people/bulk", json=wrong), 400, "invalid_input")
    assert owner.get("operations")["operations"] == []


def test_drift_is_listed_and_resolved(owner: Owner) -> None:
    owner.plex.share("zoe", [MOVIES])
    owner.ask("POST", "people/refresh")
    listed = owner.get("drift")
    (drift,), total = listed["drift"], listed["total"]
    assert (drift["kind"], drift["name"], total) == ("unknown_person", "zoe", 1)
    path = f"drift/{drift['drift_id']}"
    assert owner.ask("POST", path, json={"action": "dance"}).status_code == 400
    problem(owner.ask("POST", path, json={"action": "put_right"}), 409, "not_possible")
    assert owner.ask("POST", path, json={"action": "ignore"}).status_code == 200
    assert owner.get("drift")["drift"] == []
    assert owner.share("zoe")["drift"][0]["ignored"] is True
    assert owner.ask("POST", path, json={"action": "adopt"}).status_code == 200
    owner.ask("POST", "people/refresh")
    assert owner.share("zoe")["drift"] == []
    problem(owner.ask("POST", path, json={"action": "adopt"}), 404, "not_found")


def test_libraries_that_differ_are_corrected(owner: Owner) -> None:
    owner.ask("PUT", f"people/{owner.id_of('anna')}/libraries", json={"libraries": [KIDS]})
    share = owner.plex.share_of("anna")
    assert share is not None
    owner.plex.stage.plex.world.replace_libraries(share.id, [KIDS, MUSIC])
    owner.ask("POST", "people/refresh")
    (drift,) = owner.get("drift")["drift"]
    assert (drift["kind"], drift["detail"]) == ("more_libraries", {"ids": [MUSIC]})
    answer = owner.ask("POST", f"drift/{drift['drift_id']}", json={"action": "put_right"})
    assert answer.status_code == 200
    assert [one["id"] for one in owner.share("anna")["libraries"]] == [KIDS]
    assert owner.get("drift")["drift"] == []


def test_a_suspicious_list_is_reported(owner: Owner) -> None:
    owner.plex.fail("partial", path_prefix="/api/v2/shared_servers", rows=0, times=2)
    answer = owner.ask("POST", "people/refresh").get_json()
    assert (answer["reading"], answer["reading_code"]) == ("suspicious", "list_empty")
    found = owner.get("people")
    assert found["reading"] == "suspicious"
    assert [share["state"] for one in found["people"] for share in one["shares"]].count(
        "active"
    ) == 3


def test_the_file_has_everybody_and_no_formulas(owner: Owner) -> None:
    owner.ask("PATCH", f"people/{owner.id_of('anna')}", json={"note": "=1+1"})
    text = owner.ask("GET", "people.csv").get_data(as_text=True)
    lines = text.splitlines()
    assert len(lines) == 5
    assert "'=1+1" in text
    assert lines[0].startswith("\ufeffperson_id,")


@pytest.mark.parametrize("path", ["people/nonsense", "operations/nonsense"])
def test_an_unknown_person_or_operation_is_not_found(owner: Owner, path: str) -> None:
    problem(owner.ask("GET", path), 404, "not_found")
    unknown = f"{path.partition('/')[0]}/00000000-0000-0000-0000-000000000000"
    problem(owner.ask("GET", unknown), 404, "not_found")


def test_a_list_says_how_many_there_are_on_all_pages(owner: Owner) -> None:
    first = owner.get("people?limit=1")
    assert (first["total"], first["servers"]) == (
        4,
        {owner.plex.machine_identifier: owner.plex.server_name},
    )
    assert owner.get("people?state=active&limit=1")["total"] == 3
    assert owner.get("people?state=active,pending")["total"] == 4
    problem(owner.ask("GET", "people?state=active,lost"), 400, "invalid_input")


def test_a_person_has_the_requests_made_by_name_and_by_address(owner: Owner) -> None:
    owner.site.invite("anna")
    owner.site.invite("anna@example.com")
    owner.site.invite("bert")
    story = owner.get(f"people/{owner.id_of('anna')}")
    asked = [one["email_or_username"] for one in story["requests"]]
    assert asked == ["anna", "anna@example.com"]


def test_operations_are_filtered_by_state_and_name_the_person(owner: Owner) -> None:
    owner.plex.fail("status", status=503, method="DELETE")
    owner.ask("DELETE", f"people/{owner.id_of('anna')}")
    owner.plex.clear_faults()
    owner.ask("DELETE", f"people/{owner.id_of('bert')}")

    found = owner.get("operations")["operations"]
    assert [(one["name"], one["state"]) for one in found] == [("bert", "done"), ("anna", "queued")]
    totals = {what: owner.get(f"operations?limit=1{what}")["total"] for what in ("", "&state=done")}
    assert totals == {"": 2, "&state=done": 1}
    (waiting,) = owner.get("operations?state=queued,working,failed")["operations"]
    assert waiting["name"] == "anna"
    problem(owner.ask("GET", "operations?state=lost"), 400, "invalid_input")


def test_the_overview_names_people_whose_access_ends_within_a_week(owner: Owner) -> None:
    now = datetime.now(UTC)
    for who, days in {"anna": 6, "bert": 2, "cleo": 8}.items():
        until = (now + timedelta(days=days)).isoformat()
        path = f"people/{owner.id_of(who)}/access"
        assert owner.ask("PUT", path, json={"until": until}).status_code == 200
    people = owner.get("overview")["people"]
    assert [one["name"] for one in people["ends_soon"]] == ["bert", "anna"]
    assert (people["ends_soon_count"], people["ends_soon_days"]) == (2, 7)
    assert (people["reading"], people["drift_count"], people["failed_count"]) == ("ok", 0, 0)

    owner.ask("PATCH", f"people/{owner.id_of('bert')}", json={"exempt": True})
    assert [one["name"] for one in owner.get("overview")["people"]["ends_soon"]] == ["anna"]
    assert [one["username"] for one in owner.get("people?ends_within_days=7")["people"]] == ["anna"]


def test_the_list_says_who_asked_last_and_the_outcome(owner: Owner) -> None:
    asked = owner.ask("POST", "invites", json={"email_or_username": "dora"})
    assert asked.status_code < 300, asked.get_data()
    (row,) = owner.get("invites")["invites"]
    owner.ask("POST", "people/refresh")
    last = owner.person("dora")["last_request"]
    assert last == {name: row[name] for name in ("request_id", "timestamp", "status")}
    assert last["status"] == "success"
    assert owner.person("anna")["last_request"] is None


@pytest.mark.parametrize("kind", ["application/json", "application/merge-patch+json"])
def test_null_takes_the_note_and_the_exemption_away(owner: Owner, kind: str) -> None:
    path = f"people/{owner.id_of('anna')}"

    def patched(body: str) -> tuple[str, bool]:
        answer = owner.ask("PATCH", path, data=body, content_type=kind)
        assert answer.status_code == 200
        return answer.get_json()["note"], answer.get_json()["exempt"]

    assert patched('{"note": " from work\\n", "exempt": true}') == ("from work", True)
    assert patched("{}") == ("from work", True)
    assert patched('{"note": null}') == ("", True)
    assert patched('{"exempt": null}') == ("", False)


@pytest.mark.parametrize(
    ("path", "body", "field"),
    [
        ("", {"note": "x", "exemt": True}, "exemt"),
        ("", {"note": "a\tb"}, "note"),
        ("/access", {"until": "2031-01-01T00:00:00Z", "server": "x"}, "server"),
        ("/access", {"until": "2031-01-01T00:00:00Z", "extend_days": 3}, "until"),
        ("/access", {"until": None, "extend_days": 3}, "until"),
        ("/access", {"until": "2031-01-01"}, "until"),
        ("/libraries", {"libraries": [MOVIES], "server": "x"}, "server"),
        ("/restrictions", {"downloads": True, "livetv": "none"}, "livetv"),
        ("/restrictions", {"downloads": True, "movies": "PG"}, "movies"),
        ("/restrictions", {"television": "contentRating=PG|"}, "television"),
        ("/restrictions", {"television": "contentRating"}, "television"),
        ("/restrictions", {"music": "label="}, "music"),
        ("/restrictions", {"music": "label=A\nB"}, "music"),
    ],
)
def test_an_order_that_is_not_clear_is_not_carried_out(
    owner: Owner, path: str, body: dict[str, Any], field: str
) -> None:
    before = owner.person("anna")
    method = "PUT" if path else "PATCH"
    refused = owner.ask(method, f"people/{before['person_id']}{path}", json=body)
    assert fields_of(problem(refused, 400, "invalid_input")) == [field]
    assert owner.person("anna") == before
    assert owner.get("operations")["operations"] == []


@pytest.mark.parametrize("who", ["anna", "nobody@example.org"])  # has access; is only invited
def test_a_library_that_plex_does_not_have_is_refused_at_once(owner: Owner, who: str) -> None:
    person = owner.id_of(who)
    for ids in ([4711], [MOVIES, 4711]):
        refused = owner.ask("PUT", f"people/{person}/libraries", json={"libraries": ids})
        assert fields_of(problem(refused, 400, "invalid_input")) == ["libraries"]
    for given in ({"action": "set_libraries", "libraries": [4711]}, GIVEN_UNKNOWN):
        for dry_run in (True, False):
            body = {"person_ids": [person], "dry_run": dry_run, **given}
            (result,) = owner.ask("POST", "people/bulk", json=body).get_json()["results"]
            assert (result["ok"], result["code"]) == (False, "invalid_input")
    assert owner.get("operations")["operations"] == []
    assert owner.share(who)["libraries"][0]["id"] == MOVIES


def test_libraries_that_cannot_be_looked_up_are_kept_as_a_promise(owner: Owner) -> None:
    """The order waits for plex.tv, as every other does."""
    owner.plex.fail("status", status=503, times=0)
    person = owner.id_of("anna")
    ordered = owner.ask("PUT", f"people/{person}/libraries", json={"libraries": [KIDS]})
    assert (ordered.status_code, ordered.get_json()["state"]) == (202, "queued")


@pytest.mark.parametrize(
    "given",
    [
        "",
        "contentRating=gb/U,gb/PG",
        "label=Kids|contentRating=G&contentRating!=R",
        "label=Für uns",
    ],
)
def test_plexs_own_filters_are_taken(owner: Owner, given: str) -> None:
    body = {"name": "mine", "restrictions": {"movies": given}}
    made = owner.ask("POST", "presets", json=body)
    assert (made.status_code, made.get_json()["restrictions"]) == (201, {"movies": given})


def test_operations_and_drift_are_searched_by_the_persons_name(owner: Owner) -> None:
    owner.plex.share("zoe", [MOVIES])
    owner.ask("POST", "people/refresh")
    assert [one["name"] for one in owner.get("drift?search=ZO")["drift"]] == ["zoe"]
    assert owner.get("drift?search=anna")["drift"] == []

    owner.plex.fail("status", status=503, times=0)
    for who in ("anna", "bert", "nobody@example.org"):
        owner.ask("DELETE", f"people/{owner.id_of(who)}")

    def found(query: str) -> list[str]:
        return [one["name"] for one in owner.get(f"operations?{query}")["operations"]]

    assert found("search=") == ["nobody@example.org", "bert", "anna"]
    assert (found("search=ER"), found("search=zoe")) == (["bert"], [])
    assert found("search=example.org") == ["nobody@example.org"]
    assert (found("search=ann&state=queued"), found("search=ann&state=done")) == (["anna"], [])
    assert owner.get("operations?search=ER&limit=1")["total"] == 1
