"""The log: pages, filters, the events of one request, and the file for a spreadsheet."""

from __future__ import annotations

import csv
import io
import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpr_core.domain.advice import advise
from helpr_core.texts import in_english, language
from helpr_core.web.csv_files import escaped
from tests.web.site_under_test import SiteUnderTest, fields_of, problem


def names(site: SiteUnderTest, query: str = "") -> list[str]:
    answer = site.owner("GET", f"invites{query}")
    assert answer.status_code == 200, answer.text
    return [one["email_or_username"] for one in answer.get_json()["invites"]]


def exported(site: SiteUnderTest, query: str = "") -> list[dict[str, str]]:
    answer = site.owner("GET", f"invites.csv{query}")
    assert (answer.status_code, answer.mimetype) == (200, "text/csv")
    assert "attachment" in answer.headers["Content-Disposition"]
    return list(csv.DictReader(io.StringIO(answer.get_data().decode("utf-8-sig"))))


def test_an_empty_log_is_an_empty_page(site: SiteUnderTest) -> None:
    assert site.owner("GET", "invites").get_json()["invites"] == []
    assert exported(site) == []


def test_the_newest_come_first_twenty_per_page(site: SiteUnderTest) -> None:
    site.save(daily_cap=0)
    asked = [f"friend{number:02}" for number in range(45)]
    for name in asked:
        assert site.invite(name).status_code == 201
    seen: list[str] = []
    cursor = ""
    for size in (20, 20, 5):
        page = site.owner("GET", f"invites?cursor={cursor}").get_json()
        assert len(page["invites"]) == size
        seen += [one["email_or_username"] for one in page["invites"]]
        cursor = page["next_cursor"]
    assert cursor is None
    assert seen == asked[::-1]


def test_a_page_says_how_many_there_are_in_all_and_before_it(site: SiteUnderTest) -> None:
    site.save(daily_cap=0)
    for number in range(7):
        site.invite(f"friend{number}")
        site.invite(f"nobody{number}")
    found = []
    cursor = ""
    while True:
        page = site.owner(
            "GET", f"invites?search=friend&limit=3&total=true&cursor={cursor}"
        ).get_json()
        found.append((page["before"], len(page["invites"]), page["total"]))
        cursor = page.get("next_cursor", "")
        if not cursor:
            break

    assert found == [(0, 3, 7), (3, 3, 7), (6, 1, 7)]
    site.invite("friend7")  # newer than the page: it is before it, and counted
    page = site.owner("GET", "invites?search=friend&limit=3&total=true").get_json()
    assert (page["before"], page["total"]) == (0, 8)
    assert site.owner("GET", "invites?status=failed&total=true").get_json()["total"] == 7
    today = datetime.now(UTC).date()
    yesterday = f"invites?until={today - timedelta(days=1)}&total=true"
    none: dict[str, Any] = {"invites": [], "next_cursor": None, "total": 0, "before": 0}
    assert site.owner("GET", yesterday).get_json() == none
    assert site.owner("GET", "invites").get_json()["total"] is None


def test_a_page_stays_the_same_while_new_requests_arrive(site: SiteUnderTest) -> None:
    for name in ("one", "two", "three"):
        site.invite(name)
    first = site.owner("GET", "invites?limit=2").get_json()
    site.invite("four")
    assert names(site, f"?limit=2&cursor={first['next_cursor']}") == ["one"]


def test_filters_by_state_text_and_date(site: SiteUnderTest) -> None:
    for name in ("anna@example.com", "ANNABEL", "bob_x", "bobax", "nobody1"):
        site.invite(name)
    today = datetime.now(UTC).date()
    assert names(site, "?status=failed") == ["nobody1"]
    assert names(site, "?status=failed,success&search=nna") == ["ANNABEL", "anna@example.com"]
    assert names(site, "?search=b_x") == ["bob_x"]
    assert names(site, f"?since={today}&until={today}&search=bob") == ["bobax", "bob_x"]
    assert names(site, f"?until={today - timedelta(days=1)}") == []
    assert names(site, f"?since={today + timedelta(days=1)}") == []
    assert len(names(site, "?since=2020-01-01T00:00:00%2B05:00&status=")) == 5


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("limit=0", "limit"),
        ("limit=101", "limit"),
        ("limit=many", "limit"),
        ("status=sent", "status.0"),
        ("cursor=nonsense", "cursor"),
        ("since=yesterday", "since"),
        ("since=2026-13-01", "since"),
        ("since=2026-01-01T00:00:00", "since"),
        ("since=0001-01-01T00:00:00%2B05:00", "since"),
        ("until=9999-12-31", "until"),
        ("search=" + "x" * 101, "search"),
        ("search=%00", "search"),
        ("limit=1&limit=2", "query"),
    ],
)
def test_an_invalid_filter_is_named(site: SiteUnderTest, query: str, field: str) -> None:
    refusal = problem(site.owner("GET", f"invites?{query}"), 400, "invalid_input")
    assert fields_of(refusal) == [field]


def test_a_request_has_all_its_events(site: SiteUnderTest) -> None:
    site.owner("GET", "libraries")  # from here on the server is known
    body = site.invite("nobody1").get_json()
    request_id = body["instance"].rpartition("/")[2]
    site.owner("POST", f"invites/{request_id}/retry")
    story: dict[str, Any] = site.owner("GET", f"invites/{request_id}").get_json()
    assert story["attempts"] == 2
    assert story["error_code"] == "plex_refused"
    assert "ask the friend" in story["error_message"]
    assert "Plex said" in story["error_message"]
    assert story["friend_sees"] == "Plex didn’t accept that name"
    assert story["actions"] == ["retry"]
    assert [(one["action"], one["door"]) for one in story["events"]] == [
        ("invite_opened", "friend"),
        ("invite_failed", "friend"),
        ("invite_retried", "key"),
        ("invite_failed", "key"),
    ]
    refused = {"status": "failed", "error_code": "plex_refused"}
    changes = [(one.get("before"), one["after"]) for one in story["events"]]
    assert changes == [
        (None, {"status": "pending"}),
        ({"status": "pending"}, refused),
        ({"status": "failed"}, {"status": "pending"}),
        ({"status": "pending"}, refused),
    ]
    assert all(one["reference"] for one in story["events"])
    assert story["libraries"][0]["title"] == "Movies"


def test_errors_are_in_the_readers_language(site: SiteUnderTest) -> None:
    request_id = site.invite("nobody1").get_json()["instance"].rpartition("/")[2]
    in_row, in_list, in_file = {}, {}, {}
    for tag in ("", "de", "en"):
        headers = {"Accept-Language": tag} if tag else {}
        row = site.owner("GET", f"invites/{request_id}", headers=headers).get_json()
        page = site.owner("GET", "invites", headers=headers).get_json()
        file = site.owner("GET", "invites.csv", headers=headers).get_data().decode("utf-8-sig")
        in_row[tag] = row["error_message"]
        in_list[tag] = page["invites"][0]["error_message"]
        in_file[tag] = next(csv.DictReader(io.StringIO(file)))["error_message"]
    assert in_row == in_list == in_file
    said = advise("plex_refused", "The username or email entered does not exist.")
    assert in_row == {
        "": in_english(said),
        "en": in_english(said),
        "de": language("de").say(said),
    }


def test_an_unknown_request_is_not_found(site: SiteUnderTest) -> None:
    for wrong in (str(uuid.uuid4()), "nonsense"):
        problem(site.owner("GET", f"invites/{wrong}"), 404, "not_found")


def test_the_file_has_exactly_the_filtered_rows(site: SiteUnderTest) -> None:
    for name in ("anna", "bob", "nobody1"):
        site.invite(name)
    assert [one["email_or_username"] for one in exported(site)] == ["nobody1", "bob", "anna"]
    only = exported(site, "?status=failed")
    assert [one["email_or_username"] for one in only] == ["nobody1"]
    assert only[0]["error_code"] == "plex_refused"
    assert only[0]["libraries"] == "Movies; TV Shows"
    problem(site.owner("GET", "invites.csv?status=sent"), 400, "invalid_input")


def test_a_long_log_is_exported_in_parts(site: SiteUnderTest) -> None:
    site.invite("first")
    with site.container.stores.database().begin() as connection:
        connection.exec_driver_sql(
            "INSERT INTO invite_requests (request_id, email_or_username, identity_key, timestamp,"
            " status, source, server_name, libraries, client_key, attempts, updated_at)"
            " WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1500)"
            " SELECT printf('%032x', i), 'friend' || i, 'friend' || i,"
            " '2026-01-01 00:00:00.000000',"
            " 'success', 'form', 'x', '[]', '', 1, '2026-01-01 00:00:00.000000' FROM n"
        )
    assert len(exported(site)) == 1501


def test_no_cell_is_run_by_a_spreadsheet(site: SiteUnderTest) -> None:
    site.save(approval_required=True)
    site.invite("friend", note="=HYPERLINK(1)")
    assert exported(site)[0]["note"] == "'=HYPERLINK(1)"


@pytest.mark.parametrize("cell", ["=1+1", "+1", "-1", "@SUM(1)", "\t1", "\r1", "＝1", " \r1"])
def test_a_cell_that_a_spreadsheet_would_run_gets_an_apostrophe(cell: str) -> None:
    assert escaped(cell) == f"'{cell}"


@pytest.mark.parametrize(
    ("cell", "written"),
    [
        ("hi;=HYPERLINK(A1)", "hi;'=HYPERLINK(A1)"),
        ("hi; =HYPERLINK(A1)", "hi; '=HYPERLINK(A1)"),
        ('hi;"=1+1"', 'hi;"\'=1+1"'),  # the quote begins a cell, and is not part of it
        ("hi;＝1", "hi;'＝1"),
        ("hi\t@SUM(1)", "hi\t'@SUM(1)"),
        ("hi|+1", "hi|'+1"),
        ("hi\n=1", "hi\n'=1"),
        ("hi =1", "hi '=1"),
        ("hi;-cmd|'/C calc'!A0", "hi;'-cmd|'/C calc'!A0"),
        ("hi; - 1", "hi; '- 1"),
        ("=1;=2", "'=1;'=2"),
        ("\t=1", "'\t'=1"),
        (" =1", "' '=1"),
    ],
)
def test_no_separator_turns_a_part_of_a_cell_into_a_formula(cell: str, written: str) -> None:
    assert escaped(cell) == written


@given(st.text("a1 =+-@＝;,|:\t\n\"'", max_size=12), st.sampled_from(";,|:\t\n "))
def test_whatever_the_separator_no_part_begins_like_a_formula(cell: str, by: str) -> None:
    for part in escaped(cell).split(by):
        begins = part.strip(' "\n\t')
        assert begins == "-" or not begins.startswith(("=", "+", "-", "@", "＝"))


@pytest.mark.parametrize(
    "cell",
    ["", "friend", "a=b", "x@example.com", "2026-01-01", "Kids - 4K", "first-last", "1+1", "C++ 1"],
)
def test_a_harmless_cell_is_unchanged(cell: str) -> None:
    assert escaped(cell) == cell
