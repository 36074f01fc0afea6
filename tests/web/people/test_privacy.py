"""One person's data: exported as a file, and erased from everything that Helpr stores."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
import sqlalchemy as sa

from helpr_core.domain.identity_key import identity_key
from helpr_core.domain.requests import NewRequest, Source
from tests.web.conftest import MakeSite
from tests.web.people.test_people import Owner
from tests.web.site_under_test import SiteUnderTest, problem

ADDRESS = "203.0.113.77"
NAMES = ("zoe", "zoe@example.com", "Zoe from next door")


def everything(site: SiteUnderTest) -> str:
    """The content of all tables, as text."""
    with site.container.stores.database().single() as connection:
        found = {}
        for table in sa.inspect(connection).get_table_names():
            rows = connection.execute(sa.select(sa.text("*")).select_from(sa.table(table)))
            found[table] = [str(tuple(row)) for row in rows]
    return json.dumps(found)


@pytest.fixture
def owner(make_site: MakeSite, database_url: str) -> Owner:
    """The owner of a site on SQLite, and of one on PostgreSQL."""
    return Owner(make_site(DATABASE_URL=database_url))


@pytest.fixture
def zoe(owner: Owner) -> str:
    """The id of somebody who asked twice with a note, was invited and accepted."""
    for note in ("Zoe from next door", "Please!"):
        asked = {"email_or_username": "zoe@example.com", "note": note}
        answer = owner.site.ask("POST", "/api/invites", json=asked, peer=ADDRESS)
        assert answer.status_code in (201, 202, 409)
    owner.plex.accept("zoe")
    owner.ask("POST", "people/refresh")
    owner.ask("PATCH", f"people/{owner.id_of('zoe')}", json={"note": "Zoe from next door"})
    owner.ask("GET", "invites.csv?search=zoe@example.com").get_data()
    return owner.id_of("zoe")


def test_the_file_has_everything_that_is_known(owner: Owner, zoe: str) -> None:
    answer = owner.ask("GET", f"people/{zoe}/export")
    assert answer.headers["Content-Disposition"] == f'attachment; filename="helpr-{zoe}.json"'
    body = answer.get_json()
    assert (body["username"], body["email"], body["note"]) == NAMES
    (request,) = body["requests"]
    assert request["note"] == "Zoe from next door"
    assert [one["action"] for one in body["events"]] == ["person_changed"]
    text = answer.get_data(as_text=True)
    assert ADDRESS not in text
    assert "client_key" not in text


def test_no_ip_address_is_stored(owner: Owner, zoe: str) -> None:
    assert zoe
    assert ADDRESS not in everything(owner.site)


def test_after_an_erasure_no_table_names_the_person_but_the_seat_counts(
    owner: Owner, zoe: str
) -> None:
    assert all(name in everything(owner.site) for name in NAMES)
    (request,) = owner.get(f"people/{zoe}")["requests"]
    answer = owner.ask("POST", f"people/{zoe}/erase")
    assert answer.get_json() == {"requests": 1, "stays": True}
    kept = everything(owner.site)
    assert [name for name in (*NAMES, "zoe") if name in kept.lower()] == []
    problem(owner.ask("GET", f"invites/{request['request_id']}"), 404, "not_found")
    # plex.tv goes on listing the name, but it is not stored again.
    owner.ask("POST", "people/refresh")
    assert "zoe" not in everything(owner.site).lower()
    person = owner.get(f"people/{zoe}")
    assert (person["erased"], person["username"], person["email"]) == (True, "", "")
    assert person["shares"][0]["state"] == "active"
    assert len(owner.get("people?state=active")["people"]) == 4


def test_somebody_without_access_is_erased_completely(owner: Owner, zoe: str) -> None:
    owner.ask("DELETE", f"people/{zoe}")
    assert owner.ask("POST", f"people/{zoe}/erase").get_json() == {"requests": 1, "stays": False}
    problem(owner.ask("GET", f"people/{zoe}"), 404, "not_found")
    assert "zoe" not in everything(owner.site).lower()
    problem(owner.ask("POST", f"people/{zoe}/erase"), 404, "not_found")


def test_an_erased_person_who_loses_access_is_not_kept(owner: Owner, zoe: str) -> None:
    owner.ask("POST", f"people/{zoe}/erase")
    owner.ask("DELETE", f"people/{zoe}")
    owner.site.container.upkeep.housekeeping().run()
    problem(owner.ask("GET", f"people/{zoe}"), 404, "not_found")


def test_open_requests_must_be_settled_first(owner: Owner) -> None:
    path = f"people/{owner.id_of('nobody')}/erase"
    problem(owner.ask("POST", path), 409, "not_possible")
    anna = owner.id_of("anna")
    owner.plex.fail("status", status=503, times=0)
    owner.ask("DELETE", f"people/{anna}")
    problem(owner.ask("POST", f"people/{anna}/erase"), 409, "not_possible")


def test_requests_kept_in_the_inbox_are_erased_too(owner: Owner) -> None:
    inbox = owner.site.container.requests.inbox()
    now = owner.site.container.installation.utc_now()
    for who in ("zoe@example.com", "yves@example.com"):
        inbox.keep(
            NewRequest(uuid4(), who, identity_key(who), now, Source.FORM, "", (), "", "Hello")
        )
    assert "zoe@example.com" in everything(owner.site)
    assert inbox.forget([identity_key("zoe@example.com")]) == 2
    assert "zoe@example.com" not in everything(owner.site)
    assert "yves@example.com" in everything(owner.site)


def test_a_request_is_deleted_with_its_notes_and_events(owner: Owner, zoe: str) -> None:
    (request,) = owner.get(f"people/{zoe}")["requests"]
    path = f"invites/{request['request_id']}"
    assert owner.ask("DELETE", path).status_code == 204
    problem(owner.ask("GET", path), 404, "not_found")
    problem(owner.ask("DELETE", path), 404, "not_found")
    assert owner.get(f"people/{zoe}")["requests"] == []
    assert "Please!" not in everything(owner.site)


def test_an_open_request_is_not_deleted(owner: Owner) -> None:
    owner.plex.fail("status", status=503, times=0)
    asked = owner.site.ask("POST", "/api/invites", json={"email_or_username": "yves@example.com"})
    request_id = asked.get_json()["request_id"]
    problem(owner.ask("DELETE", f"invites/{request_id}"), 409, "not_possible")
    assert owner.get(f"invites/{request_id}")["status"] == "queued"


@pytest.mark.parametrize(("days", "kept"), [(0, True), (30, False)])
def test_people_who_are_gone_are_kept_as_long_as_the_owner_wants(
    owner: Owner, days: int, kept: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    anna: Any = owner.id_of("anna")
    owner.ask("DELETE", f"people/{anna}")
    erasing = owner.site.container.people().erasing()
    now = owner.site.container.installation.utc_now() + timedelta(days=31)
    assert erasing.delete_gone(now - timedelta(days=days) if days else None, 100) == (not kept)
    assert len(owner.get("people")["people"]) == 3 + kept
