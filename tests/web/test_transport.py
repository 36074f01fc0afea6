"""Behind a proxy that terminates TLS: HSTS, and cookies that are Secure."""

from __future__ import annotations

import pytest

from helpr_core.domain.transport import came_over_https
from tests.web.conftest import MakeDashboard
from tests.web.dashboard import header_of

HTTPS = {"X-Forwarded-Proto": "https"}


@pytest.mark.parametrize(
    ("headers", "hops", "public_url", "is_https"),
    [
        ({}, 0, None, False),
        ({"x-forwarded-proto": "https"}, 0, None, False),
        ({"x-forwarded-proto": "https"}, 1, None, True),
        ({"x-forwarded-proto": "HTTPS "}, 1, None, True),
        ({"x-forwarded-proto": "http"}, 1, None, False),
        ({"x-forwarded-proto": "https, http"}, 1, None, False),
        ({"x-forwarded-proto": "https, http"}, 2, None, True),
        ({"x-forwarded-proto": "http, https"}, 1, None, True),
        ({"x-forwarded-proto": "https"}, 3, None, True),
        ({"x-forwarded-proto": ""}, 1, None, False),
        ({"forwarded": "for=192.0.2.1;proto=https;by=203.0.113.1"}, 1, None, True),
        ({"forwarded": 'for=192.0.2.1; Proto="HTTPS"'}, 1, None, True),
        ({"forwarded": "for=192.0.2.1;proto=https, for=1.2.3.4"}, 1, None, False),
        ({"forwarded": "for=192.0.2.1;xproto=https"}, 1, None, False),
        ({}, 1, None, False),
        ({}, 0, "https://helpr.example", True),
        ({}, 0, "http://helpr.example", False),
    ],
)
def test_the_scheme_is_believed_behind_a_trusted_proxy_or_if_the_owner_says_so(
    headers: dict[str, str], hops: int, public_url: str | None, is_https: bool
) -> None:
    assert came_over_https("http://helpr/", headers, hops, public_url) is is_https
    assert came_over_https("https://helpr/", headers, hops, public_url)


@pytest.mark.parametrize(
    ("settings", "headers", "is_https"),
    [
        ({"HELPR_TRUSTED_PROXY_HOPS": "1"}, HTTPS, True),
        ({"HELPR_TRUSTED_PROXY_HOPS": "1"}, {}, False),
        ({"HELPR_TRUSTED_PROXY_HOPS": "0"}, HTTPS, False),
        ({"HELPR_PUBLIC_URL": "https://helpr.example"}, {}, True),
    ],
)
def test_if_tls_ends_before_us_every_answer_has_hsts_and_every_cookie_is_secure(
    make_dashboard: MakeDashboard,
    settings: dict[str, str],
    headers: dict[str, str],
    is_https: bool,
) -> None:
    dashboard = make_dashboard(**settings)
    # The host itself answers the last one, and none of our functions.
    for path in ("/", "/healthz", "/api/nothing/of/that/name"):
        answer = dashboard.site.get(path, headers=headers)
        assert ("Strict-Transport-Security" in answer.headers) is is_https, path
    signed_in = dashboard.sign_in(headers=headers)
    for name in ("helpr_session", "helpr_device"):
        assert ("secure" in header_of(signed_in, name).lower().split("; ")) is is_https
