"""The state store with every kind of fault: a real Azurite, behind a proxy that misbehaves."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from helpr_core.adapters import silence
from helpr_core.adapters.state import connect
from tests.faults.scene import Scene
from tests.faults.stores import AZURE
from tests.faults.table import WELL, Fault, Promises, every_case, promises, run_case
from tests.servers.tcp_proxy import Behaviour

PATIENCE_SECONDS = 1.5
"""For an answer, instead of 3."""
HTML = b"<html><body>Sign in to use this network</body></html>"


def _answer(status: str, body: bytes = b"", *headers: str) -> bytes:
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", "Connection: close", *headers]
    return "\r\n".join([*lines, "", ""]).encode() + body


def _error(code: str) -> bytes:
    return b'{"odata.error":{"code":"%s","message":{"value":"no"}}}' % code.encode()


def _proxied(scene: Scene) -> None:
    scene.azure.proxied = True


def _impatient(scene: Scene) -> None:
    _proxied(scene)
    scene.monkeypatch.setattr(connect, "READ_SECONDS", PATIENCE_SECONDS)


def _fault(name: str, promised: Promises, behaviour: Behaviour) -> Fault:
    prepare = _impatient if behaviour.hang else _proxied

    @contextmanager
    def broken(scene: Scene) -> Iterator[None]:
        with scene.azure.proxy.behaving(behaviour):
            yield
        if behaviour.hang:
            time.sleep(silence.SECONDS)  # it is asked again then

    return Fault(f"Azurite {name}", promised, broken, prepare, stores=(AZURE,))


@contextmanager
def _both_down(scene: Scene) -> Iterator[None]:
    with scene.azure.postgres.stopped(), scene.azure.proxy.behaving(Behaviour(refuse=True)):
        yield


@contextmanager
def _emptied(scene: Scene) -> Iterator[None]:
    scene.azure.empty_tables()
    yield


_CHANGED = _answer("412 Precondition Failed", _error("UpdateConditionNotSatisfied"))
_TAKEN = _answer("409 Conflict", _error("EntityAlreadyExists"))
_BUSY = _answer("503 Server Busy", _error("ServerBusy"), "Retry-After: 30")

# A warm worker carries on with what it knows. A cold one reads the database, in which nothing
# was ever saved here: 0.1.0 may have left something else in the state store.
DOWN = promises("""
invite, warm | 201 success | success #1 | 1/1 | rate limits from memory alone
invite, cold | 202 queued | queued #0 +0s | 0/0 | copy not read
repeat | 201 success | success #1 | 1/1 | rate limits from memory alone
fourth | 201 success | success #1 | 4/4 | rate limits from memory alone
page | 200 Open the e-mail from Plex and tap Accept | success #1 | 1/1 | rate limits from memory
queue | sent=1 failed=inbox,decisions,expiry | success #2 | 1/1 | housekeeping without a lease
interrupted | sent=1 failed=inbox,decisions,expiry | success #1 | 1/1 | run not stored
retry | 202 success | success #2 | 1/1 | manage_invites_retry
overview | 200 warning: state_store, housekeeping, breaker… | success #1 | 1/1 | seats not
connection | 200 state_store: Check that it is | no row | 0/0 | server not stored
libraries | 200 | no row | 0/0 | server not stored
invites | 200 success | success #1 | 1/1 | invites_list
settings | 200 | no row | 0/0 | copy not written
""")

# Neither store can keep anything: nothing is sent.
BOTH_DOWN = promises("""
invite, warm | 503 unavailable Retry-After | no row | 0/0 | code=unavailable
invite, cold | 503 unavailable Retry-After | no row | 0/0 | code=unavailable
repeat | 503 unavailable Retry-After | no row | 0/0 | code=unavailable
fourth | 503 unavailable Retry-After | no row | 0/0 | code=unavailable
queue | failed=inbox,queue,acceptances… | queued plex_unavailable #1 +0s | 0/0 | step
interrupted | failed=inbox,queue,interrupted… | pending #0 | 0/0 | step=interrupted
retry | 503 unavailable Retry-After | queued plex_unavailable #1 +0s | 0/0 | code=unavailable
overview | 200 error: database, state_store, queue… | no row | 0/0 | manage_overview
connection | 200 database: what to do | no row | 0/0 | manage_connection
libraries | 200 | no row | 0/0 | server not stored
invites | 503 unavailable Retry-After | no row | 0/0 | code=unavailable
settings | 503 unavailable Retry-After | no row | 0/0 | code=unavailable
""")

STATE_FAULTS = (
    _fault("stopped", DOWN, Behaviour(refuse=True)),
    _fault("hanging", DOWN, Behaviour(hang=True)),
    _fault("cutting connections", DOWN, Behaviour(cut=True)),
    _fault("500", DOWN, Behaviour(answer=_answer("500 Internal Server Error"))),
    _fault("503, Retry-After", DOWN, Behaviour(answer=_BUSY)),
    _fault("429", DOWN, Behaviour(answer=_answer("429 Too Many Requests"))),
    _fault("403", DOWN, Behaviour(answer=_answer("403 Forbidden"))),
    _fault("HTML instead", DOWN, Behaviour(answer=_answer("200 OK", HTML))),
    _fault("slow", WELL, Behaviour(delay_seconds=0.03)),
    _fault("conflict of one write", WELL, Behaviour(answer=_CHANGED, methods=("PUT",), times=1)),
    _fault("conflict of one insert", WELL, Behaviour(answer=_TAKEN, methods=("POST",), times=1)),
    Fault("Azurite emptied", WELL, _emptied, stores=(AZURE,)),
    Fault("PostgreSQL and Azurite stopped", BOTH_DOWN, _both_down, _proxied, stores=(AZURE,)),
)


@every_case(*STATE_FAULTS)
def test_while_the_state_store_is_in_trouble_every_promise_is_kept(
    request: pytest.FixtureRequest, scene: Scene, fault: Fault, operation: str
) -> None:
    run_case(request.node, scene, fault, operation)
