"""What workers observe and the owner reads: untrusted proxies, ceilings reached."""

from __future__ import annotations

from typing import Any

import pytest

from tests.web.conftest import INVITE_CODE, MakeDashboard, MakeSite
from tests.web.site_under_test import SiteUnderTest, problem

PROXY = {"X-Forwarded-For": "198.51.100.1"}
HOPS = "HELPR_TRUSTED_PROXY_HOPS"


def checks(site: SiteUnderTest, where: str) -> dict[str, Any]:
    """The checks on the overview or the connection check, by name."""
    return {one["name"]: one for one in site.owner("GET", where).get_json()["checks"]}


@pytest.mark.parametrize("where", ["overview", "connection"])
@pytest.mark.parametrize(
    ("hops", "forwarded", "said"),
    [("0", "198.51.100.1", "is 0"), ("1", "", "more entries"), ("2", "198.51.100.1", "more ent")],
)
def test_a_miscounted_proxy_is_reported_by_every_worker_and_logged_once(
    make_site: MakeSite,
    caplog: pytest.LogCaptureFixture,
    where: str,
    hops: str,
    forwarded: str,
    said: str,
) -> None:
    seeing = make_site(HELPR_TRUSTED_PROXY_HOPS=hops)
    for _ in range(5):
        seeing.get("/api/site", headers={"X-Forwarded-For": forwarded} if forwarded else {})
    telling = make_site(HELPR_TRUSTED_PROXY_HOPS=hops)
    found = checks(telling, where)["settings"]
    assert found["severity"] == "warning"
    assert HOPS in found["detail"]
    assert said in found["detail"]
    assert HOPS in found["fix"]
    assert sum("X-Forwarded-For" in line for line in caplog.messages) == 1


def test_after_a_change_of_the_setting_earlier_observations_do_not_count(
    make_site: MakeSite,
) -> None:
    make_site(HELPR_TRUSTED_PROXY_HOPS="0").get("/api/site", headers=PROXY)
    mended = make_site(HELPR_TRUSTED_PROXY_HOPS="1")
    mended.get("/api/site", headers=PROXY)
    assert checks(mended, "overview")["settings"]["ok"]


@pytest.mark.parametrize(("hops", "headers"), [("0", {}), ("1", PROXY)])
def test_if_the_proxies_are_counted_correctly_nothing_is_reported(
    make_site: MakeSite, hops: str, headers: dict[str, str]
) -> None:
    site = make_site(HELPR_TRUSTED_PROXY_HOPS=hops)
    site.get("/api/site", headers=headers)
    assert checks(site, "overview")["settings"]["ok"]
    assert checks(site, "overview")["ceilings"]["ok"]


def test_all_clients_together_can_try_five_times_as_many_wrong_codes_as_one(
    make_site: MakeSite,
) -> None:
    site = make_site(
        INVITE_CODE=INVITE_CODE, HELPR_RATE_SIGN_IN="4/hour", HELPR_TRUSTED_PROXY_HOPS="1"
    )

    def ask(number: int, code: str) -> Any:
        headers = {"X-Forwarded-For": f"203.0.113.{number}"}
        return site.invite("friend", invite_code=code, headers=headers)

    statuses = [ask(number, "a-guess").status_code for number in range(23)]
    assert statuses == [403] * 20 + [429] * 3
    refused = problem(ask(99, INVITE_CODE), 429, "rate_limited")
    assert "Yours may well be right" in refused["detail"]
    assert site.invited() == []
    check = checks(site, "overview")["ceilings"]
    assert (check["severity"], "wrong invite codes" in check["detail"]) == ("warning", True)


@pytest.mark.parametrize(("length", "factor"), [(64, 1), (56, 2), (48, 4)])
def test_an_ipv6_network_counts_as_no_more_clients_than_its_size_allows(
    make_site: MakeSite, length: int, factor: int
) -> None:
    site = make_site(
        INVITE_CODE=INVITE_CODE, HELPR_RATE_SIGN_IN="5/hour", HELPR_TRUSTED_PROXY_HOPS="1"
    )
    step = {64: "2001:db8:1:2::{:x}", 56: "2001:db8:1:2{:02x}::1", 48: "2001:db8:1:{:x}00::1"}
    statuses = [
        site.invite(
            "friend", invite_code="guess", headers={"X-Forwarded-For": step[length].format(n)}
        ).status_code
        for n in range(30)
    ]
    assert statuses.count(403) == 5 * factor
    other = {"X-Forwarded-For": "2001:db8:2::1"}
    assert site.invite("friend", invite_code=INVITE_CODE, headers=other).status_code == 201


def test_another_worker_continues_the_count_of_a_network(make_site: MakeSite) -> None:
    settings = {"HELPR_RATE_INVITES": "5/hour", "HELPR_TRUSTED_PROXY_HOPS": "1"}

    def let_in(site: SiteUnderTest, first: int) -> int:
        answers = [
            site.invite("", headers={"X-Forwarded-For": f"2001:db8:1:{n:x}00::1"})
            for n in range(first, first + 30)
        ]
        return sum(answer.status_code == 400 for answer in answers)

    assert let_in(make_site(**settings), 0) == 20
    # It counts separately until it has seen a second client of the network.
    assert let_in(make_site(**settings), 100) <= 2


def test_an_ipv6_friend_costs_no_more_calls_than_an_ipv4_friend(
    make_site: MakeSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    site = make_site(HELPR_TRUSTED_PROXY_HOPS="1")
    calls: list[str] = []
    state = site.container.stores.state()
    real = state.increment

    def increment(kind: str, key: str, amount: int, seconds: int) -> Any:
        calls.append(key)
        return real(kind, key, amount, seconds)

    monkeypatch.setattr(state, "increment", increment)
    spent = []
    for name, address in (
        ("one", "198.51.100.1"),
        ("two", "2001:db8::1"),
        ("three", "2001:db8::1"),
    ):
        site.invite(name, headers={"X-Forwarded-For": address})
        spent.append(len(calls))
        calls.clear()
    # UNLIMITED has one window, and the daily cap is one more count.
    assert spent == [2, 2, 2]


def test_failed_sign_ins_from_everywhere_do_not_affect_the_owners_browser(
    make_dashboard: MakeDashboard, monkeypatch: pytest.MonkeyPatch
) -> None:
    dashboard = make_dashboard(HELPR_RATE_SIGN_IN="2/hour", HELPR_TRUSTED_PROXY_HOPS="1")
    monkeypatch.setattr(dashboard.site.container.owner.sign_in(), "_sleep", lambda _seconds: None)
    dashboard.sign_in()
    device, dashboard.device = dashboard.device, ""
    statuses = [
        dashboard.try_to_sign_in(
            password="x", headers={"X-Forwarded-For": f"203.0.113.{number}"}
        ).status_code
        for number in range(12)
    ]
    assert statuses == [401] * 10 + [429] * 2
    refused = problem(dashboard.try_to_sign_in(headers=PROXY), 429, "rate_limited")
    assert "signed in before" in refused["detail"]
    dashboard.device = device
    dashboard.sign_in()
    check = checks(dashboard.site, "overview")["ceilings"]
    assert "sign-ins to the dashboard failed" in check["detail"]
