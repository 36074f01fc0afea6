"""Posts that a page of another site sends through somebody's browser."""

from __future__ import annotations

import pytest

from tests.web.conftest import MakeSite
from tests.web.dashboard import Dashboard
from tests.web.site_under_test import PAGE, SiteUnderTest, problem

HOST = "helpr.example.com"
FOREIGN = (
    {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "same-site"},
    {"Sec-Fetch-Site": "Cross-Site"},
    {"Sec-Fetch-Site": "cross-site, same-origin"},
    {"Sec-Fetch-Site": "cross-site", "Origin": f"http://{HOST}"},
    {"Origin": "https://evil.example"},
    {"Origin": f"https://{HOST}.evil.example"},
    {"Origin": f"https://other.{HOST}"},
    {"Origin": f"http://{HOST}:8080"},
    {"Origin": "null"},
    {"Origin": f"https://evil.example, https://{HOST}"},
    {"Origin": "https://[evil"},
)
OWN: tuple[dict[str, str], ...] = (
    {},
    {"Sec-Fetch-Site": "same-origin"},
    {"Sec-Fetch-Site": "none"},
    {"Sec-Fetch-Site": "same-origin", "Origin": "null"},
    {"Origin": f"http://{HOST}"},
    {"Origin": f"https://{HOST}"},
    {"Origin": f"https://{HOST}:443"},
    {"Origin": "https://outside.example", "X-Forwarded-Host": "outside.example"},
    {"Origin": "https://public.example"},
    {"Sec-Fetch-Site": "", "Origin": ""},
)


@pytest.fixture
def site(make_site: MakeSite) -> SiteUnderTest:
    return make_site(HELPR_PUBLIC_URL="https://public.example")


def _sent(site: SiteUnderTest, headers: dict[str, str], **fields: str) -> object:
    return site.ask(
        "POST", "/api/invites", headers={"Host": HOST} | headers, json=fields
    ).status_code


@pytest.mark.parametrize("headers", FOREIGN)
def test_a_page_of_another_site_cannot_submit(site: SiteUnderTest, headers: dict[str, str]) -> None:
    answer = site.invite("friend", headers={"Host": HOST} | headers)
    problem(answer, 403, "cross_site")
    assert (site.rows(), site.plex.calls) == ([], [])


@pytest.mark.parametrize("headers", OWN)
def test_our_own_pages_and_programs_can_submit(
    site: SiteUnderTest, headers: dict[str, str]
) -> None:
    assert site.invite("friend", headers={"Host": HOST} | headers).status_code == 201


@pytest.mark.parametrize("headers", FOREIGN)
def test_the_form_is_shown_again_filled_in(make_site: MakeSite, headers: dict[str, str]) -> None:
    site = make_site(INVITE_CODE="open-barley")
    page = site.fill_in("friend", "open-barley", headers={"Host": HOST} | headers)
    assert (page.status_code, page.mimetype) == (403, "text/html")
    assert 'value="friend"' in page.text
    assert 'value="open-barley"' in page.text
    assert 'class="summary"' in page.text
    # Sent from elsewhere without the cookie: setting a new one would replace it.
    assert "Set-Cookie" not in page.headers
    assert site.rows() == []


def test_an_unreadable_body_is_answered_with_the_form_too(site: SiteUnderTest) -> None:
    headers = PAGE | {"Sec-Fetch-Site": "cross-site"}
    for body in (b"\xff", b"x" * 20_000, b""):
        assert site.ask("POST", "/api/invites", headers=headers, data=body).status_code == 403


@pytest.mark.parametrize("headers", FOREIGN)
def test_nobody_can_be_signed_in_from_elsewhere(
    dashboard: Dashboard, headers: dict[str, str]
) -> None:
    answer = dashboard.site.ask(
        "POST",
        "/dashboard/session",
        headers={"Host": HOST} | headers,
        json={"username": "owner", "password": "x"},
    )
    problem(answer, 403, "cross_site")


@pytest.mark.parametrize(
    "path",
    ["libraries?refresh=1", "connection", "invites.csv", "overview", "invites"],
)
@pytest.mark.parametrize("site_header", ["cross-site", "same-site"])
def test_the_dashboards_api_answers_only_its_own_page(
    owner: Dashboard, path: str, site_header: str
) -> None:
    owner.site.plex.clear_calls()
    answer = owner.get(f"/dashboard/api/{path}", headers={"Sec-Fetch-Site": site_header})
    problem(answer, 403, "cross_site")
    assert owner.site.plex.calls == []
    assert (
        owner.get(f"/dashboard/api/{path}", headers={"Sec-Fetch-Site": "same-origin"}).status_code
        == 200
    )


def test_the_form_lets_the_browser_send_its_origin(site: SiteUnderTest) -> None:
    page = site.page("/")
    assert '<meta name="referrer" content="strict-origin">' in page.text
    assert page.headers["Referrer-Policy"] == "no-referrer"
