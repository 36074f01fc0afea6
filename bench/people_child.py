"""Measured work on people in a fresh process: `python -m bench.people_child COMMAND NUMBER`; JSON.

    page NUMBER       the first page of people that often; the record also has people who are gone
    read NUMBER       the lists of people on one server, then on two, that often each
    ends 0            everybody's access is past its end: runs of housekeeping until nobody is left

Times are in seconds. The worker's settings come from the environment.
"""

from __future__ import annotations

import json
import os
import sys
import time
from datetime import timedelta
from importlib import import_module
from typing import Any
from uuid import uuid4

from bench.demo_control import count_calls, empty_seats, forget_calls, settle_people
from bench.worker import Worker

PEOPLE, PAST, ELSEWHERE = 100, 10_000, 60
"""Plex has seats for a hundred, on however many servers."""
_AT_ONCE = 1000
_MOST_RUNS = 50


def page(number: int) -> dict[str, Any]:
    """As the dashboard requests it, with calls to plex.tv counted; the first is not timed."""
    worker, plex_url, key = _with_everybody()
    _remember_the_past()
    worker.look("people", key)
    forget_calls(plex_url)
    took = [worker.look("people", key) for _ in range(number)]
    return {"took": took, "calls": count_calls(plex_url)}


def read(number: int) -> dict[str, Any]:
    """The number of calls in each reading, and how long the readings took."""
    worker, plex_url, key = _with_everybody()
    took, calls = [], []
    for elsewhere in (0, ELSEWHERE):
        settle_people(plex_url, PEOPLE, elsewhere)
        for _ in range(number):
            forget_calls(plex_url)
            took.append(worker.read_people(key))
            calls.append(count_calls(plex_url))
    return {"took": took, "calls": calls}


def ends(_number: int) -> dict[str, Any]:
    """How many runs, how much time and how many calls it took, and who is left at plex.tv."""
    _, plex_url, _ = _with_everybody()
    parts = import_module("helpr_core.container").current()
    _end_everybody(parts)
    forget_calls(plex_url)
    runs, removed, started = 0, 0, time.perf_counter()
    while removed < PEOPLE and runs < _MOST_RUNS:
        report = parts.upkeep.housekeeping().run()
        removed += report.counts.get("operations_done", 0)
        runs += 1
    seconds = time.perf_counter() - started
    told = {"runs": runs, "removed": removed, "seconds": seconds, "calls": count_calls(plex_url)}
    seats = parts.people().reading().count_seats()
    return {**told, "left": seats[0] + seats[1]}


def _with_everybody() -> tuple[Worker, str, str]:
    """A warm worker that has read who has access, with its Plex and its key."""
    plex_url = os.environ["PLEX_API_URL"]
    empty_seats(plex_url)
    settle_people(plex_url, PEOPLE, 0)
    worker = Worker()
    key = import_module("helpr_core.container").function_keys()[0]
    worker.read_people(key)
    return worker, plex_url, key


def _remember_the_past() -> None:
    """People whose access has ended, as they are stored."""
    models = import_module("helpr_core.adapters.sql.people_models")
    insert = import_module("sqlalchemy").insert
    now = import_module("helpr_core.clock").utc_now()
    database = import_module("helpr_core.container").current().stores.database()
    for first in range(0, PAST, _AT_ONCE):
        numbers = range(first, first + _AT_ONCE)
        ids = [uuid4() for _ in numbers]
        whose = [
            {
                "person_id": person_id,
                "plex_user_id": 10**9 + number,
                "name_key": f"past-{number:05d}",
                "username": f"past-{number:05d}",
                "email": f"past-{number:05d}@example.org",
                "created_at": now - timedelta(days=900),
                "updated_at": now,
            }
            for number, person_id in zip(numbers, ids, strict=True)
        ]
        what = [
            {
                "person_id": person_id,
                "server_id": "demo",
                "plex_share_id": "",
                "state": "gone",
                "libraries": [{"id": 1, "title": "Movies"}],
                "gone_at": now - timedelta(days=100),
                "gone_reason": "ended",
                "access_until": now - timedelta(days=100),
                "drift": [],
                "updated_at": now,
            }
            for person_id in ids
        ]
        with database.begin() as connection:
            connection.execute(insert(models.people), whose)
            connection.execute(insert(models.shares), what)


def _end_everybody(parts: Any) -> None:
    models = import_module("helpr_core.adapters.sql.people_models")
    update = import_module("sqlalchemy").update
    past = import_module("helpr_core.clock").utc_now() - timedelta(seconds=1)
    with parts.stores.database().begin() as connection:
        connection.execute(update(models.shares).values(access_until=past))


_COMMANDS = {"page": page, "read": read, "ends": ends}

if __name__ == "__main__":
    print(json.dumps(_COMMANDS[sys.argv[1]](int(sys.argv[2]))))
