"""What a worker may be doing when it is killed."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from tests.faults.scene import FRIEND, Scene
from tests.faults.stores import AZURE, SQLITE
from tests.servers.server_process import free_port

Request = Mapping[str, Any] | None
Prepare = Callable[[Scene], Request]

SOON = timedelta(minutes=2, seconds=1)
"""A row untouched for this long belongs to a dead worker."""
LATER = timedelta(minutes=5)
"""The next run of the timer; the lease of a dead one has expired."""
ASK: Request = {
    "method": "POST",
    "path": "/api/invites",
    "body": {"email_or_username": FRIEND},
}
TIMER: Request = None


@dataclass(frozen=True)
class Act:
    """`prepare` brings the scene to the worker's start, and returns the request it is sent.

    `wait`: how long after the death housekeeping runs. `at_once`: before that, the friend
    asks again, having got no answer. `settings` are the worker's own.
    """

    name: str
    prepare: Prepare
    wait: timedelta = SOON
    at_once: bool = False
    settings: Callable[[], Mapping[str, str]] = dict
    stores: Collection[str] = (SQLITE, AZURE)


def _friend_asks(scene: Scene) -> Request:
    scene.worker()
    return ASK


def _first_of_all(scene: Scene) -> Request:
    return ASK


def _answer_gets_lost(scene: Scene) -> Request:
    scene.worker()
    scene.plex.fail("drop_after", method="POST")
    return ASK


def _due(scene: Scene) -> Request:
    scene.worker()
    scene.leave_queued()
    return TIMER


def _due_and_in_doubt(scene: Scene) -> Request:
    """plex.tv has carried it out, but nobody knows."""
    scene.worker()
    scene.plex.fail("drop_after", method="POST")
    scene.plex.fail("status", status=500, method="GET")
    scene.kept()
    scene.clock.forward(minutes=1)
    return TIMER


def _interrupted(scene: Scene) -> Request:
    scene.worker()
    scene.leave_behind()
    return TIMER


def _owner_retries(scene: Scene) -> Request:
    scene.worker()
    row = scene.leave_queued()
    path = f"/api/manage/invites/{row.request_id}/retry"
    return {"method": "POST", "path": path, "body": None}


def _no_database() -> Mapping[str, str]:
    return {"DATABASE_URL": f"postgresql+psycopg2://nobody@127.0.0.1:{free_port()}/nowhere"}


def _waits_in_inbox(scene: Scene) -> Request:
    scene.worker()
    scene.worker(warm=False, **_no_database())
    scene.kept()
    assert scene.stores.waiting_in_inbox() == 1
    scene.worker(warm=False)
    return TIMER


def _comes_by_a_link(scene: Scene) -> Request:
    """The last use of a link."""
    scene.worker()
    code = scene.hand_out(uses_limit=1)
    body = {"email_or_username": FRIEND, "invite_code": code}
    return {"method": "POST", "path": "/api/invites", "body": body}


def _link_waits_in_inbox(scene: Scene) -> Request:
    scene.worker()
    code = scene.hand_out(uses_limit=1)
    scene.worker(warm=False, **_no_database())
    answer = scene.site.invite(FRIEND, invite_code=code)
    assert answer.status_code == 202
    assert scene.stores.waiting_in_inbox() == 1
    scene.worker(warm=False)
    return TIMER


def _probe(scene: Scene) -> Request:
    """plex.tv is not being asked, and the wait is over: the next request is the only probe."""
    scene.worker()
    scene.plex.fail("status", status=429, method="POST", headers={"Retry-After": "60"})
    scene.kept()
    scene.clock.forward(minutes=1)
    scene.plex.clear_calls()
    return TIMER


ACTS = (
    Act("a friend asks", _friend_asks),
    Act("a friend asks, and again at once", _friend_asks, at_once=True),
    Act("the first friend of all asks", _first_of_all),
    Act("a friend asks, the answer gets lost", _answer_gets_lost),
    Act("the owner tries again", _owner_retries),
    Act("the timer: a request is due", _due, LATER),
    Act("the timer: due, and perhaps sent", _due_and_in_doubt, LATER),
    Act("the timer: due, plex.tv was paused", _probe, LATER),
    Act("the timer: an interrupted row", _interrupted, LATER),
    Act("a friend comes by a link", _comes_by_a_link),
    Act("the timer: drains a link's request", _link_waits_in_inbox, LATER, stores=(AZURE,)),
    Act("a friend asks, no database", _friend_asks, settings=_no_database, stores=(AZURE,)),
    Act("the timer: drains the inbox", _waits_in_inbox, LATER, stores=(AZURE,)),
)
