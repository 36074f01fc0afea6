"""POST /api/invites from a browser without JavaScript: redirects, and the form again."""

from __future__ import annotations

import re
from html import unescape

import pytest
from werkzeug.test import TestResponse

from tests.web.conftest import INVITE_CODE, MakeSite
from tests.web.site_under_test import FORM, PAGE, SiteUnderTest, problem


def _is_the_form_again(answer: TestResponse, status: int) -> bool:
    """With one error, only at its field, which has the focus."""
    text = answer.text
    at_field = 'class="summary"' not in text and text.count(" autofocus>") == 1
    return answer.status_code == status and at_field and "<title>Error: " in text


def test_a_sent_form_leads_to_the_result_page(site: SiteUnderTest) -> None:
    answer = site.fill_in("friend@example.com")
    request_id = site.rows()[0]["request_id"]
    assert (answer.status_code, answer.get_data()) == (303, b"")
    assert answer.headers["Location"].replace("-", "") == f"/invited/{request_id}".replace("-", "")
    assert site.page(answer.headers["Location"]).status_code == 200


def test_a_form_with_the_code_is_sent(make_site: MakeSite) -> None:
    site = make_site(INVITE_CODE=INVITE_CODE)
    assert site.fill_in("friend", INVITE_CODE).status_code == 303


@pytest.mark.parametrize("status", [429, 503])
def test_a_form_whose_request_is_kept_leads_to_the_result_page_too(
    site: SiteUnderTest, status: int
) -> None:
    site.plex.fail("status", method="POST", status=status, times=0)
    answer = site.fill_in("friend")
    assert answer.status_code == 303
    assert "We’re keeping your request" in site.page(answer.headers["Location"]).text


def test_a_refusal_by_plex_is_on_the_result_page(site: SiteUnderTest) -> None:
    answer = site.fill_in("nobody-at-all")
    assert answer.status_code == 303
    assert "Plex didn’t accept that name" in site.page(answer.headers["Location"]).text


def test_a_wrong_name_shows_the_form_again_with_what_was_typed(site: SiteUnderTest) -> None:
    answer = site.fill_in("two@@example.org")
    assert _is_the_form_again(answer, 400)
    assert 'value="two@@example.org"' in answer.text
    assert 'aria-invalid="true"' in answer.text


def test_an_empty_form_shows_the_form_again(site: SiteUnderTest) -> None:
    answer = site.ask("POST", "/api/invites", headers=PAGE, data=b"", content_type=FORM)
    # Not about a visible field, so the summary shows it.
    assert (answer.status_code, answer.text.count('class="summary"')) == (400, 1)


def test_a_wrong_code_shows_the_form_again_with_what_was_typed(make_site: MakeSite) -> None:
    site = make_site(INVITE_CODE=INVITE_CODE)
    answer = site.fill_in("friend", "open-barley")
    assert _is_the_form_again(answer, 403)
    assert 'value="friend"' in answer.text
    assert 'value="open-barley"' in answer.text
    assert INVITE_CODE not in answer.text


def test_typed_html_is_text_on_the_page(make_site: MakeSite) -> None:
    site = make_site(INVITE_CODE=INVITE_CODE)
    for answer in (
        site.fill_in('"><script>alert(1)</script>@', INVITE_CODE),
        site.fill_in("friend", '"><script>alert(1)</script>'),
    ):
        assert "<script>alert" not in answer.text
        assert "&#34;&gt;&lt;script&gt;alert(1)&lt;/script&gt;" in answer.text


def test_a_rate_limited_browser_gets_a_page_that_says_when(make_site: MakeSite) -> None:
    site = make_site(HELPR_RATE_INVITES="1/minute")
    site.fill_in("first")
    answer = site.fill_in("second")
    assert (answer.status_code, answer.mimetype) == (429, "text/html")
    assert "Too many requests" in answer.text
    assert int(answer.headers["Retry-After"]) >= 1


def test_a_form_that_is_too_large_gets_a_page(site: SiteUnderTest) -> None:
    answer = site.fill_in("x" * 17_000)
    assert (answer.status_code, answer.mimetype) == (413, "text/html")


def test_a_program_may_send_a_form_and_reads_json(site: SiteUnderTest) -> None:
    fields = {"email_or_username": "friend"}
    answer = site.ask("POST", "/api/invites", data=fields)
    assert (answer.status_code, answer.get_json()["status"]) == (201, "success")
    problem(site.ask("POST", "/api/invites", data={"email_or_username": ""}), 400, "invalid_input")


def test_a_browser_that_sends_json_and_prefers_json_reads_json(site: SiteUnderTest) -> None:
    accept = {"Accept": "application/json, text/html;q=0.5"}
    answer = site.ask("POST", "/api/invites", headers=accept, json={"email_or_username": ""})
    problem(answer, 400, "invalid_input")


def test_a_form_over_the_rate_limit_can_be_resubmitted_unchanged(make_site: MakeSite) -> None:
    site = make_site(HELPR_RATE_INVITES="1/minute", INVITE_CODE=INVITE_CODE)
    site.fill_in("first", INVITE_CODE)
    page = site.fill_in('"second" & <third>', INVITE_CODE)
    assert page.status_code == 429
    sent = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', page.text))
    assert {name: unescape(text) for name, text in sent.items()} == {
        "email_or_username": '"second" & <third>',
        "invite_code": INVITE_CODE,
    }
    assert '<form method="post" action="/api/invites">' in page.text
    assert '<meta name="referrer" content="strict-origin">' in page.text


@pytest.mark.parametrize("body", [b"", b"\xff", b"invite_code=x", b"a=1&a=2"])
def test_if_nothing_was_typed_there_is_a_link_back(make_site: MakeSite, body: bytes) -> None:
    site = make_site(HELPR_RATE_INVITES="1/minute")
    site.fill_in("first")
    page = site.ask("POST", "/api/invites", headers=PAGE, data=body, content_type=FORM)
    assert page.status_code == 429
    assert "Back to the start" in page.text
    assert "<form" not in page.text
