"""Pasted text is understood, and the page says how; a typo in an address is asked about."""

from __future__ import annotations

from html import unescape

import pytest

from tests.web.conftest import MakeSite
from tests.web.site_under_test import PAGE, SiteUnderTest, fields_of, problem

SLIP, MEANT = "Bob@gmial.com", "Bob@gmail.com"


def ask(site: SiteUnderTest, **fields: object) -> dict[str, object]:
    """The answer that a program gets."""
    answer: dict[str, object] = site.ask("POST", "/api/invites", json=fields).get_json(force=True)
    return answer


def test_what_was_understood_is_in_the_answer_and_on_the_page(site: SiteUnderTest) -> None:
    answer = site.invite("Bob <mailto:bob@example.com>,")
    assert answer.get_json()["understood"] == "bob@example.com"
    assert site.invited() == ["bob@example.com"]
    assert "bob<wbr>@example.com" in site.page(answer.headers["Location"]).text


def test_unchanged_input_is_not_commented_on(site: SiteUnderTest) -> None:
    assert "understood" not in site.invite(" bob@example.com ").get_json()


def test_a_program_is_asked_about_a_typo(site: SiteUnderTest) -> None:
    document = problem(site.invite(SLIP), 400, "invalid_input")
    assert fields_of(document) == ["email_or_username"]
    assert document["suggestion"] == MEANT
    assert MEANT in document["errors"][0]["message"]
    assert (site.invited(), site.rows()) == ([], [])


@pytest.mark.parametrize("confirmed", [SLIP, SLIP.lower(), f" <{SLIP}> "])
def test_a_program_can_confirm_the_address(site: SiteUnderTest, confirmed: str) -> None:
    assert ask(site, email_or_username=SLIP, confirmed=confirmed)["status"] == "success"
    assert site.invited() == [SLIP]


@pytest.mark.parametrize("confirmed", ["", None, MEANT, "bob@gmal.com", "yes"])
def test_another_address_confirms_nothing(site: SiteUnderTest, confirmed: str | None) -> None:
    assert ask(site, email_or_username=SLIP, confirmed=confirmed)["suggestion"] == MEANT
    assert site.invited() == []


def test_submitting_the_form_again_confirms(site: SiteUnderTest) -> None:
    page = site.fill_in(SLIP)
    assert page.status_code == 400
    assert f"Did you mean {MEANT}?" in unescape(page.text)
    assert f'name="confirmed" value="{SLIP}"' in page.text
    fields = {"email_or_username": SLIP, "confirmed": SLIP}
    again = site.ask("POST", "/api/invites", headers=PAGE, data=fields)
    assert again.status_code == 303
    assert site.invited() == [SLIP]


def test_a_form_has_a_button_for_the_suggestion(site: SiteUnderTest) -> None:
    assert f'name="suggestion" value="{MEANT}">Use {MEANT}</button>' in site.fill_in(SLIP).text
    fields = {"email_or_username": SLIP, "confirmed": SLIP, "suggestion": MEANT}
    assert site.ask("POST", "/api/invites", headers=PAGE, data=fields).status_code == 303
    assert site.invited() == [MEANT]


def test_the_enter_key_does_not_press_that_button(site: SiteUnderTest) -> None:
    page = site.fill_in(SLIP).text
    assert page.index('id="send"') < page.index('name="suggestion"')


def test_another_typo_is_another_question(site: SiteUnderTest) -> None:
    fields = {"email_or_username": "bob@hotmial.com", "confirmed": SLIP}
    page = site.ask("POST", "/api/invites", headers=PAGE, data=fields)
    assert "Did you mean bob@hotmail.com?" in page.text


def test_the_owner_is_asked_the_same(site: SiteUnderTest) -> None:
    given = {"email_or_username": SLIP}
    document = problem(site.owner("POST", "invites", json=given), 400, "invalid_input")
    assert document["suggestion"] == MEANT
    answer = site.owner("POST", "invites", json=given | {"confirmed": SLIP})
    assert answer.status_code == 201
    assert site.invited() == [SLIP]


def test_a_question_costs_no_guess_at_the_code(make_site: MakeSite) -> None:
    site = make_site(INVITE_CODE="open-barley")
    problem(site.invite(SLIP, invite_code="wrong"), 400, "invalid_input")


@pytest.mark.parametrize("confirmed", ["", "bob@gmail"])
def test_an_invalid_address_gets_the_suggestion_but_no_confirmation(
    site: SiteUnderTest, confirmed: str
) -> None:
    fields = {"email_or_username": "bob@gmail", "confirmed": confirmed}
    page = site.ask("POST", "/api/invites", headers=PAGE, data=fields)
    assert page.status_code == 400
    assert "Did you mean bob@gmail.com?" in unescape(page.text)
    assert 'name="suggestion" value="bob@gmail.com"' in page.text
    assert site.rows() == []
