"""Saving while a store is down, through both doors; a real Azurite holds the copies."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from werkzeug.test import TestResponse

from tests.servers.azurite import connection_string, port_of
from tests.servers.tcp_proxy import Behaviour, TcpProxy
from tests.web.conftest import MakeDashboard
from tests.web.dashboard import LIBRARIES, SHARED, Dashboard
from tests.web.site_under_test import SiteUnderTest, problem

SETTINGS = "/dashboard/api/settings"
OWN = (
    "title",
    "welcome",
    "code_required",
    "approval_required",
    "paused",
    "daily_cap",
    "retention_days",
)


@pytest.fixture
def tables(azurite_tables: str) -> Iterator[TcpProxy]:
    """The connection to Azurite."""
    proxy = TcpProxy(port_of(azurite_tables)).start()
    yield proxy
    proxy.stop()


@pytest.fixture
def owner(make_dashboard: MakeDashboard, tables: TcpProxy) -> Dashboard:
    """The owner at a worker with a separate state store; settings and libraries have been read."""
    browser = make_dashboard(HELPR_TABLES_CONNECTION=connection_string(tables.port))
    browser.sign_in()
    parts = browser.site.container
    parts.stores.state().delete("site", "settings")  # Azurite is shared by all tests
    parts.stores.state().delete("site", "libraries")
    assert browser.get(SETTINGS).status_code == 200
    assert browser.get(LIBRARIES).status_code == 200
    return browser


def rename(site: SiteUnderTest, old: str, new: str) -> None:
    with site.container.stores.database().begin() as connection:
        connection.exec_driver_sql(f"ALTER TABLE {old} RENAME TO {new}")


def save(browser: Dashboard, door: str, **changes: Any) -> TestResponse:
    """Save these through one of the doors."""
    read = browser.get(SETTINGS)
    fields = {name: read.get_json()[name] for name in OWN} | changes
    if_match = {"If-Match": read.headers["ETag"]}
    if door == "key":
        return browser.site.owner("PUT", "settings", json=fields, headers=if_match)
    return browser.ask("PUT", SETTINGS, headers=if_match, json=fields)


@pytest.mark.parametrize("door", ["key", "session"])
def test_while_the_database_is_down_a_save_is_refused_and_all_else_works(
    owner: Dashboard, door: str
) -> None:
    assert save(owner, door, title="Film nights").status_code == 200
    rename(owner.site, "decisions", "away")
    refusal = problem(save(owner, door, paused=True), 503, "unavailable")
    assert "database" in refusal["title"]
    assert owner.get(SETTINGS).get_json()["paused"] is False
    assert "Film nights" in owner.site.page("/").text
    assert owner.site.invite("friend").status_code == 201
    rename(owner.site, "away", "decisions")
    assert owner.get(SETTINGS).headers["ETag"] == '"v1"'
    assert save(owner, door, paused=True).status_code == 200
    assert owner.site.get("/api/site").get_json()["paused"] is True


def test_nor_is_a_choice_of_libraries_accepted_that_would_be_lost(owner: Dashboard) -> None:
    shared = [one["id"] for one in owner.get(LIBRARIES).get_json()["libraries"] if one["shared"]]
    rename(owner.site, "decisions", "away")
    problem(owner.ask("PUT", LIBRARIES, json=SHARED), 503, "unavailable")
    problem(owner.site.owner("PUT", "libraries", json=SHARED), 503, "unavailable")
    rename(owner.site, "away", "decisions")
    listed = owner.get(LIBRARIES).get_json()["libraries"]
    assert [one["id"] for one in listed if one["shared"]] == shared
    assert owner.ask("PUT", LIBRARIES, json=SHARED).status_code == 200


def decisions_check(browser: Dashboard) -> dict[str, Any]:
    checks = browser.get("/dashboard/api/overview").get_json()["checks"]
    (found,) = (one for one in checks if one["name"] == "decisions")
    return dict(found)


@pytest.mark.parametrize("door", ["key", "session"])
def test_while_the_state_store_is_down_a_save_reaches_every_worker_and_the_owner_is_told(
    owner: Dashboard, make_dashboard: MakeDashboard, tables: TcpProxy, door: str
) -> None:
    assert decisions_check(owner)["severity"] == "ok"
    with tables.behaving(Behaviour(refuse=True)):
        assert save(owner, door, title="Film nights").status_code == 200
        other = make_dashboard(HELPR_TABLES_CONNECTION=connection_string(tables.port))
        assert "Film nights" in other.site.page("/").text
        check = decisions_check(owner.answering())
        assert (check["severity"], "their copy cannot be written" in check["detail"]) == (
            "warning",
            True,
        )
    assert decisions_check(owner)["severity"] == "ok"
    entry = owner.site.container.stores.state().get("site", "settings")
    assert entry is not None
    assert entry.value["settings"]["title"] == "Film nights"
