"""A friend who asks while the database is down: the request is kept, and sent in the end."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from markupsafe import Markup

from helpr_core.domain.messages import RECEIVED
from helpr_core.texts import say
from helpr_core.web.pages import whole
from tests.contract.places import TablesPlace
from tests.servers.azurite import connection_string
from tests.servers.server_process import free_port
from tests.web.conftest import INVITE_CODE, MakeSite
from tests.web.site_under_test import SiteUnderTest, problem

UNKNOWN = "0f8fad5b-d9cb-469f-a165-70867728950e"


@pytest.fixture
def tables(azurite_tables: str) -> Iterator[str]:
    """A table service without our tables."""
    place = TablesPlace(azurite_tables)
    yield place.target
    place.clear()


class Outage:
    """A worker on PostgreSQL and Azure Tables; `begin` hides the tables of the former."""

    def __init__(self, site: SiteUnderTest) -> None:
        self.site = site
        self._database = site.container.stores.database()

    def begin(self) -> None:
        for table in ("invite_requests", "links"):
            self._run(f"ALTER TABLE {table} RENAME TO {table}_away")

    def end(self) -> None:
        for table in ("invite_requests", "links"):
            self._run(f"ALTER TABLE {table}_away RENAME TO {table}")

    def hand_out(self, **fields: Any) -> dict[str, Any]:
        """A link that the owner creates."""
        answer = self.site.owner("POST", "links", json=fields)
        assert answer.status_code == 201, answer.text
        made: dict[str, Any] = answer.get_json()
        return made

    def link(self, made: dict[str, Any]) -> dict[str, Any]:
        """The same link in its current state."""
        found: dict[str, Any] = self.site.owner("GET", f"links/{made['link_id']}").get_json()
        return found

    def rows(self) -> list[tuple[str, str]]:
        query = "SELECT email_or_username, status FROM invite_requests ORDER BY id"
        with self._database.single() as connection:
            return [(who, status) for who, status in connection.exec_driver_sql(query)]

    def housekeep(self) -> None:
        self.site.container.upkeep.housekeeping().run()

    def _run(self, statement: str) -> None:
        with self._database.begin() as connection:
            connection.exec_driver_sql(statement)


@pytest.fixture
def make_outage(make_site: MakeSite, tables: str, postgres_url: str) -> Callable[..., Outage]:
    def make(**settings: str) -> Outage:
        stores = {"DATABASE_URL": postgres_url, "HELPR_TABLES_CONNECTION": tables}
        return Outage(make_site(**stores, **settings))

    return make


@pytest.fixture
def outage(make_outage: Callable[..., Outage]) -> Outage:
    made = make_outage()
    made.begin()
    return made


def test_a_program_is_told_that_the_request_is_queued_and_where_to_look(outage: Outage) -> None:
    answer = outage.site.invite("friend@example.com")
    body = answer.get_json()
    assert (answer.status_code, body["status"]) == (202, "queued")
    assert answer.headers["Location"] == f"/invited/{uuid.UUID(body['request_id'])}"
    state = outage.site.get(f"/api/invites/{body['request_id']}")
    assert (state.status_code, state.get_json()["status"]) == (200, "queued")
    assert "Plex isn’t" not in body["message"]  # it was not asked
    assert outage.site.plex.count("POST") == 0


def test_a_browser_is_led_to_a_page_that_is_correct_throughout(outage: Outage) -> None:
    answer = outage.site.fill_in("friend")
    assert answer.status_code == 303
    page = answer.headers["Location"]
    assert "We’re keeping your request" in outage.site.page(page).text
    outage.end()
    assert "We’re keeping your request" in outage.site.page(page).text
    outage.housekeep()
    assert "The invitation to friend has been sent" in outage.site.page(page).text
    assert outage.rows() == [("friend", "success")]
    assert outage.site.invited() == ["friend"]


def test_the_same_person_again_is_the_same_request(outage: Outage) -> None:
    first, again = outage.site.invite("friend"), outage.site.invite(" FRIEND")
    assert (first.status_code, again.status_code) == (202, 202)
    assert first.get_json() == again.get_json()
    outage.end()
    outage.housekeep()
    assert outage.rows() == [("friend", "success")]


def test_another_browser_gets_the_neutral_answer_as_usual(outage: Outage) -> None:
    site = outage.site
    asked = site.invite("friend@example.com")
    answer = site.invite("FRIEND@example.com", headers=site.browser(2))
    assert answer.status_code == 202
    assert answer.get_json() == {"status": "received", "message": say(RECEIVED.sentence)}
    page = site.fill_in("friend@example.com", headers=site.browser(2))
    assert whole(say(RECEIVED.sentence)) in page.text
    assert asked.get_json()["request_id"] not in answer.text + page.text


def test_whether_somebody_is_in_the_record_is_revealed_neither_during_the_outage_nor_later(
    make_outage: Callable[..., Outage],
) -> None:
    outage = make_outage()
    site = outage.site
    first = site.invite("known@example.com").get_json()["request_id"]
    outage.begin()
    stranger = site.browser(2)

    known, unknown = (
        site.invite(f"{name}@example.com", headers=stranger).get_json()
        for name in ("known", "unknown")
    )

    told = known.pop("request_id")
    assert told != unknown.pop("request_id")
    assert known == unknown
    outage.end()
    outage.housekeep()
    page = Markup(site.page(f"/invited/{told}").text).striptags()
    assert say(RECEIVED.sentence) in page
    assert first[:8] not in page
    assert site.get(f"/api/invites/{told}").get_json()["message"] == say(RECEIVED.sentence)
    assert site.invited() == ["known@example.com", "unknown@example.com"]


def test_invalid_input_is_refused_as_usual(make_outage: Callable[..., Outage]) -> None:
    outage = make_outage(INVITE_CODE=INVITE_CODE, HELPR_RATE_INVITES="3/hour")
    outage.begin()
    problem(outage.site.invite("two@@example.com"), 400, "invalid_input")
    problem(outage.site.invite("friend", invite_code="guess"), 403, "invite_code_invalid")
    assert outage.site.invite("friend", invite_code=INVITE_CODE).status_code == 202
    problem(outage.site.invite("other", invite_code=INVITE_CODE), 429, "rate_limited")
    outage.end()
    outage.housekeep()
    assert outage.rows() == [("friend", "success")]


def test_a_page_that_may_be_in_the_record_is_not_called_unknown(outage: Outage) -> None:
    answer = outage.site.get(f"/api/invites/{UNKNOWN}")
    # It may have been sent long ago.
    assert "sent" not in problem(answer, 503, "unavailable")["detail"]
    assert int(answer.headers["Retry-After"]) >= 1
    outage.end()
    problem(outage.site.get(f"/api/invites/{UNKNOWN}"), 404, "not_found")


def test_the_owner_is_told_which_store_does_not_answer(outage: Outage) -> None:
    for method, path in (("GET", "invites"), ("GET", "stats"), ("POST", "invites")):
        json = {"email_or_username": "friend"} if method == "POST" else None
        refusal = problem(outage.site.owner(method, path, json=json), 503, "unavailable")
        assert refusal["title"] == "The database isn’t responding"
        assert "nothing was sent" not in refusal["detail"]


def test_the_owner_sees_that_the_database_is_down_and_how_many_wait(outage: Outage) -> None:
    outage.site.invite("friend")
    body = outage.site.owner("GET", "overview").get_json()
    checks = {one["name"]: one for one in body["checks"]}
    assert (body["status"], checks["database"]["severity"]) == ("error", "error")
    assert checks["inbox"]["detail"].startswith("1 request is waiting for the database")


def test_with_both_stores_down_nothing_is_kept_and_the_friend_is_told(make_site: MakeSite) -> None:
    nowhere = f"postgresql://helpr:not-a-real-password@127.0.0.1:{free_port()}/helpr"
    stores = {"DATABASE_URL": nowhere, "HELPR_TABLES_CONNECTION": connection_string(free_port())}
    site = make_site(**stores)
    for answer in (site.invite("friend"), site.invite("friend")):
        assert "nothing was sent" in problem(answer, 503, "unavailable")["detail"]
        assert int(answer.headers["Retry-After"]) >= 1
    assert site.plex.calls == []


def test_a_cold_worker_without_the_state_store_keeps_the_request(make_site: MakeSite) -> None:
    nowhere = connection_string(free_port())
    site = make_site(HELPR_TABLES_CONNECTION=nowhere, INVITE_CODE=INVITE_CODE)
    problem(site.invite("friend", invite_code="guess"), 403, "invite_code_invalid")
    answer = site.invite("friend", invite_code=INVITE_CODE)
    assert (answer.status_code, answer.get_json()["status"]) == (202, "queued")
    assert [(row["email_or_username"], row["status"]) for row in site.rows()] == [
        ("friend", "queued")
    ]
    assert site.plex.calls == []


def test_a_links_limit_holds_for_requests_made_during_the_outage(
    make_outage: Callable[..., Outage],
) -> None:
    outage = make_outage()
    link = outage.hand_out(uses_limit=2, libraries=[118181361], access_days=30)
    outage.begin()
    site = outage.site
    page = site.page(f"/join/{link['code']}")
    assert page.status_code == 200
    assert "Access for 30 days" in page.text
    assert "left" not in page.text  # how many uses are left is not known now
    pages = []
    for number in range(4):
        answer = site.fill_in(
            f"friend-{number}",
            link["code"],
            headers=site.browser(number),
            peer=f"198.51.100.{number}",
        )
        assert answer.status_code == 303
        pages.append(answer.headers["Location"])
        assert "We’re keeping your request" in site.page(pages[-1]).text
    outage.end()
    outage.housekeep()
    assert outage.rows() == [
        *(("friend-0", "success"), ("friend-1", "success")),
        *(("friend-2", "failed"), ("friend-3", "failed")),
    ]
    assert site.invited() == ["friend-0", "friend-1"]
    for late in pages[2:]:
        told = site.page(late).text
        assert "This link is used up" in told
        assert "no invitation was sent" in told
    now = outage.link(link)
    assert (now["uses"], now["state"]) == (2, "used_up")
    assert now["statistics"]["asked"] == 4
    (row, *_) = site.owner("GET", "invites?status=failed").get_json()["invites"]
    assert row["error_code"] == "link_used_up"
    assert "used up" in row["error_message"]


def test_a_link_switched_off_meanwhile_admits_nobody(
    make_outage: Callable[..., Outage],
) -> None:
    outage = make_outage()
    link = outage.hand_out()
    outage.begin()
    page = outage.site.fill_in("friend", link["code"]).headers["Location"]
    outage.end()
    outage.site.owner("PATCH", f"links/{link['link_id']}", json={"enabled": False})
    outage.housekeep()
    assert outage.rows() == [("friend", "failed")]
    assert outage.site.invited() == []
    assert "This link is switched off" in outage.site.page(page).text


def test_code_guesses_count_while_the_database_is_down(make_outage: Callable[..., Outage]) -> None:
    outage = make_outage(HELPR_RATE_SIGN_IN="2/minute")
    link = outage.hand_out()
    outage.begin()
    site = outage.site
    for code in ("guess-1", "guess-2"):
        problem(site.get(f"/api/links/{code}"), 404, "link_unknown")
    problem(site.get("/api/links/guess-3"), 429, "rate_limited")
    problem(site.get(f"/api/links/{link['code']}"), 429, "rate_limited")
    assert site.get(f"/api/links/{link['code']}", peer="198.51.100.9").status_code == 200


def test_copies_of_links_follow_their_links(make_outage: Callable[..., Outage]) -> None:
    outage = make_outage()
    old, off, gone, missed = (outage.hand_out() for _ in range(4))
    site = outage.site
    new = site.owner("PATCH", f"links/{old['link_id']}", json={"code": None}).get_json()
    site.owner("PATCH", f"links/{off['link_id']}", json={"enabled": False})
    site.owner("DELETE", f"links/{gone['link_id']}")
    state = site.container.stores.state()
    for entry in state.list("site", "link."):
        if entry.key.endswith(site.container.links().code_hash(missed["code"])):
            state.delete("site", entry.key)
    site.container.stores.settle_decisions()
    outage.begin()
    assert site.get(f"/api/links/{new['code']}").status_code == 200
    assert site.get(f"/api/links/{missed['code']}").status_code == 200
    problem(site.get(f"/api/links/{off['code']}"), 410, "link_disabled")
    problem(site.get(f"/api/links/{gone['code']}"), 410, "link_disabled")
    problem(site.get(f"/api/links/{old['code']}"), 404, "link_unknown")
    kept = str([entry.value for entry in state.list("site", "link.")])
    for link in (old, off, gone, missed, new):
        assert link["code"] not in kept
