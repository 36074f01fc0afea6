"""Emails to friends: their content, their language, and what happens if a mailbox refuses them."""

from __future__ import annotations

from email.message import EmailMessage

import pytest
import sqlalchemy as sa

from helpr_core.adapters.sql.models import events
from helpr_core.domain.checks import Severity
from helpr_core.texts import say, speaking
from tests.servers.receiver import Mailbox
from tests.services.conftest import NewWorker
from tests.services.notices.conftest import HOME
from tests.services.notices.test_telling import checked, tell, want_approval
from tests.services.worker import OWNER, Worker

FRIEND = "friend@example.org"


@pytest.fixture
def worker(new_worker: NewWorker, database_url: str, mailbox: Mailbox) -> Worker:
    """A worker with a mail server, whose owner has turned on emails to friends."""
    mail = {"HELPR_SMTP_URL": mailbox.url, "HELPR_MAIL_FROM": "Helpr <helpr@name.example>"}
    made = new_worker(database_url, settings=HOME | mail).warm_up()
    want(made, mail_friends=True, owner_name="Robin", contact="robin@name.example")
    want_approval(made)
    tell(made)
    return made


def want(worker: Worker, **settings: object) -> None:
    stored = worker.parts.site.settings()
    stored.save(settings, stored.saved().version, "owner")


def answer(worker: Worker, who: str, *, approve: bool = True) -> None:
    row = worker.ask(who)
    assert row is not None
    owners = worker.parts.requests.owners()
    (owners.approve if approve else owners.deny)(row.request_id, OWNER)
    worker.clock.forward(seconds=1)
    tell(worker)


def parts(mail: EmailMessage) -> tuple[str, str]:
    plain, html = (part.get_content() for part in mail.iter_parts())
    return plain, html


def test_an_approved_friend_gets_an_email_in_text_and_html(
    worker: Worker, mailbox: Mailbox
) -> None:
    answer(worker, FRIEND)
    (mail,) = mailbox.mails
    plain, html = parts(mail)
    assert (mail["To"], mail["From"]) == (FRIEND, "Helpr <helpr@name.example>")
    assert mail["Subject"] == f"Robin said yes: {worker.plex.server_name}"
    for text in (plain, html):
        assert "Robin has approved your request." in text
        assert "https://helpr.example/invited/" in text
        assert "Questions? robin@name.example" in text
    assert '<html lang="en">' in html
    assert mail["List-Unsubscribe"] is None  # it answers what the friend has just asked


def test_a_denied_friend_gets_an_email(worker: Worker, mailbox: Mailbox) -> None:
    answer(worker, FRIEND, approve=False)
    (mail,) = mailbox.mails
    assert "could not say yes" in parts(mail)[0]


def test_an_email_is_in_the_language_of_the_form(worker: Worker, mailbox: Mailbox) -> None:
    with speaking("de"):
        row = worker.ask(FRIEND)
    assert row is not None
    worker.parts.requests.owners().approve(row.request_id, OWNER)
    tell(worker)
    (mail,) = mailbox.mails
    assert mail["Subject"] == f"Robin hat zugestimmt: {worker.plex.server_name}"
    assert '<html lang="de">' in parts(mail)[1]


def test_a_request_that_waited_for_the_database_keeps_its_language(
    worker: Worker, mailbox: Mailbox
) -> None:
    worker.hide_tables()
    with speaking("de"):
        asked = worker.send(FRIEND)
    worker.restore_tables()
    assert worker.housekeeping()[0]["drained"] == 1
    worker.parts.requests.owners().approve(asked.request_id, OWNER)
    tell(worker)
    (mail,) = mailbox.mails
    assert mail["Subject"] == f"Robin hat zugestimmt: {worker.plex.server_name}"


def test_a_friend_who_gave_a_username_gets_no_email(worker: Worker, mailbox: Mailbox) -> None:
    answer(worker, "cousin")
    assert mailbox.mails == []


def test_without_the_consent_box_nobody_gets_an_email(worker: Worker, mailbox: Mailbox) -> None:
    want(worker, mail_friends=False)
    worker.clock.forward(minutes=2)
    answer(worker, FRIEND)
    want(worker, mail_friends=True)
    worker.clock.forward(minutes=2)
    tell(worker)
    assert mailbox.mails == []
    assert worker.parts.notices().outbox().next_due() is None


def test_a_mailbox_that_refuses_is_noted_and_delays_nobody(
    worker: Worker, mailbox: Mailbox
) -> None:
    mailbox.refused = frozenset({FRIEND})
    answer(worker, FRIEND)
    answer(worker, "other@example.org")
    assert [mail["To"] for mail in mailbox.mails] == ["other@example.org"]
    assert worker.parts.notices().outbox().counts() == {"bounced": 1, "told": 1}
    with worker.database.single() as connection:
        query = sa.select(events.c.kind, events.c.data).where(events.c.kind == "mail_bounced")
        (noted,) = connection.execute(query).all()
    assert noted.data == {"name": FRIEND, "status": 550}


def test_a_mail_server_that_is_down_is_tried_again(worker: Worker, mailbox: Mailbox) -> None:
    mailbox.down = True
    answer(worker, FRIEND)
    assert mailbox.mails == []
    mailbox.down = False
    for _ in range(3):
        worker.clock.forward(minutes=1)
        tell(worker)
    assert [mail["To"] for mail in mailbox.mails] == [FRIEND]


def test_emails_that_fail_for_a_day_are_reported_on_the_check_page(
    worker: Worker, mailbox: Mailbox
) -> None:
    mailbox.down = True
    answer(worker, FRIEND)
    for _ in range(25):
        worker.clock.forward(hours=1)
        tell(worker)
    check = checked(worker)
    assert (check.severity, say(check.detail)) == (
        Severity.WARNING,
        "no mail to friends has got through for 25 hours",
    )
    assert "Then wait for the next try" in say(check.fix)


@pytest.mark.parametrize(
    ("event", "said"), [("ends_soon", "ends in 7 days"), ("ended", "has ended, as agreed")]
)
def test_emails_before_and_after_the_end_have_a_link_back_and_an_unsubscribe_link(
    worker: Worker, mailbox: Mailbox, event: str, said: str
) -> None:
    worker.send(FRIEND)
    ends(worker, event)
    (mail,) = mailbox.mails
    plain, _ = parts(mail)
    assert said in plain
    assert "Ask again: https://helpr.example/" in plain
    by_link, by_mail = mail["List-Unsubscribe"].split(", ")
    assert by_mail == "<mailto:helpr@name.example?subject=unsubscribe>"
    assert by_link.startswith("<https://helpr.example/unsubscribe/")
    assert by_link.strip("<>") in plain
    assert FRIEND not in by_link
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"


def ends(worker: Worker, event: str) -> None:
    """Housekeeping has emitted that event about everybody's access."""
    request_id = sa.text("(SELECT request_id FROM invite_requests LIMIT 1)")
    who = {"door": "system", "actor": "housekeeping", "reference": ""}
    values = {"at": worker.clock.now, "kind": event, "request_id": request_id} | who
    with worker.database.begin() as connection:
        connection.execute(sa.insert(events).values(**values, data={"days": 7}))
    tell(worker)


def test_a_friend_who_unsubscribed_gets_only_answers(worker: Worker, mailbox: Mailbox) -> None:
    worker.send(FRIEND)
    unsubscribing = worker.parts.notices().unsubscribing()
    address = unsubscribing.address(FRIEND.upper())  # the same mailbox, however it is spelled
    assert address is not None
    token = address.rpartition("/")[2]
    unsubscribing.set(token, subscribed=False)
    ends(worker, "ends_soon")
    ends(worker, "approved")
    (mail,) = mailbox.mails
    assert "said yes" in mail["Subject"]
    assert worker.parts.notices().outbox().next_due() is None

    unsubscribing.set(token, subscribed=True)
    ends(worker, "ended")
    assert len(mailbox.mails) == 2


def test_the_headers_arrive_intact(worker: Worker, mailbox: Mailbox) -> None:
    """Folded or encoded, mail programs would not recognise the address."""
    worker.send(FRIEND)
    ends(worker, "ended")
    (raw,) = mailbox.raw
    unfolded = raw.decode().replace("\r\n ", " ")
    address = worker.parts.notices().unsubscribing().address(FRIEND)
    assert (
        f"\nList-Unsubscribe: <{address}>, <mailto:helpr@name.example?subject=unsubscribe>\r\n"
        in unfolded
    )
    assert "\nList-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n" in unfolded


def test_the_channel_of_emails_to_friends_is_on_no_page(worker: Worker) -> None:
    assert worker.parts.notices().channels().all() == []
