"""Rate limits per client, identified by Azure's front end or by the socket."""

from __future__ import annotations

import pytest

from tests.web.conftest import MakeSite
from tests.web.site_under_test import PAGE, SiteUnderTest, problem

USUAL = "5/minute;20/hour"
ONE = "198.51.100.1"


def _statuses(site: SiteUnderTest, times: int, **request: str) -> list[int]:
    """The statuses of repeated empty form posts: 400, or 429 once limited."""
    headers = {"X-Forwarded-For": request["forwarded"]} if "forwarded" in request else {}
    return [
        site.ask(
            "POST",
            "/api/invites",
            json={"email_or_username": ""},
            headers=headers,
            peer=request.get("peer", ONE),
        ).status_code
        for _ in range(times)
    ]


def test_five_invites_a_minute_pass_and_the_sixth_waits(make_site: MakeSite) -> None:
    site = make_site(HELPR_RATE_INVITES=USUAL)
    answers = [site.invite(f"friend-{number}") for number in range(7)]
    assert [answer.status_code for answer in answers] == [201] * 5 + [429] * 2
    assert 1 <= int(answers[-1].headers["Retry-After"]) <= 60
    assert len(site.invited()) == 5
    assert len(site.rows()) == 5


def test_the_default_limits_are_the_documented_ones(make_site: MakeSite) -> None:
    site = make_site(HELPR_RATE_INVITES=None, HELPR_RATE_DEFAULT=None, HELPR_RATE_STATUS=None)
    assert _statuses(site, 6) == [400] * 5 + [429]
    assert [site.get("/api/site").status_code for _ in range(51)] == [200] * 50 + [429]
    assert [site.page("/invited/x").status_code for _ in range(61)] == [404] * 60 + [429]


def test_other_clients_are_unaffected(make_site: MakeSite) -> None:
    site = make_site(HELPR_RATE_INVITES=USUAL)
    assert _statuses(site, 6, peer=ONE)[-1] == 429
    assert _statuses(site, 5, peer="198.51.100.2") == [400] * 5


def test_without_a_proxy_the_sockets_peer_counts_whatever_is_claimed(make_site: MakeSite) -> None:
    site = make_site(HELPR_RATE_INVITES=USUAL, HELPR_TRUSTED_PROXY_HOPS="0")
    for number in range(5):
        _statuses(site, 1, forwarded=f"203.0.113.{number}")
    assert _statuses(site, 1, forwarded="203.0.113.99") == [429]


def test_a_claimed_peer_address_is_not_believed(make_site: MakeSite) -> None:
    site = make_site(HELPR_RATE_INVITES="1/minute", HELPR_TRUSTED_PROXY_HOPS="0")
    fields = {"email_or_username": ""}
    claimed = [
        site.ask(
            "POST", "/api/invites", json=fields, headers={"X-Helpr-Peer": f"192.0.2.{number}"}
        ).status_code
        for number in range(2)
    ]
    assert claimed == [400, 429]


def test_behind_azure_the_rightmost_entry_counts_without_its_port(make_site: MakeSite) -> None:
    site = make_site(HELPR_RATE_INVITES=USUAL, HELPR_TRUSTED_PROXY_HOPS="1")
    for number in range(5):
        _statuses(site, 1, forwarded=f"203.0.113.{number}, {ONE}:{50_000 + number}")
    assert _statuses(site, 1, forwarded=f"203.0.113.77, {ONE}:60000") == [429]
    assert _statuses(site, 1, forwarded=f"{ONE}:1, 203.0.113.77:60000") == [400]


def test_on_azure_one_hop_is_trusted_automatically(make_site: MakeSite) -> None:
    site = make_site(HELPR_RATE_INVITES="1/minute", WEBSITE_SITE_NAME="helpr")
    assert _statuses(site, 2, forwarded="203.0.113.1:1") == [400, 429]
    assert _statuses(site, 1, forwarded="203.0.113.2:1") == [400]


def test_behind_two_proxies_the_second_from_the_right_counts(make_site: MakeSite) -> None:
    site = make_site(HELPR_RATE_INVITES="1/minute", HELPR_TRUSTED_PROXY_HOPS="2")
    assert _statuses(site, 1, forwarded="89.5.1.9:53940, 20.124.165.191:60364") == [400]
    assert _statuses(site, 1, forwarded="9.9.9.9, 89.5.1.9:1, 20.124.165.192:60364") == [429]
    assert _statuses(site, 1, forwarded="89.5.1.10:53940, 20.124.165.191:60364") == [400]


@pytest.mark.parametrize("other", ["2001:db8:1:2:ffff::9", "[2001:db8:1:2::3]:443"])
def test_one_ipv6_household_is_one_client(make_site: MakeSite, other: str) -> None:
    site = make_site(HELPR_RATE_INVITES="1/minute", HELPR_TRUSTED_PROXY_HOPS="1")
    assert _statuses(site, 1, forwarded="2001:db8:1:2::1") == [400]
    assert _statuses(site, 1, forwarded=other) == [429]
    assert _statuses(site, 1, forwarded="2001:db8:1:3::1") == [400]


def test_ipv4_written_as_ipv6_is_the_same_client(make_site: MakeSite) -> None:
    site = make_site(HELPR_RATE_INVITES="1/minute", HELPR_TRUSTED_PROXY_HOPS="1")
    assert _statuses(site, 1, forwarded=f"::ffff:{ONE}") == [400]
    assert _statuses(site, 1, forwarded=f"{ONE}:99") == [429]


def test_unidentifiable_clients_share_one_limit(make_site: MakeSite) -> None:
    site = make_site(HELPR_RATE_INVITES="2/minute", HELPR_TRUSTED_PROXY_HOPS="1")
    unknown = [_statuses(site, 1, forwarded=text)[0] for text in ("", "unknown", "300.1.1.1")]
    assert unknown == [400, 400, 429]


def test_pages_made_for_each_call_have_the_default_limit(make_site: MakeSite) -> None:
    site = make_site(HELPR_RATE_DEFAULT="2/minute")
    assert [site.page("/api/site").status_code for _ in range(3)] == [200, 200, 429]
    problem(site.get("/api/site"), 429, "rate_limited")


def test_a_households_page_views_do_not_use_up_the_form(make_site: MakeSite) -> None:
    site = make_site(HELPR_RATE_DEFAULT=None, HELPR_RATE_STATUS=None)

    assert {site.page(path).status_code for path in ("/",) * 58} == {200}


@pytest.mark.parametrize("path", ["/api/invites/x", "/invited/x"])
def test_viewing_a_request_has_its_own_limit(make_site: MakeSite, path: str) -> None:
    site = make_site(HELPR_RATE_STATUS="2/minute")
    assert [site.get(path).status_code for _ in range(3)] == [404, 404, 429]
    assert site.get("/api/site").status_code == 200


def test_one_limit_does_not_affect_the_others(make_site: MakeSite) -> None:
    site = make_site(HELPR_RATE_INVITES="1/minute")
    assert _statuses(site, 2) == [400, 429]
    assert site.page("/", peer=ONE).status_code == 200
    assert site.get("/api/invites/x", peer=ONE).status_code == 404


@pytest.mark.parametrize(
    "path", ["/healthz", "/static/icon.svg", "/static/texts/en.json", "/api/openapi.json"]
)
def test_health_and_files_are_never_limited(make_site: MakeSite, path: str) -> None:
    limited = ("HELPR_RATE_DEFAULT", "HELPR_RATE_INVITES", "HELPR_RATE_STATUS")
    site = make_site(**dict.fromkeys(limited, "1/hour"))
    assert [site.get(path).status_code for _ in range(30)] == [200] * 30


def test_a_flood_opens_no_connection_to_the_database(make_site: MakeSite) -> None:
    site = make_site(HELPR_RATE_INVITES="1/minute")
    _statuses(site, 2)
    site.database.unlink()  # from here on a connection would find no schema
    site.container.stores.database().dispose()
    assert _statuses(site, 20) == [429] * 20
    assert not site.database.exists()


def test_a_rate_limited_browser_gets_a_page(make_site: MakeSite) -> None:
    site = make_site(HELPR_RATE_STATUS="1/minute")
    site.page("/")
    answer = site.ask("GET", "/", headers=PAGE)
    assert (answer.status_code, answer.mimetype) == (429, "text/html")
