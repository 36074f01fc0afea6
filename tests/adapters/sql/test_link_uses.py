"""A link's use is taken with the request that it opens, and given back exactly once."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta
from threading import Barrier
from typing import Any
from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa

from helpr_core.adapters.sealing import KeySealer
from helpr_core.adapters.sql.database import Database
from helpr_core.adapters.sql.invite_log import SqlInviteLog
from helpr_core.adapters.sql.invite_queue import SqlInviteQueue
from helpr_core.adapters.sql.links import SqlLinks
from helpr_core.adapters.sql.models import invite_requests
from helpr_core.domain.audit import FRIEND, HOUSEKEEPING
from helpr_core.domain.codes import code_key
from helpr_core.domain.links import SITE_LINK_ID, Link, Statistics
from helpr_core.domain.requests import NewRequest, Source, Status
from helpr_core.domain.transitions import APPROVED, DENIED, RETRIED, TAKEN_OVER
from helpr_core.services.links.errors import LinkDisabled, LinkExpired, LinkUsedUp
from tests.adapters.sql.builders import NOON, OWNER, outcome, request
from tests.adapters.sql.conftest import NewDatabase

MINUTE = timedelta(minutes=1)
THREADS = 12
OTHER_BROWSER = "d" * 64


class Desk:
    """The record and the links of one database."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.log = SqlInviteLog(database)
        self.queue = SqlInviteQueue(database, lambda: NOON)
        self.links = SqlLinks(database, code_key, lambda: KeySealer("ab" * 32))

    def link(self, limit: int | None = 2, **fields: Any) -> Link:
        made = Link(uuid4(), f"code-{uuid4()}", NOON, NOON, uses_limit=limit, **fields)
        return self.links.add(made, OWNER)

    def come(self, link: Link | UUID, who: str, at: datetime = NOON, **fields: Any) -> NewRequest:
        """A submission by somebody who came by the link."""
        link_id = link if isinstance(link, UUID) else link.link_id
        new = request(who, at, who)
        return replace(new, source=Source.LINK, link_id=link_id, **fields)

    def open(self, link: Link | UUID, who: str, at: datetime = NOON, **fields: Any) -> UUID:
        """Open the request and return the row's id."""
        return self.log.open(self.come(link, who, at, **fields), FRIEND).row.request_id

    def end(self, request_id: UUID, status: Status, at: datetime = NOON) -> None:
        """End that row's attempt with this outcome."""
        row = self.log.get(request_id)
        assert row is not None
        assert self.log.record(row, outcome(status, at), HOUSEKEEPING) is not None

    def uses(self, link: Link) -> int:
        found = self.links.get(link.link_id)
        assert found is not None
        return found.uses

    def holding(self) -> int:
        """How many requests hold a use."""
        with self.database.single() as connection:
            query = sa.select(sa.func.count()).where(invite_requests.c.holds_use)
            return int(connection.execute(query).scalar_one())

    def requests(self) -> int:
        with self.database.single() as connection:
            query = sa.select(sa.func.count()).select_from(invite_requests)
            return int(connection.execute(query).scalar_one())


@pytest.fixture
def desk(database_url: str, new_database: NewDatabase) -> Desk:
    return Desk(new_database(database_url))


def test_the_limit_admits_exactly_that_many(desk: Desk) -> None:
    link = desk.link(2)
    for who in ("ann", "ben"):
        desk.open(link, who)
    with pytest.raises(LinkUsedUp):
        desk.open(link, "cem")
    assert (desk.uses(link), desk.holding(), desk.requests()) == (2, 2, 2)


def test_uses_are_counted_even_without_a_limit(desk: Desk) -> None:
    link = desk.link(None)
    for number in range(5):
        desk.open(link, f"friend-{number}")
    assert desk.uses(link) == 5


def test_the_code_in_the_settings_has_no_uses(desk: Desk) -> None:
    request_id = desk.open(SITE_LINK_ID, "ann")
    row = desk.log.get(request_id)
    assert row is not None
    assert (row.link_id, row.holds_use) == (SITE_LINK_ID, False)


@pytest.mark.parametrize("racers", [40])
def test_of_racing_people_exactly_as_many_as_the_limit_are_admitted(
    desk: Desk, racers: int
) -> None:
    link = desk.link(7)
    barrier = Barrier(THREADS)

    def race(number: int) -> str:
        if number < THREADS:
            barrier.wait()
        try:
            desk.open(link, f"racer-{number}")
        except LinkUsedUp:
            return "told"
        return "in"

    with ThreadPoolExecutor(THREADS) as pool:
        told = Counter(pool.map(race, range(racers)))
    assert told == {"in": 7, "told": racers - 7}
    assert (desk.uses(link), desk.holding(), desk.requests()) == (7, 7, 7)


def test_one_person_takes_one_use_however_often_and_wherever_they_ask(desk: Desk) -> None:
    link = desk.link(1)
    barrier = Barrier(THREADS)

    def race(number: int) -> UUID:
        barrier.wait()
        return desk.open(link, "ann")

    with ThreadPoolExecutor(THREADS) as pool:
        assert len(set(pool.map(race, range(THREADS)))) == 1
    assert (desk.uses(link), desk.requests()) == (1, 1)
    # The link is used up by now: her own browser is still answered, but no other.
    first = desk.open(link, "ann")
    desk.end(first, Status.SUCCESS)
    assert desk.open(link, "ann") == first
    with pytest.raises(LinkUsedUp):
        desk.open(link, "ann", browser_key=OTHER_BROWSER)
    # Much later she asks again: Plex is asked again, but no second use is taken.
    again = desk.open(link, "ann", NOON + 60 * MINUTE)
    assert again != first
    assert (desk.uses(link), desk.holding()) == (1, 1)
    desk.end(again, Status.FAILED)  # she already has access
    assert desk.uses(link) == 1


def test_another_browser_learns_nothing_of_the_person_and_takes_no_second_use(desk: Desk) -> None:
    link = desk.link(2)
    desk.end(desk.open(link, "ann"), Status.SUCCESS)
    opened = desk.log.open(
        desk.come(link, "ann", NOON + 60 * MINUTE, browser_key=OTHER_BROWSER), FRIEND
    )
    assert (opened.created, opened.own) == (True, False)
    assert (desk.uses(link), desk.holding(), desk.requests()) == (1, 1, 2)


def test_a_hidden_request_holds_the_use_that_it_took(desk: Desk) -> None:
    other, link = desk.link(2), desk.link(2)
    desk.end(desk.open(other, "ann"), Status.SUCCESS)
    new = desk.come(link, "ann", NOON + 60 * MINUTE, browser_key=OTHER_BROWSER)
    hidden = desk.log.open(new, FRIEND).row
    assert (hidden.holds_use, hidden.link_id) == (True, link.link_id)
    assert hidden.request_id != new.request_id
    assert (desk.uses(link), desk.uses(other)) == (1, 1)
    claimed = desk.queue.claim_due(NOON + 61 * MINUTE)
    assert claimed is not None
    desk.end(claimed.request_id, Status.FAILED)
    assert (desk.uses(link), desk.uses(other)) == (0, 1)


@pytest.mark.parametrize("end", ["failed", "denied"])
def test_a_use_is_given_back_once_when_nothing_is_sent(desk: Desk, end: str) -> None:
    link = desk.link(1)
    status = Status.AWAITING_APPROVAL if end == "denied" else Status.PENDING
    request_id = desk.open(link, "ann", status=status)
    before = desk.log.get(request_id)
    assert before is not None
    row, barrier = before, Barrier(THREADS)

    def settle(_number: int) -> bool:
        barrier.wait()
        if end == "denied":
            return desk.log.change(request_id, DENIED, NOON, OWNER) is not None
        return desk.log.record(row, outcome(Status.FAILED), HOUSEKEEPING) is not None

    with ThreadPoolExecutor(THREADS) as pool:
        assert Counter(pool.map(settle, range(THREADS)))[True] == 1
    assert (desk.uses(link), desk.holding()) == (0, 0)
    desk.open(link, "ben")
    assert desk.uses(link) == 1


def test_a_waiting_request_keeps_its_use(desk: Desk) -> None:
    link = desk.link(5)
    desk.end(desk.open(link, "ann"), Status.QUEUED)
    desk.open(link, "ben", status=Status.AWAITING_APPROVAL)
    desk.end(desk.open(link, "cem"), Status.SUCCESS)
    asked = desk.open(link, "dee", status=Status.AWAITING_APPROVAL)
    assert desk.log.change(asked, APPROVED, NOON, OWNER) is not None
    taken = desk.open(link, "eve", status=Status.AWAITING_APPROVAL)
    assert desk.log.change(taken, TAKEN_OVER, NOON, OWNER) is not None
    assert (desk.uses(link), desk.holding()) == (5, 5)


def test_a_retry_by_the_owner_takes_the_use_again_whatever_the_limit(desk: Desk) -> None:
    link = desk.link(1)
    failed = desk.open(link, "ann")
    desk.end(failed, Status.FAILED)
    desk.open(link, "ben")
    assert desk.log.change(failed, RETRIED, NOON + MINUTE, OWNER) is not None
    assert (desk.uses(link), desk.holding()) == (2, 2)
    row = desk.log.get(failed)
    assert row is not None
    assert desk.log.record(row, outcome(Status.FAILED), HOUSEKEEPING) is not None
    assert (desk.uses(link), desk.holding()) == (1, 1)


def test_retrying_a_sent_invite_takes_no_use_again(desk: Desk) -> None:
    link = desk.link(1)
    sent = desk.open(link, "ann")
    desk.end(sent, Status.SUCCESS)
    assert desk.log.change(sent, RETRIED, NOON + MINUTE, OWNER) is not None
    assert (desk.uses(link), desk.holding()) == (1, 1)


def test_an_ended_link_admits_nobody(desk: Desk) -> None:
    ended = desk.link(1, expires_at=NOON)
    disabled = desk.link(1, enabled=False)
    deleted = desk.link(1)
    gone = replace(deleted, deleted_at=NOON)
    assert desk.links.change(gone, deleted, OWNER, "deleted") is not None
    for link, error in ((ended, LinkExpired), (disabled, LinkDisabled), (deleted, LinkDisabled)):
        with pytest.raises(error):
            desk.open(link, "ann")
    assert desk.requests() == 0
    # Whoever asked in time is admitted, however late it is recorded.
    desk.open(ended, "ann", NOON - MINUTE)


def test_requests_deleted_by_retention_still_count(desk: Desk) -> None:
    link, other = desk.link(None), desk.link(None)
    ann = desk.open(link, "ann")
    desk.end(ann, Status.SUCCESS)
    assert desk.queue.mark_accepted([ann], NOON)
    desk.end(desk.open(link, "ben"), Status.SUCCESS)
    desk.end(desk.open(link, "cem"), Status.FAILED)
    desk.end(desk.open(other, "dee"), Status.FAILED)
    before = desk.links.statistics([link.link_id, other.link_id])
    assert before[link.link_id] == Statistics(asked=3, sent=2, accepted=1)
    assert len(desk.queue.delete_older(NOON + MINUTE, 2)) == 2
    assert desk.links.statistics([link.link_id, other.link_id]) == before
    assert len(desk.queue.delete_older(NOON + MINUTE, 10)) == 2
    assert desk.links.statistics([link.link_id, other.link_id]) == before
    assert desk.requests() == 0
    assert desk.uses(link) == 2
