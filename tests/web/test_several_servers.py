"""Several servers of one owner, each with its own libraries, links and invites."""

from __future__ import annotations

import pytest

from demo_plex.shares import (
    LIBRARIES,
    OTHER_LIBRARIES,
    OTHER_MACHINE_IDENTIFIER,
    OTHER_SERVER_NAME,
    DemoShare,
)
from tests.web.conftest import MakeSite
from tests.web.site_under_test import SiteUnderTest, fields_of, problem

OTHER = OTHER_MACHINE_IDENTIFIER
FIRST, *_ = OTHER_LIBRARIES


@pytest.fixture
def several(make_site: MakeSite) -> SiteUnderTest:
    """Helpr manages two of its owner's servers."""
    site = make_site()
    site.plex.change(other_servers={OTHER: OTHER_SERVER_NAME})
    body = {"managed": [site.plex.machine_identifier, OTHER]}
    assert site.owner("PUT", "servers", json=body).status_code == 200
    return site


def on_the_other(site: SiteUnderTest) -> list[DemoShare]:
    return site.plex.stage.plex.world.shares(OTHER)


def choose(site: SiteUnderTest) -> None:
    body = {"server_id": OTHER, "shared": [FIRST.id]}
    assert site.owner("PUT", "libraries", json=body).status_code == 200


def link_to_the_other(site: SiteUnderTest, **fields: object) -> dict[str, str]:
    given = {"server_id": OTHER, "libraries": [FIRST.id], "approval": "no", **fields}
    answer = site.owner("POST", "links", json=given)
    assert answer.status_code == 201, answer.text
    link: dict[str, str] = answer.get_json()
    return link


def test_with_one_server_servers_are_not_mentioned(make_site: MakeSite) -> None:
    site = make_site()
    site.plex.change(other_servers={OTHER: OTHER_SERVER_NAME})
    answer = site.owner("GET", "libraries").get_json()
    assert "servers" not in answer
    assert "server_id" not in answer
    problem(site.owner("GET", f"libraries?server_id={OTHER}"), 400, "invalid_input")


def test_each_server_has_its_own_choice(several: SiteUnderTest) -> None:
    own = several.owner("GET", "libraries").get_json()
    assert [one["name"] for one in own["servers"]] == [several.plex.server_name, OTHER_SERVER_NAME]
    assert own["server_id"] == several.plex.machine_identifier
    other = several.owner("GET", f"libraries?server_id={OTHER}").get_json()
    assert {one["title"] for one in other["libraries"]} == {one.title for one in OTHER_LIBRARIES}
    assert not any(one["shared"] for one in other["libraries"])
    choose(several)
    other = several.owner("GET", f"libraries?server_id={OTHER}").get_json()
    assert [one["id"] for one in other["libraries"] if one["shared"]] == [FIRST.id]
    assert several.owner("GET", "libraries").get_json()["libraries"] == own["libraries"]


def test_a_choice_reaches_another_worker(several: SiteUnderTest, make_site: MakeSite) -> None:
    choose(several)
    second = make_site()
    other = second.owner("GET", f"libraries?server_id={OTHER}").get_json()
    assert [one["id"] for one in other["libraries"] if one["shared"]] == [FIRST.id]
    assert second.container.upkeep.housekeeping().run().failures == {}


@pytest.mark.parametrize("server", ["f0e1" * 10, "nonsense"])
def test_an_unmanaged_server_is_refused(several: SiteUnderTest, server: str) -> None:
    body = {"server_id": server, "shared": [FIRST.id]}
    problem(several.owner("PUT", "libraries", json=body), 400, "invalid_input")
    invite = {"email_or_username": "alice", "server_id": server}
    problem(several.owner("POST", "invites", json=invite), 400, "invalid_input")


def test_a_link_to_another_server_says_which_and_leads_there(several: SiteUnderTest) -> None:
    link = link_to_the_other(several)
    page = several.page(f"/join/{link['code']}")
    assert OTHER_SERVER_NAME in page.text
    assert FIRST.title in page.text
    body = several.get(f"/api/links/{link['code']}").get_json()
    assert body["server_name"] == OTHER_SERVER_NAME
    assert [one["title"] for one in body["libraries"]] == [FIRST.title]
    answer = several.invite("alice", invite_code=link["code"])
    assert answer.status_code == 201, answer.text
    assert [share.library_ids for share in on_the_other(several)] == [(FIRST.id,)]
    assert several.plex.shares == []
    assert several.rows()[0]["server_name"] == OTHER_SERVER_NAME


def test_a_links_libraries_belong_to_its_server(several: SiteUnderTest) -> None:
    last = OTHER_LIBRARIES[-1]
    link = link_to_the_other(several, libraries=[last.id])
    assert several.invite("alice", invite_code=link["code"]).status_code == 201
    assert [share.library_ids for share in on_the_other(several)] == [(last.id,)]
    wrong = {"server_id": OTHER, "libraries": [LIBRARIES[0].id]}
    problem(several.owner("POST", "links", json=wrong), 400, "invalid_input")


def test_a_server_without_a_choice_says_what_is_missing(several: SiteUnderTest) -> None:
    invite = {"email_or_username": "alice", "server_id": OTHER}
    problem(several.owner("POST", "invites", json=invite), 503, "setup_required")
    assert on_the_other(several) == []
    choose(several)
    assert several.owner("POST", "invites", json=invite).status_code == 201
    assert [share.library_ids for share in on_the_other(several)] == [(FIRST.id,)]


def test_the_owner_invites_to_another_server(several: SiteUnderTest) -> None:
    invite = {"email_or_username": "alice", "server_id": OTHER, "libraries": [FIRST.id]}
    answer = several.owner("POST", "invites", json=invite)
    assert answer.status_code == 201, answer.text
    assert answer.get_json()["server_name"] == OTHER_SERVER_NAME
    assert [share.library_ids for share in on_the_other(several)] == [(FIRST.id,)]


def test_an_acceptance_on_another_server_is_recorded(several: SiteUnderTest) -> None:
    link = link_to_the_other(several)
    several.invite("alice", invite_code=link["code"])
    several.invite("bob")
    (share,) = on_the_other(several)
    several.plex.stage.plex.world.accept_own(share.id, share.person)
    several.container.upkeep.housekeeping().run()
    accepted = {row["email_or_username"]: row["accepted_at"] for row in several.rows()}
    assert accepted["alice"] is not None
    assert accepted["bob"] is None


@pytest.mark.parametrize("first", [None, OTHER])
def test_somebody_who_asked_for_one_server_may_ask_for_another(
    several: SiteUnderTest, first: str | None
) -> None:
    link = link_to_the_other(several)
    codes = [None, link["code"]] if first is None else [link["code"], None]
    ids = []
    for code in codes:
        fields = {"invite_code": code} if code else {}
        answer = several.invite("alice", **fields)
        assert answer.status_code == 201, answer.text
        ids.append(answer.get_json()["request_id"])
    assert len(several.plex.shares) == len(on_the_other(several)) == 1
    again = several.invite("alice", invite_code=link["code"]).get_json()
    assert again["request_id"] == ids[codes.index(link["code"])]
    assert len(set(ids)) == len(several.rows()) == 2


def test_a_link_that_names_the_default_server_leads_to_the_same_request(
    several: SiteUnderTest,
) -> None:
    default = several.plex.machine_identifier
    given = {"server_id": default, "libraries": [LIBRARIES[0].id], "approval": "no"}
    link = several.owner("POST", "links", json=given).get_json()
    asked = several.invite("alice").get_json()["request_id"]
    assert several.invite("alice", invite_code=link["code"]).get_json()["request_id"] == asked


def test_a_request_for_another_server_waits_for_the_first_and_is_sent(
    several: SiteUnderTest,
) -> None:
    several.save(approval_required=True)
    first = several.invite("alice").get_json()
    assert first["status"] == "awaiting_approval"
    link = link_to_the_other(several)
    second = several.invite("alice", invite_code=link["code"])
    assert second.status_code == 202, second.text
    asked = second.get_json()
    assert asked["status"] == "queued"
    assert asked["request_id"] != first["request_id"]
    assert "after the one that came before it" in asked["message"]
    again = several.invite("alice", invite_code=link["code"]).get_json()
    assert again["request_id"] == asked["request_id"]
    headers = several.browser()
    path = f"/api/invites/{asked['request_id']}"
    assert several.get(path, headers=headers).get_json()["status"] == "queued"
    assert several.container.upkeep.housekeeping().run().failures == {}
    assert several.get(path, headers=headers).get_json()["status"] == "queued"
    checks = several.owner("GET", "connection").get_json()["checks"]
    (inbox,) = [one for one in checks if one["name"] == "inbox"]
    assert inbox["ok"]
    assert "another server" in inbox["detail"]
    assert several.owner("POST", f"invites/{first['request_id']}/approve").status_code == 202
    several.container.upkeep.housekeeping().run()
    assert several.get(path, headers=headers).get_json()["status"] == "success"
    assert [share.library_ids for share in on_the_other(several)] == [(FIRST.id,)]
    assert len(several.plex.shares) == 1


def test_the_owner_is_told_which_servers_request_is_open(several: SiteUnderTest) -> None:
    several.save(approval_required=True)
    first = several.invite("alice").get_json()
    body = {"email_or_username": "alice", "server_id": OTHER, "libraries": [FIRST.id]}
    refusal = problem(several.owner("POST", "invites", json=body), 409, "not_possible")
    assert several.plex.server_name in refusal["detail"]
    assert several.rows()[0]["status"] == "awaiting_approval"
    assert several.owner("POST", f"invites/{first['request_id']}/deny").status_code == 200
    assert several.owner("POST", "invites", json=body).status_code == 201


def test_a_link_without_libraries_gives_those_chosen_for_its_server(
    several: SiteUnderTest,
) -> None:
    given = {"server_id": OTHER, "approval": "no"}
    refused = problem(several.owner("POST", "links", json=given), 400, "invalid_input")
    assert fields_of(refused) == ["libraries"]
    choose(several)
    link = link_to_the_other(several, libraries=None)
    assert link["libraries"] is None
    told = several.get(f"/api/links/{link['code']}").get_json()
    assert [one["title"] for one in told["libraries"]] == [FIRST.title]
    assert several.invite("alice", invite_code=link["code"]).status_code == 201
    assert [share.library_ids for share in on_the_other(several)] == [(FIRST.id,)]
    last = OTHER_LIBRARIES[-1]
    body = {"server_id": OTHER, "shared": [last.id]}
    assert several.owner("PUT", "libraries", json=body).status_code == 200
    assert several.invite("bob", invite_code=link["code"]).status_code == 201
    assert on_the_other(several)[-1].library_ids == (last.id,)


def test_a_link_moves_to_another_server_only_without_its_own_libraries(
    several: SiteUnderTest,
) -> None:
    choose(several)
    free = several.owner("POST", "links", json={}).get_json()
    moved = several.owner("PATCH", f"links/{free['link_id']}", json={"server_id": OTHER})
    assert moved.status_code == 200, moved.text
    bound = several.owner("POST", "links", json={"libraries": [LIBRARIES[0].id]}).get_json()
    path = f"links/{bound['link_id']}"
    problem(several.owner("PATCH", path, json={"server_id": OTHER}), 400, "invalid_input")
    body = {"server_id": OTHER, "libraries": None}
    assert several.owner("PATCH", path, json=body).status_code == 200


def test_a_request_that_waits_for_another_is_erased_with_its_person(several: SiteUnderTest) -> None:
    several.save(approval_required=True)
    several.invite("alice")
    several.invite("bob")
    link = link_to_the_other(several)
    asked = [several.invite(name, invite_code=link["code"]).get_json() for name in ("alice", "bob")]
    inbox = several.container.requests.inbox()
    assert inbox.state().behind == 2
    assert inbox.forget({"alice"}) == 2  # the request, and the link to it
    assert inbox.state().behind == 1
    paths = [f"/api/invites/{one['request_id']}" for one in asked]
    answers = [several.get(path, headers=several.browser()).status_code for path in paths]
    assert answers == [404, 200]


def test_a_request_that_waits_for_another_ends_with_its_link(several: SiteUnderTest) -> None:
    several.save(approval_required=True)
    first = several.invite("alice").get_json()
    link = link_to_the_other(several, uses_limit=1)
    asked = several.invite("alice", invite_code=link["code"]).get_json()
    assert several.invite("bob", invite_code=link["code"]).status_code == 201
    assert several.owner("POST", f"invites/{first['request_id']}/deny").status_code == 200
    several.container.upkeep.housekeeping().run()
    headers = several.browser()
    body = several.get(f"/api/invites/{asked['request_id']}", headers=headers).get_json()
    assert body["status"] == "failed", body
    assert len(on_the_other(several)) == 1


def test_a_list_goes_to_the_server_that_is_chosen(several: SiteUnderTest) -> None:
    given = {"lines": "alice@example.com\nbob@example.com;Movies", "server_id": OTHER}
    problem(several.owner("POST", "batches", json=given), 503, "setup_required")
    choose(several)
    looked = several.owner("POST", "batches", json=given | {"dry_run": True}).get_json()
    verdicts = [one["verdict"] for one in looked["lines"]]
    assert verdicts == ["invite", "unknown_library"], "libraries are those of that server"

    opened = several.owner("POST", "batches", json=given)
    assert opened.status_code == 202, opened.text
    assert [share.library_ids for share in on_the_other(several)] == [(FIRST.id,)]
    assert several.plex.shares == []
    (row,) = several.rows()
    assert row["server_name"] == OTHER_SERVER_NAME


def test_the_same_list_for_another_server_is_another_batch(several: SiteUnderTest) -> None:
    choose(several)
    lists = [{"lines": "alice@example.com"}, {"lines": "alice@example.com", "server_id": OTHER}]
    ids = [several.owner("POST", "batches", json=one).get_json()["batch_id"] for one in lists]
    assert len(set(ids)) == 2
    again = several.owner("POST", "batches", json=lists[1]).get_json()["batch_id"]
    assert again == ids[1]
    assert (len(several.plex.shares), len(on_the_other(several))) == (1, 1)


def test_whoever_has_access_to_the_chosen_server_is_not_invited_again(
    several: SiteUnderTest,
) -> None:
    choose(several)
    invite = {"email_or_username": "alice", "server_id": OTHER}
    assert several.owner("POST", "invites", json=invite).status_code == 201
    for server_id, verdict in ((OTHER, "invited"), ("", "invite")):
        given = {"lines": "alice", "server_id": server_id, "dry_run": True}
        (line,) = several.owner("POST", "batches", json=given).get_json()["lines"]
        assert line["verdict"] == verdict


def test_a_list_goes_to_no_server_that_is_not_managed(several: SiteUnderTest) -> None:
    given = {"lines": "alice@example.com", "server_id": "f0e1" * 10}
    answer = problem(several.owner("POST", "batches", json=given), 400, "invalid_input")
    assert fields_of(answer) == ["server_id"]


def test_the_default_server_by_its_identifier_is_the_default_one(several: SiteUnderTest) -> None:
    given = {"lines": "alice@example.com", "server_id": several.plex.machine_identifier}
    assert several.owner("POST", "batches", json=given).status_code == 202
    again = several.invite("alice@example.com")
    assert again.status_code == 202, "the same wish, of another browser: the neutral answer"
    assert len(several.plex.shares) == 1
