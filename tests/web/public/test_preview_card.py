"""The picture of a link's preview in a messenger, which takes no relative address."""

from __future__ import annotations

import re

import pytest

from tests.web.conftest import MakeSite
from tests.web.site_under_test import PAGE, SiteUnderTest


def picture(site: SiteUnderTest, path: str = "/", **headers: str) -> str:
    page = site.ask("GET", path, headers=PAGE | headers).text
    (found,) = re.findall(r'<meta property="og:image" content="([^"]*)">', page)
    return str(found).partition("?")[0]


@pytest.mark.parametrize("path", ["/", "/join/a-link-that-never-was", "/nowhere"])
def test_it_has_the_address_that_was_asked_for(site: SiteUnderTest, path: str) -> None:
    assert picture(site, path) == "http://localhost/static/card.png"
    assert picture(site, path, Host="films.example.org:8443").startswith(
        "http://films.example.org:8443/static/"
    )


def test_the_owners_address_comes_first(make_site: MakeSite) -> None:
    site = make_site(HELPR_PUBLIC_URL="https://films.example.org/")
    assert picture(site, Host="elsewhere.example.org") == (
        "https://films.example.org/static/card.png"
    )


def test_a_proxy_is_believed_only_where_there_is_one(make_site: MakeSite) -> None:
    forwarded = {"X-Forwarded-Host": "films.example.org", "X-Forwarded-Proto": "https"}
    forwarded |= {"X-Forwarded-For": "203.0.113.9"}
    assert picture(make_site(), **forwarded).startswith("http://localhost/")
    behind = make_site(HELPR_TRUSTED_PROXY_HOPS="1")
    assert picture(behind, **forwarded) == "https://films.example.org/static/card.png"
    forged = forwarded | {"X-Forwarded-Host": "forged.example.com, films.example.org"}
    assert picture(behind, **forged) == "https://films.example.org/static/card.png"


@pytest.mark.parametrize("host", ['a"><script>', "a b", "a/b", "user@a", "[::1", "ä.example"])
def test_what_cannot_be_a_host_gets_into_no_page(make_site: MakeSite, host: str) -> None:
    behind = make_site(HELPR_TRUSTED_PROXY_HOPS="1")
    assert picture(behind, **{"X-Forwarded-Host": host}) == "/static/card.png"
