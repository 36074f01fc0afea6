"""plex.tv with every kind of fault: what the friend is told, what is kept and what is sent."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import pytest

from helpr_core.adapters.plex import account
from helpr_core.adapters.plex.media_server import PlexMediaServer
from tests.faults.scene import FRIEND, Scene
from tests.faults.table import WELL, Fault, Promises, every_case, promises, run_case

RAILS = b"<html><head><title>We're sorry, but something went wrong (500)</title></head></html>"
NO_SUCH_NAME = b'<Response code="400" status="The username or email entered does not exist."/>'
NOT_THERE = b"<errors><error>Not found</error></errors>"
REMOVED = b'<Response code="410" status="This endpoint was deprecated and removed"/>'
FORBIDDEN = b"<html><head><title>403 Forbidden</title></head><body>nginx</body></html>"
BAD = b"<html><head><title>400 Bad Request</title></head><body>nginx</body></html>"
BOMB = b'<!DOCTYPE a [<!ENTITY b "bb"><!ENTITY c "&b;&b;">]><MediaContainer>&c;</MediaContainer>'
HTML, JSON = "text/html", "application/json"
PATIENCE = (3.05, 0.4)
"""Seconds to connect and to wait for an answer, instead of 3.05 and 10."""

Order = Callable[[Scene], None]


def _always(kind: str, **rule: Any) -> Order:
    """All of plex.tv, until it is repaired."""
    return lambda scene: scene.plex.fail(kind, times=0, **rule)


def _wait(scene: Scene, seconds: tuple[float, float]) -> None:
    """How long the worker waits for plex.tv from now on."""
    media = scene.parts.plex.media()
    assert isinstance(media, PlexMediaServer)
    media._account.kept()._timeout = seconds


def _hanging(scene: Scene) -> None:
    _wait(scene, PATIENCE)
    scene.plex.fail("hang", times=0, delay_seconds=5)


def _not_hanging(scene: Scene) -> None:
    scene.plex.clear_faults()
    _wait(scene, account.TIMEOUT)


def _started(scene: Scene) -> None:
    scene.plex.start()


def _held_up(scene: Scene) -> None:
    """plex.tv accepts calls but begins to process them only when it is repaired."""
    _wait(scene, PATIENCE)
    scene.deliveries.hold()


def _carried_out_late(scene: Scene) -> None:
    scene.deliveries.let_go()
    _wait(scene, account.TIMEOUT)


def _status(status: int, **rule: Any) -> Order:
    return _always("status", status=status, **rule)


def _on_post(kind: str, **rule: Any) -> Order:
    return _always(kind, method="POST", **rule)


def _malformed(**rule: Any) -> Order:
    return _always("malformed", **rule)


def _share_elsewhere(scene: Scene) -> None:
    """The owner shares in Plex itself: not a delivery of ours."""
    scene.plex.share(FRIEND, [scene.plex.libraries[0].id])
    scene.deliveries.carried_out.clear()


def _unknown(scene: Scene) -> None:
    _on_post("status", status=400, body=NO_SUCH_NAME)(scene)


def _full(scene: Scene) -> None:
    scene.plex.stage.plex.world.fill_seats(100)


def _fault(
    name: str,
    promised: Promises,
    order: Order,
    repair: Order = lambda scene: scene.plex.clear_faults(),
    end: str = "success",
) -> Fault:
    """`order` breaks it, `repair` undoes that."""

    @contextmanager
    def broken(scene: Scene) -> Iterator[None]:
        order(scene)
        yield
        repair(scene)

    return Fault(name, promised, broken, end=end)


def _kept(
    code: str,
    *,
    overview: str = "warning: token, queue",
    check: str = "Nothing to do: requests",
    fourth: str = "plex_unavailable #1 +30s | 3/0 | not asked for 30 s",
    wait: int = 60,
    sent: str = "1/0",
    cold: str = "",
    told_when: bool = False,
) -> Promises:
    """The request is kept and tried again, and a repeat says so.

    `code`: what the owner reads about it. `overview` and `check`: the first page, and the failing
    line of the connection check. `fourth`: the outcome of a fourth friend's request, after
    three others. `wait`: seconds to the next attempt. `cold`: the code on a worker that has not
    read Plex's server yet. `told_when`: plex.tv said how long, and the owner is told.
    """
    again = max(300, wait)
    when = " Retry-After" if told_when else ""
    return promises(f"""
invite, warm | 202 queued | queued {code} #1 +{wait}s | {sent} | code={code}
invite, cold | 202 queued | queued {cold or code} #1 +{wait}s | 0/0 | code={cold or code}
repeat | 202 queued | queued {code} #1 +{wait}s | {sent} | code={code}
fourth | 202 queued | queued {fourth}
page | 200 We’re keeping your request | queued {code} #1 +{wait}s | {sent} | function=invited
queue | queued_again=1 failed= | queued {code} #2 +{again}s | {sent} | code={code}
interrupted | queued_again=1 failed= | queued plex_answer_lost #1 +{wait}s | 0/0 | plex_answer_lost
retry | 202 queued | queued {code} #2 +{again}s | {sent} | code={code}
overview | 200 {overview} | queued {code} #1 +{wait}s | {sent} | manage_overview
connection | 200 token: {check} | no row | 0/0 | manage_connection
libraries | 503 plex_unreachable{when} | no row | 0/0 | code=plex_unreachable
invites | 200 queued {code} | queued {code} #1 +{wait}s | {sent} | invites_list
settings | 200 | no row | 0/0 | manage_settings_patch
""")


def _refused(
    answer: str, page: str, *, overview: str = "ok: all well", others: str = ""
) -> Promises:
    """The request ends here, and the friend's page says `page`. `others`: more lines."""
    code = answer.split()[1]
    return promises(f"""
invite, warm | {answer} | failed {code} #1 | 1/0 | code={code}
invite, cold | {answer} | failed {code} #1 | 1/0 | code={code}
repeat | {answer} | failed {code} #1 | 1/0 | code={code}
page | 200 {page} | failed {code} #1 | 1/0 | function=invited
queue | failed=1 failed= | failed {code} #2 | 1/0 | code={code}
retry | 202 failed | failed {code} #2 | 1/0 | code={code}
overview | 200 {overview} | failed {code} #1 | 1/0 | manage_overview
invites | 200 failed {code} | failed {code} #1 | 1/0 | invites_list
{others}""")


def _list_answers(given: Promises) -> Promises:
    """The same, where everything but the POST is answered: cold workers get as far as warm ones."""
    lost = given["invite, warm"]
    found = promises("""
interrupted | queued_again=1 failed= | queued plex_answer_lost #1 +60s | 1/0 | plex_answer_lost
""")
    well = ("connection", "libraries", "settings")
    return {**given, **{name: WELL[name] for name in well}, "invite, cold": lost, **found}


# Certainly not carried out.
UNAVAILABLE = _kept("plex_unavailable")
# plex.tv says how long to wait: this request and later ones respect it.
UNAVAILABLE_FOR_10_MINUTES = _kept(
    "plex_unavailable",
    overview="warning: token, queue, breaker",
    fourth="plex_unavailable #1 +600s | 1/0 | not asked for 600 s",
    wait=600,
    told_when=True,
)
# Nothing is carried out, and everybody waits for half a minute.
LIMITED = _kept(
    "plex_limited",
    overview="warning: token, queue, breaker",
    fourth="plex_limited #1 +30s | 1/0 | not asked for 30 s",
)
LIMITED_FOR_10_MINUTES = _kept(
    "plex_limited",
    overview="warning: token, queue, breaker",
    fourth="plex_limited #1 +600s | 1/0 | not asked for 600 s",
    wait=600,
    told_when=True,
)
# The owner is told to fix it, and nobody has to wait after that.
TOKEN = _kept(
    "plex_unauthorized",
    overview="error: token, queue",
    check="The token comes from",
    fourth="plex_unauthorized #1 +60s | 4/0 | code=plex_unauthorized",
)
# The account no longer has such a server.
NO_SERVER = _kept(
    "plex_server_unknown",
    overview="error: server, token, queue",
    check="This Plex account owns",
    fourth="plex_server_unknown #1 +60s | 4/0 | code=plex_server_unknown",
)
# An answer that says nothing about the friend: everything is kept, and the owner sees red.
UNEXPECTED = _kept(
    "plex_unexpected",
    overview="error: token, plex, queue",
    check="plex.tv, or something between",
    fourth="plex_unexpected #1 +30s | 3/0 | not asked for 30 s",
)
# plex.tv has removed the endpoint, and says so with 410 or with its page for unknown paths.
GONE = _kept(
    "plex_endpoint_gone",
    overview="error: token, plex, queue",
    check="plex.tv no longer offers",
    fourth="plex_endpoint_gone #1 +30s | 3/0 | not asked for 30 s",
)
# Sent, and no usable answer, nor to reading it back.
LOST = _kept("plex_answer_lost", cold="plex_unavailable")
CARRIED_OUT = _kept(
    "plex_answer_lost",
    cold="plex_unavailable",
    sent="1/1",
    fourth="plex_unavailable #1 +30s | 3/3 | not asked for 30 s",
)
# One call has timed out: the others do not wait.
ONE_WAITS = promises("""
fourth | 202 queued | queued plex_unavailable #1 +30s | 1/0 | not asked for 30 s
""")
ONE_HANGS = ONE_WAITS | promises("""
overview | 200 warning: token, queue, breaker | queued plex_answer_lost #1 +60s | 1/0 | manage_overview
""")  # noqa: E501
# The list does not have it: perhaps plex.tv is slow, so nothing is sent again now.
NOT_FOUND = _list_answers(
    _kept("plex_answer_lost", cold="plex_unavailable", overview="warning: queue")
)
REFUSING = {name: replace(seen, plex="0/0") for name, seen in UNAVAILABLE.items()}

ALREADY_SHARED = _refused("409 already_shared", "You’re already on the list")
NAME_UNKNOWN = _refused(
    "422 plex_refused",
    "Plex didn’t accept that name",
    others="interrupted | failed=1 failed= | failed plex_refused #1 | 1/0 | code=plex_refused",
)
SERVER_FULL = _refused(
    "409 server_full",
    "No seats left",
    overview="error: seats",
    others="""
fourth | 409 server_full | failed server_full #1 | 4/0 | code=server_full
interrupted | failed=1 failed= | failed server_full #1 | 1/0 | code=server_full
connection | 200 seats: Plex's limit of 100 | no row | 0/0 | manage_connection
""".strip(),
)

WAIT = {"Retry-After": "600"}

PLEX_FAULTS = (
    _fault("slow", WELL, _always("delay", delay_seconds=0.05)),
    _fault("hanging", {**LOST, **ONE_HANGS}, _hanging, _not_hanging),
    _fault("refusing", REFUSING, lambda scene: scene.plex.stop(), _started),
    _fault("dropping the call", LOST, _always("drop")),
    _fault("dropping after carrying out", CARRIED_OUT, _always("drop_after")),
    _fault("dropping the POST, the list answers", NOT_FOUND, _on_post("drop")),
    _fault("carrying out the POST, then dropping it", WELL, _on_post("drop_after")),
    _fault(
        "carrying out the POST too late", {**NOT_FOUND, **ONE_WAITS}, _held_up, _carried_out_late
    ),
    _fault("401", TOKEN, _status(401)),
    _fault("422 Invalid token", TOKEN, _always("invalid_token")),
    _fault("429", LIMITED, _status(429)),
    _fault("429, Retry-After", LIMITED_FOR_10_MINUTES, _status(429, headers=WAIT)),
    _fault("500", LOST, _status(500)),
    _fault("502 with HTML", LOST, _status(502, body=RAILS, content_type=HTML)),
    _fault("503", UNAVAILABLE, _status(503)),
    _fault("503, Retry-After", UNAVAILABLE_FOR_10_MINUTES, _status(503, headers=WAIT)),
    _fault("520", LOST, _status(520, body=b"error code: 520")),
    _fault("XML that breaks off", LOST, _malformed()),
    _fault("JSON that breaks off", LOST, _malformed(body=b'{"MediaContainer":', content_type=JSON)),
    _fault("XML with entities", LOST, _malformed(body=BOMB)),
    _fault("an empty 200", LOST, _malformed(body=b"")),
    _fault("10 MB", LOST, _always("big", size_bytes=10_000_000)),
    _fault("a redirect", LOST, _always("redirect")),
    _fault("not HTTP", LOST, _always("raw", body=b"\x00\x01 hello\r\n\r\n")),
    _fault("404 in Plex's words", NO_SERVER, _status(404, body=NOT_THERE)),
    _fault("404 with a page", GONE, _status(404)),
    _fault("410", GONE, _status(410, body=REMOVED)),
    _fault("403 of a proxy", UNEXPECTED, _status(403, body=FORBIDDEN, content_type=HTML)),
    _fault("408", UNEXPECTED, _status(408)),
    _fault("425", UNEXPECTED, _status(425)),
    _fault("451", UNEXPECTED, _status(451)),
    _fault("400 with a page", UNEXPECTED, _status(400, body=BAD, content_type=HTML)),
    _fault("shared already", ALREADY_SHARED, _share_elsewhere, end="failed already_shared"),
    _fault("name unknown", NAME_UNKNOWN, _unknown, end="failed plex_refused"),
    _fault("100 people", SERVER_FULL, _full, end="failed server_full"),
)


@every_case(*PLEX_FAULTS, above_the_stores=True)
def test_while_plex_is_in_trouble_every_promise_is_kept(
    request: pytest.FixtureRequest, scene: Scene, fault: Fault, operation: str
) -> None:
    run_case(request.node, scene, fault, operation)
