"""A link's QR code contains exactly the link's address."""

from __future__ import annotations

import re
from collections.abc import Iterator
from xml.etree import ElementTree

import pytest

from helpr_core import first_use
from helpr_core.web import qr
from tests.web.conftest import MakeSite
from tests.web.links.test_links import make
from tests.web.site_under_test import SiteUnderTest

SVG = "{http://www.w3.org/2000/svg}"
_STEP = re.compile(r"([Mm])(-?[\d.]+) (-?[\d.]+)|h(\d+)")


def modules(svg: bytes) -> set[tuple[int, int]]:
    """The dark modules of a drawing, by column and row, without the border."""
    root = ElementTree.fromstring(svg)
    lines = [one.get("d", "") for one in root.iter(f"{SVG}path") if one.get("stroke")]
    dark = set(_runs(lines[0]))
    left, top = min(x for x, _ in dark), min(y for _, y in dark)
    return {(x - left, y - top) for x, y in dark}


def _runs(path: str) -> Iterator[tuple[int, int]]:
    x, y = 0.0, 0.0
    for kind, to_x, to_y, run in _STEP.findall(path):
        if run:
            yield from ((int(x + at), int(y)) for at in range(int(run)))
            x += int(run)
        elif kind == "M":
            x, y = float(to_x), float(to_y)
        else:
            x, y = x + float(to_x), y + float(to_y)


def expected(text: str) -> set[tuple[int, int]]:
    matrix = first_use.module("segno").make(text, error="m", micro=False).matrix
    return {(x, y) for y, row in enumerate(matrix) for x, value in enumerate(row) if value}


def test_the_drawing_encodes_the_text() -> None:
    text = "https://helpr.example.org/join/7K3F-9QXM-2T"

    assert modules(qr.as_svg(text, "title")) == expected(text)


def test_a_links_code_has_the_address_from_the_setting(make_site: MakeSite) -> None:
    site = make_site(HELPR_PUBLIC_URL="https://helpr.example.org")
    link = make(site, label="My <sister> & me")

    answer = site.owner("GET", f"links/{link['link_id']}/qr.svg?origin=https://evil.example")

    assert (answer.status_code, answer.mimetype) == (200, "image/svg+xml")
    assert answer.headers["Cache-Control"] == "no-store"
    assert modules(answer.data) == expected(link["url"])
    title = ElementTree.fromstring(answer.data).findtext(f"{SVG}title")
    assert title == "QR code of the link “My <sister> & me”"


def test_without_the_setting_it_is_the_address_the_owner_is_using(
    site: SiteUnderTest,
) -> None:
    link = make(site)

    answer = site.owner("GET", f"links/{link['link_id']}/qr.svg?origin=http://192.168.1.9:7071")

    assert modules(answer.data) == expected(f"http://192.168.1.9:7071{link['url']}")
    assert site.owner("GET", f"links/{link['link_id']}/qr.svg").status_code == 409


@pytest.mark.parametrize(
    "origin", ["javascript:alert(1)", "https://x.example/path", "https://a b", "x" * 300]
)
def test_an_invalid_site_address_is_refused(site: SiteUnderTest, origin: str) -> None:
    link = make(site)

    answer = site.owner("GET", f"links/{link['link_id']}/qr.svg", query_string={"origin": origin})

    assert answer.status_code == 400


def test_a_custom_word_with_spaces_is_the_same_address(make_site: MakeSite) -> None:
    site = make_site(HELPR_PUBLIC_URL="https://helpr.example.org")
    link = make(site, code="Tante Erna 7")

    answer = site.owner("GET", f"links/{link['link_id']}/qr.svg")

    assert modules(answer.data) == expected("https://helpr.example.org/join/Tante%20Erna%207")
