"""While versions change, this one reads rows of a newer Helpr: nothing breaks."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from typing import Any

import pytest

from helpr_core.texts import text
from tests.web.site_under_test import SiteUnderTest

MOVIES = {"id": 118181361, "title": "Movies", "type": "movie"}
NEWER: dict[str, dict[str, Any]] = {
    "a library with one key more": {"libraries": json.dumps([{**MOVIES, "added": 1}])},
    "a library that lacks its title": {"libraries": json.dumps([{"id": 118181361}])},
    "a library without an id": {"libraries": json.dumps([{"title": "Movies"}, MOVIES])},
    "libraries as numbers": {"libraries": json.dumps([118181361])},
    "libraries in an object": {"libraries": json.dumps({"all": True})},
    "no libraries at all": {"libraries": "null"},
    "libraries that are no JSON": {"libraries": "[{broken"},
    "terms with one key more": {"terms": json.dumps({"approval": "no", "quality": 4})},
    "terms of another kind": {"terms": json.dumps({"approval": "by_two", "libraries": 7})},
    "terms that are no JSON": {"terms": "nonsense"},
    "another status": {"status": "revoked"},
    "another source": {"source": "referral"},
    "another error code": {"status": "failed", "error_code": "from_the_future"},
}


def write(site: SiteUnderTest, column: str, value: object, table: str = "invite_requests") -> None:
    """As another version would, in all rows."""
    with closing(sqlite3.connect(site.database)) as database, database:
        database.execute(f"UPDATE {table} SET {column} = ?", (value,))


@pytest.mark.parametrize("columns", NEWER.values(), ids=NEWER)
def test_a_row_that_a_newer_version_has_written_to_stops_nothing(
    columns: dict[str, object], site: SiteUnderTest
) -> None:
    newer_row = str(site.invite("friend").get_json()["request_id"])
    for column, value in columns.items():
        write(site, column, value)
    site.invite("another-friend")
    for path in ("overview", "invites", f"invites/{newer_row}", "stats", "invites.csv"):
        answer = site.owner("GET", path)
        assert answer.status_code == 200, f"{path}: {answer.text}"
    rows = site.owner("GET", "invites").get_json()["invites"]
    assert {row["email_or_username"] for row in rows} == {"friend", "another-friend"}
    assert site.owner("GET", "overview").get_json()["counts"]["total"] == 2

    assert site.get(f"/invited/{newer_row}").status_code == 200
    told = site.get(f"/api/invites/{newer_row}")
    assert told.status_code == 200
    assert told.get_json()["message"]
    assert site.container.upkeep.housekeeping().run().failures == {}


@pytest.mark.parametrize("action", ["retry", "approve", "deny"])
def test_what_it_does_not_know_it_does_not_change(action: str, site: SiteUnderTest) -> None:
    request_id = site.invite("friend").get_json()["request_id"]
    write(site, "status", "revoked")
    answer = site.owner("POST", f"invites/{request_id}/{action}")
    assert answer.status_code == 409
    assert answer.get_json()["detail"] == text("not_possible.unknown")
    assert [row["status"] for row in site.rows()] == ["revoked"]


@pytest.mark.parametrize(
    ("table", "column", "value"),
    [
        ("events", "door", "link"),
        ("events", "kind", "revoked"),
        ("events", "from_status", "revoked"),
        ("events", "to_status", "revoked"),
        ("events", "to_status", None),
        ("events", "code", "from_the_future"),
        ("events", "data", "[1"),
        ("audit_events", "door", "link"),
        ("audit_events", "before", "[1, 2]"),
        ("audit_events", "after", "{broken"),
    ],
)
def test_an_unknown_event_hides_no_other(
    table: str, column: str, value: str | None, site: SiteUnderTest
) -> None:
    site.save(title="Film nights")
    answer = site.owner("POST", "invites", json={"email_or_username": "friend"})
    request_id = answer.get_json()["request_id"]
    write(site, column, value, table)
    assert len(site.owner("GET", "audit").get_json()["events"]) == 3
    assert len(site.owner("GET", f"invites/{request_id}").get_json()["events"]) == 2
    assert site.container.upkeep.housekeeping().run().failures == {}
