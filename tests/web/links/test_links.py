"""Links through the key door: created, listed, changed, deleted."""

from __future__ import annotations

import re
import sqlite3
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from demo_plex.shares import OTHER_LIBRARIES, OTHER_MACHINE_IDENTIFIER, OTHER_SERVER_NAME
from helpr_core.domain.audit import HOUSEKEEPING
from helpr_core.domain.links import SITE_LINK_ID
from helpr_core.domain.plex import Library
from tests.web.conftest import MakeSite
from tests.web.site_under_test import SiteUnderTest, problem

MOVIES, TV_SHOWS = 118181361, 118181362
MADE = re.compile(r"[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{2}")


def make(site: SiteUnderTest, **fields: Any) -> dict[str, Any]:
    answer = site.owner("POST", "links", json=fields)
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.get_json()
    return made


def patch(site: SiteUnderTest, link: dict[str, Any], **fields: Any) -> dict[str, Any]:
    answer = site.owner("PATCH", f"links/{link['link_id']}", json=fields)
    assert answer.status_code == 200, answer.text
    changed: dict[str, Any] = answer.get_json()
    return changed


def test_a_link_without_options_gives_what_is_shared_to_anybody_for_ever(
    site: SiteUnderTest,
) -> None:
    link = make(site)
    assert MADE.fullmatch(link["code"])
    assert link["url"] == f"/join/{link['code']}"
    nothing = ("libraries", "uses_limit", "expires_at", "access_days", "held_by")
    assert {name: link[name] for name in nothing} == dict.fromkeys(nothing)
    assert (link["state"], link["uses"], link["approval"]) == ("active", 0, "as_set")
    assert link["statistics"] == {"opened": 0, "asked": 0, "sent": 0, "accepted": 0}


def test_a_link_has_what_the_owner_gave_it(site: SiteUnderTest) -> None:
    ends = datetime.now(UTC).replace(microsecond=0) + timedelta(days=9)
    given = {
        "code": "Tante Erna 7",
        "label": "My aunt",
        "libraries": [MOVIES],
        "restrictions": {"downloads": True},
        "uses_limit": 3,
        "expires_at": ends.isoformat(),
        "access_days": 30,
        "approval": "yes",
        "require_sign_in": True,
        "welcome": "Come in!\nThe door is open.",
        "enabled": False,
    }
    link = make(site, **given)
    assert datetime.fromisoformat(link.pop("expires_at")) == ends
    assert {name: link[name] for name in given if name != "expires_at"} == {
        name: value for name, value in given.items() if name != "expires_at"
    }
    assert link["url"] == "/join/Tante%20Erna%207"
    assert link["state"] == "disabled"
    kept = site.owner("GET", f"links/{link['link_id']}").get_json()
    assert datetime.fromisoformat(kept.pop("expires_at")) == ends
    assert kept == link


def test_the_link_is_a_full_url_if_the_public_address_is_known(make_site: MakeSite) -> None:
    site = make_site(HELPR_PUBLIC_URL="https://helpr.example.org/")
    link = make(site)
    assert link["url"] == f"https://helpr.example.org/join/{link['code']}"


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("code", "abc-de"),
        ("code", "......"),
        ("code", "x" * 65),
        ("code", "two\nlines"),
        ("label", "x" * 81),
        ("libraries", []),
        ("libraries", [1]),
        ("uses_limit", 0),
        ("access_days", 0),
        ("approval", "unknown"),
        ("approval", "maybe"),
        ("expires_at", "tomorrow"),
        ("expires_at", "2020-01-01T00:00:00Z"),
        ("welcome", "x" * 501),
        ("enabled", "yes"),
        ("uses", 1),
        ("server_id", "f" * 40),
    ],
)
def test_an_invalid_value_is_refused(site: SiteUnderTest, field: str, value: object) -> None:
    refused = problem(site.owner("POST", "links", json={field: value}), 400, "invalid_input")
    assert refused["errors"][0]["field"].partition(".")[0] == field
    assert site.owner("GET", "links").get_json()["links"] == []


@pytest.mark.parametrize("again", ["tante-ERNA7", "TANTE \u2013 ERNA 7"])
def test_a_code_that_reads_the_same_is_already_taken(site: SiteUnderTest, again: str) -> None:
    make(site, code="Tante Erna 7")
    problem(site.owner("POST", "links", json={"code": again}), 409, "code_taken")
    other = make(site)
    taken = site.owner("PATCH", f"links/{other['link_id']}", json={"code": again})
    problem(taken, 409, "code_taken")


def test_lookalike_codes_are_one_code(site: SiteUnderTest) -> None:
    make(site, code="OLI-2010")
    problem(site.owner("POST", "links", json={"code": "011-2o1o"}), 409, "code_taken")


def test_omitted_fields_stay_and_null_means_the_default(site: SiteUnderTest) -> None:
    link = make(site, label="A", uses_limit=2, access_days=7, restrictions={"downloads": True})
    changed = patch(site, link, label="B", restrictions={"live_tv": "watch"})
    assert (changed["label"], changed["uses_limit"], changed["code"]) == ("B", 2, link["code"])
    assert changed["restrictions"] == {"downloads": True, "live_tv": "watch"}
    changed = patch(site, link, label=None, uses_limit=None, restrictions={"downloads": None})
    assert (changed["label"], changed["uses_limit"]) == ("", None)
    assert changed["restrictions"] == {"live_tv": "watch"}
    assert patch(site, link, code=None)["code"] != link["code"]
    assert patch(site, link, code="sesame-street")["url"] == "/join/sesame-street"


def test_two_owners_changing_different_fields_undo_nothing(site: SiteUnderTest) -> None:
    link = make(site, label="A")
    table = site.container.links().table()
    before = table.get(UUID(link["link_id"]))
    assert before is not None
    patch(site, link, uses_limit=5)
    table.change(replace(before, label="B"), before, HOUSEKEEPING, "changed")
    now = site.owner("GET", f"links/{link['link_id']}").get_json()
    assert (now["label"], now["uses_limit"]) == ("B", 5)


def test_a_deleted_link_is_gone_and_its_code_is_free(site: SiteUnderTest) -> None:
    link = make(site, code="sesame-street")
    path = f"links/{link['link_id']}"
    assert site.owner("DELETE", path).status_code == 204
    problem(site.owner("GET", path), 404, "not_found")
    problem(site.owner("PATCH", path, json={"label": "x"}), 404, "not_found")
    problem(site.owner("DELETE", path), 404, "not_found")
    problem(site.owner("DELETE", "links/nonsense"), 404, "not_found")
    assert site.owner("GET", "links").get_json()["links"] == []
    make(site, code="sesame-street")


def test_a_page_leads_to_the_next(site: SiteUnderTest) -> None:
    for label in ("one", "two", "three"):
        make(site, label=label, enabled=label != "two")
    first = site.owner("GET", "links?limit=2").get_json()
    assert [one["label"] for one in first["links"]] == ["three", "two"]
    second = site.owner("GET", f"links?limit=2&cursor={first['next_cursor']}").get_json()
    assert [one["label"] for one in second["links"]] == ["one"]
    assert second["next_cursor"] is None
    found = site.owner("GET", "links?search=T&enabled=1").get_json()["links"]
    assert [one["label"] for one in found] == ["three"]
    problem(site.owner("GET", "links?cursor=x"), 400, "invalid_input")
    for other in ("invites", "audit", "batches", "operations", "people", "drift"):
        refused = site.owner("GET", f"{other}?cursor={first['next_cursor']}")
        problem(refused, 400, "invalid_input")


def test_a_link_to_another_server_gives_libraries_of_that_server(site: SiteUnderTest) -> None:
    site.plex.change(other_servers={OTHER_MACHINE_IDENTIFIER: OTHER_SERVER_NAME})
    own, cabin = site.plex.machine_identifier, OTHER_MACHINE_IDENTIFIER
    there = f"libraries?server_id={cabin}"
    problem(site.owner("GET", there), 400, "invalid_input")  # not managed
    servers = site.owner("PUT", "servers", json={"managed": [own, cabin]})
    assert servers.status_code == 200, servers.text
    offered = site.owner("GET", there).get_json()["libraries"]
    assert [one["id"] for one in offered] == [one.id for one in OTHER_LIBRARIES]
    assert not any(one["shared"] for one in offered)
    assert (
        site.owner("GET", f"libraries?server_id={own}").get_json()["libraries"]
        == (site.owner("GET", "libraries").get_json()["libraries"])
    )

    films = OTHER_LIBRARIES[0].id
    link = make(site, server_id=cabin, libraries=[films])
    assert (link["server_id"], link["libraries"]) == (cabin, [films])
    assert make(site, server_id=own)["state"] == "active"
    wrong: list[dict[str, Any]] = [
        {"server_id": cabin},
        {"server_id": cabin, "libraries": [MOVIES]},
        {"libraries": [films]},
    ]
    for fields in wrong:
        refused = problem(site.owner("POST", "links", json=fields), 400, "invalid_input")
        assert refused["errors"][0]["field"] == "libraries", fields
    for fields in ({"libraries": None}, {"server_id": None}):
        path = f"links/{link['link_id']}"
        problem(site.owner("PATCH", path, json=fields), 400, "invalid_input")
    assert patch(site, link, server_id=None, libraries=[MOVIES])["libraries"] == [MOVIES]


def test_links_are_found_by_their_state_and_counted(site: SiteUnderTest) -> None:
    soon = (site.container.installation.utc_now() + timedelta(days=1)).isoformat()
    make(site, label="open house")
    make(site, label="two places", uses_limit=2, expires_at=soon)
    make(site, label="off", enabled=False)
    used = make(site, label="used", uses_limit=1)
    make(site, label="over", uses_limit=1, expires_at=soon)
    # The first state that applies counts, as it does for a friend.
    make(site, label="off and over", enabled=False, expires_at=soon)
    asked = {"email_or_username": "one@example.com", "invite_code": used["code"]}
    assert site.client.post("/api/invites", json=asked).status_code in (201, 202)

    assert listed(site, "active") == {"open house", "two places", "over"}
    assert listed(site, "used_up") == {"used"}
    assert listed(site, "disabled") == {"off", "off and over"}
    assert listed(site, "expired") == set()
    first = site.owner("GET", "links?limit=2").get_json()
    assert (len(first["links"]), first["total"]) == (2, 6)
    assert site.owner("GET", "links?state=active&search=OPEN").get_json()["total"] == 1
    problem(site.owner("GET", "links?state=asleep"), 400, "invalid_input")


def test_a_link_past_its_end_is_expired_unless_it_is_off(
    site: SiteUnderTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = site.container.installation.utc_now()
    soon = (now + timedelta(days=1)).isoformat()
    make(site, label="over", uses_limit=1, expires_at=soon)
    make(site, label="off and over", enabled=False, expires_at=soon)
    make(site, label="without end")
    late = now + timedelta(days=1, seconds=1)
    monkeypatch.setattr(site.container.installation, "utc_now", lambda: late)
    assert listed(site, "expired") == {"over"}
    assert listed(site, "disabled") == {"off and over"}
    assert listed(site, "active") == {"without end"}


def listed(site: SiteUnderTest, state: str) -> set[str]:
    """The labels of the links in that state; each link also reports that state itself."""
    answer = site.owner("GET", f"links?state={state}").get_json()
    assert {one["state"] for one in answer["links"]} <= {state}
    assert answer["total"] == len(answer["links"])
    return {one["label"] for one in answer["links"]}


def test_the_code_in_the_settings_is_a_link_without_limits(make_site: MakeSite) -> None:
    site = make_site(INVITE_CODE="correct-horse-battery")
    made = make(site, label="other")
    first, second = site.owner("GET", "links").get_json()["links"]
    assert second == made
    assert first["link_id"] == str(SITE_LINK_ID)
    assert (first["held_by"], first["code"]) == ("environment", "correct-horse-battery")
    assert (first["state"], first["uses_limit"]) == ("active", None)
    assert site.owner("GET", "links").get_json()["total"] == 2
    assert site.owner("GET", "links?state=active").get_json()["links"] == [first, made]
    assert site.owner("GET", "links?state=expired").get_json()["total"] == 0
    path = f"links/{SITE_LINK_ID}"
    assert site.owner("GET", path).get_json() == first
    problem(site.owner("PATCH", path, json={"label": "x"}), 409, "not_possible")
    problem(site.owner("DELETE", path), 409, "not_possible")
    same = site.owner("POST", "links", json={"code": "CORRECT horse battery"})
    problem(same, 409, "code_taken")


def test_without_that_setting_there_is_no_such_link(site: SiteUnderTest) -> None:
    problem(site.owner("GET", f"links/{SITE_LINK_ID}"), 404, "not_found")


def test_the_database_has_no_code_in_plain_text(site: SiteUnderTest) -> None:
    links = [make(site), make(site, code="sesame-street")]
    patch(site, links[0], label="x", code="open-sesame")
    connection = sqlite3.connect(site.database)
    everything = "\n".join(connection.iterdump())
    connection.close()
    for code in (links[0]["code"], "sesame-street", "sesamestreet", "open-sesame", "0pensesame"):
        assert code.casefold() not in everything.casefold()


def test_codes_under_another_secret_key_are_missing_and_can_be_reissued(
    site: SiteUnderTest, make_site: MakeSite
) -> None:
    link = make(site, label="A")
    other = make_site(DATABASE_PATH=str(site.database), SECRET_KEY="another-" + "0123456789" * 4)
    (found,) = other.owner("GET", "links").get_json()["links"]
    assert (found["code"], found["url"], found["label"]) == (None, None, "A")
    assert MADE.fullmatch(patch(other, link, code=None)["code"])


def links_check(site: SiteUnderTest) -> tuple[str, str]:
    checks = site.owner("GET", "connection").get_json()["checks"]
    (found,) = [one for one in checks if one["name"] == "links"]
    return found["severity"], found["detail"]


def test_the_check_reports_links_that_do_not_work_as_intended(
    site: SiteUnderTest, make_site: MakeSite
) -> None:
    assert links_check(site) == ("ok", "0 links let people in")
    make(site, enabled=False)
    aunt = UUID(make(site, label="Aunt", libraries=[MOVIES, TV_SHOWS])["link_id"])
    assert links_check(site) == ("ok", "1 link lets people in")
    table = site.container.links().table()
    before = table.get(aunt)
    assert before is not None
    gone = replace(before, libraries=(Library(7, "Home videos", "movie"),))
    table.change(gone, before, HOUSEKEEPING, "changed")
    assert links_check(site) == (
        "warning",
        "“Aunt” names a library that is no longer on the Plex server",
    )
    other = make_site(DATABASE_PATH=str(site.database), SECRET_KEY="another-" + "0123456789" * 4)
    severity, detail = links_check(other)
    assert (severity, detail.partition(" were")[0]) == ("warning", "the codes of 2 links")


def test_the_audit_log_says_what_was_done_but_no_code(site: SiteUnderTest) -> None:
    link = make(site, label="A", uses_limit=2)
    patch(site, link, uses_limit=5, code="sesame-street")
    patch(site, link, enabled=False)
    patch(site, link, enabled=False)  # changes nothing
    patch(site, link, enabled=True)
    site.owner("DELETE", f"links/{link['link_id']}")
    target = f"link:{link['link_id']}"
    events = site.owner("GET", f"audit?target={target}").get_json()["events"]
    assert [one["action"] for one in reversed(events)] == [
        *("link_made", "link_changed", "link_disabled", "link_enabled", "link_deleted"),
    ]
    changed = events[3]
    assert changed["before"] == {"uses_limit": 2}
    assert changed["after"] == {"uses_limit": 5, "code": "changed"}
    assert {one["target"] for one in events} == {target}
    whole = site.owner("GET", "audit").get_data(as_text=True)
    assert link["code"] not in whole
    assert "sesame" not in whole
    assert whole.count("link_made") == 1
