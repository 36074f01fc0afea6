"""The naive way, as in the Flask version: `python -m bench.naive PLEX_URL WARM_INVITES`.

Account by token, server by name, connect to it, its sections, inviteFriend; unmodified PlexAPI,
except for its addresses, which lead to the demo. It only calls Plex: no page, no limits, no record.
Prints JSON: times in seconds (`cold` with PlexAPI's import) and numbers of calls.
"""

from __future__ import annotations

import json
import os
import sys
import time

from bench.demo_control import count_calls, forget_calls
from bench.processes import LIBRARIES, SERVER_NAME
from demo_plex import DEMO_TOKEN

_PLEX_TV = "https://plex.tv"


def main(plex_url: str, warm_invites: str) -> None:
    """Invite once cold, then with the existing connection."""
    forget_calls(plex_url)
    started = time.perf_counter()
    from plexapi import myplex

    _lead_to(plex_url, myplex.MyPlexAccount, myplex.MyPlexResource)
    account = myplex.MyPlexAccount(token=DEMO_TOKEN)
    server = account.resource(SERVER_NAME).connect()
    sections = [one for one in server.library.sections() if one.title in LIBRARIES]
    account.inviteFriend(f"cold-{os.getpid()}", server, sections)
    cold = time.perf_counter() - started
    cold_calls = count_calls(plex_url)
    forget_calls(plex_url)
    warm = []
    for number in range(int(warm_invites)):
        started = time.perf_counter()
        account.inviteFriend(f"warm-{os.getpid()}-{number}", server, sections)
        warm.append(time.perf_counter() - started)
    told = {"cold": cold, "cold_calls": cold_calls, "warm": warm}
    print(json.dumps({**told, "warm_calls": count_calls(plex_url)}))


def _lead_to(plex_url: str, *owners: type) -> None:
    for owner in owners:
        for name, value in vars(owner).items():
            if isinstance(value, str) and value.startswith(_PLEX_TV):
                setattr(owner, name, value.replace(_PLEX_TV, plex_url))


if __name__ == "__main__":
    main(*sys.argv[1:])
