"""Which language an answer is in, and that the switch is remembered."""

from __future__ import annotations

import pytest

from tests.web.site_under_test import PAGE, SiteUnderTest

GERMAN = {"Accept-Language": "de-AT,de;q=0.9,en;q=0.5"}


@pytest.mark.parametrize(
    ("accepted", "language"),
    [
        ("", "en"),
        ("*", "en"),
        ("de", "de"),
        ("DE-ch", "de"),
        ("de-AT,de;q=0.9,en;q=0.5", "de"),
        ("en;q=0.5,de", "de"),
        ("de;q=0.2,en", "en"),
        ("de;q=0", "en"),
        ("fr,de;q=0.5", "de"),
        ("tlh", "en"),
        (";;q=,,x" * 50, "en"),
    ],
)
def test_a_page_is_in_the_browsers_preferred_language(
    site: SiteUnderTest, accepted: str, language: str
) -> None:
    page = site.ask("GET", "/", headers=PAGE | {"Accept-Language": accepted})
    assert page.headers["Content-Language"] == language
    assert f'<html lang="{language}">' in page.text
    assert {"Accept-Language", "Cookie"} <= set(page.headers["Vary"].split(", "))


def test_the_language_switch_overrides_the_browser_and_is_remembered(site: SiteUnderTest) -> None:
    switched = site.ask("GET", "/?lang=de", headers=PAGE | {"Accept-Language": "en"})
    assert '<html lang="de">' in switched.text
    (cookie,) = [
        one for one in switched.headers.getlist("Set-Cookie") if one.startswith("helpr_language=")
    ]
    assert {"helpr_language=de", "max-age=31536000", "path=/", "samesite=lax"} <= {
        part.lower() for part in cookie.split("; ")
    }
    later = PAGE | {"Accept-Language": "en", "Cookie": "helpr_language=de"}
    assert '<html lang="de">' in site.ask("GET", "/", headers=later).text
    assert '<html lang="en">' in site.ask("GET", "/?lang=en", headers=later).text


@pytest.mark.parametrize("unknown", ["fr", "", "../en", "de\\", "%00", "e" * 3000])
def test_an_unknown_language_changes_nothing(site: SiteUnderTest, unknown: str) -> None:
    headers = PAGE | {"Cookie": f"helpr_language={unknown}"}
    page = site.ask("GET", f"/?lang={unknown}", headers=headers)
    assert '<html lang="en">' in page.text
    assert "helpr_language" not in str(page.headers.getlist("Set-Cookie"))


@pytest.mark.parametrize("path", ["/", "/join/a%20code", "/nothing-here"])
def test_a_page_links_to_itself_in_every_other_language(site: SiteUnderTest, path: str) -> None:
    page = site.page(path).text
    assert f'<a href="{path}?lang=de" lang="de" hreflang="de"' in page
    assert '<span aria-current="true">English</span>' in page


def test_a_submitted_page_links_to_the_form_in_another_language(site: SiteUnderTest) -> None:
    assert 'href="/?lang=de"' in site.fill_in("not an address@").text


def test_a_problem_is_translated_and_keeps_its_code(site: SiteUnderTest) -> None:
    english, german = (
        site.ask(
            "POST", "/api/invites", headers={"Accept-Language": tag}, json={"note": "x"}
        ).get_json(force=True)
        for tag in ("en", "de")
    )
    assert english["title"] == "Please check what you entered"
    assert german["title"] == "Bitte prüfe deine Eingabe"
    assert english["code"] == german["code"] == "invalid_input"
    assert english["type"] == german["type"]


def test_the_result_page_and_its_json_are_translated(site: SiteUnderTest) -> None:
    asked = site.invite("friend@example.com", headers=GERMAN).get_json()
    assert "ist verschickt" in asked["message"]
    page = site.ask("GET", f"/invited/{asked['request_id']}", headers=PAGE | GERMAN)
    assert "Einladung an friend" in page.text
    standing = site.ask("GET", f"/api/invites/{asked['request_id']}", headers=GERMAN)
    assert standing.get_json()["message"] == asked["message"]
