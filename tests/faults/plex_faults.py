"""Ways in which plex.tv is in trouble, ordered at the demo Plex, and what is promised."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from helpr_core.adapters.plex import account
from helpr_core.adapters.plex.media_server import PlexMediaServer
from tests.faults import plex_promises as kinds
from tests.faults import plex_refusals
from tests.faults.fault import Fault
from tests.faults.promises import Promises
from tests.faults.scene import FRIEND, Scene

RAILS = b"<html><head><title>We're sorry, but something went wrong (500)</title></head></html>"
NO_SUCH_NAME = b'<Response code="400" status="The username or email entered does not exist."/>'
NOT_FOUND = b"<errors><error>Not found</error></errors>"
REMOVED = b'<Response code="410" status="This endpoint was deprecated and removed"/>'
FORBIDDEN = b"<html><head><title>403 Forbidden</title></head><body>nginx</body></html>"
BAD = b"<html><head><title>400 Bad Request</title></head><body>nginx</body></html>"
BOMB = b'<!DOCTYPE a [<!ENTITY b "bb"><!ENTITY c "&b;&b;">]><MediaContainer>&c;</MediaContainer>'
HTML, JSON = "text/html", "application/json"
PATIENCE = (3.05, 0.4)
"""Seconds to connect and to wait for an answer, instead of 3.05 and 10."""

Order = Callable[[Scene], None]


def _plex_fault(
    name: str,
    promised: Promises,
    order: Order,
    mend: Order = lambda scene: scene.plex.clear_faults(),
    end: str = "success",
) -> Fault:
    """`order` breaks it, `mend` takes that back."""

    @contextmanager
    def broken(scene: Scene) -> Iterator[None]:
        order(scene)
        yield
        mend(scene)

    return Fault(name, promised, broken, end=end)


def _always(kind: str, **rule: Any) -> Order:
    """All of plex.tv, until it is mended."""
    return lambda scene: scene.plex.fail(kind, times=0, **rule)


def _wait(scene: Scene, seconds: tuple[float, float]) -> None:
    """How long the worker waits for plex.tv from now on."""
    media = scene.parts.media()
    assert isinstance(media, PlexMediaServer)
    media._account.get()._timeout = seconds


def _hanging(scene: Scene) -> None:
    _wait(scene, PATIENCE)
    scene.plex.fail("hang", times=0, delay_seconds=5)


def _not_hanging(scene: Scene) -> None:
    scene.plex.clear_faults()
    _wait(scene, account.TIMEOUT)


def _started(scene: Scene) -> None:
    scene.plex.start()


def _held_up(scene: Scene) -> None:
    """plex.tv takes what reaches it and begins to work on it only when it is mended."""
    _wait(scene, PATIENCE)
    scene.deliveries.hold()


def _carried_out_late(scene: Scene) -> None:
    scene.deliveries.let_go()
    _wait(scene, account.TIMEOUT)


def _status(status: int, **rule: Any) -> Order:
    return _always("status", status=status, **rule)


def _on_post(kind: str, **rule: Any) -> Order:
    return _always(kind, method="POST", **rule)


WAIT = {"Retry-After": "600"}

PLEX_FAULTS = (
    _plex_fault("slow", kinds.FOUND, _always("delay", delay_seconds=0.05)),
    _plex_fault("hanging", kinds.HANGING, _hanging, _not_hanging),
    _plex_fault(
        "refusing",
        kinds.REFUSING,
        lambda one: one.plex.stop(),
        _started,
    ),
    _plex_fault("dropping the call", kinds.LOST, _always("drop")),
    _plex_fault("dropping after carrying out", kinds.CARRIED_OUT, _always("drop_after")),
    _plex_fault("dropping the POST, the list answers", kinds.NOT_FOUND, _on_post("drop")),
    _plex_fault("carrying out the POST, then dropping it", kinds.FOUND, _on_post("drop_after")),
    _plex_fault(
        "carrying out the POST too late",
        kinds.LATE,
        _held_up,
        _carried_out_late,
    ),
    _plex_fault("401", kinds.TOKEN, _status(401)),
    _plex_fault("422 Invalid token", kinds.TOKEN, _always("invalid_token")),
    _plex_fault("429", kinds.LIMITED, _status(429)),
    _plex_fault("429, Retry-After", kinds.LIMITED_FOR_10_MINUTES, _status(429, headers=WAIT)),
    _plex_fault("500", kinds.LOST, _status(500)),
    _plex_fault("502 with HTML", kinds.LOST, _status(502, body=RAILS, content_type=HTML)),
    _plex_fault("503", kinds.UNAVAILABLE, _status(503)),
    _plex_fault("503, Retry-After", kinds.UNAVAILABLE_FOR_10_MINUTES, _status(503, headers=WAIT)),
    _plex_fault("520", kinds.LOST, _status(520, body=b"error code: 520")),
    _plex_fault("XML that breaks off", kinds.LOST, _always("malformed")),
    _plex_fault(
        "JSON that breaks off",
        kinds.LOST,
        _always("malformed", body=b'{"MediaContainer":', content_type=JSON),
    ),
    _plex_fault("XML with entities", kinds.LOST, _always("malformed", body=BOMB)),
    _plex_fault("an empty 200", kinds.LOST, _always("malformed", body=b"")),
    _plex_fault("10 MB", kinds.LOST, _always("big", size_bytes=10_000_000)),
    _plex_fault("a redirect", kinds.LOST, _always("redirect")),
    _plex_fault("not HTTP", kinds.LOST, _always("raw", body=b"\x00\x01 hello\r\n\r\n")),
    _plex_fault("404 in Plex's words", kinds.NO_SERVER, _status(404, body=NOT_FOUND)),
    _plex_fault("404 with a page", kinds.GONE, _status(404)),
    _plex_fault("410", kinds.GONE, _status(410, body=REMOVED)),
    _plex_fault(
        "403 of a proxy", kinds.UNEXPECTED, _status(403, body=FORBIDDEN, content_type=HTML)
    ),
    *(_plex_fault(f"{status}", kinds.UNEXPECTED, _status(status)) for status in (408, 425, 451)),
    _plex_fault("400 with a page", kinds.UNEXPECTED, _status(400, body=BAD, content_type=HTML)),
    _plex_fault(
        "shared already",
        plex_refusals.ALREADY_SHARED,
        lambda scene: _share_elsewhere(scene),
        end="failed already_shared",
    ),
    _plex_fault(
        "name unknown",
        plex_refusals.NAME_UNKNOWN,
        _on_post("status", status=400, body=NO_SUCH_NAME),
        end="failed plex_refused",
    ),
    _plex_fault(
        "100 people",
        plex_refusals.SERVER_FULL,
        lambda scene: scene.plex.stage.plex.world.fill_seats(100),
        end="failed server_full",
    ),
)


def _share_elsewhere(scene: Scene) -> None:
    """The owner shares in Plex itself: no delivery of ours."""
    scene.plex.share(FRIEND, [scene.plex.libraries[0].id])
    scene.deliveries.carried_out.clear()
