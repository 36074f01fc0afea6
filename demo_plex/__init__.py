"""A Plex for demos and tests: plex.tv's sharing API, served over HTTP.

`make run` starts it if no Plex token is set, and the tests and the bench use it; nothing is ever
sent to anybody, and it is not published. Its people follow a rule, see `demo_plex.people`;
DEMO_NOTES is the text for people who try it.

    with DemoPlex(people=["alice"]) as plex:
        ...                     # PLEX_API_URL=plex.url, PLEX_TOKEN=plex.token
        plex.fail("drop_after", method="POST")
        plex.accept("bob")
        plex.calls, plex.shares

Other processes do the same over HTTP, see `demo_plex.control`; kinds of faults are in
`demo_plex.faults`. `python -m demo_plex --port N` runs it alone.
"""

from __future__ import annotations

from demo_plex.account import Connection, default_connections, own_connection
from demo_plex.demo_plex import DEMO_NOTES, DEMO_TOKEN, DemoPlex
from demo_plex.faults import FaultRule
from demo_plex.messages import Call
from demo_plex.people import OWNER_USERNAME, Person
from demo_plex.shares import LIBRARIES, DemoLibrary, DemoShare

__all__ = [
    "DEMO_NOTES",
    "DEMO_TOKEN",
    "LIBRARIES",
    "OWNER_USERNAME",
    "Call",
    "Connection",
    "DemoLibrary",
    "DemoPlex",
    "DemoShare",
    "FaultRule",
    "Person",
    "default_connections",
    "own_connection",
]
