"""One site with everything around it that may break: stores, a counting Plex, a clock."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from threading import Condition
from typing import Any
from uuid import uuid4

import pytest
import sqlalchemy as sa
from werkzeug.test import Client, TestResponse

from demo_plex import DemoPlex, DemoShare
from demo_plex.world import Refused
from helpr_core import container
from helpr_core.adapters.sql.models import invite_requests, links
from helpr_core.container import Container
from helpr_core.domain import audit
from helpr_core.domain.identity import parse_identity
from helpr_core.domain.identity_key import identity_key
from helpr_core.domain.requests import OPEN, InviteRequest, NewRequest, Source, Status
from helpr_core.local.application import Application
from helpr_core.web import housekeeping
from tests.faults.stores import AzureStores, SqliteStores, Stores, rows_of
from tests.services.worker import SetClock
from tests.web.dashboard import ADMINISTRATOR
from tests.web.site_under_test import PAGE, settings_for
from tests.web.site_under_test import SiteUnderTest as Site

FRIEND = "friend@example.com"
OTHERS = ("first@example.com", "second@example.com", "third@example.com")
LONGEST_RECOVERY = timedelta(hours=26)
_TIMER = timedelta(minutes=5)
_LONGEST_WORK_SECONDS = 120.0


class Deliveries:
    """What plex.tv did with each invitation that reached it: the truth, whatever is answered.

    `on_arrival` and `on_success` are called once, by plex.tv: before and after its work.
    """

    def __init__(self, plex: DemoPlex, monkeypatch: pytest.MonkeyPatch) -> None:
        self.carried_out: list[str] = []
        self.refused: list[str] = []
        self.on_arrival: Callable[[], None] = _nothing
        self.on_success: Callable[[], None] = _nothing
        self._under_way = 0
        self._changed = Condition()
        self._held = False
        self._plex = plex
        self._share = plex.stage.plex.world.share
        monkeypatch.setattr(plex.stage.plex.world, "share", self._counted)

    def forget(self) -> None:
        """Reset plex.tv and the counts."""
        self._plex.stage.plex.world.share = self._share  # type: ignore[method-assign]

    def hold(self) -> None:
        """From now on let arriving calls wait, however long it takes, until `let_go`."""
        self._held = True

    def let_go(self) -> None:
        """Carry out the waiting calls, and return when that is done."""
        with self._changed:
            self._held = False
            self._changed.notify_all()
            assert self._changed.wait_for(lambda: not self._under_way, _LONGEST_WORK_SECONDS)

    def _counted(
        self, invited: str | int, library_ids: Sequence[int], server: str = ""
    ) -> DemoShare:
        with self._changed:
            self._under_way += 1
        try:
            hook, self.on_arrival = self.on_arrival, _nothing
            hook()
            with self._changed:
                self._changed.wait_for(lambda: not self._held, _LONGEST_WORK_SECONDS)
            return self._carry_out(invited, library_ids, server)
        finally:
            with self._changed:
                self._under_way -= 1
                self._changed.notify_all()

    def _carry_out(self, invited: str | int, library_ids: Sequence[int], server: str) -> DemoShare:
        try:
            share = self._share(invited, library_ids, server)
        except Refused:
            self.refused.append(identity_key(str(invited)))
            raise
        self.carried_out.append(identity_key(str(invited)))
        hook, self.on_success = self.on_success, _nothing
        hook()
        return share


class Scene:
    """Call `worker` first: it starts a worker, which then answers."""

    def __init__(
        self,
        application: Application,
        stores: Stores,
        plex: DemoPlex,
        monkeypatch: pytest.MonkeyPatch,
        caplog: pytest.LogCaptureFixture,
    ) -> None:
        self.stores = stores
        self.plex = plex
        self.caplog = caplog
        self.monkeypatch = monkeypatch
        self.clock = SetClock()
        self.deliveries = Deliveries(plex, monkeypatch)
        self.told: list[str] = []
        """The requests whose pages friends have."""
        self._application = application
        self._workers: list[Container] = []

    @property
    def azure(self) -> AzureStores:
        """Its stores, if they are Azure's."""
        assert isinstance(self.stores, AzureStores)
        return self.stores

    @property
    def sqlite(self) -> SqliteStores:
        """Its stores, if they are SQLite's."""
        assert isinstance(self.stores, SqliteStores)
        return self.stores

    @property
    def settings(self) -> dict[str, str]:
        """A worker's environment: everything works, without rate limits."""
        common = settings_for(self.plex, self.stores.path)
        return common | ADMINISTRATOR | self.stores.settings

    def worker(self, *, warm: bool = True, **settings: str) -> Site:
        """Start a cold worker, or a warm one; it answers from now on."""
        parts = Container(self.settings | settings, self.clock)
        self._workers.append(parts)
        container.install(lambda: parts)
        if warm:
            parts.plex.libraries().to_share(parts.plex.catalog().server())
            parts.site.settings().current()
            with parts.stores.database().single():  # connected, and the schema checked
                pass
            self.plex.clear_calls()
        return self.site

    @property
    def parts(self) -> Container:
        """The worker that answers."""
        return self._workers[-1]

    @property
    def site(self) -> Site:
        """The same, over HTTP."""
        client = Client(self._application, use_cookies=False)
        return Site(client, self.plex, self.parts, self.stores.path)

    def close(self) -> None:
        """Close the databases."""
        for parts in self._workers:
            parts.stores.database().dispose()

    def new_connections(self) -> None:
        """Drop the workers' connections to the database; the next use opens new ones."""
        for parts in self._workers:
            parts.stores.database().dispose()

    def housekeep(self) -> str:
        """Run the timer's function as the host does, and return what it logs about itself."""
        heard = len(self.caplog.records)
        housekeeping.run("a-reference")
        for record in self.caplog.records[heard:]:
            words = record.getMessage().split()
            if words[:2] == ["housekeeping", "done"]:
                found = [one for one in words[2:] if not one.startswith(("purged=", "nothing="))]
                return " ".join(found)
        return "left to another"

    def kept_rows(self) -> list[InviteRequest]:
        """The record, oldest first."""
        return rows_of(self.stores)

    def row_of(self, who: str = FRIEND) -> InviteRequest | None:
        """The newest request of that person."""
        found = [row for row in self.kept_rows() if row.identity_key == identity_key(who)]
        return found[-1] if found else None

    def kept(self, who: str = FRIEND) -> None:
        """A friend asks, and reads that the request is kept."""
        answer = self.site.invite(who)
        assert answer.status_code == 202, answer.text
        self.told.append(answer.get_json()["request_id"])

    def hand_out(self, **fields: Any) -> str:
        """The code of a link that the owner has created."""
        answer = self.site.owner("POST", "links", json=fields)
        assert answer.status_code == 201, answer.text
        return str(answer.get_json()["code"])

    def uses_and_held(self) -> tuple[int, int]:
        """How many uses are counted on all links, and how many requests hold one."""
        uses = sa.select(sa.func.coalesce(sa.func.sum(links.c.uses), 0))
        held = sa.select(sa.func.count()).where(invite_requests.c.holds_use)
        with self.parts.stores.database().single() as connection:
            return connection.execute(uses).scalar_one(), connection.execute(held).scalar_one()

    def leave_behind(self, who: str = FRIEND) -> InviteRequest:
        """The row of a worker that died two minutes ago, right after committing it."""
        new = NewRequest(
            request_id=uuid4(),
            email_or_username=who,
            identity_key=parse_identity(who).key,
            timestamp=self.clock(),
            source=Source.FORM,
            server_name=self.plex.server_name,
            libraries=(),
            client_key="c" * 32,
            browser_key=self.parts.installation.keyed_hash("browser", "0" * 32),
        )
        row = self.parts.stores.invite_log().open(new, audit.FRIEND).row
        self.clock.forward(minutes=2, seconds=1)
        return row

    def leave_queued(self, who: str = FRIEND) -> InviteRequest:
        """A request that plex.tv was too busy for; a minute later it no longer is."""
        self.plex.fail("status", status=503, method="POST")
        self.kept(who)
        self.clock.forward(minutes=1)
        self.plex.clear_calls()
        row = self.row_of(who)
        assert row is not None
        return row

    def recover(self) -> int:
        """Run the timer every five minutes until nothing waits any more: the number of runs."""
        runs = 0
        began = self.clock()
        while self._waits():
            assert self.clock() - began < LONGEST_RECOVERY, "it never ends"
            self.clock.now += _TIMER if runs < 12 else 12 * _TIMER
            self.housekeep()
            runs += 1
        return runs

    def _waits(self) -> bool:
        waiting = (*OPEN[:1], Status.QUEUED)
        return (
            any(row.status in waiting for row in self.kept_rows())
            or self.stores.waiting_in_inbox() > 0
        )

    def page_of(self, request_id: object) -> TestResponse:
        """The friend's page."""
        return self.site.ask("GET", f"/invited/{request_id}", headers=PAGE)


def described(row: InviteRequest | None, now: datetime) -> str:
    """A row in the notation of the tables; see Seen."""
    if row is None:
        return "no row"
    words: list[Any] = [row.status.value]
    if row.error_code and row.status is not Status.SUCCESS:
        words.append(row.error_code)
    words.append(f"#{row.attempts}")
    if row.next_attempt_at is not None:
        seconds = round((row.next_attempt_at - now).total_seconds())
        words.append(f"+{max(0, seconds)}s")  # what is past is due at once
    return " ".join(words)


def _nothing() -> None:
    """Nobody waits for it."""
