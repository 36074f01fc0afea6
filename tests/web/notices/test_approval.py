"""One tap: from the message to "approved, invited", and nothing else by that link."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, cast
from unittest.mock import patch
from uuid import UUID, uuid4

import pytest

from helpr_core.clock import utc_now
from helpr_core.services.notices.one_tap import OneTap
from tests.services.worker import OWNER
from tests.web.conftest import MakeSite
from tests.web.site_under_test import PAGE, SiteUnderTest

HERE = "https://helpr.example"
Links = Callable[[], tuple[UUID, str, str]]


@pytest.fixture
def site(make_site: MakeSite) -> SiteUnderTest:
    """A worker that knows its address, and asks its owner."""
    made = make_site(HELPR_PUBLIC_URL=HERE)
    assert made.save(approval_required=True).status_code == 200
    return made


def asked(site: SiteUnderTest, who: str = "cousin", note: str = "") -> str:
    answer = site.invite(who, note=note) if note else site.invite(who)
    assert answer.status_code == 202, answer.text
    return str(answer.get_json()["request_id"])


def links(site: SiteUnderTest, request_id: str, at: datetime | None = None) -> tuple[str, str]:
    """The paths that a message would carry."""
    found = site.container.notices().one_tap().addresses(UUID(request_id), at or utc_now())
    assert found is not None
    approve, deny = (link.removeprefix(HERE) for link in found)
    return approve, deny


def press(site: SiteUnderTest, path: str, decision: str) -> tuple[int, str]:
    """As a phone's browser does, from the page that it shows."""
    headers = PAGE | {"Sec-Fetch-Site": "same-origin"}
    answer = site.ask("POST", path, headers=headers, data={"decision": decision})
    return answer.status_code, answer.text


def status(site: SiteUnderTest, request_id: str) -> str:
    return str(site.owner("GET", f"invites/{request_id}").get_json()["status"])


def test_two_taps_lead_from_the_message_to_approved_and_invited(site: SiteUnderTest) -> None:
    request_id = asked(site, note="It is me")
    approve, _ = links(site, request_id)
    shown = site.page(approve)
    assert shown.status_code == 200
    assert "cousin" in shown.text
    assert "It is me" in shown.text
    assert shown.text.index('value="approve"') < shown.text.index('value="deny"')
    code, text = press(site, approve, "approve")
    assert code == 200
    assert "cousin is invited" in text
    assert (site.invited(), status(site, request_id)) == (["cousin"], "success")
    story = site.owner("GET", f"invites/{request_id}").get_json()["events"]
    doors = {event["action"]: event["door"] for event in story}
    assert doors["invite_approved"] == "notice"


def test_deny_is_the_other_link_s_first_button(site: SiteUnderTest) -> None:
    request_id = asked(site)
    _, deny = links(site, request_id)
    text = site.page(deny).text
    assert text.index('value="deny"') < text.index('value="approve"')
    assert press(site, deny, "deny")[0] == 200
    assert (site.invited(), status(site, request_id)) == ([], "denied")


@pytest.mark.parametrize("method", ["GET", "HEAD"])
@pytest.mark.parametrize(
    "headers",
    [
        PAGE,
        {"User-Agent": "TelegramBot (like TwitterBot)"},
        {"User-Agent": "Mozilla/5.0 Safe Links", "Purpose": "prefetch"},
        {"Sec-Purpose": "prefetch;prerender", "Sec-Fetch-Site": "cross-site"},
        {"Accept": "*/*", "X-Moz": "prefetch"},
    ],
)
def test_whoever_only_looks_decides_nothing(
    site: SiteUnderTest, method: str, headers: dict[str, str]
) -> None:
    request_id = asked(site)
    for path in links(site, request_id):
        for query in ("", "?decision=approve"):
            answer = site.ask(method, path + query, headers=headers)
            assert answer.status_code == 200
            assert answer.headers["Cache-Control"] == "no-store"
    assert (site.invited(), status(site, request_id)) == ([], "awaiting_approval")


def test_what_a_preview_shows_of_it_names_nobody(site: SiteUnderTest) -> None:
    approve, _ = links(site, asked(site, "cousin@name.example"))
    head = site.page(approve).text.partition("</head>")[0]
    assert "cousin" not in head
    assert 'content="strict-origin"' in head


def test_the_links_are_dead_after_the_first_answer(site: SiteUnderTest) -> None:
    request_id = asked(site)
    approve, deny = links(site, request_id)
    assert press(site, approve, "approve")[0] == 200
    for path, decision in ((deny, "deny"), (approve, "approve"), (approve, "deny")):
        code, text = press(site, path, decision)
        assert code == 409
        assert "links only work once" in text
        looked = site.page(path)
        assert looked.status_code == 200
        assert "<form" not in looked.text.partition("<main")[2].partition("</main>")[0]
    assert (site.invited(), status(site, request_id)) == (["cousin"], "success")


def test_what_was_decided_on_the_dashboard_is_said_to_be(site: SiteUnderTest) -> None:
    request_id = asked(site)
    approve, _ = links(site, request_id)
    assert site.owner("POST", f"invites/{request_id}/deny").status_code == 200
    assert "already been answered on the dashboard" in site.page(approve).text
    code, text = press(site, approve, "approve")
    assert code == 409
    assert "already been answered on the dashboard" in text
    assert (site.invited(), status(site, request_id)) == ([], "denied")


def test_of_two_answers_at_one_moment_the_first_counts(site: SiteUnderTest) -> None:
    """The request is looked at, then somebody denies it, and then the press is carried out."""
    request_id = asked(site)
    approve, _ = links(site, request_id)
    one_tap = site.container.notices().one_tap()
    owners = one_tap._owners()

    def meanwhile() -> Any:
        owners.deny(UUID(request_id), OWNER)
        return owners

    with patch.object(one_tap, "_owners", meanwhile):
        assert press(site, approve, "approve")[0] == 409
    assert (site.invited(), status(site, request_id)) == ([], "denied")


def test_a_link_lives_for_14_days_to_the_second(site: SiteUnderTest) -> None:
    request_id = asked(site)
    old, _ = links(site, request_id, utc_now() - timedelta(days=14))
    assert site.page(old).status_code == 410
    assert "expired" in site.page(old).text
    assert press(site, old, "approve")[0] == 410
    assert status(site, request_id) == "awaiting_approval"
    young, _ = links(site, request_id, utc_now() - timedelta(days=14, seconds=-60))
    assert press(site, young, "approve")[0] == 200


def test_a_link_that_is_not_ours_decides_nothing(site: SiteUnderTest, make_site: MakeSite) -> None:
    request_id = asked(site)
    approve, deny = links(site, request_id)
    nothing = cast("Any", None)
    other = OneTap("0" * 64, HERE, nothing, nothing, nothing, utc_now)
    found = other.addresses(UUID(request_id), utc_now())
    assert found is not None
    unknown, _ = links(site, str(uuid4()))
    paths = [
        found[0].removeprefix(HERE),
        # Not the last character: two of its bits are not read.
        approve[:-2] + ("A" if approve[-2] != "A" else "B") + approve[-1],
        approve[:-5],
        approve + "x",
        approve.partition(".")[0],
        approve.partition(".")[0] + "." + deny.partition(".")[2],
        "/approve/x",
        unknown,
    ]
    for path in paths:
        assert site.page(path).status_code == 404, path
        assert press(site, path, "approve")[0] == 404, path
    assert (site.invited(), status(site, request_id)) == ([], "awaiting_approval")


def test_nothing_but_this_request_can_be_done_by_it(site: SiteUnderTest) -> None:
    mine, other = asked(site, "mine"), asked(site, "other")
    approve, _ = links(site, mine)
    token = approve.rpartition("/")[2]
    for path in (f"/api/manage/invites/{other}/approve", f"/dashboard/api/invites/{other}/approve"):
        for headers in ({"x-functions-key": token}, {"Cookie": f"helpr_session={token}"}):
            assert site.ask("POST", path, headers=headers).status_code == 401
    body = {"decision": "approve", "request_id": other}
    headers = PAGE | {"Sec-Fetch-Site": "same-origin"}
    site.ask("POST", approve, headers=headers, data=body)
    assert status(site, other) == "awaiting_approval"
    assert site.invited() in (["mine"], [])


@pytest.mark.parametrize("body", [{}, {"decision": ""}, {"decision": "maybe"}])
def test_what_is_no_decision_decides_nothing(site: SiteUnderTest, body: dict[str, str]) -> None:
    request_id = asked(site)
    approve, _ = links(site, request_id)
    headers = PAGE | {"Sec-Fetch-Site": "same-origin"}
    assert site.ask("POST", approve, headers=headers, data=body).status_code == 400
    assert status(site, request_id) == "awaiting_approval"


def test_another_site_s_page_presses_no_button(site: SiteUnderTest) -> None:
    request_id = asked(site)
    approve, _ = links(site, request_id)
    for headers in ({"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://evil.example"}):
        answer = site.ask("POST", approve, headers=PAGE | headers, data={"decision": "approve"})
        assert answer.status_code == 403
    assert status(site, request_id) == "awaiting_approval"


def test_it_speaks_german(site: SiteUnderTest) -> None:
    approve, _ = links(site, asked(site))
    text = site.ask("GET", approve, headers=PAGE | {"Accept-Language": "de"}).text
    assert "Zustimmen und einladen" in text


def test_what_plex_makes_of_it_is_said(site: SiteUnderTest) -> None:
    approve, _ = links(site, asked(site))
    site.plex.fail("status", status=503, times=0)
    code, text = press(site, approve, "approve")
    assert code == 200
    assert "as soon as it does" in text


def test_without_a_public_address_there_are_no_links(make_site: MakeSite) -> None:
    site = make_site()
    assert site.container.notices().one_tap().addresses(uuid4(), utc_now()) is None
