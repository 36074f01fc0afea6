"""The notice senders, run against real receivers that fail, stall or lie."""

from __future__ import annotations

import json
import logging
import smtplib
import socket
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from uuid import UUID

import pytest
import requests
from apprise.decorators import notify
from apprise.manager_plugins import NotificationManager
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from helpr_core.adapters.notices import guarded as guarding
from helpr_core.adapters.notices.apprise_services import AppriseSender
from helpr_core.adapters.notices.guarded import TargetRefused, guarded
from helpr_core.adapters.notices.mail import MailSender, mail_server
from helpr_core.adapters.notices.webhook import WebhookSender
from helpr_core.clock import utc_now
from helpr_core.domain.outbound import Outbound
from helpr_core.errors import InvalidInput
from helpr_core.services.notices.ports import NotDelivered, Outgoing
from tests.servers import receiver as servers
from tests.servers.receiver import Mailbox, Receiver

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"  # Standard Webhooks' own example
HOME = Outbound(private_allowed=True)
STRICT = Outbound(private_allowed=False)
MESSAGE = Outgoing(
    UUID(int=7),
    datetime(2026, 1, 2, 12, tzinfo=UTC),
    "request.failed",
    "An invite failed",
    "cousin was not invited.",
    data={"request_id": "1"},
)


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with servers.receiver() as found:
        yield found


@pytest.fixture
def mailbox() -> Iterator[Mailbox]:
    with servers.mail_server() as found:
        yield found


def why(send: Callable[[], None]) -> tuple[str, int]:
    with pytest.raises(NotDelivered) as refused:
        send()
    return refused.value.why, refused.value.status


def test_an_independent_implementation_verifies_the_webhook_signature(receiver: Receiver) -> None:
    WebhookSender(HOME, utc_now).send(f"{receiver.url}/hook?a=b#{SECRET}", MESSAGE)
    (got,) = receiver.received
    told = Webhook(SECRET).verify(got.body, got.headers)
    assert got.path == "/hook?a=b"  # the secret stays here
    assert told["type"] == "request.failed"
    assert told["data"] == {
        "request_id": "1",
        "title": "An invite failed",
        "text": "cousin was not invited.",
    }
    assert got.headers["webhook-id"] == f"msg_{MESSAGE.message_id.hex}"
    with pytest.raises(WebhookVerificationError):
        Webhook(SECRET).verify(got.body + b" ", got.headers)


@pytest.mark.parametrize("status", [301, 302, 307, 308, 400, 401, 404, 410, 429, 500, 503])
def test_a_webhook_that_is_rejected_reports_what_was_answered(
    receiver: Receiver, status: int
) -> None:
    receiver.status, receiver.headers = status, {"Location": f"{receiver.url}/elsewhere"}
    sender = WebhookSender(HOME, utc_now)
    assert why(lambda: sender.send(f"{receiver.url}/#{SECRET}", MESSAGE)) == ("answered", status)
    assert [one.path for one in receiver.received] == ["/"]


def test_a_webhook_receiver_may_close_without_an_answer_or_be_absent(
    receiver: Receiver,
) -> None:
    receiver.status = 0
    sender = WebhookSender(HOME, utc_now)
    assert why(lambda: sender.send(f"{receiver.url}#{SECRET}", MESSAGE)) == ("unreachable", 0)
    assert why(lambda: sender.send(f"http://127.0.0.1:9#{SECRET}", MESSAGE)) == ("unreachable", 0)


def test_a_slow_receiver_is_waited_for_only_until_the_deadline(
    receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    receiver.slow_seconds = 0.3
    sender = WebhookSender(HOME, utc_now)
    sender.send(f"{receiver.url}#{SECRET}", MESSAGE)
    monkeypatch.setattr("helpr_core.adapters.notices.webhook._SECONDS", (5.0, 0.1))
    assert why(lambda: sender.send(f"{receiver.url}#{SECRET}", MESSAGE)) == ("no_answer", 0)


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "localhost", "[::1]", "0.0.0.0", "[::ffff:127.0.0.1]"]
)
def test_private_addresses_are_called_only_if_the_owner_allows_it(
    receiver: Receiver, host: str
) -> None:
    port = receiver.url.rpartition(":")[2]
    sender = WebhookSender(STRICT, utc_now)
    found = why(lambda: sender.send(f"http://{host}:{port}#{SECRET}", MESSAGE))
    assert found in [("private_address", 0), ("forbidden_address", 0)]
    if "ffff" not in host:  # Apprise cannot parse this form
        said = why(lambda: AppriseSender(STRICT).send(f"json://{host}:{port}/x", MESSAGE))
        assert said == found
    assert receiver.received == []


@pytest.mark.parametrize(
    "host",
    ["169.254.169.254", "168.63.129.16", "100.100.100.200", "[fd00:ec2::254]", "169.254.170.2",
     "[::ffff:169.254.169.254]", "[64:ff9b::a9fe:a9fe]", "2852039166", "0xA9FEA9FE"],
)  # fmt: skip
def test_the_cloud_metadata_address_is_never_called(host: str) -> None:
    sender = WebhookSender(HOME, utc_now)
    assert why(lambda: sender.send(f"http://{host}/#{SECRET}", MESSAGE)) == ("forbidden_address", 0)
    if host.count(".") == 3 and not host.startswith("["):
        said = why(lambda: AppriseSender(HOME).send(f"json://{host}/latest", MESSAGE))
        assert said == ("forbidden_address", 0)


def test_on_azure_neither_loopback_nor_link_local_is_called() -> None:
    azure = Outbound(private_allowed=True, on_azure=True)
    sender = WebhookSender(azure, utc_now)
    assert (
        why(lambda: sender.send(f"http://127.0.0.1/#{SECRET}", MESSAGE))[0] == "forbidden_address"
    )
    for address in ("169.254.130.4", "::1", "fe80::1%eth0"):
        assert azure.refusal(address) == "forbidden_address"
    assert azure.refusal("10.1.2.3") is None


def test_a_name_that_resolves_differently_the_second_time_is_not_called(
    receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    """DNS rebinding: the first lookup returns a public address, the connection gets another."""
    port = int(receiver.url.rpartition(":")[2])
    answers = iter(["93.184.215.14", "127.0.0.1", "127.0.0.1"])

    def looked_up(*_args: object, **_more: object) -> list[object]:
        address = (next(answers), port)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", address)]

    socket.getaddrinfo("127.0.0.1", port)
    monkeypatch.setattr(socket, "getaddrinfo", looked_up)
    looked_up()  # a check made beforehand would have seen this one
    sender = WebhookSender(STRICT, utc_now)
    found = why(lambda: sender.send(f"http://rebind.example:{port}#{SECRET}", MESSAGE))
    assert found == ("private_address", 0)
    assert receiver.received == []


def test_apprise_follows_no_redirect_whatever_its_url_says(receiver: Receiver) -> None:
    host = receiver.url.removeprefix("http://")
    receiver.status, receiver.headers = 307, {"Location": f"{receiver.url}/inside"}
    sender = AppriseSender(HOME)
    said = why(lambda: sender.send(f"json://{host}/hook?redirect=yes", MESSAGE))
    assert said == ("answered", 307)
    assert [one.path.partition("?")[0].rstrip("/") for one in receiver.received] == ["/hook"]


def test_a_service_of_our_own_is_named_sent_through_and_guarded_like_all_others(
    receiver: Receiver,
) -> None:
    """Whatever contributing.md says of one: a function, and that Apprise knows it."""
    host = receiver.url.removeprefix("http://")

    def ring(body: str, title: str, _type: object, meta: Mapping[str, str], **_: object) -> bool:
        address = f"http://{meta['host']}:{meta['port']}/ring"
        return requests.post(address, json={"words": f"{title}: {body}"}, timeout=120).ok

    notify(on="gong", name="Gong")(ring)
    try:
        assert AppriseSender(HOME).check(f"gong://{host}") == "Gong"
        AppriseSender(HOME).send(f"gong://{host}", MESSAGE)
        said = why(lambda: AppriseSender(STRICT).send(f"gong://{host}", MESSAGE))
    finally:
        NotificationManager().remove("gong")

    (got,) = receiver.received
    assert json.loads(got.body) == {"words": "An invite failed: cousin was not invited."}
    assert said == ("private_address", 0)


def test_outside_the_guard_nothing_is_blocked(receiver: Receiver) -> None:
    with guarded(STRICT), pytest.raises(TargetRefused):
        socket.create_connection(("127.0.0.1", int(receiver.url.rpartition(":")[2])))
    socket.create_connection(("127.0.0.1", int(receiver.url.rpartition(":")[2]))).close()
    assert guarding._guard.get() is None


def test_the_guard_also_covers_what_is_sent_without_a_connection() -> None:
    with guarded(STRICT) as guard, socket.socket(type=socket.SOCK_DGRAM) as udp:
        with pytest.raises(TargetRefused):
            udp.sendto(b"x", ("127.0.0.1", 9))
        assert guard.refused == "private_address"


def test_apprise_sends_the_notice_and_reports_the_service(receiver: Receiver) -> None:
    host = receiver.url.removeprefix("http://")
    sender = AppriseSender(HOME)
    assert sender.check("ntfys://ntfy.sh/mytopic") == "ntfy"
    assert sender.check("discord://4174216298/JHMHI8qBe7bk2ZwO5U711o3dV_js") == "Discord"
    sender.send(f"json://user:not-a-real-password@{host}/x", MESSAGE)
    (got,) = receiver.received
    body = json.loads(got.body)
    assert (body["title"], body["message"]) == ("An invite failed", "cousin was not invited.")
    receiver.status = 403
    assert why(lambda: sender.send(f"json://{host}/x", MESSAGE)) == ("answered", 403)


@pytest.mark.parametrize(
    "address", ["nonsense", "nosuch://x", "://", "json://", "https://", "x" * 50]
)
def test_an_unknown_apprise_url_is_refused(address: str) -> None:
    with pytest.raises(InvalidInput):
        AppriseSender(HOME).check(address)


@pytest.mark.parametrize("address", ["syslog://", "dbus://", "windows://", "gnome://", "macosx://"])
def test_channels_that_show_notices_on_the_server_itself_are_refused(address: str) -> None:
    with pytest.raises(InvalidInput):
        AppriseSender(HOME).check(address)


def test_no_part_of_a_channel_url_is_logged(
    receiver: Receiver, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.DEBUG)
    host = receiver.url.removeprefix("http://")
    receiver.status = 500
    addresses = (f"json://user:hunter2hunter2@{host}/topic-hunter2", "json://hunter2.invalid/x")
    for address in addresses:
        with pytest.raises(NotDelivered) as refused:
            AppriseSender(HOME).send(address, MESSAGE)
        assert "hunter2" not in f"{refused.value!r} {refused.value.as_json()}"
    with pytest.raises(NotDelivered):
        WebhookSender(HOME, utc_now).send(f"{receiver.url}/hunter2#{SECRET}", MESSAGE)
    ours = [one for one in caplog.records if not one.name.startswith("urllib3")]
    assert "hunter2" not in " ".join(one.getMessage() for one in ours)
    assert "hunter2" not in "".join(capfd.readouterr())


@pytest.mark.parametrize(
    "address",
    ["hook.example", "ftp://hook.example#" + SECRET, "https://hook.example",
     "https://user@hook.example#" + SECRET, "https://#" + SECRET, "https://h.example#whsec_c2hvcnQ="],
)  # fmt: skip
def test_a_webhook_address_is_a_url_and_a_secret(address: str) -> None:
    with pytest.raises(InvalidInput):
        WebhookSender(HOME, utc_now).check(address)


def test_an_email_has_text_and_html_parts_and_a_stable_message_id(mailbox: Mailbox) -> None:
    sender = MailSender(mail_server(mailbox.url), "Helpr <helpr@name.example>")
    message = Outgoing(
        MESSAGE.message_id,
        MESSAGE.at,
        "approved",
        "Grüße\r\nBcc: evil@example.org",
        "Text",
        html="<p>Text</p>",
        headers={"List-Unsubscribe": "<mailto:helpr@name.example>"},
    )
    sender.send("friend@example.org", message)
    sender.send("friend@example.org", message)
    one, two = mailbox.mails
    assert one["To"] == "friend@example.org"
    assert one["Bcc"] is None
    assert one["Subject"] == "Grüße Bcc: evil@example.org"
    assert one["List-Unsubscribe"] == "<mailto:helpr@name.example>"
    assert one["Message-ID"] == two["Message-ID"]
    assert [part.get_content_type() for part in one.iter_parts()] == ["text/plain", "text/html"]


def test_a_mailbox_that_does_not_exist_is_reported_at_once_as_permanent(mailbox: Mailbox) -> None:
    mailbox.refused = frozenset({"nobody@example.org"})
    sender = MailSender(mail_server(mailbox.url), "helpr@name.example")
    with pytest.raises(NotDelivered) as refused:
        sender.send("nobody@example.org", MESSAGE)
    assert (refused.value.why, refused.value.status) == ("mailbox_refused", 550)
    assert refused.value.is_final
    mailbox.down = True
    with pytest.raises(NotDelivered) as refused:
        sender.send("friend@example.org", MESSAGE)
    assert not refused.value.is_final


def test_a_password_is_never_sent_in_clear_text(monkeypatch: pytest.MonkeyPatch) -> None:
    said: list[str] = []

    class Plain:
        """A mail server that offers no encryption."""

        def __init__(self, *_args: object, **_more: object) -> None:
            pass

        def ehlo(self) -> None:
            said.append("ehlo")

        def has_extn(self, _name: str) -> bool:
            return False

        def login(self, *_args: str) -> None:
            said.append("login")

        def quit(self) -> None:
            said.append("quit")

    monkeypatch.setattr(smtplib, "SMTP", Plain)
    sender = MailSender(mail_server("smtp://user:not-a-password@mail.example:25"), "h@name.example")
    assert why(lambda: sender.send("friend@example.org", MESSAGE)) == ("mail_not_encrypted", 0)
    assert said == ["ehlo", "quit"]
