"""A worker is killed with SIGKILL at every point of its work: nothing is sent twice,
nothing that was kept is lost, and no row stays pending."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

import pytest

from helpr_core.domain.identity_key import identity_key
from helpr_core.domain.requests import Status
from tests.faults.killing import NEVER, Forker, Life, after, forker, lost
from tests.faults.lives import ACTS, Act, Request
from tests.faults.operations import heading
from tests.faults.points import to_be_killed_at
from tests.faults.scene import FRIEND, Deliveries, Scene, described
from tests.faults.stores import AZURE, SQLITE
from tests.faults.table import verdict
from tests.tables import add_row

HEADINGS = ("operation", "stores", "killed", "left behind", "in the end", "")
CASES = [
    pytest.param(stores, act, id=f"{stores} - {act.name}")
    for stores in (SQLITE, AZURE)
    for act in ACTS
    if stores in act.stores
]
ON_THE_WIRE: dict[str, Callable[[Forker, Deliveries], None]] = {
    "POST on its way, carried out after the death": lambda one, to: setattr(
        to, "on_arrival", one.kill
    ),
    "POST on its way, never carried out": lambda one, to: setattr(
        to, "on_arrival", after(one.kill, lost)
    ),
    "carried out, the answer on its way": lambda one, to: setattr(to, "on_success", one.kill),
}


@dataclass(frozen=True, slots=True)
class Row:
    """One kill point: the friend's row and plex.tv's state after the death, and in the end."""

    point: str
    left: str
    end: str
    broken: Sequence[str]


@pytest.fixture(scope="session")
def workers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Forker]:
    """Forks the workers that are killed. None of them logs who asked."""
    log = tmp_path_factory.mktemp("forker") / "log"
    with forker(log) as process:
        yield process
    assert FRIEND not in log.read_text()


@pytest.mark.timeout(1800)
@pytest.mark.parametrize(("stores", "act"), CASES, indirect=["stores"])
def test_a_worker_may_die_at_any_point(
    request: pytest.FixtureRequest, new_scene: Callable[[], Scene], workers: Forker, act: Act
) -> None:
    scene = new_scene()
    whole = live(scene, workers, act)
    assert not whole.killed
    assert whole.points
    rows = [
        killed_at(new_scene(), workers, act, number, name)
        for number, name in to_be_killed_at(whole.points)
    ]
    if POST in whole.points:
        rows += [killed_on_the_wire(new_scene(), workers, act, name) for name in ON_THE_WIRE]
    for row in rows:
        told = (act.name, scene.stores.name, row.point, row.left, row.end, verdict(row.broken))
        add_row(request.node, "kill points", HEADINGS, told)
    assert [row for row in rows if row.broken] == []


POST = "after PlexMediaServer.send_invite"


def live(scene: Scene, workers: Forker, act: Act, die_at: int = NEVER) -> Life:
    """Prepare the scene and run the worker."""
    request = act.prepare(scene)
    environ = {**scene.settings, **act.settings()}
    return workers.worker(environ, scene.clock().isoformat(), request, die_at)


def killed_at(scene: Scene, workers: Forker, act: Act, number: int, name: str) -> Row:
    """One line of the table."""
    life = live(scene, workers, act, number)
    assert life.killed
    assert life.points[-1] == name
    return aftermath(scene, act, f"{number}: {name}")


def killed_on_the_wire(scene: Scene, workers: Forker, act: Act, name: str) -> Row:
    """The same, during plex.tv's work."""
    before = act.prepare

    def prepare(one: Scene) -> Request:
        request = before(one)
        ON_THE_WIRE[name](workers, one.deliveries)
        return request

    life = live(scene, workers, replace(act, prepare=prepare))
    assert life.killed
    scene.deliveries.let_go()
    return aftermath(scene, act, name)


def aftermath(scene: Scene, act: Act, point: str) -> Row:
    """A cold worker, the timer, the friend: what is left in the end, and what is wrong."""
    left = seen(scene)
    found = scene.row_of()
    scene.plex.clear_faults()
    scene.worker(warm=False)
    if act.at_once:
        scene.site.invite(FRIEND)
    scene.clock.now += act.wait
    scene.housekeep()
    wrong = ["a row is pending"] if Status.PENDING in states(scene) else []
    scene.recover()
    if found is not None and states(scene) != [Status.SUCCESS]:
        wrong.append("what was kept is lost")
    if scene.row_of() is None:
        answer = scene.site.invite(FRIEND)
        if answer.status_code != 201:
            wrong.append(f"asking again is answered with {answer.status_code}")
    wrong += [*broken_rules(scene), *broken_pages(scene)]
    in_the_end = seen(scene)
    wrong += asked_again_later(scene)
    return Row(point, left, in_the_end, wrong)


def broken_pages(scene: Scene) -> Iterator[str]:
    """Whether a friend's page says something untrue."""
    for request_id in {*(str(row.request_id) for row in scene.kept_rows()), *scene.told}:
        page = heading(scene.page_of(request_id))
        if page != "Open the e-mail from Plex and tap Accept":
            yield f"the friend's page says {page!r}"


def asked_again_later(scene: Scene) -> Iterator[str]:
    """Asked again, Plex says that its invitation is pending; the first request is unchanged."""
    scene.clock.forward(minutes=1)
    answer = scene.site.invite(FRIEND)
    body = (answer.status_code, answer.get_json().get("code"))
    if body != (409, "already_shared"):
        yield f"asking again a minute later is answered with {body}"
    if states(scene)[0] is not Status.SUCCESS:
        yield "asking again has changed the first request"
    if len(scene.deliveries.carried_out) != 1:
        yield "invited a second time"


def broken_rules(scene: Scene) -> Iterator[str]:
    """One row, one invitation carried out, and none sent after it."""
    if states(scene) != [Status.SUCCESS]:
        yield f"rows are {states(scene)}"
    if scene.deliveries.carried_out != [identity_key(FRIEND)]:
        yield f"{len(scene.deliveries.carried_out)} invitations were carried out"
    if scene.deliveries.refused:
        yield "sent again after it had been carried out"
    if scene.stores.waiting_in_inbox():
        yield "the inbox is not empty"
    uses, held = scene.uses_and_held()
    if uses != held or uses > 1:
        yield f"links have {uses} uses, and {held} requests hold one"


def states(scene: Scene) -> list[Status]:
    return [row.status for row in scene.kept_rows()]


def seen(scene: Scene) -> str:
    """The row, the inbox, and what plex.tv carried out."""
    waiting = scene.stores.waiting_in_inbox()
    inbox = f", {waiting} in the inbox" if waiting else ""
    sent = len(scene.deliveries.carried_out)
    return f"{described(scene.row_of(), scene.clock())}{inbox}, invited {sent} times"
