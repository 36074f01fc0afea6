"""From event to message: each delivered once, in order, and none lost."""

from __future__ import annotations

import json
from datetime import UTC, datetime, time, timedelta
from typing import Any
from unittest.mock import patch
from uuid import UUID

import pytest

from helpr_core.domain.channels import QuietHours
from helpr_core.domain.checks import Check, Severity
from helpr_core.domain.notices import KINDS, NoticeKind, OutboxEntry, WayInChange
from helpr_core.domain.requests import Status
from helpr_core.services.notices.composing import news
from helpr_core.services.notices.ports import Due
from helpr_core.texts import say, speaking
from tests.servers.receiver import Receiver
from tests.services.conftest import NewWorker
from tests.services.notices.conftest import HOME, AddChannel, add_channel
from tests.services.worker import OWNER, SetClock, Worker

TICKED = tuple(kind for kind in KINDS if kind is not NoticeKind.HOUSEKEEPING_LATE)
"""Time passes in these tests, but housekeeping does not run."""


def tell(worker: Worker) -> dict[str, int]:
    """What the worker does a moment after an answer."""
    return worker.parts.notices().tell(lambda: True, from_housekeeping=False)


def bodies(receiver: Receiver) -> list[Any]:
    return [json.loads(one.body) for one in receiver.received]


def types(receiver: Receiver) -> list[str]:
    return [body["type"] for body in bodies(receiver)]


def names(receiver: Receiver) -> list[str]:
    return [body["data"]["name"] for body in bodies(receiver)]


def ask(worker: Worker, who: str, note: str = "") -> UUID:
    """Submit a request that needs the owner's approval."""
    row = worker.ask(who, note=note)
    assert row is not None
    assert row.status is Status.AWAITING_APPROVAL
    return row.request_id


def checked(worker: Worker) -> Check:
    """What the Check page and `check` say about the channels."""
    return worker.parts.upkeep.background().looks["notices"]()


def want_approval(worker: Worker) -> None:
    stored = worker.parts.site.settings()
    stored.save({"approval_required": True}, stored.saved().version, "owner")


def happen(worker: Worker, event: str, name: str = "cousin", **data: Any) -> None:
    """Write an event into the outbox, as some part of Helpr does."""
    outbox = worker.parts.notices().outbox()
    raised = f"test:{event}:{name}:{worker.clock.now}:{len(outbox.alarms())}"
    assert outbox.raise_alarm(raised, event, worker.clock.now, Due(data={"name": name} | data))


def minutes(worker: Worker, count: int, step: int = 1) -> None:
    """Let time pass, sending what is due every `step` minutes."""
    for _ in range(0, count, step):
        worker.clock.forward(minutes=step)
        tell(worker)


def test_a_request_for_approval_is_sent_at_once_with_both_links(
    worker: Worker, receiver: Receiver, add: AddChannel
) -> None:
    add("apprise")
    want_approval(worker)
    request_id = ask(worker, "cousin", note="It is me")
    tell(worker)
    (body,) = bodies(receiver)
    assert body["title"] == "cousin asks for an invite"
    lines = body["message"].splitlines()
    assert lines[:2] == [
        "cousin asks for an invite and waits for your answer.",
        "The note: It is me",
    ]
    approve, deny = (line.partition(": ")[2] for line in lines[2:])
    assert approve.startswith("https://helpr.example/approve/")
    one_tap = worker.parts.notices().one_tap()
    opened = one_tap.open(approve.rpartition("/")[2])
    assert (opened.row.request_id, opened.decision) == (request_id, "approve")
    assert one_tap.open(deny.rpartition("/")[2]).decision == "deny"


def test_a_channel_gets_what_it_subscribed_to_and_nothing_from_before(
    worker: Worker, receiver: Receiver, add: AddChannel
) -> None:
    worker.send("before")
    worker.clock.forward(minutes=1)
    add(events=(NoticeKind.SENT,))
    tell(worker)
    happen(worker, "failed", "cousin")
    worker.send("after")
    minutes(worker, 3)
    assert (types(receiver), names(receiver)) == (["helpr.sent"], ["after"])


def test_ten_failures_within_a_minute_are_one_message(
    worker: Worker, receiver: Receiver, add: AddChannel
) -> None:
    add("apprise")
    for number in range(10):
        happen(worker, "failed", f"cousin{number}")
        worker.clock.forward(seconds=5)
        tell(worker)
    assert receiver.received == []
    minutes(worker, 3)
    (body,) = bodies(receiver)
    assert body["title"] == "10 invites failed"
    assert body["message"].count("was not invited") == 10


def test_many_requests_are_one_message_and_later_ones_another(
    worker: Worker, receiver: Receiver, add: AddChannel
) -> None:
    add("apprise")
    want_approval(worker)
    ask(worker, "first")
    tell(worker)
    for number in range(25):
        ask(worker, f"friend{number}")
        worker.clock.forward(seconds=1)
        tell(worker)
    minutes(worker, 3)
    one, two = bodies(receiver)
    assert one["title"] == "first asks for an invite"
    assert two["title"] == "25 people ask for an invite"
    assert two["message"].count("Approve:") == 20
    assert two["message"].endswith("And 5 more.")


@pytest.mark.parametrize(
    ("kind", "status"),
    [("webhook", status) for status in (500, 503, 401, 429, 0)]
    + [("apprise", status) for status in (500, 0)],  # it says no more than that it failed
)
def test_during_an_hour_of_failures_each_arrives_once_and_in_order(
    worker: Worker, receiver: Receiver, add: AddChannel, kind: str, status: int
) -> None:
    add(kind, events=TICKED)
    receiver.status = status
    people = [f"friend{number}" for number in range(12)]
    for who in people:
        happen(worker, "failed", who)
        minutes(worker, 5, step=5)
    assert receiver.received  # it was tried all the time
    receiver.received.clear()
    receiver.status = 204
    minutes(worker, 65, step=5)
    if kind == "webhook":
        assert names(receiver) == people
        assert len(set(receiver.ids())) == len(people)
    else:
        text = "\n".join(body["message"] for body in bodies(receiver))
        assert [text.count(f"{who} was not invited.") for who in people] == [1] * len(people)
        assert [text.index(f"{who} ") for who in people] == sorted(
            text.index(f"{who} ") for who in people
        )


def test_delivery_is_retried_after_1_5_15_and_60_minutes(
    worker: Worker, receiver: Receiver, add: AddChannel
) -> None:
    add()
    receiver.status = 500
    happen(worker, "failed")
    began, tried = worker.clock.now, []
    expected = [1, 2, 7, 22, 82, 142, 202]
    for minute in sorted({one for due in expected for one in (due - 1, due)}):
        before = len(receiver.received)
        worker.clock.now = began + timedelta(minutes=minute)
        tell(worker)
        if len(receiver.received) > before:
            tried.append(minute)
    assert tried == expected
    assert len(set(receiver.ids())) == 1  # one message, however many attempts


def test_a_channel_that_fails_for_a_day_is_red_and_another_reports_it(
    worker: Worker, receiver: Receiver, add: AddChannel
) -> None:
    broken = add("apprise", label="Phone")
    add("webhook")
    happen(worker, "failed", "one")

    real = worker.parts.notices().channels().send

    def send(channel: Any, message: Any) -> None:
        if channel.channel_id == broken.channel_id:
            receiver.answers = [500]
        real(channel, message)

    with patch.object(
        type(worker.parts.notices().channels()), "send", lambda _self, c, m: send(c, m)
    ):
        minutes(worker, 26 * 60, step=30)
    told = [body for body in bodies(receiver) if body.get("type") == "helpr.channel_failing"]
    assert len(told) == 1
    assert "“Phone”" in told[0]["data"]["text"]
    found = worker.parts.notices().channels().get(broken.channel_id)
    assert found.is_red(worker.clock.now)
    assert found.last_error == {"why": "answered", "status": 500}
    assert worker.parts.notices().outbox().counts() == {"told": 2, "given_up": 1}
    check = checked(worker)
    assert check.severity is Severity.WARNING
    detail = "nothing has got through to the channel “Phone” for 25 hours"
    assert say(check.detail) == detail
    assert say(check.fix).startswith("The service has problems of its own (500).")
    assert "send a test from the Notices page" in say(check.fix)
    receiver.answers = []
    assert worker.parts.notices().channels().test(broken.channel_id) is None
    assert checked(worker).ok


def test_a_channel_that_is_new_just_failing_or_switched_off_is_no_warning(
    worker: Worker, receiver: Receiver, add: AddChannel
) -> None:
    assert say(checked(worker).detail) == "there is no channel; news is only on the overview"
    channel = add()
    assert say(checked(worker).detail) == "every channel accepts its messages"
    receiver.answers = [500] * 100
    happen(worker, "failed")
    minutes(worker, 23 * 60, step=30)
    assert checked(worker).ok
    assert say(checked(worker).detail) == "1 channel is failing, and Helpr keeps trying"
    worker.clock.forward(hours=2)
    assert not checked(worker).ok
    worker.parts.notices().channels().change(channel.channel_id, {"enabled": False})
    assert checked(worker).ok


def test_quiet_hours_are_quiet_and_their_notices_are_sent_together_afterwards(
    worker: Worker, receiver: Receiver, add: AddChannel
) -> None:
    # It is noon in London, and 13:00 in Berlin.
    add("apprise", quiet=QuietHours(time(13), time(15), "Europe/Berlin"))
    want_approval(worker)
    for who in ("one", "two", "three"):
        ask(worker, who)
        minutes(worker, 30, step=5)
    assert receiver.received == []
    minutes(worker, 35, step=5)
    (body,) = bodies(receiver)
    assert body["title"] == "3 people ask for an invite"


def test_a_channel_uses_its_language(worker: Worker, receiver: Receiver, add: AddChannel) -> None:
    add("apprise", language="de", events=TICKED)
    add("apprise", events=TICKED)
    happen(worker, "token_refused")
    tell(worker)
    assert sorted(body["title"] for body in bodies(receiver)) == [
        "Plex lehnt dein Token ab",
        "Plex refuses your token",
    ]


EVENTS: list[tuple[str, dict[str, Any]]] = [
    *((event, {}) for event in ("sent", "accepted", "failed", "held", "waiting", "token_refused",
      "housekeeping_late", "list_suspicious", "list_gone", "removed", "ended", "stale", "gone",
      "drift_found", "removal_failed", "change_failed")),
    ("ends_soon", {"days": 7}),
    ("seats", {"used": 88, "pending": 3, "limit": 100}),
    ("new_browser", {"name": "owner"}),
    *(("way_in_changed", {"change": str(one)}) for one in WayInChange),
    ("wrong_passwords", {"failures": 10}),
    ("channel_failing", {"channel": "Phone"}),
    ("digest", {"asked": 3, "came": 1, "ended": 0, "failed": 2, "used": 8, "pending": 1,
                "limit": 100, "ends_soon": ["cousin", "aunt"]}),
]  # fmt: skip


def test_every_kind_has_its_sentences_and_the_overview_the_same_ones(
    worker: Worker, receiver: Receiver, add: AddChannel
) -> None:
    for language in ("en", "de"):
        add(events=KINDS, language=language, label=language)
    for event, data in EVENTS:
        worker.housekeeping()  # or its lateness would be told as well
        receiver.received.clear()
        happen(worker, event, **data)
        minutes(worker, 2)
        told = worker.parts.notices().outbox().newest([event], datetime(2025, 1, 1, tzinfo=UTC), 1)
        ((_, kind, words),) = news(told, 1)
        expected = []
        for language in ("en", "de"):
            with speaking(language):
                expected.append(say(words))
        found = bodies(receiver)
        assert [body["type"] for body in found] == [f"helpr.{kind}"] * 2
        assert sorted(body["data"]["text"] for body in found) == sorted(expected)
        for body in found:
            everything = body["data"]["title"] + body["data"]["text"]
            assert "…" not in everything
            assert "{" not in everything
            assert "notice." not in everything


def test_a_deleted_request_is_sent_to_nobody(
    worker: Worker, receiver: Receiver, add: AddChannel
) -> None:
    add(events=TICKED)
    worker.send("cousin")
    tell(worker)
    with worker.database.begin() as connection:
        connection.exec_driver_sql("DELETE FROM invite_requests")
    minutes(worker, 3)
    assert receiver.received == []
    assert worker.parts.notices().outbox().next_due() is None


def test_two_workers_send_everything_once(
    new_worker: NewWorker, database_url: str, receiver: Receiver
) -> None:
    clock = SetClock()
    one, two = (new_worker(database_url, settings=HOME, clock=clock).warm_up() for _ in "12")
    add_channel(one, receiver, events=TICKED)
    for number in range(8):
        happen(one, "token_refused", f"n{number}")
    inside: list[int] = []

    def second() -> None:
        if not inside:
            inside.append(1)
            tell(two)  # while the first waits for the receiver's answer

    receiver.when_received = second
    tell(one)
    receiver.when_received = None
    minutes(two, 3)
    assert names(receiver) == [f"n{number}" for number in range(8)]


def test_a_database_that_is_down_loses_nothing(
    worker: Worker, receiver: Receiver, add: AddChannel
) -> None:
    add(events=TICKED)
    happen(worker, "token_refused", "one")
    worker.hide_tables(("notices",))
    _, failures = worker.housekeeping()
    assert failures["notices"] == "unavailable"
    worker.restore_tables(("notices",))
    minutes(worker, 2)
    assert names(receiver) == ["one"]


def test_a_lasting_state_is_sent_once_until_it_has_changed(
    worker: Worker, receiver: Receiver, add: AddChannel
) -> None:
    add(events=(NoticeKind.TOKEN_REFUSED, NoticeKind.WAITING))
    worker.plex.change(deauthorized=True)
    worker.send("cousin")
    minutes(worker, 150, step=5)
    assert types(receiver) == ["helpr.token_refused", "helpr.waiting"]
    worker.plex.change(deauthorized=False)
    worker.parts.requests.owners().retry(worker.send("cousin").request_id, OWNER)
    tell(worker)
    worker.plex.change(deauthorized=True)
    worker.send("aunt")
    minutes(worker, 5)
    assert types(receiver) == ["helpr.token_refused", "helpr.waiting", "helpr.token_refused"]


def test_full_seats_are_sent_once(worker: Worker, receiver: Receiver, add: AddChannel) -> None:
    add()
    seats = worker.parts.plex.seats()
    for taken, expected in ((89, 0), (90, 1), (95, 1), (88, 1), (90, 1), (84, 1), (91, 2)):
        count = seats.read()
        changed = type(count)(taken, 0, worker.clock.now)
        with patch.object(type(seats), "last", lambda _self, c=changed: c):
            minutes(worker, 3)
        assert len(receiver.received) == expected


def test_stopped_housekeeping_is_reported_by_any_other_worker(
    worker: Worker, receiver: Receiver, add: AddChannel
) -> None:
    add(events=KINDS)
    worker.housekeeping()
    minutes(worker, 20)
    assert types(receiver) == ["helpr.housekeeping_late"]
    worker.housekeeping()
    minutes(worker, 10)
    assert len(receiver.received) == 1


def test_housekeeping_sends_what_nobody_sent(
    worker: Worker, receiver: Receiver, add: AddChannel
) -> None:
    add(events=(NoticeKind.SENT,))
    worker.send("cousin")
    worker.housekeeping()
    worker.clock.forward(minutes=2)
    counts, failures = worker.housekeeping()
    assert (counts["notices_told"], failures) == (1, {})
    assert names(receiver) == ["cousin"]


def _told(event: str, minute: int, **fields: Any) -> OutboxEntry:
    at = datetime(2026, 3, 1, 12, minute, tzinfo=UTC)
    return OutboxEntry(event_id=minute, at=at, event=event, **fields)


def test_new_browsers_are_one_text_on_the_overview_with_their_number() -> None:
    owner, other = {"name": "owner"}, {"name": "other"}
    told = [
        _told("new_browser", 9, data=owner),
        _told("new_browser", 8, data=other),
        _told("token_refused", 7),
        _told("new_browser", 6, data=owner),
        _told("new_browser", 5, data=owner),
    ]

    found = [(at.minute, say(words)) for at, _, words in news(told, 5)]

    assert [minute for minute, _ in found] == [9, 8, 7]
    assert found[0][1].startswith(
        "Somebody signed in to the dashboard as owner from 3 new browsers, "
        "last at 1 Mar, 12:09 UTC."
    )
    assert "as other from a new browser" in found[1][1]


def test_identical_notices_are_merged_and_names_stay_separate() -> None:
    found = [
        _told("removal_failed", 9, name="cousin"),
        _told("list_suspicious", 8),
        _told("removal_failed", 7, name="aunt"),
        _told("list_suspicious", 6),
        _told("removal_failed", 5, name="cousin"),
    ]

    assert [at.minute for at, _, _ in news(found, 5)] == [9, 8, 7]
    assert len(news(found, 2)) == 2
