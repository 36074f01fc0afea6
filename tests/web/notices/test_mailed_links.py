"""A link sent by email: to one mailbox, in one language, with the mail server's answer."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.servers import receiver as servers
from tests.servers.receiver import Mailbox
from tests.web.conftest import MakeSite
from tests.web.site_under_test import SiteUnderTest, problem

FRIEND = "friend@example.org"


@pytest.fixture
def mailbox() -> Iterator[Mailbox]:
    with servers.mail_server() as found:
        yield found


@pytest.fixture
def site(make_site: MakeSite, mailbox: Mailbox) -> SiteUnderTest:
    """A worker with a mail server, which knows its address."""
    return make_site(
        HELPR_SMTP_URL=mailbox.url,
        HELPR_MAIL_FROM="Helpr <helpr@name.example>",
        HELPR_PUBLIC_URL="https://helpr.example",
    )


def made(site: SiteUnderTest) -> tuple[str, str]:
    answer = site.owner("POST", "links", json={"label": "family"})
    assert answer.status_code == 201, answer.text
    link = answer.get_json()
    return f"links/{link['link_id']}/mail", link["url"]


def test_a_friend_gets_the_link_in_the_chosen_language(
    site: SiteUnderTest, mailbox: Mailbox
) -> None:
    path, url = made(site)
    answer = site.owner("POST", path, json={"address": FRIEND, "language": "de"})
    assert answer.get_json()["ok"]
    (mail,) = mailbox.mails
    plain, html = (part.get_content() for part in mail.iter_parts())
    assert mail["To"] == FRIEND
    assert f"Einladung annehmen: {url}" in plain
    assert url in html
    assert '<html lang="de">' in html


def test_a_mailbox_that_refuses_is_reported_at_once(site: SiteUnderTest, mailbox: Mailbox) -> None:
    mailbox.refused = frozenset({FRIEND})
    path, _ = made(site)
    answer = site.owner("POST", path, json={"address": FRIEND}).get_json()
    assert not answer["ok"]
    assert "does not deliver to this address (550)" in answer["message"]


@pytest.mark.parametrize(
    "body", [{}, {"address": "nobody"}, {"address": "a@b.example", "language": "tlh"}]
)
def test_an_invalid_address_gets_no_email(
    site: SiteUnderTest, mailbox: Mailbox, body: dict[str, str]
) -> None:
    path, _ = made(site)
    problem(site.owner("POST", path, json=body), 400, "invalid_input")
    assert mailbox.mails == []


def test_without_a_mail_server_the_owner_is_told(make_site: MakeSite) -> None:
    site = make_site(HELPR_PUBLIC_URL="https://helpr.example")
    path, _ = made(site)
    problem(site.owner("POST", path, json={"address": FRIEND}), 409, "not_possible")
