"""Signs a browser in, whichever way in was used, and recognises it afterwards."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from typing import TYPE_CHECKING

from werkzeug.wrappers import Response

from helpr_core import container
from helpr_core.domain.audit import Actor, Door
from helpr_core.domain.browsers import Software, Way, software_of
from helpr_core.errors import SignInRequired
from helpr_core.web import cookies
from helpr_core.web.call import Call
from helpr_core.web.responses import json_response
from helpr_core.web.session import shapes
from helpr_core.web.session.person_in_front import person_in_front

if TYPE_CHECKING:
    from helpr_core.services.owner.devices import Device
    from helpr_core.services.owner.sessions import Session

COOKIE = "helpr_session"
DEVICE_COOKIE = "helpr_device"
"""Says that the owner has signed in from this browser: see services/owner/devices.py."""
UNATTENDED_HEADER = "x-helpr-unattended"
"""Sent when the page polls by itself: nobody has touched it for a while."""


def let_in(call: Call, username: str, way: Way, response: Response | None = None) -> Response:
    """Sign this browser in, after all checks have passed: cookies, the row in the list, the audit
    log, and the notice about a new browser. Answers with the session, or with `response` and
    the cookies."""
    parts = container.current()
    token, session = parts.owner.sessions().begin(username, way, software(call))
    after = None if way is Way.PASSWORD else {"way": way.value}
    note(call, session.username, "sign_in", after)
    device = known_device(call)
    if device is None:
        parts.notices().say("new_browser", name=session.username)
    response = response or session_response(session)
    set_cookie(call, response, COOKIE, token, parts.owner.sessions().lifetime_seconds)
    remembered = parts.owner.devices().remember(device)
    set_cookie(call, response, DEVICE_COOKIE, remembered, parts.owner.devices().lifetime_seconds)
    return response


def known_device(call: Call) -> Device | None:
    """The browser, if the owner has signed in from it before."""
    devices = container.current().owner.devices()
    return next(filter(None, map(devices.find, cookies.values(call.request, DEVICE_COOKIE))), None)


def session_of(call: Call) -> Session:
    """The caller's session; SignInRequired without one.

    No rate limit: a refusal costs less than counting it, and must not lock the owner out.
    """
    sessions = container.current().owner.sessions()
    used = UNATTENDED_HEADER not in call.request.headers
    for value in cookies.values(call.request, COOKIE):
        with suppress(SignInRequired):
            session = sessions.check(value, software(call), used=used)
            _still_a_way(session.way)
            _still_in_front(call, session)
            return session
    raise SignInRequired("no session of ours")


def _still_a_way(way: Way) -> None:
    """SignInRequired if HELPR_SIGN_IN no longer names the way in that this browser used. A passkey
    counts as the password."""
    needed = Way.PASSWORD if way is Way.PASSKEY else way
    ways = container.current().installation.sign_in_ways()
    if way is not Way.UNKNOWN and needed not in ways:
        raise SignInRequired("HELPR_SIGN_IN does not name that way")


def _still_in_front(call: Call, session: Session) -> None:
    """SignInRequired if Azure or the proxy signed this browser in and no longer does."""
    if session.way not in (Way.AZURE, Way.PROXY):
        return
    person = person_in_front(call)
    if person is None or (person.way, person.name) != (session.way, session.username):
        raise SignInRequired("what stands in front names somebody else, or nobody")


def software(call: Call) -> Software:
    """The name that the browser gives itself."""
    return software_of(call.request.headers.get("user-agent", ""))


def note(call: Call, username: str, action: str, after: Mapping[str, object] | None = None) -> None:
    """Record in the audit log what was done with a session."""
    actor = Actor(Door.SESSION, username, call.reference)
    container.current().owner.audit_trail().note(actor, action, "session", after=after)


def session_response(session: Session) -> Response:
    """Who is signed in."""
    told = shapes.SessionOut(username=session.username, csrf_token=session.csrf_token)
    return json_response(told)


def set_cookie(call: Call, response: Response, name: str, value: str, seconds: int) -> None:
    """A cookie for the dashboard alone."""
    cookies.set_cookie(call, response, name, value, seconds, path="/dashboard", same_site="Strict")
