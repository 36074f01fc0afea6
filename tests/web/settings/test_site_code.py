"""The invite code on the dashboard: set, required, handed out, and encrypted at rest."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from typing import Any

import pytest

from helpr_core.domain.links import SITE_LINK_ID
from tests.web.conftest import INVITE_CODE, MakeSite
from tests.web.site_under_test import SiteUnderTest, fields_of, problem

ANOTHER = "lantern-fish-42"
ANOTHER_KEY = "another-unreal-secret-key-9876543210zyx"


def save(site: SiteUnderTest, **fields: Any) -> Any:
    etag = site.owner("GET", "settings").headers["ETag"]
    return site.owner(
        "PATCH",
        "settings",
        data=json.dumps(fields),
        headers={"If-Match": etag, "Content-Type": "application/merge-patch+json"},
    )


def shown(site: SiteUnderTest) -> dict[str, Any]:
    found: dict[str, Any] = site.owner("GET", "settings").get_json()
    return found


def link_of(site: SiteUnderTest) -> str:
    return str(site.owner("GET", "overview").get_json()["link"])


@pytest.fixture
def guarded(site: SiteUnderTest) -> SiteUnderTest:
    """A site whose owner has set a code on the dashboard."""
    assert save(site, invite_code=INVITE_CODE).status_code == 200
    return site


def test_a_code_from_the_dashboard_is_required(guarded: SiteUnderTest) -> None:
    for wrong in ("", "open-sesame"):
        problem(guarded.invite("friend", invite_code=wrong), 403, "invite_code_invalid")
    assert guarded.invite("friend", invite_code="Open Sesame 77").status_code == 201
    assert 'name="invite_code"' in guarded.page("/").text
    assert guarded.page(f"/join/{INVITE_CODE}").status_code == 200


def test_the_owner_can_read_it_again_and_see_where_it_is_set(guarded: SiteUnderTest) -> None:
    body = shown(guarded)
    assert body["invite_code"] == INVITE_CODE
    assert (body["code_source"], body["code_required"]) == ("dashboard", True)
    assert (body["code_available"], body["code_unreadable"]) == (True, False)


def test_the_link_to_hand_out_contains_the_code(guarded: SiteUnderTest) -> None:
    assert link_of(guarded) == f"/join/{INVITE_CODE}"
    assert guarded.page(link_of(guarded)).status_code == 200
    save(guarded, code_required=False)
    assert link_of(guarded) == "/"
    save(guarded, links_only=True)
    assert link_of(guarded) == f"/join/{INVITE_CODE}"


def test_the_link_has_the_environments_code_and_the_public_address(
    make_site: MakeSite,
) -> None:
    site = make_site(INVITE_CODE="a b/ü-77", HELPR_PUBLIC_URL="https://films.example.net/")
    assert link_of(site) == "https://films.example.net/join/a%20b%2F%C3%BC-77"


def test_a_site_without_a_code_hands_out_its_form(site: SiteUnderTest) -> None:
    assert link_of(site) == "/"


def test_a_new_code_replaces_the_old_one_at_once(guarded: SiteUnderTest) -> None:
    assert save(guarded, invite_code=ANOTHER).status_code == 200
    problem(guarded.invite("friend", invite_code=INVITE_CODE), 403, "invite_code_invalid")
    assert guarded.invite("friend", invite_code=ANOTHER).status_code == 201
    assert link_of(guarded) == f"/join/{ANOTHER}"


@pytest.mark.parametrize("none", ["", None])
def test_without_the_code_the_form_is_open_again(guarded: SiteUnderTest, none: str | None) -> None:
    assert save(guarded, invite_code=none).status_code == 200
    assert guarded.invite("friend").status_code == 201
    assert "code_source" not in shown(guarded)
    assert save(guarded, invite_code=ANOTHER).status_code == 200
    assert shown(guarded)["code_required"] is True


def test_the_code_cannot_be_removed_while_it_is_required(guarded: SiteUnderTest) -> None:
    refused = problem(save(guarded, invite_code="", code_required=True), 400, "invalid_input")
    assert fields_of(refused) == ["code_required"]
    assert shown(guarded)["invite_code"] == INVITE_CODE


def test_the_environments_code_applies_and_is_read_only_here(make_site: MakeSite) -> None:
    save(make_site(), invite_code=ANOTHER)
    site = make_site(INVITE_CODE=INVITE_CODE)
    body = shown(site)
    assert (body["code_source"], body["invite_code"]) == ("environment", ANOTHER)
    problem(site.invite("friend", invite_code=ANOTHER), 403, "invite_code_invalid")
    assert site.invite("friend", invite_code=INVITE_CODE).status_code == 201
    refused = problem(save(site, invite_code="something-else"), 400, "invalid_input")
    assert fields_of(refused) == ["invite_code"]
    assert save(site, invite_code=ANOTHER, paused=True).status_code == 200
    assert shown(make_site())["code_source"] == "dashboard"


@pytest.mark.parametrize("code", ["short", "- - - -", "a" * 101])
def test_an_invalid_code_is_refused(site: SiteUnderTest, code: str) -> None:
    assert fields_of(problem(save(site, invite_code=code), 400, "invalid_input")) == ["invite_code"]
    assert site.invite("friend").status_code == 201


def test_a_link_and_the_site_never_share_a_code(guarded: SiteUnderTest) -> None:
    problem(guarded.owner("POST", "links", json={"code": "OPEN SESAME 77"}), 409, "code_taken")
    guarded.owner("POST", "links", json={"code": ANOTHER})
    refused = problem(save(guarded, invite_code=ANOTHER.upper()), 400, "invalid_input")
    assert fields_of(refused) == ["invite_code"]


def test_it_is_listed_among_the_links_and_changed_in_the_settings(guarded: SiteUnderTest) -> None:
    guarded.invite("friend", invite_code=INVITE_CODE)
    (own,) = guarded.owner("GET", "links").get_json()["links"]
    assert (own["link_id"], own["held_by"]) == (str(SITE_LINK_ID), "dashboard")
    assert (own["code"], own["uses"]) == (INVITE_CODE, 1)
    refused = guarded.owner("PATCH", f"links/{SITE_LINK_ID}", json={"enabled": False})
    problem(refused, 409, "not_possible")


def _stored(site: SiteUnderTest) -> str:
    with closing(sqlite3.connect(site.database)) as connection:
        return "\n".join(connection.iterdump())


def test_no_store_log_or_audit_has_the_code_in_plain_text(guarded: SiteUnderTest) -> None:
    save(guarded, invite_code=ANOTHER)
    guarded.invite("friend", invite_code=ANOTHER)
    stored = _stored(guarded)
    assert "invite_code" in stored
    for code in (INVITE_CODE, ANOTHER):
        assert code not in stored
    changed = guarded.owner("GET", "audit").get_json()
    assert "invite_code" in json.dumps(changed)
    assert INVITE_CODE not in json.dumps(changed)
    assert ANOTHER not in json.dumps(changed)


def test_after_a_change_of_the_secret_key_nobody_gets_in_and_the_owner_is_told(
    guarded: SiteUnderTest, make_site: MakeSite
) -> None:
    site = make_site(SECRET_KEY=ANOTHER_KEY)
    for given in ("", INVITE_CODE):
        problem(site.invite("friend", invite_code=given), 403, "invite_code_invalid")
    body = shown(site)
    assert (body["invite_code"], body["code_unreadable"]) == ("", True)
    assert link_of(site) == "/"
    found = {one["name"]: one for one in site.owner("GET", "overview").get_json()["checks"]}
    assert found["settings"]["severity"] == "warning"
    assert "cannot be read" in found["settings"]["detail"]
    # Saving another setting does not open the form.
    assert save(site, invite_code="", paused=False, title="Film nights").status_code == 200
    problem(site.invite("friend"), 403, "invite_code_invalid")
    assert save(site, invite_code=ANOTHER).status_code == 200
    assert site.invite("friend", invite_code=ANOTHER).status_code == 201


def test_a_guessable_code_is_reported(site: SiteUnderTest) -> None:
    save(site, invite_code="aaaaaa")
    found = {one["name"]: one for one in site.owner("GET", "overview").get_json()["checks"]}
    assert found["settings"]["detail"] == "The invite code is easy to guess"
