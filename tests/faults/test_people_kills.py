"""A worker is killed at every point of a removal, by the owner or by an end date: it is carried out
once, never called done before plex.tv shows it, and nobody else is affected."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest
import sqlalchemy as sa

from demo_plex import DemoPlex
from helpr_core.adapters.sql.models import events
from tests.faults.killing import NEVER, Forker, Life, after, forker, lost
from tests.faults.lives import LATER, TIMER, Request
from tests.faults.people_scene import WHO, PeopleScene
from tests.faults.points import to_be_killed_at
from tests.faults.scene import Scene
from tests.faults.stores import AZURE, SQLITE
from tests.faults.table import verdict
from tests.tables import add_row

HEADINGS = ("operation", "stores", "killed", "left behind", "in the end", "")
SUBJECT = "people"
DELETE = "after PlexChanges.end_share"


@dataclass
class Wire:
    """plex.tv's part in a removal: hooks before and after its work, each called once."""

    plex: DemoPlex
    monkeypatch: pytest.MonkeyPatch
    before: Callable[[], None] = lambda: None
    after: Callable[[], None] = lambda: None
    carried_out: int = 0

    def __post_init__(self) -> None:
        world = self.plex.stage.plex.world
        real = type(world).end_share

        def counted(share_id: int, *, keep_row: bool = False) -> None:
            hook, self.before = self.before, lambda: None
            hook()
            real(world, share_id, keep_row=keep_row)
            self.carried_out += 1
            hook, self.after = self.after, lambda: None
            hook()

        self.monkeypatch.setattr(world, "end_share", counted)


ON_THE_WIRE: dict[str, Callable[[Forker, Wire], None]] = {
    "DELETE on its way, carried out after the death": lambda one, wire: setattr(
        wire, "before", one.kill
    ),
    "DELETE on its way, never carried out": lambda one, wire: setattr(
        wire, "before", after(one.kill, lost)
    ),
    "carried out, the answer on its way": lambda one, wire: setattr(wire, "after", one.kill),
}


def _owner_removes(helpr: PeopleScene) -> Request:
    return {"method": "DELETE", "path": f"/api/manage/people/{helpr.id_of()}", "body": None}


def _end_is_past(helpr: PeopleScene) -> Request:
    helpr.end()
    return TIMER


def _removal_waits(helpr: PeopleScene) -> Request:
    helpr.scene.parts.people().orders().remove(helpr.id_of())
    return TIMER


OWNER, WAITS = "the owner removes somebody", "the timer: a removal waits"
ACTS: dict[str, Callable[[PeopleScene], Request]] = {
    OWNER: _owner_removes,
    "the timer: an end is past": _end_is_past,
    WAITS: _removal_waits,
}


@dataclass(frozen=True)
class Play:
    """A fresh scene with people, and plex.tv's part in it."""

    helpr: PeopleScene
    wire: Wire


@pytest.fixture(scope="module")
def workers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Forker]:
    log = tmp_path_factory.mktemp("forker") / "log"
    with forker(log) as process:
        yield process
    assert WHO not in log.read_text()


@pytest.fixture
def new_play(
    new_scene: Callable[[], Scene], fault_plex: DemoPlex, monkeypatch: pytest.MonkeyPatch
) -> Callable[[], Play]:
    """Returns the play to its beginning, for the next kill point."""

    def new() -> Play:
        helpr = PeopleScene(new_scene(), monkeypatch)
        helpr.settle()
        return Play(helpr, Wire(fault_plex, monkeypatch))

    return new


CASES = [
    pytest.param(stores, act, id=f"{stores} - {act}")
    for stores in (SQLITE, AZURE)
    for act in ACTS
    if stores == SQLITE or act != WAITS  # which also carries out an end that has passed
]


@pytest.mark.timeout(1800)
@pytest.mark.parametrize(("stores", "act"), CASES, indirect=["stores"])
def test_a_worker_may_die_at_any_point_of_a_removal(
    request: pytest.FixtureRequest, new_play: Callable[[], Play], workers: Forker, act: str
) -> None:
    play = new_play()
    whole = live(play, workers, act)
    assert not whole.killed
    assert DELETE in whole.points
    points: list[tuple[str, Callable[[Play], Life]]] = [
        (f"{number}: {name}", lambda one, number=number: live(one, workers, act, number))  # type: ignore[misc]
        for number, name in to_be_killed_at(whole.points)
    ]
    points += [
        (name, lambda one, name=name: killed_on_the_wire(one, workers, act, name))  # type: ignore[misc]
        for name in ON_THE_WIRE
    ]
    wrong = []
    for name, killed in points:
        play = new_play()
        assert killed(play).killed
        left = seen(play)
        broken = aftermath(play, act)
        cells = (act, play.helpr.scene.stores.name, name, left, seen(play), verdict(broken))
        add_row(request.node, "kill points of a removal", HEADINGS, cells)
        wrong += [(name, one) for one in broken]
    assert wrong == []


def live(play: Play, workers: Forker, act: str, die_at: int = NEVER) -> Life:
    """Prepare the scene and run the worker."""
    scene = play.helpr.scene
    request = ACTS[act](play.helpr)
    now = scene.clock().isoformat()
    return workers.worker(scene.settings, now, request, die_at, SUBJECT)


def killed_on_the_wire(play: Play, workers: Forker, act: str, name: str) -> Life:
    """The same, during plex.tv's work."""
    ON_THE_WIRE[name](workers, play.wire)
    return live(play, workers, act)


def aftermath(play: Play, act: str) -> list[str]:
    """A cold worker, the owner's second attempt if nothing was kept, the timer: what is wrong."""
    helpr = play.helpr
    wrong = [*helpr.premature_claims()]
    site = helpr.scene.worker(warm=False)
    if act == OWNER and helpr.operation() == "none":
        answer = site.owner("DELETE", f"people/{helpr.id_of()}")
        if answer.status_code not in (200, 202):
            wrong.append(f"the second press: {answer.status_code}")
    helpr.scene.clock.now += LATER
    helpr.scene.housekeep()
    helpr.recover()
    wrong += helpr.broken_promises()
    if play.wire.carried_out != 1:
        wrong.append(f"carried out {play.wire.carried_out} times")
    told = happened(helpr)
    if len(told) != 1 or told[0] not in ("removed", "ended"):
        wrong.append(f"the owner is told of {told}")
    return wrong


def happened(helpr: PeopleScene) -> list[str]:
    """The kinds of events about people."""
    query = sa.select(events.c.kind).where(events.c.person_id.is_not(None)).order_by(events.c.id)
    with helpr.scene.parts.stores.database().single() as connection:
        return list(connection.execute(query).scalars())


def seen(play: Play) -> str:
    """The operation, the shares, and what plex.tv carried out."""
    states = ", ".join(f"{number} {state}" for state, number in sorted(play.helpr.states().items()))
    return f"{play.helpr.operation()}; {states}; removed {play.wire.carried_out} ×"
