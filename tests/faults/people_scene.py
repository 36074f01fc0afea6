"""A scene with people in it: who has access at plex.tv, what the record says of them, and what
the owner is told."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from uuid import UUID

import pytest
import sqlalchemy as sa

from helpr_core.adapters.sql.people_models import operations, people_readings, shares
from helpr_core.container.stores import Stores
from helpr_core.domain.people_operations import State
from helpr_core.services.people.ports import PeopleFilter
from tests.faults.scene import Scene

TEN = tuple(f"person-{number}" for number in range(10))
WHO = "person-3"
"""The person who is to lose access."""
OWNED = "/api/v2/shared_servers/owned"
EVERYBODY = PeopleFilter()
_TIMER = timedelta(minutes=5)
_LONGEST = timedelta(hours=26)


class PeopleScene:
    """Ten people have access and are known; the scene's clock is the database's as well."""

    def __init__(self, scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
        self.scene = scene
        self.plex = scene.plex
        monkeypatch.setattr(Stores, "database_clock", lambda _self: lambda _: scene.clock())

    def settle(self) -> None:
        """Start a warm worker that has read them all."""
        movies = self.plex.libraries[0].id
        for who in TEN:
            self.plex.share(who, [movies])
            self.plex.accept(who)
        self.scene.worker()
        assert self.scene.parts.people().reading().refresh().is_plausible
        self.scene.clock.forward(minutes=3)
        self.plex.clear_calls()

    def id_of(self, who: str = WHO) -> UUID:
        people = self.scene.parts.people().log().page(EVERYBODY, 100).rows
        return next(one.person_id for one in people if one.username == who)

    def end(self, who: str = WHO) -> None:
        """Their access ended an hour ago, and nobody has noticed yet."""
        until = self.scene.clock() - timedelta(hours=1)
        self.scene.parts.people().orders().set_until(self.id_of(who), until)

    def listed(self) -> set[str]:
        """The people with access at plex.tv, or with a pending invitation."""
        return {share.person.username for share in self.plex.shares}

    def states(self) -> Counter[str]:
        """How many shares are recorded in each state, read over a separate connection."""
        with _engine(self.scene).connect() as connection:
            return Counter(connection.execute(sa.select(shares.c.state)).scalars())

    def operation(self) -> str:
        """The newest operation: state and code, or `none`."""
        query = sa.select(operations.c.state, operations.c.error_code)
        with _engine(self.scene).connect() as connection:
            row = connection.execute(query.order_by(operations.c.id.desc()).limit(1)).one_or_none()
        return f"{row.state} {row.error_code or ''}".strip() if row else "none"

    def last(self) -> str:
        """The verdict on the last reading, and the reason."""
        query = sa.select(people_readings.c.verdict, people_readings.c.code)
        with _engine(self.scene).connect() as connection:
            verdict, code = connection.execute(query).one()
        return f"{verdict} {code}".strip()

    def warnings(self) -> str:
        """The warnings on the owner's overview."""
        answer = self.scene.site.owner("GET", "overview")
        checks = answer.get_json().get("checks", ()) if answer.status_code == 200 else ()
        return ", ".join(one["name"] for one in checks if one["severity"] != "ok") or "nothing"

    def recover(self) -> int:
        """Run the timer every five minutes until nothing is in progress: the number of runs."""
        runs, began = 0, self.scene.clock()
        while runs == 0 or self._is_under_way():
            assert self.scene.clock() - began < _LONGEST, "it never ends"
            self.scene.clock.now += _TIMER
            self.scene.housekeep()
            runs += 1
        return runs

    def _is_under_way(self) -> bool:
        unfinished = {str(State.QUEUED), str(State.WORKING)}
        return self.operation().split()[0] in unfinished or self.states()["removing"] > 0

    def premature_claims(self) -> Iterator[str]:
        """What is true at every moment: nothing is called done that plex.tv still has."""
        others = set(TEN) - {WHO} - self.listed()
        if others:
            yield f"{len(others)} others were removed"
        gone, has_access = self.states()["gone"], WHO in self.listed()
        if gone > (not has_access):
            yield f"{gone} people are marked gone"
        if has_access and self.operation().startswith("done"):
            yield "the removal is called done, and plex.tv has the share"

    def broken_promises(self) -> Iterator[str]:
        """Removed at plex.tv, missing from its list, and nobody else affected."""
        yield from self.premature_claims()
        if WHO in self.listed():
            yield "plex.tv still has the share"
        if self.states() != Counter(active=9, gone=1):
            yield f"shares are {dict(self.states())}"
        if not self.operation().startswith("done"):
            yield f"the removal is {self.operation()}"


def _engine(scene: Scene) -> sa.Engine:
    return sa.create_engine(scene.stores.url, poolclass=sa.NullPool)
