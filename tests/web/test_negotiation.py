"""Page or JSON, gzip or plain: how an Accept header is understood."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.datastructures import MIMEAccept
from werkzeug.http import parse_accept_header

from helpr_core.web import negotiation


def prefers_html(accept: str) -> bool:
    return negotiation.prefers_html(parse_accept_header(accept, MIMEAccept))


def reads_gzip(accept: str) -> bool:
    return negotiation.reads_gzip(parse_accept_header(accept))


PARTS = ("text/html", "TEXT/HTML", "application/json", "*/*", "gzip", ",", ";", "q=", "=", " ")
NUMBERS = ("0", "0.5", "1", "-1", "1e9", "nan", "inf", "é", "\x00")
NEARLY = st.lists(st.sampled_from(PARTS + NUMBERS)).map("".join)


@given(accept=st.text() | NEARLY)
def test_any_header_is_understood(accept: str) -> None:
    assert prefers_html(accept) in (True, False)
    assert reads_gzip(accept) in (True, False)


@pytest.mark.parametrize(
    "accept",
    [
        "text/html",
        "TEXT/HTML",
        "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8",
        "text/html, application/json",
        "application/json;q=0.9, text/html",
        "*/*;q=0.1, text/html;level=1;q=0.5",
        "text/html;q=1.0",
    ],
)
def test_a_client_that_prefers_html_gets_a_page(accept: str) -> None:
    assert prefers_html(accept)


@pytest.mark.parametrize(
    "accept",
    [
        "",
        "*/*",
        "text/*",
        "application/json",
        "application/problem+json",
        "application/json, text/html;q=0.9",
        "text/html;q=0",
        "text/html;q=0.0, */*",
        "text/html;q=nonsense",
        "text/html;q=nan",
        "text/html;q=-1",
        "text/htmlx",
        "application/xhtml+xml",
    ],
)
def test_any_other_client_gets_json(accept: str) -> None:
    assert not prefers_html(accept)


@given(html=st.integers(0, 10), other=st.integers(0, 10))
def test_html_wins_if_it_is_wanted_at_least_as_much(html: int, other: int) -> None:
    accept = f"application/json;q={other / 10}, text/html;q={html / 10}"
    assert prefers_html(accept) is (html > 0 and html >= other)


@pytest.mark.parametrize("accepted", ["gzip", "GZIP", "br, gzip;q=0.5", "deflate,gzip"])
def test_a_client_that_accepts_gzip_gets_it(accepted: str) -> None:
    assert reads_gzip(accepted)


@pytest.mark.parametrize("accepted", ["", "br", "gzip;q=0", "gzip; q=0.000", "xgzip", "*;q=0"])
def test_a_client_that_does_not_accept_gzip_does_not_get_it(accepted: str) -> None:
    assert not reads_gzip(accepted)
