"""Channels over HTTP: an address can be set, and is never shown."""

from __future__ import annotations

import base64
import gzip
import re
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args
from uuid import uuid4

import pytest
from standardwebhooks.webhooks import Webhook

from helpr_core.domain.notices import DEFAULT_KINDS, KINDS
from helpr_core.web.endpoints import ENDPOINTS
from helpr_core.web.notices import shapes
from tests.servers import receiver as servers
from tests.servers.receiver import Mailbox, Received, Receiver
from tests.web.conftest import MakeDashboard, MakeSite
from tests.web.site_under_test import SiteUnderTest, fields_of, problem

MARK = "hunter2hunter2"
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
NTFY = f"ntfys://user:{MARK}@ntfy.example/topic"


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with servers.receiver() as found:
        yield found


@pytest.fixture
def mailbox() -> Iterator[Mailbox]:
    with servers.mail_server() as found:
        yield found


def add(site: SiteUnderTest, kind: str = "apprise", address: str = NTFY, **more: Any) -> Any:
    answer = site.owner("POST", "channels", json={"kind": kind, "address": address, **more})
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.get_json()
    if made["signing_secret"] is None:  # only a new webhook has one
        del made["signing_secret"]
    return made


def listed(site: SiteUnderTest) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = site.owner("GET", "channels").get_json()["channels"]
    return found


def test_a_channel_is_stored_and_its_address_is_not_shown(site: SiteUnderTest) -> None:
    made = add(site, label="Phone")
    assert (made["kind"], made["service"], made["label"]) == ("apprise", "ntfy", "Phone")
    assert made["events"] == [kind.value for kind in DEFAULT_KINDS]
    assert (made["state"], made["read_only"], made["enabled"]) == ("new", False, True)
    (found,) = listed(site)
    assert found == made
    answers = [site.owner("GET", path).text for path in ("channels", "audit", "overview")]
    assert MARK not in "".join(answers) + str(made)


def test_the_address_is_in_no_database_cell_and_no_backup(
    site: SiteUnderTest, tmp_path: Path
) -> None:
    add(site)
    add(site, "webhook", f"https://hooks.example/{MARK}")
    connection = sqlite3.connect(site.database)
    names = [
        name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type='table'")
    ]
    cells = [str(row) for name in names for row in connection.execute(f"SELECT * FROM {name}")]
    connection.close()
    assert "hooks.example" not in " ".join(cells)
    assert MARK not in " ".join(cells)
    assert "ntfy" in " ".join(cells)  # the service may be named
    site.container.backup.service().make(tmp_path / "backup")
    text = gzip.decompress((tmp_path / "backup").read_bytes())
    assert MARK.encode() not in text
    assert b"channels" in text


def test_no_export_contains_an_address(make_site: MakeSite) -> None:
    """Covers every export: a new one is tested here automatically, or this fails."""
    named = f"https://hooks.example/{MARK}#whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
    site = make_site(HELPR_NOTIFY_URLS=named)
    add(site, label="Phone")
    add(site, "webhook", f"https://hooks.example/{MARK}")
    batch = site.owner("POST", "batches", json={"lines": "cousin@example.com"}).get_json()
    site.owner("POST", "people/refresh")
    site.container.notices().tell(lambda: True, from_housekeeping=True)
    people = site.owner("GET", "people").get_json()["people"]
    ids = {"{batch_id}": batch["batch_id"], "{person_id}": people[0]["person_id"]}
    exports = [one.path for one in ENDPOINTS if re.search(r"\.csv$|/export$", one.path)]
    assert len(exports) >= 4
    for path in exports:
        for name, known in ids.items():
            path = path.replace(name, known)
        answer = site.owner("GET", path.removeprefix("api/manage/"))
        assert answer.status_code == 200, f"{path}: {answer.text}"
        found = answer.get_data(as_text=True)
        assert found
        assert not re.search(rf"{MARK}|hooks\.example|ntfy\.example|whsec_", found), path


def test_a_generated_secret_is_shown_once_and_signs(
    make_site: MakeSite, receiver: Receiver
) -> None:
    site = make_site(HELPR_NOTIFY_PRIVATE="yes")
    made = add(site, "webhook", f"{receiver.url}/hook")
    secret = made["signing_secret"]
    assert secret not in site.owner("GET", "channels").text
    answer = site.owner("POST", f"channels/{made['channel_id']}/test").get_json()
    assert answer == {"ok": True, "message": "The receiver accepted the message."}
    (got,) = receiver.received
    assert Webhook(secret).verify(got.body, got.headers)["type"] == "test"
    assert listed(site)[0]["state"] == "ok"


def test_the_test_button_reports_the_receivers_answer(
    make_site: MakeSite, receiver: Receiver
) -> None:
    site = make_site(HELPR_NOTIFY_PRIVATE="yes")
    made = add(site, "apprise", f"json://{receiver.url.removeprefix('http://')}/{MARK}")
    receiver.status = 404
    answer = site.owner("POST", f"channels/{made['channel_id']}/test").get_json()
    assert answer == {
        "ok": False,
        "message": "The service does not know this address (404). The webhook or topic may "
        "have been deleted there.",
    }
    in_german = {"Accept-Language": "de"}
    answer = site.owner("POST", f"channels/{made['channel_id']}/test", headers=in_german)
    assert "Der Dienst kennt diese Adresse nicht (404)." in answer.get_json()["message"]


def test_a_private_target_is_refused_and_the_owner_told_how_to_allow_it(
    site: SiteUnderTest, receiver: Receiver
) -> None:
    made = add(site, "webhook", receiver.url)
    answer = site.owner("POST", f"channels/{made['channel_id']}/test").get_json()
    assert not answer["ok"]
    assert "HELPR_NOTIFY_PRIVATE" in answer["message"]
    assert receiver.received == []


@pytest.mark.parametrize(
    "body",
    [
        {"kind": "apprise", "address": f"nosuch://{MARK}"},
        {"kind": "webhook", "address": f"ftp://{MARK}"},
        {"kind": "webhook", "address": f"http://169.254.169.254/{MARK}"},
        {"kind": "webhook", "address": f"http://[::ffff:169.254.169.254]/{MARK}"},
        {"kind": "webhook", "address": f"https://[fd00:ec2::254]:8443/{MARK}"},
        {"kind": "webhook", "address": f"https://x.example/{MARK}", "lable": "Phone"},
        {"kind": "webhook", "address": f"https://x.example/{MARK}", "secret": "whsec_short"},
        {"kind": "email", "address": "owner@name.example"},
        {"kind": "pigeon", "address": MARK},
        {"kind": "apprise", "address": f"two {MARK}"},
        {"kind": "apprise", "address": NTFY, "events": ["nothing"]},
        {"kind": "apprise", "address": NTFY, "language": "tlh"},
        {"kind": "apprise", "address": NTFY,
         "quiet_hours": {"begins": "25:00", "ends": "07:00"}},
        {"kind": "apprise", "address": NTFY,
         "quiet_hours": {"begins": "22:00", "ends": "07:00", "time_zone": "Mars/Olympus"}},
        {"kind": "apprise", "address": f"ntfys://{MARK}.example/{'x' * 2000}"},
    ],
)  # fmt: skip
def test_an_invalid_channel_is_refused_without_quoting_it(
    site: SiteUnderTest, body: dict[str, Any]
) -> None:
    answer = site.owner("POST", "channels", json=body)
    problem(answer, 400, "invalid_input")
    assert MARK not in answer.text
    assert listed(site) == []


def test_omitted_fields_stay(site: SiteUnderTest) -> None:
    made = add(site, label="Phone", events=["failed"], language="de")
    where = f"channels/{made['channel_id']}"
    quiet = {"begins": "22:00", "ends": "07:00", "time_zone": "Europe/Berlin"}
    changed = site.owner("PATCH", where, json={"quiet_hours": quiet}).get_json()
    assert changed == {**made, "quiet_hours": quiet}
    changed = site.owner("PATCH", where, json={"enabled": False, "events": ["digest", "asked"]})
    assert changed.get_json() == {
        **made, "quiet_hours": quiet, "enabled": False, "events": ["asked", "digest"],
    }  # fmt: skip
    assert site.owner("PATCH", where, json={"quiet_hours": None}).get_json()["quiet_hours"] is None
    assert site.owner("DELETE", where).status_code == 200
    assert listed(site) == []
    for method in ("PATCH", "DELETE"):
        problem(site.owner(method, where, json={}), 404, "not_found")
    problem(site.owner("POST", f"channels/{uuid4()}/test"), 404, "not_found")


def test_a_new_address_replaces_the_old_one(make_site: MakeSite, receiver: Receiver) -> None:
    site = make_site(HELPR_NOTIFY_PRIVATE="yes")
    made = add(site, "apprise", "json://127.0.0.1:9/x")
    where = f"channels/{made['channel_id']}"
    assert not site.owner("POST", f"{where}/test").get_json()["ok"]
    new = f"json://{receiver.url.removeprefix('http://')}/x"
    assert site.owner("PATCH", where, json={"address": new}).status_code == 200
    assert site.owner("POST", f"{where}/test").get_json()["ok"]


def test_a_webhook_keeps_its_secret_at_a_new_address_and_its_address_with_a_new_secret(
    make_site: MakeSite, receiver: Receiver
) -> None:
    site = make_site(HELPR_NOTIFY_PRIVATE="yes")
    made = add(site, "webhook", "http://127.0.0.1:9/x")
    where = f"channels/{made['channel_id']}"

    def sent_after(**given: str) -> Received:
        assert site.owner("PATCH", where, json=given).status_code == 200
        assert site.owner("POST", f"{where}/test").get_json()["ok"]
        return receiver.received[-1]

    sent = sent_after(address=f"{receiver.url}/a")
    assert sent.path == "/a"
    assert Webhook(made["signing_secret"]).verify(sent.body, sent.headers)
    secret = "whsec_" + base64.b64encode(b"another-secret-of-the-owner").decode()
    sent = sent_after(secret=secret)
    assert sent.path == "/a"
    assert Webhook(secret).verify(sent.body, sent.headers)
    sent = sent_after(address=f"{receiver.url}/b#{made['signing_secret']}")
    assert Webhook(made["signing_secret"]).verify(sent.body, sent.headers)


def test_a_webhook_that_cannot_be_read_is_given_anew_whole(make_site: MakeSite) -> None:
    made = add(make_site(), "webhook", "https://x.example/hook")
    site = make_site(SECRET_KEY="not-the-same-secret-key-0123456789abcdef")
    where = f"channels/{made['channel_id']}"
    for half in ({"address": "https://x.example/new"}, {"secret": made["signing_secret"]}):
        refused = problem(site.owner("PATCH", where, json=half), 400, "invalid_input")
        assert fields_of(refused) == ["address"]
    whole = {"address": "https://x.example/new", "secret": made["signing_secret"]}
    assert site.owner("PATCH", where, json=whole).status_code == 200


def test_null_restores_what_a_channel_begins_with(site: SiteUnderTest) -> None:
    plain = add(site)
    made = add(site, label="Phone", events=["digest"], language="de", enabled=False)
    fields = ("label", "events", "language", "enabled")
    where = f"channels/{made['channel_id']}"
    changed = site.owner("PATCH", where, json=dict.fromkeys(fields)).get_json()
    assert {name: changed[name] for name in fields} == {name: plain[name] for name in fields}
    for unknown in ({"kind": "webhook"}, {"lable": "Phone"}):
        problem(site.owner("PATCH", where, json=unknown), 400, "invalid_input")


def test_channels_in_the_environment_are_shown_and_read_only(
    make_site: MakeSite, receiver: Receiver, mailbox: Mailbox
) -> None:
    secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
    named = f"{NTFY} {receiver.url}/{MARK}#{secret}, mailto:owner@name.example"
    settings = {"HELPR_SMTP_URL": mailbox.url, "HELPR_MAIL_FROM": "Helpr <helpr@name.example>"}
    site = make_site(HELPR_NOTIFY_URLS=named, HELPR_NOTIFY_PRIVATE="yes", **settings)
    found = listed(site)
    assert [(one["kind"], one["service"], one["read_only"]) for one in found] == [
        ("apprise", "ntfy", True),
        ("webhook", "Webhook", True),
        ("email", "E-mail", True),
    ]
    assert listed(site) == found  # the same ones, with the same ids
    where = f"channels/{found[1]['channel_id']}"
    for method in ("PATCH", "DELETE"):
        problem(site.owner(method, where, json={}), 409, "not_possible")
    assert site.owner("POST", f"{where}/test").get_json()["ok"]
    assert site.owner("POST", f"channels/{found[2]['channel_id']}/test").get_json()["ok"]
    assert Webhook(secret).verify(receiver.received[0].body, receiver.received[0].headers)
    assert mailbox.mails[0]["To"] == "owner@name.example"
    assert MARK not in site.owner("GET", "channels").text
    assert listed(make_site(HELPR_NOTIFY_URLS=None)) == []


def test_after_a_change_of_the_secret_key_the_owner_is_asked_for_the_address_again(
    make_site: MakeSite,
) -> None:
    made = add(make_site())
    other = make_site(SECRET_KEY="not-the-same-secret-key-0123456789abcdef")
    answer = other.owner("POST", f"channels/{made['channel_id']}/test").get_json()
    assert "another SECRET_KEY" in answer["message"]


def test_the_number_of_channels_is_limited(site: SiteUnderTest) -> None:
    for _ in range(20):
        add(site)
    answer = site.owner("POST", "channels", json={"kind": "apprise", "address": NTFY})
    problem(answer, 409, "not_possible")


def test_both_doors_lead_to_them(make_dashboard: MakeDashboard) -> None:
    dashboard = make_dashboard()
    assert dashboard.get("/dashboard/api/channels").status_code == 401
    dashboard.sign_in()
    assert dashboard.get("/dashboard/api/channels").get_json()["channels"] == []


def test_the_events_to_subscribe_to_are_those_of_the_domain() -> None:
    assert list(get_args(shapes.Event)) == [kind.value for kind in KINDS]


@pytest.mark.parametrize(
    ("addresses", "numbers", "fix"),
    [
        ("ntfys://ntfy.example/mine", "", ""),
        (f"nosuch://{MARK} ntfys://ntfy.example/mine", "1", "list of services"),
        (f"json://name.example/x nosuch://{MARK} nosuch://other", "23", "list of services"),
        (f"http://169.254.169.254/{MARK}#{SECRET}", "1", "never calls"),
        (f"https://name.example/{MARK}#{SECRET} https://name.example/x#whsec_x", "2", "base64"),
        (f"mailto:{MARK}@name.example", "1", "HELPR_SMTP_URL"),
    ],
)
def test_an_address_in_the_environment_that_leads_nowhere_is_reported(
    make_site: MakeSite, addresses: str, numbers: str, fix: str
) -> None:
    site = make_site(HELPR_NOTIFY_URLS=addresses)
    answer = site.owner("GET", "connection")
    checks = {one["name"]: one for one in answer.get_json()["checks"]}
    found = checks["settings"]
    assert found["severity"] == ("warning" if numbers else "ok")
    assert found["detail"].count("HELPR_NOTIFY_URLS") == len(numbers)
    assert all(f"(number {number})" in found["detail"] for number in numbers)
    assert fix in found["fix"]
    assert MARK not in answer.text
    assert "HELPR_NOTIFY_URLS" in checks["notices"]["detail"]
