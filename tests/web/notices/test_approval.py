"""Two taps lead from the message to "approved, invited"; the link does nothing else."""

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
    """A worker that knows its address, and asks its owner to approve."""
    made = make_site(HELPR_PUBLIC_URL=HERE)
    assert made.save(approval_required=True).status_code == 200
    return made


def asked(site: SiteUnderTest, who: str = "cousin", note: str = "") -> str:
    answer = site.invite(who, note=note) if note else site.invite(who)
    assert answer.status_code == 202, answer.text
    return str(answer.get_json()["request_id"])


def links(site: SiteUnderTest, request_id: str, at: datetime | None = None) -> tuple[str, str]:
    """The paths in the message."""
    found = site.container.notices().one_tap().addresses(UUID(request_id), at or utc_now())
    assert found is not None
    approve, deny = (link.removeprefix(HERE) for link in found)
    return approve, deny


def press(site: SiteUnderTest, path: str, decision: str) -> tuple[int, str]:
    """Press the button on the link's page, as a phone's browser does."""
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


def test_deny_is_the_other_links_first_button(site: SiteUnderTest) -> None:
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
def test_opening_the_link_decides_nothing(
    site: SiteUnderTest, method: str, headers: dict[str, str]
) -> None:
    request_id = asked(site)
    for path in links(site, request_id):
        for query in ("", "?decision=approve"):
            answer = site.ask(method, path + query, headers=headers)
            assert answer.status_code == 200
            assert answer.headers["Cache-Control"] == "no-store"
    assert (site.invited(), status(site, request_id)) == ([], "awaiting_approval")


def test_a_link_preview_names_nobody(site: SiteUnderTest) -> None:
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


def test_a_decision_made_on_the_dashboard_is_shown(site: SiteUnderTest) -> None:
    request_id = asked(site)
    approve, _ = links(site, request_id)
    assert site.owner("POST", f"invites/{request_id}/deny").status_code == 200
    assert "already been answered on the dashboard" in site.page(approve).text
    code, text = press(site, approve, "approve")
    assert code == 409
    assert "already been answered on the dashboard" in text
    assert (site.invited(), status(site, request_id)) == ([], "denied")


def test_of_two_simultaneous_answers_the_first_counts(site: SiteUnderTest) -> None:
    """The request is looked at, then somebody denies it, and then the button press arrives."""
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


def test_a_link_is_valid_for_exactly_14_days(site: SiteUnderTest) -> None:
    request_id = asked(site)
    old, _ = links(site, request_id, utc_now() - timedelta(days=14))
    assert site.page(old).status_code == 410
    assert "expired" in site.page(old).text
    assert press(site, old, "approve")[0] == 410
    assert status(site, request_id) == "awaiting_approval"
    young, _ = links(site, request_id, utc_now() - timedelta(days=14, seconds=-60))
    assert press(site, young, "approve")[0] == 200


def test_a_forged_link_decides_nothing(site: SiteUnderTest, make_site: MakeSite) -> None:
    request_id = asked(site)
    approve, deny = links(site, request_id)
    nothing = cast("Any", None)
    other = OneTap("0" * 64, HERE, nothing, nothing, nothing, utc_now)
    found = other.addresses(UUID(request_id), utc_now())
    assert found is not None
    unknown, _ = links(site, str(uuid4()))
    paths = [
        found[0].removeprefix(HERE),
        # Not the last character, two bits of which are ignored.
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


def test_the_link_cannot_be_used_for_anything_but_this_request(site: SiteUnderTest) -> None:
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
def test_an_invalid_decision_decides_nothing(site: SiteUnderTest, body: dict[str, str]) -> None:
    request_id = asked(site)
    approve, _ = links(site, request_id)
    headers = PAGE | {"Sec-Fetch-Site": "same-origin"}
    assert site.ask("POST", approve, headers=headers, data=body).status_code == 400
    assert status(site, request_id) == "awaiting_approval"


def test_a_page_of_another_site_cannot_press_the_button(site: SiteUnderTest) -> None:
    request_id = asked(site)
    approve, _ = links(site, request_id)
    for headers in ({"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://evil.example"}):
        answer = site.ask("POST", approve, headers=PAGE | headers, data={"decision": "approve"})
        assert answer.status_code == 403
    assert status(site, request_id) == "awaiting_approval"


def test_the_page_is_available_in_german(site: SiteUnderTest) -> None:
    approve, _ = links(site, asked(site))
    text = site.ask("GET", approve, headers=PAGE | {"Accept-Language": "de"}).text
    assert "Zustimmen und einladen" in text


def test_plexs_outcome_is_shown(site: SiteUnderTest) -> None:
    approve, _ = links(site, asked(site))
    site.plex.fail("status", status=503, times=0)
    code, text = press(site, approve, "approve")
    assert code == 200
    assert "as soon as it does" in text


def test_without_a_public_address_there_are_no_links(make_site: MakeSite) -> None:
    site = make_site()
    assert site.container.notices().one_tap().addresses(uuid4(), utc_now()) is None
