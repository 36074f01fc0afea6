"""A worker is killed at every point of opening a batch: it is sent again, and every line is
invited once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any
from uuid import uuid4

import pytest

from helpr_core.domain.requests import Status
from tests.faults.killing import NEVER, Forker, Life, forker
from tests.faults.lives import SOON
from tests.faults.points import to_be_killed_at
from tests.faults.scene import Scene
from tests.faults.stores import AZURE, SQLITE
from tests.tables import add_row

HEADINGS = ("stores", "killed", "left behind", "in the end", "")
FRIENDS = ("one@example.com", "two@example.com", "three@example.com")
LINES = "\n".join((*FRIENDS, "ONE@example.com"))


@pytest.fixture(scope="module")
def workers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Forker]:
    log = tmp_path_factory.mktemp("forker") / "log"
    with forker(log) as process:
        yield process
    assert not [who for who in FRIENDS if who in log.read_text()]


@pytest.mark.timeout(1800)
@pytest.mark.parametrize("stores", [SQLITE, AZURE], indirect=True)
def test_a_worker_may_die_at_any_point_of_sending_a_batch(
    request: pytest.FixtureRequest, new_scene: Callable[[], Scene], workers: Forker
) -> None:
    whole, _ = live(new_scene(), workers)
    assert not whole.killed
    assert whole.points
    wrong = []
    for number, name in to_be_killed_at(whole.points):
        scene = new_scene()
        life, press = live(scene, workers, number)
        assert life.killed
        left = seen(scene)
        broken = aftermath(scene, press)
        told = (scene.stores.name, f"{number}: {name}", left, seen(scene), ", ".join(broken))
        add_row(request.node, "kill points of a batch", HEADINGS, told)
        wrong += [(name, one) for one in broken]
    assert wrong == []


def live(scene: Scene, workers: Forker, die_at: int = NEVER) -> tuple[Life, dict[str, Any]]:
    scene.worker()
    body = {"lines": LINES, "batch_id": str(uuid4())}
    press = {"method": "POST", "path": "/api/manage/batches", "body": body}
    return workers.worker(scene.settings, scene.clock().isoformat(), press, die_at), body


def aftermath(scene: Scene, press: dict[str, Any]) -> list[str]:
    """A cold worker, the owner's second attempt, the timer: what is wrong in the end."""
    site = scene.worker(warm=False)
    answer = site.owner("POST", "batches", json=press)
    wrong = [] if answer.status_code == 202 else [f"the second press: {answer.status_code}"]
    scene.clock.now += SOON
    scene.housekeep()
    scene.recover()
    rows = scene.kept_rows()
    if Counter(row.identity_key for row in rows) != Counter(FRIENDS):
        wrong.append(f"{len(rows)} requests")
    if {row.status for row in rows} != {Status.SUCCESS}:
        wrong.append(f"requests are {[row.status.value for row in rows]}")
    if Counter(scene.deliveries.carried_out) != Counter(FRIENDS):
        wrong.append(f"{len(scene.deliveries.carried_out)} invitations")
    if scene.deliveries.refused:
        wrong.append("sent again after it had been carried out")
    listed = site.owner("GET", "batches").get_json()["batches"]
    if len(listed) != 1 or listed[0]["state"] != "done":
        wrong.append(f"{len(listed)} batches")
    return wrong


def seen(scene: Scene) -> str:
    states = Counter(row.status.value for row in scene.kept_rows())
    rows = ", ".join(f"{count} {state}" for state, count in sorted(states.items())) or "no request"
    return f"{rows}; {len(scene.deliveries.carried_out)} invited"
