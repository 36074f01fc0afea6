"""A friend signs in with Plex: each outcome has its page, and none loses the request."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from werkzeug.test import TestResponse

from helpr_core.clock import utc_now
from helpr_core.errors import StateUnavailable
from helpr_core.services.plex.errors import PlexUnavailable
from helpr_core.texts import text
from tests.services.flaky_stores import FlakyStore
from tests.web.conftest import INVITE_CODE, MakeSite
from tests.web.site_under_test import PAGE, SiteUnderTest, problem

OURS = {"Origin": "http://localhost"}


@dataclass
class Friend:
    """Somebody in front of a browser that runs scripts and so makes its own PINs."""

    site: SiteUnderTest
    number: int = 1
    begun: dict[str, Any] | None = None
    code: str = ""
    auth_url: str = ""

    @property
    def cookie(self) -> dict[str, str]:
        return self.site.browser(self.number)

    @property
    def id(self) -> str:
        assert self.begun is not None
        return str(self.begun["sign_in_id"])

    def begin(self, **typed: str) -> TestResponse:
        answer = self.site.ask("POST", "/api/sign-ins", json=typed, headers=OURS | self.cookie)
        if answer.status_code == 201:
            self.begun = answer.get_json()
        return answer

    def make_pin(self) -> dict[str, Any]:
        assert self.begun is not None
        pin = self.site.make_pin(self.begun["client_identifier"])
        self.code = pin["pin_code"]
        return pin

    def put_pin(self, pin: dict[str, Any] | None = None) -> TestResponse:
        given = self.make_pin() if pin is None else pin
        answer = self.site.ask(
            "PUT", f"/api/sign-ins/{self.id}/pin", json=given, headers=OURS | self.cookie
        )
        if answer.status_code == 200:
            self.auth_url = answer.get_json()["auth_url"]
        return answer

    def leave(self, **typed: str) -> None:
        """Go to Plex's page."""
        assert self.begin(**typed).status_code == 201
        assert self.put_pin().status_code == 200

    def go(self, name: str, **typed: str) -> TestResponse:
        """The whole sign-in: sign in at Plex as that person, and come back."""
        self.leave(**typed)
        assert self.site.plex.sign_in(self.code, name)
        return self.back()

    def back(self) -> TestResponse:
        headers = PAGE | self.cookie
        return self.site.ask("GET", f"/signed-in/{self.id}", headers=headers)

    def finish(self) -> TestResponse:
        headers = OURS | self.cookie
        return self.site.ask("POST", f"/api/sign-ins/{self.id}/finish", headers=headers)


@pytest.fixture
def friend(site: SiteUnderTest) -> Friend:
    """Somebody at a warm worker."""
    return _warm(Friend(site))


def _warm(friend: Friend) -> Friend:
    assert friend.site.invite("warmer").status_code == 201
    friend.site.container.plex.owner().look()
    friend.site.plex.clear_calls()
    return friend


def _page(answer: TestResponse, status: int, code: str) -> str:
    assert answer.status_code == status, answer.text
    page = answer.text
    assert text(f"sign_in.{code}.heading").replace("’", "’") in page
    assert answer.headers["Cache-Control"] == "no-store"
    return page


def _row(site: SiteUnderTest, name: str) -> dict[str, Any]:
    (row,) = (row for row in site.rows() if row["email_or_username"] == name)
    return row


def test_the_friend_has_access_after_six_calls_and_the_token_is_revoked(friend: Friend) -> None:
    answer = friend.go("alice")
    row = _row(friend.site, "alice")
    share = friend.site.plex.share_of("alice")
    assert (answer.status_code, answer.headers["Location"]) == (303, f"/invited/{_id(row)}")
    assert share is not None
    assert share.accepted
    assert (row["source"], row["status"], row["plex_user_id"]) == (
        "sign_in",
        "success",
        share.person.user_id,
    )
    assert row["accepted_at"] is not None
    assert len(friend.site.plex.servers_calls) == 6
    assert friend.site.plex.tokens == ()
    page = friend.site.ask("GET", answer.headers["Location"], headers=PAGE)
    assert text("friend.accepted.heading") in page.text


def _id(row: dict[str, Any]) -> str:
    raw = str(row["request_id"]).replace("-", "")
    return "-".join((raw[:8], raw[8:12], raw[12:16], raw[16:20], raw[20:]))


def test_the_invitation_is_for_the_account_and_not_for_a_name(friend: Friend) -> None:
    friend.go("alice")
    share = friend.site.plex.share_of("alice")
    assert share is not None
    assert friend.site.invited()[-2:][0] == str(share.person.user_id)


def test_no_page_announces_an_alert_if_the_browser_made_the_pin(
    friend: Friend,
) -> None:
    friend.begin()
    answer = friend.put_pin().get_json()
    assert answer["alert_expected"] is False
    assert friend.site.plex.servers_calls == []
    assert answer["auth_url"].startswith(f"{friend.site.plex.url}/auth#?clientID=")


def test_if_the_browser_cannot_helpr_makes_the_pin_and_explains_the_alert(
    friend: Friend,
) -> None:
    friend.begin()
    headers = OURS | friend.cookie
    answer = friend.site.ask("PUT", f"/api/sign-ins/{friend.id}/pin", headers=headers)
    assert answer.get_json()["alert_expected"] is True
    assert [call.path for call in friend.site.plex.servers_calls] == ["/api/v2/pins"]


def test_without_javascript_a_page_prepares_for_the_alert(friend: Friend) -> None:
    headers = PAGE | OURS | friend.cookie
    answer = friend.site.ask("POST", "/api/sign-ins", data={"note": "hi"}, headers=headers)
    assert answer.status_code == 200
    assert text("sign_in.alert.sentence").split(".")[0] in answer.text
    (address,) = re.findall(r'id="to-plex" href="([^"]+)"', answer.text)
    code = re.search(r"code=(\w+)", address)
    back = re.search(r"forwardUrl=http%3A%2F%2Flocalhost%2Fsigned-in%2F([\w-]+)", address)
    assert code is not None
    assert back is not None
    friend.site.plex.sign_in(code[1], "alice")
    came = friend.site.ask("GET", f"/signed-in/{back[1]}", headers=PAGE | friend.cookie)
    assert came.status_code == 303
    assert _row(friend.site, "alice")["accepted_at"] is not None


def test_an_invitation_that_arrives_late_is_waited_for(friend: Friend) -> None:
    friend.site.plex.change(arrives_after=2)
    friend.go("alice")
    assert _row(friend.site, "alice")["accepted_at"] is not None
    assert friend.site.plex.tokens == ()


def test_an_invitation_that_never_arrives_ends_as_any_other(friend: Friend) -> None:
    friend.site.plex.change(arrives_after=1000)
    answer = friend.go("alice")
    row = _row(friend.site, "alice")
    assert (answer.status_code, row["status"], row["accepted_at"]) == (303, "success", None)
    assert friend.site.plex.tokens == ()


def test_a_script_is_told_that_the_friend_has_access(friend: Friend) -> None:
    friend.leave()
    friend.site.plex.sign_in(friend.code, "alice")
    answer = friend.finish()
    body = answer.get_json()
    assert (answer.status_code, body["status"], body["accepted"]) == (201, "success", True)
    assert answer.headers["Location"] == f"/invited/{body['request_id']}"


def test_cancelling_at_plex_loses_nothing(friend: Friend) -> None:
    friend.leave()
    page = _page(friend.back(), 202, "sign_in_waiting")
    assert friend.auth_url.partition("#")[0] in page
    assert "alice" not in str(friend.site.rows())
    assert friend.finish().get_json()["status"] == "sign_in_waiting"
    friend.site.plex.sign_in(friend.code, "alice")
    assert friend.back().status_code == 303


@pytest.mark.parametrize(
    ("name", "status", "code"),
    [
        ("unconfirmed-uma", 403, "email_not_confirmed"),
        ("managed-max", 403, "managed_user"),
        ("demo-owner", 403, "is_owner"),
    ],
)
def test_an_account_that_cannot_be_invited_has_its_page_and_its_token_is_revoked(
    friend: Friend, name: str, status: int, code: str
) -> None:
    _page(friend.go(name), status, code)
    assert friend.site.plex.tokens == ()
    assert friend.site.plex.count("POST", "/shared_servers") == 0


def test_signing_in_again_after_confirming_keeps_what_was_typed(make_site: MakeSite) -> None:
    friend = _warm_with_code(make_site)
    friend.go("unconfirmed-uma", invite_code=INVITE_CODE)
    before = friend.id
    page = friend.back().text
    assert f'name="after" value="{before}"' in page
    assert INVITE_CODE not in str(friend.begin(after=before).get_json())
    friend.put_pin()
    friend.site.plex.sign_in(friend.code, "alice")
    assert friend.back().status_code == 303
    assert _row(friend.site, "alice")["status"] == "success"


def test_the_owner_is_known_by_the_id_and_not_by_a_name(friend: Friend) -> None:
    owner = friend.site.container.plex.owner()
    owner.note("alice", account_id=owner.account_id())  # a name that somebody else has by now
    assert friend.go("alice").status_code == 303
    _page(Friend(friend.site, 2).go("demo-owner"), 403, "is_owner")


def test_while_plex_does_not_say_who_the_owner_is_friends_get_in(
    friend: Friend, monkeypatch: pytest.MonkeyPatch
) -> None:
    def silent() -> int:
        raise PlexUnavailable("no answer")

    monkeypatch.setattr(friend.site.container.plex.owner(), "account_id", silent)
    assert friend.go("alice").status_code == 303
    assert _row(friend.site, "alice")["accepted_at"] is not None


def test_the_outcome_is_shown_even_if_the_state_store_cannot_keep_it(
    friend: Friend, monkeypatch: pytest.MonkeyPatch
) -> None:
    friend.leave()
    friend.site.plex.sign_in(friend.code, "alice")
    sign_ins = friend.site.container.sign_ins().stored()
    store, claim = FlakyStore(sign_ins._state, StateUnavailable), sign_ins.claim

    def claim_and_break(*given: Any) -> Any:
        claimed = claim(*given)
        store.down = True
        return claimed

    monkeypatch.setattr(sign_ins, "_state", store)
    monkeypatch.setattr(sign_ins, "claim", claim_and_break)
    answer = friend.back()
    assert answer.status_code == 303
    assert answer.headers["Location"].startswith("/invited/")
    assert friend.site.plex.tokens == ()


def test_of_two_pins_at_once_the_later_one_counts(friend: Friend) -> None:
    friend.begin()
    sign_ins = friend.site.container.sign_ins().stored()
    first, second = friend.make_pin(), friend.make_pin()
    stale = sign_ins._document.named(friend.id).find(sign_ins._state)
    friend.put_pin(first)
    sign_ins.pin(UUID(friend.id), stale, second["pin_id"], second["pin_code"])
    friend.site.plex.sign_in(second["pin_code"], "alice")
    assert friend.back().status_code == 303


def _warm_with_code(make_site: MakeSite) -> Friend:
    return Friend(make_site(INVITE_CODE=INVITE_CODE))


def test_a_link_that_requires_a_sign_in_admits_a_friend_who_signs_in(friend: Friend) -> None:
    made = friend.site.owner(
        "POST", "links", json={"label": "x", "require_sign_in": True, "uses_limit": 1}
    ).get_json()
    problem(friend.site.invite("bob", invite_code=made["code"]), 403, "sign_in_required")
    assert friend.go("alice", invite_code=made["code"]).status_code == 303
    assert _row(friend.site, "alice")["accepted_at"] is not None
    used = friend.site.owner("GET", f"links/{made['link_id']}").get_json()
    assert used["uses"] == 1
    late = Friend(friend.site, number=3).go("carol", invite_code=made["code"])
    assert late.status_code == 410
    assert friend.site.plex.share_of("carol") is None
    assert friend.site.plex.tokens == ()


def test_a_wrong_code_is_refused_before_plex(make_site: MakeSite) -> None:
    friend = _warm_with_code(make_site)
    problem(friend.begin(invite_code="wrong"), 403, "invite_code_invalid")
    assert friend.site.plex.servers_calls == []
    headers = PAGE | OURS | friend.cookie
    page = friend.site.ask("POST", "/api/sign-ins", data={"note": "hi"}, headers=headers)
    assert page.status_code == 403
    assert 'id="invite_code-error"' in page.text
    assert friend.site.plex.count("POST") == 0


def test_a_paused_site_accepts_no_sign_in(site: SiteUnderTest) -> None:
    site.save(paused=True)
    problem(Friend(site).begin(), 403, "invites_paused")


def test_the_button_promises_access_only_where_it_is_given_at_once(site: SiteUnderTest) -> None:
    at_once, later = text("sign_in.hint_open"), text("sign_in.hint_approval")
    assert at_once[:30] in site.page("/").text
    site.save(approval_required=True)
    page = site.page("/").text
    assert at_once[:30] not in page
    assert later[:30] in page
    yes = site.owner("POST", "links", json={"approval": "no"}).get_json()
    assert at_once[:30] in site.page(f"/join/{yes['code']}").text
    site.save(approval_required=False)
    site.plex.fail("status", status=503, times=0)
    for number in range(4):
        site.invite(f"friend{number}")
    assert text("form.plex_silent") in site.page("/").text
    assert at_once[:30] not in site.page("/").text


def test_a_pause_in_between_is_reported_and_the_token_is_revoked(friend: Friend) -> None:
    friend.leave()
    friend.site.save(paused=True)
    friend.site.plex.sign_in(friend.code, "alice")
    answer = friend.back()
    assert answer.status_code == 403
    assert text("problem.invites_paused.title") in answer.text
    assert text("sign_in.again") not in answer.text  # it would end in the same way
    assert friend.site.plex.tokens == ()


def test_a_link_that_ends_in_between_leads_to_whoever_gave_it_and_not_back_to_it(
    friend: Friend,
) -> None:
    link = friend.site.owner("POST", "links", json={"uses_limit": 1}).get_json()
    friend.site.save(contact="Ring the bell")
    friend.leave(invite_code=link["code"])
    friend.site.invite("quicker", invite_code=link["code"])
    friend.site.plex.sign_in(friend.code, "alice")
    answer = friend.back()
    assert answer.status_code == 410
    assert text("problem.link_used_up.title") in answer.text
    assert "Ring the bell" in answer.text
    assert text("sign_in.again") not in answer.text
    assert link["code"] not in answer.text


def test_while_a_store_is_down_the_same_address_can_be_tried_again(
    friend: Friend, monkeypatch: pytest.MonkeyPatch
) -> None:
    friend.leave()
    friend.site.plex.sign_in(friend.code, "alice")
    sign_ins = friend.site.container.sign_ins().stored()
    store = FlakyStore(sign_ins._state, StateUnavailable)
    monkeypatch.setattr(sign_ins, "_state", store)
    store.down = True
    answer = friend.back()
    store.down = False
    assert answer.status_code == 503
    assert f'href="/signed-in/{friend.id}"' in answer.text
    assert friend.back().status_code == 303


def test_a_friend_who_has_access_is_told_so(friend: Friend) -> None:
    friend.site.plex.share("alice", [friend.site.plex.libraries[0].id])
    friend.site.plex.accept("alice")
    friend.go("alice")
    row = _row(friend.site, "alice")
    assert (row["status"], row["accepted_at"] is not None) == ("success", True)


def test_an_invite_pending_from_elsewhere_is_accepted(friend: Friend) -> None:
    friend.site.plex.share("alice", [friend.site.plex.libraries[0].id])
    friend.go("alice")
    share = friend.site.plex.share_of("alice")
    assert share is not None
    assert share.accepted
    assert _row(friend.site, "alice")["accepted_at"] is not None


def test_a_request_made_by_name_elsewhere_is_shown_after_signing_in(friend: Friend) -> None:
    friend.site.invite("alice", headers=friend.site.browser(9))
    answer = friend.go("alice")
    assert answer.headers["Location"] == f"/invited/{_id(_row(friend.site, 'alice'))}"
    assert _row(friend.site, "alice")["accepted_at"] is not None


def test_a_full_server_is_the_requests_answer(friend: Friend) -> None:
    friend.site.plex.change(people=100)
    answer = friend.go("alice")
    assert answer.status_code == 303
    assert _row(friend.site, "alice")["error_code"] == "server_full"
    assert friend.site.plex.tokens == ()


def test_with_approval_the_account_is_remembered_and_signing_in_again_finishes(
    friend: Friend,
) -> None:
    friend.site.save(approval_required=True)
    friend.go("alice", note="It is me")
    row = _row(friend.site, "alice")
    assert (row["status"], row["note"]) == ("awaiting_approval", "It is me")
    assert friend.site.plex.tokens == ()
    friend.site.owner("POST", f"invites/{_id(row)}/approve")
    share = friend.site.plex.share_of("alice")
    assert share is not None
    assert (share.accepted, share.person.user_id) == (False, row["plex_user_id"])
    Friend(friend.site, number=2).go("alice")
    assert _row(friend.site, "alice")["accepted_at"] is not None


def test_a_pin_expires(friend: Friend) -> None:
    friend.leave(note="hello")
    friend.site.plex.expire_pins()
    page = _page(friend.back(), 410, "sign_in_over")
    assert f'value="{friend.id}"' in page


def test_a_sign_in_expires_after_fifteen_minutes(make_site: MakeSite) -> None:
    friend = Friend(make_site())
    moment = _Clock()
    friend.site.container.installation._clock = moment
    friend.leave()
    friend.site.plex.sign_in(friend.code, "alice")
    moment.now += timedelta(minutes=15)
    _page(friend.back(), 410, "sign_in_over")
    problem(friend.finish(), 410, "sign_in_over")


class _Clock:
    def __init__(self) -> None:
        self.now = utc_now()

    def __call__(self) -> datetime:
        return self.now


def test_an_outage_before_the_request_can_be_tried_again(friend: Friend) -> None:
    friend.leave()
    friend.site.plex.sign_in(friend.code, "alice")
    friend.site.plex.fail("status", path_prefix="/api/v2/user", status=503)
    page = _page(friend.back(), 503, "plex_unreachable")
    assert f'href="/signed-in/{friend.id}"' in page
    assert friend.back().status_code == 303
    assert _row(friend.site, "alice")["accepted_at"] is not None
    assert friend.site.plex.tokens == ()


def test_an_outage_after_it_leaves_a_request_that_is_kept(friend: Friend) -> None:
    friend.leave()
    friend.site.plex.sign_in(friend.code, "alice")
    friend.site.plex.fail("status", method="POST", path_prefix="/api/servers", status=503)
    assert friend.back().status_code == 303
    assert _row(friend.site, "alice")["status"] == "queued"
    assert friend.site.plex.tokens == ()


@pytest.mark.parametrize("path", ["/api/v2/shared_servers/", "/api/v2/shared_servers/owned"])
def test_an_outage_at_the_acceptance_leaves_an_invitation(friend: Friend, path: str) -> None:
    friend.site.plex.fail("status", path_prefix=path, status=503, times=0)
    friend.go("alice")
    row = _row(friend.site, "alice")
    assert (row["status"], row["accepted_at"]) == ("success", None)
    assert friend.site.plex.tokens == ()


def test_a_reload_and_a_second_tab_lead_to_the_one_request(friend: Friend) -> None:
    first = friend.go("alice")
    calls = len(friend.site.plex.servers_calls)
    second, third = friend.back(), friend.finish()
    assert second.headers["Location"] == first.headers["Location"] == third.headers["Location"]
    assert len(friend.site.plex.servers_calls) == calls


def test_another_browser_can_finish_nothing_and_start_again(make_site: MakeSite) -> None:
    friend = _warm_with_code(make_site)
    friend.leave(invite_code=INVITE_CODE)
    friend.site.plex.sign_in(friend.code, "alice")
    other = Friend(friend.site, number=2, begun=friend.begun)
    page = _page(other.back(), 403, "sign_in_elsewhere")
    assert INVITE_CODE not in page
    problem(other.finish(), 403, "sign_in_elsewhere")
    problem(other.put_pin({"pin_id": 1, "pin_code": "abcd"}), 403, "sign_in_elsewhere")
    assert other.begin(after=friend.id).status_code == 201
    assert friend.back().status_code == 303


def test_guessing_pin_numbers_reveals_nothing(friend: Friend) -> None:
    """A PIN from somebody else's sign-in is used in one's own: it belongs to another device."""
    friend.leave()
    friend.site.plex.sign_in(friend.code, "alice")
    thief = Friend(friend.site, number=2)
    thief.begin()
    assert friend.begun is not None
    stolen = {"pin_id": 500_000_001, "pin_code": friend.code}
    assert thief.put_pin(stolen).status_code == 200
    _page(thief.back(), 410, "sign_in_over")


def test_an_unknown_sign_in_is_expired(site: SiteUnderTest) -> None:
    answer = site.ask("GET", f"/signed-in/{uuid4()}", headers=PAGE | site.browser())
    _page(answer, 410, "sign_in_over")
    nonsense = site.ask("GET", "/signed-in/nonsense", headers=PAGE)
    _page(nonsense, 410, "sign_in_over")


def test_a_page_of_another_site_can_begin_nothing(site: SiteUnderTest) -> None:
    headers = {"Origin": "https://elsewhere.example.com"}
    problem(site.ask("POST", "/api/sign-ins", json={}, headers=headers), 403, "cross_site")


def test_the_return_address_never_comes_from_the_host_header(make_site: MakeSite) -> None:
    site = make_site()
    headers = {"Host": "evil.example.com"}
    problem(site.ask("POST", "/api/sign-ins", json={}, headers=headers), 400, "invalid_input")
    named = make_site(HELPR_PUBLIC_URL="https://helpr.example.com")
    begun = named.ask("POST", "/api/sign-ins", json={}, headers=headers).get_json()
    assert begun["forward_url"] == f"https://helpr.example.com/signed-in/{begun['sign_in_id']}"


def test_nothing_that_was_typed_is_stored_in_plain_text(make_site: MakeSite) -> None:
    friend = _warm_with_code(make_site)
    friend.leave(invite_code=INVITE_CODE, note="a word of mine")
    assert friend.begun is not None
    stored = friend.site.database.read_bytes()
    for text_ in (INVITE_CODE, "a word of mine", friend.begun["client_identifier"]):
        assert text_.encode() not in stored


def test_only_pages_with_that_button_may_connect_to_plex(site: SiteUnderTest) -> None:
    for path in ("/", "/dashboard"):
        policy = site.page(path).headers["Content-Security-Policy"]
        assert policy.endswith(f"; connect-src 'self' {site.plex.url}")
    for path in ("/nowhere", "/api/site", "/healthz"):
        assert site.plex.url not in site.page(path).headers["Content-Security-Policy"]


def test_the_page_to_sign_in_again_may_connect_to_plex(site: SiteUnderTest) -> None:
    policy = site.page(f"/signed-in/{uuid4()}").headers["Content-Security-Policy"]
    assert policy.endswith(f"; connect-src 'self' {site.plex.url}")


def test_the_policy_names_the_real_plex(make_site: MakeSite) -> None:
    site = make_site(PLEX_API_URL=None)
    page = site.page("/")
    assert "connect-src 'self' https://clients.plex.tv" in page.headers["Content-Security-Policy"]
    assert 'data-pins="https://clients.plex.tv/api/v2/pins"' in page.text
