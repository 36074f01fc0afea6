"""A fault, what is promised while it lasts, and how one case of the table is run.

A case is one fault, one operation (operations.py) and one kind of stores (stores.py). The faults
and their promises stand together in the test files.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import asdict, astuple, dataclass

import pytest

from helpr_core.domain.identity_key import identity_key
from helpr_core.domain.requests import Status
from tests.faults.operations import CORE, INVITES, OPERATIONS, row_seen
from tests.faults.scene import FRIEND, Scene
from tests.faults.stores import AZURE, SQLITE
from tests.tables import add_row

_HEADINGS = (
    "fault", "operation", "stores", "answer", "row", "Plex", "log line", "in the end", ""
)  # fmt: skip
MORE = "…"
"""Ends a promise that lists names: others may follow."""


@dataclass(frozen=True, slots=True)
class Seen:
    """What one operation led to while something was broken.

    `answer`: status and code, or what a run of housekeeping logs about itself. `row`: status,
    code, `#attempts`, `+seconds` to the next one. `plex`: invitations that reached plex.tv /
    that it carried out. `log`: a part of one line.
    """

    answer: str
    row: str
    plex: str
    log: str


Promises = Mapping[str, Seen]
"""By operation."""


def promises(text: str) -> dict[str, Seen]:
    """Parse `operation | answer | row | Plex | part of a log line`, one per line."""
    found = {}
    for line in text.strip().splitlines():
        operation, *columns = (column.strip() for column in line.split("|"))
        assert operation in OPERATIONS, operation
        found[operation] = Seen(*columns)
    return found


WELL = promises("""
invite, warm | 201 success | success #1 | 1/1 | function=invite status=201
invite, cold | 201 success | success #1 | 1/1 | function=invite status=201
repeat | 201 success | success #1 | 1/1 | function=invite status=201
fourth | 201 success | success #1 | 4/4 | function=invite status=201
page | 200 Open the e-mail from Plex and tap Accept | success #1 | 1/1 | function=invited
queue | sent=1 failed= | success #2 | 1/1 | housekeeping done
interrupted | sent=1 failed= | success #1 | 1/1 | found interrupted
retry | 202 success | success #2 | 1/1 | manage_invites_retry
overview | 200 ok: all well | success #1 | 1/1 | manage_overview
connection | 200 all well | no row | 0/0 | manage_connection
libraries | 200 | no row | 0/0 | manage_libraries_get
invites | 200 success | success #1 | 1/1 | invites_list
settings | 200 | no row | 0/0 | manage_settings_patch
""")
"""What is promised if nothing is broken, or nobody notices."""


Breaker = Callable[[Scene], AbstractContextManager[None]]


@dataclass(frozen=True)
class Fault:
    """`broken` breaks it and repairs it; `prepare` runs before the scene has a worker.

    `end` is the final state of a request that was kept.
    """

    name: str
    promised: Promises
    broken: Breaker
    prepare: Callable[[Scene], None] = lambda _scene: None
    end: str = "success"
    stores: Collection[str] = (SQLITE, AZURE)


def while_plex_is_asked(breaker: Breaker) -> Breaker:
    """It breaks once plex.tv has carried out the first invitation."""

    @contextmanager
    def broken(scene: Scene) -> Iterator[None]:
        with ExitStack() as later:
            scene.deliveries.on_success = lambda: later.enter_context(breaker(scene))
            yield

    return broken


def every_case(*faults: Fault, above_the_stores: bool = False) -> pytest.MarkDecorator:
    """Every fault with every operation, on SQLite first.

    Of faults with the same promises, the first is also run with every operation on PostgreSQL
    and Azurite; the others with the most important ones. Where what is decided about a fault is
    decided above the stores, one of each kind is enough there, with the most important ones: it
    shows that these stores keep what was decided.
    """
    found = []
    for stores in (SQLITE, AZURE):
        kinds: list[Promises] = []
        for fault in faults:
            first = fault.promised not in kinds
            kinds.append(fault.promised)
            again, all_again = (first, False) if above_the_stores else (True, first)
            for operation in fault.promised if stores in fault.stores else ():
                if stores == SQLITE or all_again or (again and operation in CORE):
                    name = f"{stores} - {fault.name} - {operation}"
                    found.append(pytest.param(stores, fault, operation, id=name))
    return pytest.mark.parametrize(("stores", "fault", "operation"), found, indirect=["stores"])


def run_case(test: pytest.Item, scene: Scene, fault: Fault, operation: str) -> None:
    """Run the operation while it is broken, recover, and check: one line of the table."""
    fault.prepare(scene)
    promised = fault.promised[operation]
    noted = _Noted()
    answer = OPERATIONS[operation](scene, _watched(scene, fault.broken(scene), noted))
    fragment = promised.log if any(promised.log in line for line in noted.logs) else "-"
    seen = Seen(answer, row_seen(scene), noted.plex, fragment)
    broken = [*_differences(promised, seen)]
    scene.recover()
    if operation in INVITES and answer.startswith("503"):
        broken += _asks_again(scene)
    end = row_seen(scene)
    if end != "no row" and not end.startswith(fault.end):
        broken.append(f"in the end {end!r}, promised {fault.end!r}")
    broken += _broken_rules(scene)
    cells = (fault.name, operation, scene.stores.name, *astuple(seen), end, verdict(broken))
    add_row(test, "faults", _HEADINGS, cells)
    assert broken == []


def verdict(broken: Collection[str]) -> str:
    """The last cell of a row, for promises that were broken."""
    return f"BROKEN {'; '.join(broken)}" if broken else "as promised"


@dataclass
class _Noted:
    """The state at the moment of the answer."""

    plex: str = ""
    logs: tuple[str, ...] = ()


@contextmanager
def _watched(scene: Scene, broken: AbstractContextManager[None], noted: _Noted) -> Iterator[None]:
    """The fault, with what plex.tv did and the log by its end."""
    heard = len(scene.caplog.records)
    with broken:
        yield
        posts = sum(call.method == "POST" for call in scene.plex.calls)
        noted.plex = f"{posts}/{len(scene.deliveries.carried_out)}"
    noted.logs = tuple(record.getMessage() for record in scene.caplog.records[heard:])


def _differences(promised: Seen, seen: Seen) -> Iterator[str]:
    for name, text in asdict(promised).items():
        if not _fits(text, asdict(seen)[name]):
            yield f"{name}: {asdict(seen)[name]!r}, promised {text!r}"


def _fits(promised: str, seen: str) -> bool:
    if promised.endswith(MORE):
        return _words(promised.removesuffix(MORE)) <= _words(seen)
    return promised == seen


def _words(text: str) -> set[str]:
    return set(re.findall(r"[^\s,]+", text.replace("failed=", "failed= ")))


def _asks_again(scene: Scene) -> Iterator[str]:
    """The friend was told that nothing was kept, and when to come back."""
    answer = scene.site.invite(FRIEND).status_code
    if answer != 201:
        yield f"asking again is answered with {answer}"


def _broken_rules(scene: Scene) -> Iterator[str]:
    """What must be true at the end of every case, whatever was broken."""
    delivered = scene.deliveries.carried_out
    twice = {who for who in delivered if delivered.count(who) > 1}
    if twice:
        yield f"{len(twice)} people were invited twice"
    if identity_key(FRIEND) in scene.deliveries.refused and identity_key(FRIEND) in delivered:
        yield "the invitation was sent again after it had been carried out"
    for row in scene.kept_rows():
        if row.status is Status.PENDING:
            yield "a row is pending in the end"
        if row.status is Status.SUCCESS and row.identity_key not in delivered:
            yield "a row says success, and plex.tv invited nobody"
        if row.status is not Status.SUCCESS and row.identity_key in delivered:
            yield f"plex.tv invited somebody whose row says {row.status}"
