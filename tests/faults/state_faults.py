"""Ways in which Azure Tables is in trouble: Azurite behind a proxy that misbehaves."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager

from helpr_core.adapters import silence
from helpr_core.adapters.state import connect
from tests.faults import state_promises as kinds
from tests.faults.database_faults import azure, postgres_stopped
from tests.faults.fault import Fault
from tests.faults.promises import WELL, Promises
from tests.faults.scene import Scene
from tests.faults.stores import AZURE
from tests.servers.tcp_proxy import Behaviour

PATIENCE_SECONDS = 0.5
"""For an answer, instead of 3."""
HTML = b"<html><body>Sign in to use this network</body></html>"


def _answer(status: str, body: bytes = b"", *headers: str) -> bytes:
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", "Connection: close", *headers]
    return "\r\n".join([*lines, "", ""]).encode() + body


def _error(code: str) -> bytes:
    return b'{"odata.error":{"code":"%s","message":{"value":"no"}}}' % code.encode()


def _proxied(scene: Scene) -> None:
    azure(scene).proxied = True


def _impatient(scene: Scene) -> None:
    _proxied(scene)
    scene.monkeypatch.setattr(connect, "READ_SECONDS", PATIENCE_SECONDS)


def _state_fault(name: str, promised: Promises, behaviour: Behaviour) -> Fault:
    prepare = _impatient if behaviour.hang else _proxied

    @contextmanager
    def broken(scene: Scene) -> Iterator[None]:
        with azure(scene).proxy.behaving(behaviour):
            yield
        if behaviour.hang:
            time.sleep(silence.SECONDS)  # it is asked again then

    return Fault(f"Azurite {name}", promised, broken, prepare, stores=(AZURE,))


@contextmanager
def _both_down(scene: Scene) -> Iterator[None]:
    with postgres_stopped(scene), azure(scene).proxy.behaving(Behaviour(refuse=True)):
        yield


@contextmanager
def _emptied(scene: Scene) -> Iterator[None]:
    azure(scene).empty_tables()
    yield


_CHANGED = _answer("412 Precondition Failed", _error("UpdateConditionNotSatisfied"))
_TAKEN = _answer("409 Conflict", _error("EntityAlreadyExists"))
_BUSY = _answer("503 Server Busy", _error("ServerBusy"), "Retry-After: 30")

STATE_FAULTS = (
    _state_fault("stopped", kinds.DOWN, Behaviour(refuse=True)),
    _state_fault("hanging", kinds.DOWN, Behaviour(hang=True)),
    _state_fault("cutting connections", kinds.DOWN, Behaviour(cut=True)),
    _state_fault("500", kinds.DOWN, Behaviour(answer=_answer("500 Internal Server Error"))),
    _state_fault("503, Retry-After", kinds.DOWN, Behaviour(answer=_BUSY)),
    _state_fault("429", kinds.DOWN, Behaviour(answer=_answer("429 Too Many Requests"))),
    _state_fault("403", kinds.DOWN, Behaviour(answer=_answer("403 Forbidden"))),
    _state_fault("HTML instead", kinds.DOWN, Behaviour(answer=_answer("200 OK", HTML))),
    _state_fault("slow", WELL, Behaviour(delay_seconds=0.03)),
    _state_fault(
        "conflict of one write", WELL, Behaviour(answer=_CHANGED, methods=("PUT",), times=1)
    ),
    _state_fault(
        "conflict of one insert", WELL, Behaviour(answer=_TAKEN, methods=("POST",), times=1)
    ),
    Fault("Azurite emptied", WELL, _emptied, stores=(AZURE,)),
    Fault("PostgreSQL and Azurite stopped", kinds.BOTH_DOWN, _both_down, _proxied, stores=(AZURE,)),
)
