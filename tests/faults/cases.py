"""Runs one case: the operation while something is broken, the recovery, what always holds."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import asdict, dataclass
from typing import Any

import pytest

from helpr_core.domain.identity_key import identity_key
from helpr_core.domain.requests import Status
from tests.faults.fault import Fault
from tests.faults.operations import CORE, INVITES, OPERATIONS, row_seen
from tests.faults.scene import FRIEND, Scene
from tests.faults.stores import AZURE, SQLITE
from tests.faults.table import Row, Seen, differences


@dataclass
class Noted:
    """What was seen at the moment of the answer."""

    plex: str = ""
    logs: tuple[str, ...] = ()


def cases(*faults: Fault) -> list[Any]:
    """Every fault with every operation, on SQLite first.

    Of faults with the same promises the first has every operation on PostgreSQL and Azurite
    as well; the others have the core of them there.
    """
    found = []
    for stores in (SQLITE, AZURE):
        kinds: set[int] = set()
        for fault in faults:
            first = id(fault.promised) not in kinds
            kinds.add(id(fault.promised))
            for operation in fault.promised if stores in fault.stores else ():
                if first or stores == SQLITE or operation in CORE:
                    name = f"{stores} - {fault.name} - {operation}"
                    found.append(pytest.param(stores, fault, operation, id=name))
    return found


def run_case(test: pytest.Item, scene: Scene, fault: Fault, operation: str) -> None:
    """One line of the table; fails where a promise is not kept."""
    fault.prepare(scene)
    promised = fault.promised[operation]
    noted = Noted()
    broken = _watched(scene, fault.broken(scene), noted)
    answer = OPERATIONS[operation](scene, broken)
    row = row_seen(scene)
    fragment = promised.log if any(promised.log in line for line in noted.logs) else "-"
    seen = Seen(answer, row, noted.plex, fragment)
    wrong = [differences(asdict(promised), asdict(seen))]
    scene.recover()
    if operation in INVITES and answer.startswith("503"):
        wrong.append(_asks_again(scene))
    last = row_seen(scene)
    if last != "no row" and not last.startswith(fault.end):
        wrong.append(f"in the end {last!r}, promised {fault.end!r}")
    wrong += _broken_rules(scene)
    broken_promises = "; ".join(filter(None, wrong))
    Row(fault.name, operation, scene.stores.name, seen, last, broken_promises).report(test)
    assert not broken_promises, broken_promises


def _asks_again(scene: Scene) -> str:
    """The friend was told that nothing was kept, and when to come back."""
    answer = scene.site.invite(FRIEND).status_code
    return "" if answer == 201 else f"asking again is answered with {answer}"


@contextmanager
def _watched(scene: Scene, broken: AbstractContextManager[None], noted: Noted) -> Iterator[None]:
    """The fault, with what plex.tv and the log have at its end."""
    heard = len(scene.caplog.records)
    with broken:
        yield
        posts = sum(call.method == "POST" for call in scene.plex.calls)
        noted.plex = f"{posts}/{len(scene.deliveries.carried_out)}"
    noted.logs = tuple(record.getMessage() for record in scene.caplog.records[heard:])


def _broken_rules(scene: Scene) -> Iterator[str]:
    """What holds at the end of every case, whatever was broken."""
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
