"""Unsubscribing from emails: opening the page changes nothing, its button does, with an undo."""

from __future__ import annotations

import pytest

from tests.web.conftest import MakeSite
from tests.web.site_under_test import PAGE, SiteUnderTest

HERE = "https://helpr.example"
FRIEND = "friend@example.org"
ONE_CLICK = b"List-Unsubscribe=One-Click"
MULTIPART = "multipart/form-data; boundary=x"
PARTS = (
    b'--x\r\nContent-Disposition: form-data; name="List-Unsubscribe"\r\n\r\nOne-Click\r\n--x--\r\n'
)


@pytest.fixture
def site(make_site: MakeSite) -> SiteUnderTest:
    """A worker that knows its address."""
    return make_site(HELPR_PUBLIC_URL=HERE)


def way_out(site: SiteUnderTest, mailbox: str = FRIEND) -> str:
    address = site.container.notices().unsubscribing().address(mailbox)
    assert address is not None
    assert mailbox.partition("@")[0] not in address
    return address.removeprefix(HERE)


def wants_mails(site: SiteUnderTest, mailbox: str = FRIEND) -> bool:
    return site.container.notices().unsubscribing().wants_mails(mailbox)


def test_opening_the_page_changes_nothing_and_its_button_does(site: SiteUnderTest) -> None:
    path = way_out(site)
    for method in ("GET", "HEAD", "GET"):
        assert site.ask(method, path, headers=PAGE).status_code == 200
    assert "Stop these mails" in site.page(path).text
    assert wants_mails(site)

    pressed = site.ask("POST", path, headers=PAGE)

    assert "You won’t get any more of these mails" in pressed.text
    assert not wants_mails(site)
    assert wants_mails(site, "other@example.org")
    assert "Send me these mails again" in site.page(path).text


def test_a_mistake_can_be_undone(site: SiteUnderTest) -> None:
    path = way_out(site)
    site.ask("POST", path, headers=PAGE)
    site.ask("POST", f"{path}?again=1", headers=PAGE)
    assert wants_mails(site)


@pytest.mark.parametrize(
    ("content_type", "body"),
    [("application/x-www-form-urlencoded", ONE_CLICK), (MULTIPART, PARTS), ("", b"")],
)
def test_a_mail_programs_one_click_counts_however_it_is_sent(
    site: SiteUnderTest, content_type: str, body: bytes
) -> None:
    """RFC 8058: either kind of form, without cookies, from anywhere."""
    headers = {"Content-Type": content_type, "Sec-Fetch-Site": "cross-site"}
    for _ in range(2):
        answer = site.ask("POST", way_out(site), headers=headers, data=body)
        assert answer.status_code == 200
    assert not wants_mails(site)


@pytest.mark.parametrize("token", ["x", "ImFiYyI.c2lnbmVk", "a" * 3000])
def test_a_forged_link_does_nothing(site: SiteUnderTest, token: str) -> None:
    assert site.page(f"/unsubscribe/{token}").status_code == 404
    assert site.ask("POST", f"/unsubscribe/{token}", headers=PAGE).status_code == 404


def test_a_link_signed_with_another_key_does_nothing(make_site: MakeSite) -> None:
    path = way_out(
        make_site(HELPR_PUBLIC_URL=HERE, SECRET_KEY="another key, of forty characters or so")
    )
    site = make_site(HELPR_PUBLIC_URL=HERE)
    assert site.ask("POST", path, headers=PAGE).status_code == 404
    assert site.ask("POST", way_out(site), headers=PAGE).status_code == 200


def test_the_database_has_no_address_of_people_who_unsubscribed(site: SiteUnderTest) -> None:
    site.ask("POST", way_out(site), headers=PAGE)
    row = site.container.stores.decision_table().get("unsubscribed-mailboxes")
    assert row is not None
    assert FRIEND not in str(row.value)
