"""A worker whose channels send to a real receiver on this computer."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from helpr_core.domain.channels import Channel, ChannelKind
from tests.servers import receiver as servers
from tests.servers.receiver import Mailbox, Receiver
from tests.services.conftest import NewWorker
from tests.services.worker import Worker

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
HOME = {"HELPR_NOTIFY_PRIVATE": "yes", "HELPR_PUBLIC_URL": "https://helpr.example"}
AddChannel = Callable[..., Channel]


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with servers.receiver() as found:
        yield found


@pytest.fixture
def mailbox() -> Iterator[Mailbox]:
    with servers.mail_server() as found:
        yield found


@pytest.fixture
def worker(new_worker: NewWorker, database_url: str) -> Worker:
    """On SQLite, then on PostgreSQL."""
    return new_worker(database_url, settings=HOME).warm_up()


@pytest.fixture
def add(worker: Worker, receiver: Receiver) -> AddChannel:
    """Adds a channel of the worker that sends to the receiver."""
    return lambda kind="webhook", **fields: add_channel(worker, receiver, kind, **fields)


def add_channel(
    worker: Worker, receiver: Receiver, kind: str = "webhook", **fields: Any
) -> Channel:
    """A channel that sends to the receiver, subscribed to all of `events`."""
    host = receiver.url.removeprefix("http://")
    address = f"json://{host}/" if kind == "apprise" else f"{receiver.url}/#{SECRET}"
    made, _ = worker.parts.notices().channels().add(ChannelKind(kind), address, fields)
    return made
