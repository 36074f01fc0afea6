"""How long to wait for PostgreSQL's answer: limited by the server, and by us.

`statement_timeout` is the server's own, and `tcp_user_timeout` notices a network that swallows
packets. A server, or a pooler in front of it, that is up but silent would hold a friend forever,
because psycopg2 has no time limit. So the waiting is done here, in psycopg2's own hook for that
(https://www.psycopg.org/docs/advanced.html#support-for-coroutine-libraries), with a limit.
"""

from __future__ import annotations

import selectors
import time
from collections.abc import Iterator
from contextlib import contextmanager
from selectors import EVENT_READ, EVENT_WRITE
from typing import cast

import psycopg2
import sqlalchemy as sa
from psycopg2 import extensions

from helpr_core import first_use

first_use.complete("psycopg2.extras")

STATEMENT_SECONDS = 10.0
CONNECT_SECONDS = 5.0
_GRACE_SECONDS = 1.0
"""The server gives up first if it can: then the connection stays usable."""


# A busy worker has file descriptors above 1023, which select() cannot handle; Windows has no
# poll().
_Selector = getattr(selectors, "PollSelector", selectors.SelectSelector)


class NoAnswer(psycopg2.OperationalError):
    """The server did not answer in time."""


class ImpatientConnection(extensions.connection):
    """Waits `answer_seconds` for the server, then is closed; while connecting, in total."""

    answer_seconds = CONNECT_SECONDS


def limit(connection: ImpatientConnection, seconds: float) -> None:
    """From now on, a statement may take at most that long."""
    with connection.cursor() as cursor:
        cursor.execute(f"SET statement_timeout = {seconds * 1000:.0f}")
    connection.answer_seconds = seconds + _GRACE_SECONDS


@contextmanager
def limited(connection: sa.Connection, seconds: float) -> Iterator[None]:
    """The same, while the block and its transaction run."""
    driver = cast(ImpatientConnection, connection.connection.driver_connection)
    usual = driver.answer_seconds
    connection.exec_driver_sql(f"SET LOCAL statement_timeout = {seconds * 1000:.0f}")
    driver.answer_seconds = seconds + _GRACE_SECONDS
    try:
        yield
    finally:
        driver.answer_seconds = usual


def _wait(connection: extensions.connection) -> None:
    """Wait for the answer; for a connection that is not ours, without a limit."""
    seconds = getattr(connection, "answer_seconds", None)
    give_up_at = None if seconds is None else time.monotonic() + seconds
    while (state := connection.poll()) != extensions.POLL_OK:
        left = None if give_up_at is None else max(0.0, give_up_at - time.monotonic())
        wanted = EVENT_READ if state == extensions.POLL_READ else EVENT_WRITE
        with _Selector() as selector:
            selector.register(connection.fileno(), wanted)
            if not selector.select(left):
                raise NoAnswer("no answer in time")


extensions.set_wait_callback(_wait)
