"""A friend opens a link: what its page says, and the request's outcome."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
from werkzeug.test import TestResponse

from helpr_core.domain.audit import COMMAND_LINE
from helpr_core.domain.links import SITE_LINK_ID
from helpr_core.domain.plex import Library
from helpr_core.texts import text
from tests.web.conftest import INVITE_CODE, MakeSite
from tests.web.site_under_test import PAGE, SiteUnderTest, problem

MOVIES, TV_SHOWS = 118181361, 118181362
PERSON = PAGE | {"Accept-Language": "en"}
GUESSER, FRIEND = "198.51.100.1", "198.51.100.2"


@pytest.fixture
def guarded(make_site: MakeSite) -> SiteUnderTest:
    """A site that requires a code, with the usual limit on wrong ones."""
    return make_site(INVITE_CODE=INVITE_CODE, HELPR_RATE_SIGN_IN="5/minute;20/hour")


def make(site: SiteUnderTest, **fields: Any) -> dict[str, Any]:
    answer = site.owner("POST", "links", json=fields)
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.get_json()
    return made


def get(site: SiteUnderTest, link: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = site.owner("GET", f"links/{link['link_id']}").get_json()
    return found


def expire(site: SiteUnderTest, link: dict[str, Any]) -> None:
    """Let its last day pass."""
    table = site.container.links().table()
    with table._database.begin() as connection:
        connection.exec_driver_sql(
            "UPDATE links SET expires_at = '2020-01-01 00:00:00' WHERE link_id = ?",
            (UUID(link["link_id"]).hex,),
        )


def libraries(site: SiteUnderTest, who: str) -> set[int]:
    """The libraries somebody was invited to."""
    share = site.plex.share_of(who)
    return set(share.library_ids or ()) if share else set()


def ways(answer: TestResponse) -> str:
    """The cookies that a browser sends after that answer."""
    return "; ".join(one.split(";")[0] for one in answer.headers.getlist("Set-Cookie"))


def opened(site: SiteUnderTest, path: str, **headers: str) -> TestResponse:
    """Open the page as a person's browser does."""
    return site.ask("GET", path, headers=PERSON | headers)


def test_the_page_says_what_the_link_gives(site: SiteUnderTest) -> None:
    ends = datetime(2099, 5, 6, 12, tzinfo=UTC)
    link = make(
        site,
        libraries=[MOVIES],
        access_days=30,
        uses_limit=2,
        expires_at=ends.isoformat(),
        welcome="Only films, sorry!",
        approval="yes",
    )
    page = opened(site, f"/join/{link['code']}")
    assert page.status_code == 200
    for said in ("Only films, sorry!", "Movies", "Access for 30 days", "2 places left", "2099"):
        assert said in page.text
    assert "TV Shows" not in page.text
    assert text("form.note_label") in page.text  # the owner is asked, and may read a note
    assert page.headers["Cache-Control"] == "no-store"
    answer = site.get(f"/api/links/{link['code']}").get_json()
    assert datetime.fromisoformat(answer.pop("expires_at")) == ends
    assert answer == {
        "title": answer["title"],
        "welcome": "Only films, sorry!",
        "server_name": "Demo Plex",
        "libraries": [{"title": "Movies", "type": "movie"}],
        "access_days": 30,
        "uses_left": 2,
        "approval_required": True,
        "require_sign_in": False,
    }


def test_a_high_limit_is_not_mentioned(site: SiteUnderTest) -> None:
    link = make(site, uses_limit=6)
    assert "left" not in opened(site, f"/join/{link['code']}").text
    assert site.get(f"/api/links/{link['code']}").get_json()["uses_left"] == 6


def test_a_friend_is_invited_on_the_links_terms(site: SiteUnderTest) -> None:
    link = make(site, libraries=[TV_SHOWS], access_days=7, restrictions={"downloads": True})
    assert site.invite("friend", invite_code=link["code"]).status_code == 201
    assert libraries(site, "friend") == {TV_SHOWS}
    (row,) = site.rows()
    assert (row["source"], UUID(row["link_id"])) == ("link", UUID(link["link_id"]))
    (listed,) = site.owner("GET", f"invites?link={link['link_id']}").get_json()["invites"]
    assert (listed["email_or_username"], listed["link_id"]) == ("friend", link["link_id"])
    now = get(site, link)
    assert now["uses"] == 1
    assert now["statistics"] == {"opened": 0, "asked": 1, "sent": 1, "accepted": 0}


@pytest.mark.parametrize("change", [str.lower, lambda code: code.replace("-", " "), str.strip])
def test_a_code_may_be_typed_into_the_form(guarded: SiteUnderTest, change: Any) -> None:
    link = make(guarded, libraries=[MOVIES], uses_limit=1)
    answer = guarded.fill_in("friend", change(link["code"]))
    assert answer.status_code == 303
    assert libraries(guarded, "friend") == {MOVIES}
    assert get(guarded, link)["state"] == "used_up"


FOLD = '<details class="have-code">'


def test_an_open_form_has_a_code_field_while_there_is_a_link(site: SiteUnderTest) -> None:
    assert FOLD not in site.page("/").text
    link = make(site, libraries=[MOVIES], uses_limit=1)
    page = site.page("/").text
    assert FOLD in page
    assert text("form.have_code") in page
    # On the link's own page there is nothing to type.
    assert FOLD not in opened(site, f"/join/{link['code']}").text
    assert site.fill_in("friend", link["code"].lower()).status_code == 303
    assert libraries(site, "friend") == {MOVIES}


def test_the_code_field_goes_with_the_last_link(site: SiteUnderTest) -> None:
    link = make(site)
    site.owner("PATCH", f"links/{link['link_id']}", json={"enabled": False})
    site.container.links().check()
    assert FOLD not in site.page("/").text


def test_an_open_form_has_a_field_for_the_code_in_the_settings(make_site: MakeSite) -> None:
    site = make_site(INVITE_CODE=INVITE_CODE)
    site.save(code_required=False)
    assert FOLD in site.page("/").text


def test_changing_a_link_affects_only_later_requests(site: SiteUnderTest) -> None:
    link = make(site, libraries=[MOVIES], approval="yes")
    request_id = site.invite("friend", invite_code=link["code"]).get_json()["request_id"]
    path = f"links/{link['link_id']}"
    site.owner("PATCH", path, json={"libraries": [TV_SHOWS], "approval": "no"})
    site.owner("POST", f"invites/{request_id}/approve")
    assert site.invite("other", invite_code=link["code"]).status_code == 201
    assert (libraries(site, "friend"), libraries(site, "other")) == ({MOVIES}, {TV_SHOWS})


def test_a_link_whose_libraries_are_gone_gives_no_others(site: SiteUnderTest) -> None:
    link = make(site, libraries=[TV_SHOWS], uses_limit=1)
    table = site.container.links().table()
    before = table.get(UUID(link["link_id"]))
    assert before is not None
    gone = replace(before, libraries=(Library(7, "Home videos", "movie"),))
    table.change(gone, before, COMMAND_LINE, "changed")
    answer = site.invite("friend", invite_code=link["code"])
    assert (answer.status_code, answer.get_json()["status"]) == (202, "queued")
    assert site.invited() == []
    (row,) = site.owner("GET", "invites").get_json()["invites"]
    assert row["error_code"] == "setup_required"
    assert "no longer on the Plex server" in row["error_message"]


@pytest.mark.parametrize(("approval", "status"), [("yes", 202), ("no", 201), ("as_set", 202)])
def test_the_links_approval_setting_applies(
    site: SiteUnderTest, approval: str, status: int
) -> None:
    site.save(approval_required=True)
    link = make(site, approval=approval)
    assert site.invite("friend", invite_code=link["code"]).status_code == status


OVER: dict[str, tuple[str, Callable[[SiteUnderTest, dict[str, Any]], object]]] = {
    "expired": ("link_expired", lambda site, link: expire(site, link)),
    "used_up": ("link_used_up", lambda site, link: site.invite("x", invite_code=link["code"])),
    "disabled": (
        "link_disabled",
        lambda site, link: site.owner("PATCH", f"links/{link['link_id']}", json={"enabled": False}),
    ),
    "deleted": (
        "link_disabled",
        lambda site, link: site.owner("DELETE", f"links/{link['link_id']}"),
    ),
}


@pytest.mark.parametrize("state", OVER)
@pytest.mark.parametrize("is_guarded", [True, False])
def test_an_ended_link_says_so(make_site: MakeSite, state: str, is_guarded: bool) -> None:
    site = make_site(INVITE_CODE=INVITE_CODE if is_guarded else None)
    link = make(site, uses_limit=1)
    code, end = OVER[state]
    site.save(contact="write to me on Signal")
    end(site, link)
    calls = len(site.invited())
    page = opened(site, f"/join/{link['code']}")
    assert page.status_code == 410
    assert text(f"problem.{code}.title") in page.text
    assert "on Signal" in page.text
    problem(site.get(f"/api/links/{link['code']}"), 410, code)
    problem(site.invite("friend", invite_code=link["code"]), 410, code)
    form = site.fill_in("friend", link["code"])
    assert form.status_code == 410
    assert text(f"problem.{code}.detail") in form.text
    assert len(site.invited()) == calls


def test_the_page_of_a_dead_link_does_not_lead_back_to_itself(site: SiteUnderTest) -> None:
    link, other = make(site), make(site)
    path = f"/join/{link['code']}"
    cookies = [ways(opened(site, f"/join/{one['code']}")) for one in (link, other)]
    site.owner("PATCH", f"links/{link['link_id']}", json={"enabled": False})

    own, others = (
        re.findall(r'class="b[^"]*" href="(/[^"]*)"', opened(site, path, Cookie=one).text)
        for one in cookies
    )

    assert own == ["/", "/"]
    assert others == [f"/join/{other['code']}"] * 2


def test_the_friend_who_used_it_up_is_answered_from_their_request(site: SiteUnderTest) -> None:
    link = make(site, uses_limit=1)
    first = site.invite("friend", invite_code=link["code"]).get_json()
    again = site.invite("friend", invite_code=link["code"])
    assert again.get_json()["request_id"] == first["request_id"]
    other = site.invite("friend", invite_code=link["code"], headers=site.browser(2))
    stranger = site.invite("somebody", invite_code=link["code"], headers=site.browser(3))
    assert (
        problem(other, 410, "link_used_up")["detail"]
        == problem(stranger, 410, "link_used_up")["detail"]
    )
    assert get(site, link)["uses"] == 1


def test_a_use_is_given_back_when_plex_refuses(site: SiteUnderTest) -> None:
    link = make(site, uses_limit=1)
    problem(site.invite("nobody-at-all", invite_code=link["code"]), 422, "plex_refused")
    assert (get(site, link)["uses"], get(site, link)["state"]) == (0, "active")
    assert site.invite("other", invite_code=link["code"]).status_code == 201


def test_a_wrong_code_and_one_that_never_existed_look_alike_and_count(
    guarded: SiteUnderTest,
) -> None:
    link = make(guarded)
    nearly = link["code"][:-1] + ("0" if link["code"][-1] != "0" else "2")
    pages = [opened(guarded, f"/join/{code}").text for code in (nearly, "NEVER-WAS")]
    assert pages[0].replace(nearly, "NEVER-WAS") == pages[1]  # except for the page's own address
    problem(guarded.get(f"/api/links/{nearly}"), 404, "link_unknown")
    assert opened(guarded, "/join/x").status_code == 404
    assert guarded.page("/join/y").status_code == 404
    # Five guesses a minute, wherever they are made; after that even the right code is refused.
    problem(guarded.invite("friend", invite_code="z"), 429, "rate_limited")
    for answer in (
        guarded.get(f"/api/links/{link['code']}"),
        guarded.invite("friend", invite_code=link["code"]),
    ):
        problem(answer, 429, "rate_limited")
    assert opened(guarded, f"/join/{link['code']}").status_code == 429
    elsewhere = guarded.get(f"/api/links/{link['code']}", peer=FRIEND)
    assert elsewhere.status_code == 200


def test_the_code_in_the_settings_is_a_link(guarded: SiteUnderTest) -> None:
    page = opened(guarded, f"/join/{INVITE_CODE.upper()}")
    assert page.status_code == 200
    for gone in ("Access for", "left", "works until"):
        assert gone not in page.text
    assert guarded.invite("friend", invite_code=INVITE_CODE).status_code == 201
    (row,) = guarded.rows()
    assert (row["source"], UUID(row["link_id"])) == ("form", SITE_LINK_ID)
    (listed,) = guarded.owner("GET", "links").get_json()["links"]
    assert listed["statistics"] == {"opened": 1, "asked": 1, "sent": 1, "accepted": 0}
    assert listed["uses"] == 1


def test_friends_may_be_required_to_use_a_link(site: SiteUnderTest) -> None:
    link = make(site)
    assert site.get("/api/site").get_json()["code_required"] is False
    site.save(links_only=True)
    assert site.get("/api/site").get_json()["code_required"] is True
    assert 'id="invite_code"' in site.page("/").text
    problem(site.invite("friend"), 403, "invite_code_invalid")
    problem(site.invite("friend", invite_code="guess"), 403, "invite_code_invalid")
    assert site.invite("friend", invite_code=link["code"]).status_code == 201


def test_a_link_that_requires_a_sign_in_says_so(site: SiteUnderTest) -> None:
    link = make(site, require_sign_in=True)
    refused = problem(site.invite("friend", invite_code=link["code"]), 403, "sign_in_required")
    assert refused["detail"] == text("problem.link_needs_sign_in.detail")
    assert site.get(f"/api/links/{link['code']}").get_json()["require_sign_in"] is True
    assert site.rows() == []


def test_the_form_of_such_a_link_asks_for_no_name_and_says_why(site: SiteUnderTest) -> None:
    link = make(site, require_sign_in=True, libraries=[MOVIES])
    page = opened(site, f"/join/{link['code']}")
    assert page.status_code == 200
    assert text("link.only_signed_in") in page.text
    read = re.sub(r"<[^>]*>", "", page.text)
    assert "Your Plex name and e-mail address, and the time, are stored" in read
    assert "e-mail address you enter" not in read
    assert 'formaction="/api/sign-ins"' in page.text
    assert f'type="hidden" name="invite_code" value="{link["code"]}"' in page.text
    for gone in ('id="email_or_username"', 'id="send"', 'class="or"'):
        assert gone not in page.text
    assert get(site, link)["statistics"]["opened"] == 1
    assert 'id="send"' in site.page("/").text


def test_openings_are_counted_when_a_person_looks(site: SiteUnderTest) -> None:
    link = make(site)
    path = f"/join/{link['code']}"
    for _ in range(3):
        opened(site, path)
    site.page(path)  # a program that makes a preview of a pasted link sends no language
    site.ask("HEAD", path, headers=PERSON)
    opened(site, f"{path}?preview=1")
    opened(site, path, **{"Sec-Purpose": "prefetch;prerender"})
    site.get(f"/api/links/{link['code']}")
    assert get(site, link)["statistics"]["opened"] == 3


def test_the_form_keeps_the_link_after_an_error(site: SiteUnderTest) -> None:
    link = make(site, libraries=[MOVIES], access_days=30)
    page = site.fill_in("", link["code"])
    assert page.status_code == 400
    assert "Access for 30 days" in page.text
    assert f'type="hidden" name="invite_code" value="{link["code"]}"' in page.text


def test_the_code_is_in_no_log_no_title_and_no_preview(
    site: SiteUnderTest, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    link = make(site, code="sesame-street", uses_limit=1, libraries=[MOVIES], access_days=9)
    page = opened(site, "/join/sesame-street")
    head = page.text.partition("</head>")[0]
    for secret in ("sesame", "9 days", "1 place", link["link_id"]):
        assert secret not in head
    assert page.headers["Referrer-Policy"] == "no-referrer"
    site.get("/api/links/sesame-street")
    opened(site, "/join/sesame-streat")
    site.invite("friend", invite_code="sesame-street")
    opened(site, "/join/sesame-street")
    problem(site.invite("other", invite_code="sesame-street"), 410, "link_used_up")
    logged = caplog.text.casefold()
    assert "answered function=join" in logged
    assert "sesame" not in logged
    assert "5esame" not in logged


def test_a_request_that_the_owner_deletes_still_counts(site: SiteUnderTest) -> None:
    link = make(site, uses_limit=2)
    request_id = site.invite("friend", invite_code=link["code"]).get_json()["request_id"]
    assert site.owner("DELETE", f"invites/{request_id}").status_code == 204
    assert site.owner("GET", f"invites?link={link['link_id']}").get_json()["invites"] == []
    now = get(site, link)
    assert (now["uses"], now["statistics"]["asked"], now["statistics"]["sent"]) == (1, 1, 1)
