"""A person invites: the owner's name on every page, a card for a pasted link, the way back."""

from __future__ import annotations

import json
import re

from tests.web.conftest import INVITE_CODE, MakeSite
from tests.web.site_under_test import PAGE, SiteUnderTest


def heading(text: str) -> str:
    found = re.search(r"<h1[^>]*>(.*?)</h1>", text, re.S)
    assert found is not None
    return found[1].strip()


def test_the_page_shows_the_name_of_the_plex_account(site: SiteUnderTest) -> None:
    page = site.page("/").text
    assert heading(page) == "demo-owner invites you to their Plex"
    assert '<p class="of">Demo Plex</p>' in page
    assert "so that demo-owner sees who asked" in page


def test_a_configured_name_and_title_are_on_every_page(site: SiteUnderTest) -> None:
    site.save(owner_name="Robin", title="Film nights")
    request_id = site.invite("sam").get_json()["request_id"]

    for path in ("/", f"/invited/{request_id}", "/nowhere"):
        text = site.page(path).text
        assert "Film nights" in text, path
        assert "Film nights" in text.partition("</title>")[0], path
    assert "Robin’s Plex server, Demo Plex" in site.page("/").text


def test_helpr_is_named_only_in_the_footer(site: SiteUnderTest) -> None:
    body, footer = site.page("/").text.split('<footer class="floor">')

    assert "Helpr" not in body
    assert "Helpr" in footer


def test_the_account_is_asked_for_its_name_once_a_minute(site: SiteUnderTest) -> None:
    account = site.container.plex.owner()
    assert (account.look(), account.name()) == (account.look(), "demo-owner")

    asked = [call for call in site.plex.calls if call.path == "/api/v2/user"]
    assert len(asked) == 1


def test_a_refused_token_keeps_the_known_name(make_site: MakeSite) -> None:
    site = make_site()
    site.container.plex.owner().look()
    other = make_site(PLEX_TOKEN="not-a-token").container.plex.owner()

    look = other.look()

    assert (look.name, look.trouble) == ("", "plex_unauthorized")
    assert make_site().container.plex.owner().name() == "demo-owner"


def test_a_pasted_link_shows_a_card(make_site: MakeSite) -> None:
    site = make_site(HELPR_PUBLIC_URL="https://films.example.org")
    site.save(owner_name="Robin")
    text = site.page("/").text

    told = dict(re.findall(r'<meta property="og:(\w+)" content="([^"]*)">', text))
    assert told["title"] == "Robin invites you to their Plex"
    assert told["description"].startswith("Ask for an invitation to Demo Plex on Plex.")
    address = told["image"].removeprefix("https://films.example.org")
    picture = site.get(address)
    assert (picture.status_code, picture.mimetype) == (200, "image/png")
    assert picture.data.startswith(b"\x89PNG")


def test_every_link_back_keeps_the_code(make_site: MakeSite) -> None:
    site = make_site(INVITE_CODE=INVITE_CODE)
    opened = site.page(f"/join/{INVITE_CODE}")
    cookie = "; ".join(one.split(";")[0] for one in opened.headers.getlist("Set-Cookie"))
    headers = PAGE | {"Cookie": cookie}
    sent = site.fill_in("nobody1", INVITE_CODE, headers={"Cookie": cookie})

    for path in (sent.headers["Location"], "/nowhere"):
        text = site.ask("GET", path, headers=headers).text
        assert text.count(f'href="/join/{INVITE_CODE}"') == 2, path
    assert f'href="/join/{INVITE_CODE}"' not in site.page("/nowhere").text


def test_the_logo_keeps_the_code_of_the_page_it_is_on(make_site: MakeSite) -> None:
    """Before the cookie has arrived, and where it is still an earlier link's."""
    site = make_site(INVITE_CODE=INVITE_CODE)
    first, second = (
        json.loads(site.owner("POST", "links", json={"label": label}).data)["code"]
        for label in ("first", "second")
    )
    given = site.page(f"/join/{first}").headers.getlist("Set-Cookie")
    cookie = "; ".join(one.split(";")[0] for one in given)
    for code in (first, second, INVITE_CODE):
        for headers in (PAGE, PAGE | {"Cookie": cookie}):
            text = site.ask("GET", f"/join/{code}", headers=headers).text
            assert f'<a class="brand" href="/join/{code}">' in text, code
    refused = site.fill_in("not@an@address", second, headers={"Cookie": cookie})
    assert refused.status_code == 400
    assert f'<a class="brand" href="/join/{second}">' in refused.text
