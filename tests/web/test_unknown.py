"""Unknown addresses: a page with a link back."""

from __future__ import annotations

import pytest

from tests.web.site_under_test import SiteUnderTest, problem

NOWHERE = [
    "/join",
    "/join/",
    "/JOIN",
    "/nope",
    "/nope/",
    "/nope.php",
    "/join/a/b",
    "/invited",
    "/invited/",
    "/invited/a/b",
    "/dashboard/nope",
    "/dashboard/nope/",
    "/api",
    "/api/",
    "/api/nope",
    "/api/invites",
    "/api/invites/",
    "/api/manage",
    "/api/manage/nope",
    "/admin",
    "/runtime",
    "/static",
    "/static/",
    "/static/nope.css",
    "/%F0%9F%8D%BF",
    "/a%2Fb",
]
OF_OUR_OWN_SERVER_ALONE = ["/nope/deeper", "/admin/host/status", "/runtime/webhooks", "//", "/a//b"]


@pytest.mark.parametrize("path", NOWHERE + OF_OUR_OWN_SERVER_ALONE)
def test_a_browser_gets_the_page_with_a_link_back(site: SiteUnderTest, path: str) -> None:
    answer = site.page(path)
    assert (answer.status_code, answer.content_type) == (404, "text/html; charset=utf-8")
    assert "Page not found" in answer.text
    assert 'href="/"' in answer.text
    assert answer.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("path", NOWHERE + OF_OUR_OWN_SERVER_ALONE)
def test_a_program_gets_a_problem(site: SiteUnderTest, path: str) -> None:
    problem(site.get(path), 404, "not_found")


@pytest.mark.parametrize("path", ["/nope", "/api/nope", "/join/"])
def test_head_is_answered_as_get_without_the_body(site: SiteUnderTest, path: str) -> None:
    answer = site.ask("HEAD", path, headers={"Accept": "text/html"})
    assert (answer.status_code, answer.data) == (404, b"")


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
@pytest.mark.parametrize("path", ["/api/nope", "/api/site", "/api/manage/overview"])
def test_a_program_learns_of_a_wrong_method_too(
    site: SiteUnderTest, method: str, path: str
) -> None:
    problem(site.ask(method, path, json={}), 404, "not_found")


def test_the_address_of_a_submitted_form_has_a_link_back_when_it_is_reopened(
    site: SiteUnderTest,
) -> None:
    headers = {"Accept": "text/html", "Sec-Fetch-Site": "same-origin"}
    refused = site.ask("POST", "/api/invites", data={"email_or_username": ""}, headers=headers)
    assert refused.status_code == 400
    assert 'href="/"' in site.page("/api/invites").text


def test_it_needs_no_settings_and_counts_against_nobody(site: SiteUnderTest) -> None:
    assert {site.page("/nope").status_code for _ in range(120)} == {404}
    assert site.page("/").status_code == 200
