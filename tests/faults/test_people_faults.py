"""People while plex.tv or a store is in trouble: a wrong list removes nobody, and a removal is
called done when plex.tv's list shows it, and never before."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import Any
from unittest.mock import patch

import pytest

from demo_plex.messages import Request
from helpr_core.adapters.sql import database
from tests.faults.people_scene import OWNED, TEN, PeopleScene
from tests.faults.scene import Scene
from tests.faults.stores import AZURE, SQLITE
from tests.faults.table import Breaker, verdict
from tests.faults.test_sqlite_faults import PATIENCE_SECONDS, _locked
from tests.servers.tcp_proxy import Behaviour
from tests.tables import add_row

HEADINGS = (
    "fault", "under way", "stores", "reading", "gone", "removed", "operation", "told", "in the end",
    "",
)  # fmt: skip
READING, REMOVAL, END = "reading", "removal", "end date"
RUNS = 3
"""Between runs of the timer while it is broken: fifteen minutes."""


@dataclass(frozen=True)
class Fault:
    """`reading`: the verdict on the last reading while it lasts, and its code. `operation`: the
    beginning of a removal's state then. `told`: the check that warns the owner; "" for none: the
    operation itself says what it waits for."""

    name: str
    broken: Breaker
    reading: str
    operation: str
    told: str = "people"
    stores: tuple[str, ...] = (SQLITE, AZURE)


def _plex(kind: str, **rule: Any) -> Breaker:
    """plex.tv, until it is repaired."""

    @contextmanager
    def broken(scene: Scene) -> Iterator[None]:
        scene.plex.fail(kind, times=0, **rule)
        yield
        scene.plex.clear_faults()

    return broken


def _lists(kind: str, **rule: Any) -> Breaker:
    return _plex(kind, path_prefix="/api/", method="GET", **rule)


def _changes(kind: str, **rule: Any) -> Breaker:
    return _plex(kind, method="DELETE", **rule)


@contextmanager
def _when_asked(scene: Scene, method: str, path: str, act: Callable[[], object]) -> Iterator[None]:
    """Act whenever such a call has arrived at plex.tv, before the answer."""
    record = scene.plex.stage.record

    def record_and_act(request: Request) -> None:
        record(request)
        if request.method == method and path in request.path:
            act()

    with patch.object(scene.plex.stage, "record", record_and_act):
        yield


@contextmanager
def _late(scene: Scene) -> Iterator[None]:
    """Each list is slow: what it reports is no longer true."""
    with _when_asked(scene, "GET", OWNED, lambda: scene.clock.forward(seconds=20)):
        yield


@contextmanager
def _stale(scene: Scene) -> Iterator[None]:
    scene.plex.go_stale(1000)
    yield
    scene.plex.go_stale(0)


@contextmanager
def _refusing(scene: Scene) -> Iterator[None]:
    scene.plex.stop()
    yield
    scene.plex.start()


def _midway(breaker: Breaker) -> Breaker:
    """It breaks when plex.tv has got the removal, before the answer can be recorded."""

    @contextmanager
    def broken(scene: Scene) -> Iterator[None]:
        with ExitStack() as later:
            acts = [lambda: later.enter_context(breaker(scene))]
            asked = _when_asked(scene, "DELETE", "/", lambda: acts and acts.pop()())
            with asked:
                yield

    return broken


@contextmanager
def _postgres_stopped(scene: Scene) -> Iterator[None]:
    with scene.azure.postgres.stopped():
        yield


@contextmanager
def _azurite_stopped(scene: Scene) -> Iterator[None]:
    with scene.azure.proxy.behaving(Behaviour(refuse=True)):
        yield


ROWS_OF_NOBODY = b'[{"id": 1}]'
HTML = b"<html><body>Sign in to use this network</body></html>"
DOUBTFUL = "queued list_doubtful"
"""plex.tv has removed the share, but no list that could be believed shows it."""
PUT_OFF = "queued plex_"
SHORTER, LOST = "suspicious list_shorter", "failed plex_answer_lost"
GONE, LIMITED = "failed plex_endpoint_gone", "failed plex_limited"
ACCEPTED = f"{OWNED}/accepted"

LISTS = (
    Fault("list empty", _lists("partial", rows=0), "suspicious list_empty", DOUBTFUL),
    Fault("half a list", _lists("partial", rows=5), SHORTER, DOUBTFUL),
    Fault("list shorter by three", _lists("partial", rows=7), SHORTER, DOUBTFUL),
    Fault("list late", _late, "suspicious list_late", DOUBTFUL),
    Fault("list stale", _stale, "ok", "queued not_shown", told=""),
    Fault("list breaks off", _lists("malformed"), LOST, DOUBTFUL),
    Fault(
        "list of nobody",
        _lists("malformed", body=ROWS_OF_NOBODY),
        "suspicious list_malformed",
        DOUBTFUL,
    ),
    Fault("a page for a list", _lists("status", status=200, body=HTML), LOST, DOUBTFUL),
    Fault("lists 410", _lists("status", status=410), GONE, DOUBTFUL),
    Fault("one list 410", _plex("status", status=410, path_prefix=ACCEPTED), "ok", "done"),
    Fault("lists 401", _lists("status", status=401), "failed plex_unauthorized", DOUBTFUL),
    Fault("lists 429", _lists("status", status=429), LIMITED, "queued plex_limited"),
    Fault("lists 500", _lists("status", status=500), LOST, DOUBTFUL),
    Fault("lists dropped", _lists("drop"), LOST, DOUBTFUL),
    Fault("plex.tv 401", _plex("status", status=401), "failed plex_unauthorized", PUT_OFF),
    Fault("plex.tv 429", _plex("status", status=429), LIMITED, PUT_OFF),
    Fault("plex.tv 500", _plex("status", status=500), LOST, PUT_OFF),
    Fault("plex.tv refusing", _refusing, "failed plex_unavailable", PUT_OFF),
)
"""A removal is carried out by its row's id, whatever the list is like, then waits to be seen."""
CHANGES = (
    Fault("removal's answer lost", _changes("drop_after"), "ok", "done", told=""),
    Fault("removal dropped", _changes("drop"), "ok", "queued plex_answer_lost", told=""),
    Fault("removal 204, not done", _changes("status", status=204), "ok", "queued", told=""),
    Fault("removal 404", _changes("status", status=404), "ok", "queued plex_", told=""),
    Fault("removal 401", _changes("status", status=401), "ok", "queued plex_unau", told=""),
    Fault("removal 429", _changes("status", status=429), "ok", "queued plex_limited", told=""),
    Fault("removal 500", _changes("status", status=500), "ok", "queued plex_", told=""),
)
STORES = (
    Fault("SQLite locked midway", _midway(_locked), "ok", "working", stores=(SQLITE,), told=""),
    Fault(
        "PostgreSQL stopped midway",
        _midway(_postgres_stopped),
        "ok",
        "working",
        stores=(AZURE,),
        told="",
    ),
    Fault(
        "Azurite stopped midway", _midway(_azurite_stopped), "ok", "done", "state_store", (AZURE,)
    ),
)


def _cases() -> Iterator[Any]:
    """All on SQLite; on PostgreSQL and Azurite what the timer does, and what breaks there."""
    for stores in (SQLITE, AZURE):
        for fault in (*LISTS, *CHANGES, *STORES):
            ways: tuple[str, ...] = (READING, REMOVAL, END) if fault in LISTS else (REMOVAL, END)
            if stores == AZURE and fault not in STORES:
                ways = (END,)
            for way in ways if stores in fault.stores else ():
                yield pytest.param(stores, fault, way, id=f"{stores} - {fault.name} - {way}")


@pytest.mark.parametrize(("stores", "fault", "way"), list(_cases()), indirect=["stores"])
def test_in_trouble_nobody_is_removed_by_mistake_and_nothing_is_called_done_before_it_is(
    request: pytest.FixtureRequest,
    scene: Scene,
    monkeypatch: pytest.MonkeyPatch,
    fault: Fault,
    way: str,
) -> None:
    monkeypatch.setattr(database, "_BUSY_SECONDS", PATIENCE_SECONDS)
    if scene.stores.name == AZURE:
        scene.azure.proxied = True
    helpr = PeopleScene(scene, monkeypatch)
    helpr.settle()
    if way == END:
        helpr.end()
    broken: list[str] = []
    with fault.broken(scene):
        _begin(helpr, way)
        for _ in range(RUNS):
            # An unavailable store cannot be inspected; its content afterwards counts.
            broken += [] if fault in STORES else helpr.premature_claims()
            scene.clock.forward(minutes=16)
            scene.housekeep()
        told = helpr.warnings()
        seen = None if fault in STORES else _seen(helpr)
    seen = seen or _seen(helpr)
    broken += [*helpr.premature_claims(), *_not_as_promised(fault, way, seen, told)]
    runs = helpr.recover()
    if way == READING:
        broken += [] if helpr.states() == {"active": len(TEN)} else [f"in the end {helpr.states()}"]
    else:
        broken += helpr.broken_promises()
    end = f"{helpr.operation()} after {runs} runs" if way != READING else "all 10 have access"
    cells = (fault.name, way, scene.stores.name, *seen, told, end, verdict(broken))
    add_row(request.node, "faults about people", HEADINGS, cells)
    assert broken == []


def _begin(helpr: PeopleScene, way: str) -> None:
    """What the owner does; an end date is handled only by the timer."""
    if way == REMOVAL:
        helpr.scene.site.owner("DELETE", f"people/{helpr.id_of()}")
    elif way == READING:
        helpr.scene.site.owner("POST", "people/refresh")


def _seen(helpr: PeopleScene) -> tuple[str, str, str, str]:
    """The last reading; how many are marked gone, and how many are removed; the operation."""
    removed = len(set(TEN) - helpr.listed())
    return helpr.last(), str(helpr.states()["gone"]), str(removed), helpr.operation()


def _not_as_promised(
    fault: Fault, way: str, seen: tuple[str, str, str, str], told: str
) -> Iterator[str]:
    reading, gone, removed, operation = seen
    if reading != fault.reading:
        yield f"the reading is {reading!r}, promised {fault.reading!r}"
    if fault.told and fault.told not in told.split(", "):
        yield f"the owner is warned of {told}, promised {fault.told}"
    if way == READING:
        if (gone, removed, operation) != ("0", "0", "none"):
            yield f"{gone} marked gone, {removed} removed, operation {operation}"
    elif not operation.startswith(fault.operation):
        yield f"the operation is {operation!r}, promised {fault.operation!r}"
