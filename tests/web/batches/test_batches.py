"""A list is previewed, opened once, followed, cancelled and downloaded as a file."""

from __future__ import annotations

import csv
import io
import json
from typing import Any
from uuid import uuid4

import pytest
from werkzeug.test import TestResponse

from helpr_core.web import housekeeping
from tests.web.site_under_test import SiteUnderTest


@pytest.fixture(autouse=True)
def _first(site: SiteUnderTest) -> None:
    site.container.plex.libraries().to_share(site.container.plex.catalog().server())


def dry_run(site: SiteUnderTest, lines: str, **fields: Any) -> dict[str, Any]:
    answer = site.owner("POST", "batches", json={"lines": lines, "dry_run": True, **fields})
    assert answer.status_code == 200, answer.text
    return body(answer)


def body(answer: TestResponse) -> dict[str, Any]:
    told: dict[str, Any] = json.loads(answer.data)
    return told


def asked(site: SiteUnderTest, path: str) -> dict[str, Any]:
    return body(site.owner("GET", path))


def opened(site: SiteUnderTest, lines: str, **fields: Any) -> str:
    answer = site.owner("POST", "batches", json={"lines": lines, **fields})
    assert answer.status_code == 202, answer.text
    return str(body(answer)["batch_id"])


def batch(site: SiteUnderTest, batch_id: str) -> dict[str, Any]:
    return asked(site, f"batches/{batch_id}")


def shared_with(site: SiteUnderTest) -> list[str]:
    return sorted(share.person.email or share.person.username for share in site.plex.shares)


LIST = (
    "E-Mail;Mediatheken;Tage;Notiz\r\n"
    "Ann <ann@example.com>;Movies;30;cousin\r\n"
    "ANN@example.com\r\n"
    "bob@example.com;;;\r\n"
    "no@address@here;;;\r\n"
    "carl@example.com;Films;;\r\n"
)


def test_a_dry_run_says_what_would_happen_and_does_nothing(site: SiteUnderTest) -> None:
    preview = dry_run(site, LIST)

    assert [(one["line"], one["verdict"]) for one in preview["lines"]] == [
        (1, "heading"), (2, "invite"), (3, "duplicate"), (4, "invite"), (5, "not_an_address"),
        (6, "unknown_library"),
    ]  # fmt: skip
    first = preview["lines"][1]
    assert first["email_or_username"] == "ann@example.com"
    assert [one["title"] for one in first["libraries"]] == ["Movies"]
    assert (first["access_days"], first["note"]) == (30, "cousin")
    assert preview["lines"][2]["message"] == "Already on line 2."
    assert preview["counts"]["invite"] == 2
    assert preview["plex_asked"]
    assert asked(site, "invites")["invites"] == []
    assert asked(site, "batches")["batches"] == []
    assert shared_with(site) == []


def test_sending_the_list_invites_each_line_as_it_says(site: SiteUnderTest) -> None:
    batch_id = opened(site, LIST, batch_id=dry_run(site, LIST)["batch_id"])
    housekeeping.run("test")

    shown = batch(site, batch_id)

    assert shown["state"] == "done"
    assert shown["counts"] == {
        "heading": 1, "success": 2, "duplicate": 1, "not_an_address": 1, "unknown_library": 1,
    }  # fmt: skip
    assert shown["to_send"] == 2
    assert shared_with(site) == ["ann@example.com", "bob@example.com"]
    (ann,) = [one for one in shown["lines"] if one["line"] == 2]
    row = asked(site, f"invites/{ann['request_id']}")
    assert (row["source"], row["note"]) == ("batch", "cousin")
    assert [one["title"] for one in row["libraries"]] == ["Movies"]


def test_a_short_list_is_done_at_once(site: SiteUnderTest) -> None:
    batch_id = opened(site, "ann@example.com\nbob@example.com")

    assert batch(site, batch_id)["state"] == "done"


def test_the_owners_pause_approval_and_cap_do_not_hold_up_a_list(site: SiteUnderTest) -> None:
    site.save(paused=True, approval_required=True, daily_cap=1)

    batch_id = opened(site, "ann@example.com\nbob@example.com\ncarl@example.com")

    assert batch(site, batch_id)["counts"] == {"success": 3}


def test_sending_twice_makes_one_batch(site: SiteUnderTest) -> None:
    own = str(uuid4())

    assert opened(site, "ann@example.com", batch_id=own) == own
    assert opened(site, "ann@example.com", batch_id=own) == own
    first = opened(site, "bob@example.com")
    assert opened(site, "bob@example.com") == first

    assert len(asked(site, "batches")["batches"]) == 2
    page = asked(site, "batches?limit=1")
    assert (len(page["batches"]), page["total"]) == (1, 2)
    deeds = [one["action"] for one in asked(site, "audit")["events"]]
    assert deeds.count("batch_opened") == 2


def test_people_with_access_or_an_invitation_are_left_alone(site: SiteUnderTest) -> None:
    opened(site, "ann@example.com\nbob@example.com")
    site.plex.accept("ann@example.com")

    preview = dry_run(site, "Ann@Example.com\nbob@example.com\ncarl@example.com")

    assert [one["verdict"] for one in preview["lines"]] == ["has_access", "invited", "invite"]


def test_lines_over_the_seats_are_not_sent(site: SiteUnderTest) -> None:
    site.plex.change(people=98)

    preview = dry_run(site, "a@example.com\nb@example.com\nc@example.com")

    assert preview["seats_left"] == 2
    assert [one["verdict"] for one in preview["lines"]] == ["invite", "invite", "over_seats"]


def test_defaults_apply_to_lines_that_do_not_say_otherwise(site: SiteUnderTest) -> None:
    libraries = body(site.manage())["libraries"]
    movies = next(one["id"] for one in libraries if one["title"] == "Movies")

    preview = dry_run(site, "a@example.com\nb@example.com;TV Shows;7", libraries=[movies],
                   access_days=30)  # fmt: skip

    assert [[one["title"] for one in line["libraries"]] for line in preview["lines"]] == [
        ["Movies"],
        ["TV Shows"],
    ]
    assert [line["access_days"] for line in preview["lines"]] == [30, 7]


def test_lines_that_have_not_begun_are_cancelled(site: SiteUnderTest) -> None:
    site.container.batches.batches()._work = lambda turn: None
    batch_id = opened(site, "ann@example.com\nbob@example.com")

    assert body(site.owner("POST", f"batches/{batch_id}/cancel")) == {"cancelled": 2}
    housekeeping.run("test")

    shown = batch(site, batch_id)
    assert (shown["state"], shown["counts"]) == ("done", {"denied": 2})
    assert shown["lines"][0]["error_code"] == "cancelled"
    assert shown["lines"][0]["error_message"] == "You called it off before it was sent."
    assert shared_with(site) == []
    deeds = [one["action"] for one in asked(site, "audit")["events"]]
    assert deeds.count("invite_cancelled") == 2
    # Somebody who was cancelled can be invited by another list.
    assert dry_run(site, "ann@example.com")["lines"][0]["verdict"] == "invite"


def test_the_result_is_a_file_without_spreadsheet_formulas(
    site: SiteUnderTest,
) -> None:
    text = 'ann@example.com\t\t\t=HYPERLINK("http://evil","x")\n=1+1@x\n+4911;x@y\n'
    batch_id = opened(site, text)

    answer = site.owner("GET", f"batches/{batch_id}/result.csv")

    assert answer.mimetype == "text/csv"
    rows = list(csv.reader(io.StringIO(answer.text.lstrip("\ufeff"))))
    assert rows[0][:4] == ["line", "email_or_username", "outcome", "message"]
    assert len(rows) == 4
    cells = [cell for row in rows for cell in row if cell]
    assert not [cell for cell in cells if cell[0] in "=+-@\t\r"]


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"lines": ""}, "lines"),
        ({"lines": "email\n"}, "lines"),
        ({"lines": "\n".join(f"f{n}@example.com" for n in range(501))}, "lines"),
        ({"lines": "not@an@address"}, "lines"),
        ({"lines": "a@example.com", "access_days": 0}, "access_days"),
        ({"lines": "a@example.com", "libraries": [1]}, "libraries"),
        ({"lines": "a@example.com", "batch_id": "x"}, "batch_id"),
        ({}, "lines"),
    ],
)
def test_an_invalid_batch_is_refused_by_field(
    site: SiteUnderTest, fields: dict[str, Any], code: str
) -> None:
    answer = site.owner("POST", "batches", json=fields)

    assert answer.status_code == 400
    assert [one["field"] for one in body(answer)["errors"]] == [code]
    assert asked(site, "batches")["batches"] == []


def test_five_hundred_lines_with_notes_fit_but_not_more_bytes(site: SiteUnderTest) -> None:
    note = "n" * 400
    text = "\n".join(f"friend-{n}@example.com;;;{note}" for n in range(500))

    assert dry_run(site, text)["counts"]["invite"] == 100 - len(shared_with(site))
    answer = site.owner("POST", "batches", json={"lines": "x" * 300_000})
    assert answer.status_code == 413


def test_while_plex_does_not_answer_the_list_is_previewed_without_it(site: SiteUnderTest) -> None:
    site.plex.fail("status", status=503, times=0)

    preview = dry_run(site, "a@example.com")

    assert not preview["plex_asked"]
    assert preview["lines"][0]["verdict"] == "invite"


NEVER_WAS = "00000000-0000-4000-8000-000000000000"


@pytest.mark.parametrize(
    "path", ["batches/nope", f"batches/{NEVER_WAS}", "batches/nope/result.csv"]
)
def test_an_unknown_batch_is_not_found(site: SiteUnderTest, path: str) -> None:
    assert site.owner("GET", path).status_code == 404
