"""Who may see a request: the browser that opened it, and anyone with its address."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from werkzeug.test import TestResponse

from helpr_core.domain.messages import RECEIVED
from helpr_core.services.owner.devices import Device
from helpr_core.texts import say
from helpr_core.web.cookies import REQUESTS
from helpr_core.web.pages import whole
from tests.web.conftest import INVITE_CODE, MakeSite
from tests.web.site_under_test import PAGE, SiteUnderTest, problem

STRANGER: dict[str, str] = {}
FRIEND = "friend@example.com"
NEUTRAL = {"status": "received", "message": say(RECEIVED.sentence)}


def cookie_of(answer: TestResponse) -> dict[str, str]:
    """The cookie that a browser sends from then on."""
    found = re.search(rf"{REQUESTS}=([^;]+)", answer.headers.get("Set-Cookie", ""))
    assert found, answer.headers
    return {"Cookie": f"{REQUESTS}={found[1]}"}


def visible_parts(answer: TestResponse) -> tuple[object, ...]:
    """Everything by which a stranger could distinguish two answers."""
    headers = {
        name: text
        for name, text in answer.headers.items()
        if name not in ("Date", "Content-Length")
    }
    return answer.status_code, answer.get_json(force=True), headers


def is_neutral(answer: TestResponse) -> bool:
    return (
        answer.status_code == 202
        and answer.get_json() == NEUTRAL
        and "Location" not in answer.headers
        and "Set-Cookie" not in answer.headers
    )


def test_the_browser_that_asked_gets_its_request_again(site: SiteUnderTest) -> None:
    first = site.invite(FRIEND, headers=STRANGER)
    again = site.invite(FRIEND.upper(), headers=cookie_of(first))
    assert again.get_json()["request_id"] == first.get_json()["request_id"]
    assert again.headers["Location"] == first.headers["Location"]


def test_any_other_browser_gets_one_answer_without_an_id(site: SiteUnderTest) -> None:
    site.invite(FRIEND)
    assert is_neutral(site.invite(FRIEND, headers=STRANGER))
    assert is_neutral(site.invite(FRIEND, headers=site.browser(2)))
    assert site.invited() == [FRIEND]


def test_a_form_gets_a_page_that_says_the_same(site: SiteUnderTest) -> None:
    site.fill_in(FRIEND)
    page = site.fill_in(FRIEND, headers=STRANGER)
    assert (page.status_code, page.mimetype) == (202, "text/html")
    assert whole(say(RECEIVED.sentence)) in page.text
    assert "/invited/" not in page.text
    assert FRIEND not in page.text


def left_open(site: SiteUnderTest) -> None:
    site.plex.fail("status", method="POST", status=503, times=0)
    site.invite(FRIEND)


def left_waiting(site: SiteUnderTest) -> None:
    site.save(approval_required=True)
    site.invite(FRIEND)


def left_denied(site: SiteUnderTest) -> None:
    left_waiting(site)
    request_id = site.rows()[0]["request_id"]
    assert site.owner("POST", f"invites/{request_id}/deny").status_code == 200


def left_shared(site: SiteUnderTest) -> None:
    site.plex.share(FRIEND)
    site.invite(FRIEND)


def left_refused(site: SiteUnderTest) -> None:
    site.plex.fail("status", method="POST", status=400, times=1)
    site.invite(FRIEND)


def left_at_the_cap(site: SiteUnderTest) -> None:
    site.save(daily_cap=1)
    site.invite(FRIEND)


def invited_by_the_owner(site: SiteUnderTest) -> None:
    site.owner("POST", "invites", json={"email_or_username": FRIEND})


STATES: tuple[Callable[[SiteUnderTest], object], ...] = (
    lambda site: site.invite(FRIEND),
    left_open,
    left_waiting,
    left_denied,
    left_shared,
    left_refused,
    left_at_the_cap,
    invited_by_the_owner,
)


@pytest.mark.parametrize("later", [timedelta(), timedelta(days=30)], ids=["at once", "later"])
@pytest.mark.parametrize("leave", STATES)
def test_no_state_can_be_distinguished_from_another(
    make_site: MakeSite,
    leave: Callable[[SiteUnderTest], object],
    later: timedelta,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    site = make_site()
    leave(site)
    clock = site.container.installation.utc_now
    monkeypatch.setattr(site.container.requests.submit(), "_clock", lambda: clock() + later)
    site.plex.clear_calls()
    answers = [site.invite(FRIEND, headers=STRANGER), site.invite(FRIEND, headers=site.browser(2))]
    assert [is_neutral(answer) for answer in answers] == [True, True]
    assert visible_parts(answers[0]) == visible_parts(answers[1])
    assert site.plex.calls == []  # so that the time reveals nothing either


def test_a_strangers_new_request_is_kept_but_not_shown_to_them(
    site: SiteUnderTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    site.invite(FRIEND)
    clock = site.container.installation.utc_now
    monkeypatch.setattr(
        site.container.requests.submit(), "_clock", lambda: clock() + timedelta(days=30)
    )
    assert is_neutral(site.invite(FRIEND, headers=site.browser(2), note="It is me"))
    assert is_neutral(site.invite(FRIEND, headers=site.browser(2)))
    assert [row["status"] for row in site.rows()] == ["success", "queued"]
    mine = site.invite(FRIEND)
    assert mine.get_json()["status"] == "queued"
    (newest, _) = site.owner("GET", "invites").get_json()["invites"]
    assert newest["request_id"] == mine.get_json()["request_id"]
    assert "note" not in newest
    assert [(note["text"], note["same_browser"]) for note in newest["notes"]] == [
        ("It is me", False)
    ]


def test_each_note_is_stored_and_shown_to_the_owner(site: SiteUnderTest) -> None:
    site.invite(FRIEND, note="Hello")
    site.invite(FRIEND, note="Hello")  # from the double click
    site.invite(FRIEND, note="Hello again")
    site.invite(FRIEND, note="=I am he", headers=STRANGER)
    site.invite(FRIEND, note="=I am he", headers=STRANGER)
    (row,) = site.owner("GET", "invites").get_json()["invites"]
    story = site.owner("GET", f"invites/{row['request_id']}").get_json()
    for shown in (row, story):
        assert shown["note"] == "Hello"
        assert [(note["text"], note["same_browser"]) for note in shown["notes"]] == [
            ("Hello again", True),
            ("=I am he", False),
        ]
    text = site.owner("GET", "invites.csv").text
    assert "Hello again" in text
    assert "'=I am he" in text
    (recent,) = site.owner("GET", "overview").get_json()["recent"]
    assert len(recent["notes"]) == 2


def test_a_note_is_deleted_with_its_request(site: SiteUnderTest) -> None:
    site.invite(FRIEND)
    site.invite(FRIEND, note="Hello")
    database = site.container.stores.database()
    with database.begin() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM request_notes").scalar() == 1
        connection.exec_driver_sql("DELETE FROM invite_requests")
        assert connection.exec_driver_sql("SELECT count(*) FROM request_notes").scalar() == 0


@pytest.mark.parametrize("path", ["/", f"/join/{INVITE_CODE}"])
def test_the_form_sets_the_cookie_so_that_a_double_click_is_from_one_browser(
    make_site: MakeSite, path: str
) -> None:
    site = make_site(INVITE_CODE=INVITE_CODE)
    page = site.page(path)
    cookie = page.headers["Set-Cookie"].lower()
    assert re.match(rf"{REQUESTS}=[a-z0-9._~-]{{80,100}};", cookie)
    for attribute in ("max-age=7776000", "path=/", "httponly", "samesite=lax"):
        assert attribute in cookie
    assert "secure" not in cookie
    assert "public" not in page.headers["Cache-Control"]
    first = site.ask(
        "POST",
        "/api/invites",
        headers=PAGE | cookie_of(page),
        data={"email_or_username": FRIEND, "invite_code": INVITE_CODE},
    )
    second = site.ask(
        "POST",
        "/api/invites",
        headers=PAGE | cookie_of(page),
        data={"email_or_username": FRIEND, "invite_code": INVITE_CODE},
    )
    assert first.status_code == second.status_code == 303
    assert first.headers["Location"] == second.headers["Location"]


def test_a_browser_that_has_the_cookie_keeps_it(site: SiteUnderTest) -> None:
    assert "Set-Cookie" not in site.ask("GET", "/", headers=PAGE | site.browser()).headers
    answer = site.invite(FRIEND)
    token = cookie_of(answer)["Cookie"].partition("=")[2]
    assert site.container.requests.browsers().find(token) == Device("0" * 32)


def test_over_https_the_cookie_is_secure(make_site: MakeSite) -> None:
    site = make_site(HELPR_PUBLIC_URL="https://helpr.example.com")
    assert "secure" in site.page("/").headers["Set-Cookie"].lower()


@pytest.mark.parametrize(
    "headers",
    [
        {"Cookie": "a=1, {own}"},
        {"Cookie": "a=1; {own}; b=2"},
        {"Cookie": REQUESTS + "=forged; {own}"},
        {"Cookie": "a=1,{own},b=2"},
    ],
)
def test_a_cookie_is_found_however_it_is_sent(site: SiteUnderTest, headers: dict[str, str]) -> None:
    first = site.invite(FRIEND)
    given = {"Cookie": headers["Cookie"].format(own=site.browser()["Cookie"])}
    assert site.invite(FRIEND, headers=given).get_json() == first.get_json()


def test_a_forged_cookie_belongs_to_a_stranger(site: SiteUnderTest) -> None:
    site.invite(FRIEND)
    token = site.browser()["Cookie"]
    for forged in (f"{REQUESTS}={'0' * 32}", token[:-1], token.replace("=0", "=1", 1)):
        assert is_neutral(site.invite(FRIEND, headers={"Cookie": forged}))


def test_after_ninety_days_the_browser_is_a_stranger(
    site: SiteUnderTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    site.invite(FRIEND)
    given = site.browser()
    browsers = site.container.requests.browsers()
    clock = site.container.installation.utc_now
    monkeypatch.setattr(browsers, "_clock", lambda: clock() + timedelta(days=91))
    assert is_neutral(site.invite(FRIEND, headers=given))


def test_all_answers_count_equally_against_the_limit(make_site: MakeSite) -> None:
    site = make_site(HELPR_RATE_INVITES="3/hour")
    site.invite(FRIEND)
    for _ in range(2):
        assert is_neutral(site.invite(FRIEND, headers=STRANGER))
    problem(site.invite(FRIEND, headers=STRANGER), 429, "rate_limited")


def test_the_page_with_the_form_has_the_neutral_answer_for_scripts(site: SiteUnderTest) -> None:
    text = site.page("/").text
    assert whole(say(RECEIVED.sentence)) in text[text.index('<template id="received"') :]
