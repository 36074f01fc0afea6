"""The weekly digest."""

from __future__ import annotations

from datetime import UTC, datetime

from helpr_core.domain.notices import NoticeKind
from tests.servers.receiver import Receiver
from tests.services.notices.conftest import AddChannel
from tests.services.notices.test_telling import bodies, happen
from tests.services.worker import Worker

MONDAY = datetime(2026, 1, 5, tzinfo=UTC)


def test_the_digest_is_sent_once_on_monday_morning(
    worker: Worker, receiver: Receiver, add: AddChannel
) -> None:
    add(events=(NoticeKind.DIGEST,))
    for event in ("accepted", "accepted", "failed", "ended", "opened", "opened", "opened"):
        happen(worker, event)
    worker.clock.now = MONDAY
    for _ in range(3 * 8):
        worker.housekeeping()
        worker.clock.forward(hours=3)
    (body,) = bodies(receiver)
    assert body["type"] == "helpr.digest"
    text = body["data"]["text"]
    for sentence in (
        "3 people asked for an invite.",
        "2 people joined.",
        "The access of 1 person ended.",
        "1 invite failed.",
    ):
        assert sentence in text
    worker.clock.now = MONDAY.replace(day=12, hour=9)
    for _ in range(3):
        worker.housekeeping()
        worker.clock.forward(minutes=5)
    assert len(receiver.received) == 2
    assert "0 people joined." in bodies(receiver)[1]["data"]["text"]


def test_a_subscription_made_on_a_thursday_waits_for_monday(
    worker: Worker, receiver: Receiver, add: AddChannel
) -> None:
    worker.clock.now = MONDAY.replace(day=8, hour=12)
    add(events=(NoticeKind.DIGEST,))
    for _ in range(3):
        worker.housekeeping()
        worker.clock.forward(minutes=5)
    assert receiver.received == []
