"""Two hundred clients at the same moment, spread over four worker processes.

Rate limits are exact while the state store answers in time. A worker that finds it too busy logs
so (`rate limits from memory alone`), and from then on lets through at most half of the limit
by itself, rounded up; one that has not read the owner's settings yet keeps the request
for later. Azurite handles some 300 calls a second; Azure promises 2,000 for a partition.
"""

from __future__ import annotations

import math
from collections import Counter
from uuid import uuid4

from demo_plex import DemoPlex
from tests.races.clients import Reply, Request, cookie_of_the_form, invite, send_together
from tests.races.conftest import WORKERS, Race, RunRace, Stores, log_lines, statuses, written
from tests.races.workers import Worker

CLIENTS = 200
SPELLINGS = (
    "friend@example.com",
    "Friend@Example.com",
    " FRIEND@example.com",
    "friend@EXAMPLE.COM",
)
A_MINUTE = 5
"""Invites of one client; the default of HELPR_RATE_INVITES."""
LOOKS_A_MINUTE = 60
"""The default of HELPR_RATE_STATUS."""
EACH = 12
ALONE = "rate limits from memory alone"
TOLERANCE = "exact; a worker that finds the store too busy: half more at most"


def test_two_hundred_submissions_of_one_person_are_one_invite(
    race: RunRace, workers: list[Worker], stores: Stores, plex: DemoPlex
) -> None:
    cookie = cookie_of_the_form(workers[0].port)
    requests = [
        invite(
            workers[index % len(workers)].port,
            SPELLINGS[index // len(workers) % len(SPELLINGS)],
            f"198.51.100.{index}",
            cookie,
        )
        for index in range(CLIENTS)
    ]
    with race(
        "one person, 200 submissions, 4 cold workers", "1 POST, 1 row, 200 × sent or kept"
    ) as one:
        with one.timed():
            replies = send_together(requests)
        posts = plex.count("POST", "shared_servers")
        one.tell(f"{posts} POST", kept=posts == 1)
        rows = stores.rows(f"identity_key = '{SPELLINGS[0]}'")
        one.tell(f"{rows} row", kept=rows == 1)
        counts = statuses(replies)  # whoever has waited two seconds for the first one is told 202
        one.tell(written(counts), kept=counts.get(201, 0) + counts.get(202, 0) == CLIENTS)
        # None: the neutral answer to a browser that did not open the request.
        ids = {reply.document.get("request_id") for reply in replies} - {None}
        one.tell(f"{len(ids)} request_id", kept=len(ids) == 1)


def test_two_hundred_people_at_once_are_each_invited_once(
    race: RunRace, workers: list[Worker], stores: Stores, plex: DemoPlex
) -> None:
    people = [f"one-of-many-{number}" for number in range(CLIENTS // 4)]
    requests = [
        invite(worker.port, name, f"198.51.{100 + number}.{index}")
        for number, name in enumerate(people)
        for index, worker in enumerate(workers)
    ]
    promised = "50 POSTs, each name once; a worker that finds the store too busy keeps it"
    with race("50 people, each at 4 workers at once", promised) as one:
        replies, too_busy = _sent(one, requests, workers)
        invited = Counter(str(call.invited) for call in plex.calls if call.method == "POST")
        waiting = stores.rows("status = 'queued' AND email_or_username LIKE 'one-of-many-%%'")
        one.tell(f"{invited.total()} POSTs", kept=invited.total() + waiting == len(people))
        one.tell(f"{len(invited)} names", kept=invited.total() == len(invited))
        counts = statuses(replies)
        kept = counts.get(201, 0) + counts.get(202, 0) == CLIENTS
        one.tell(f"{written(counts)}{_busy(too_busy)}", kept=kept and bool(too_busy or not waiting))


def test_one_client_at_four_workers_has_one_limit(
    race: RunRace, workers: list[Worker], plex: DemoPlex
) -> None:
    requests = [
        invite(workers[index % len(workers)].port, f"eager-{index}", "192.0.2.1")
        for index in range(200)
    ]
    with race(f"{A_MINUTE} a minute, 200 of one client, 4 workers", TOLERANCE) as one:
        replies, too_busy = _sent(one, requests, workers)
        _tell_passed(one, replies, too_busy, A_MINUTE)
        posts = plex.count("POST", "shared_servers")
        one.tell(f"{posts} POSTs", kept=posts == statuses(replies).get(201))


def test_ten_clients_at_four_workers_have_one_limit_each(
    race: RunRace, workers: list[Worker]
) -> None:
    clients = [f"192.0.2.{number}" for number in range(100, 110)]
    cookies = {client: cookie_of_the_form(workers[0].port) for client in clients}
    requests = [
        invite(workers[index % len(workers)].port, f"eager-{client}", client, cookies[client])
        for client in clients
        for index in range(EACH)
    ]
    with race(
        f"{A_MINUTE} a minute, {EACH} each of {len(clients)} clients, 4 workers", TOLERANCE
    ) as one:
        replies, too_busy = _sent(one, requests, workers)
        each = Race()
        for client in clients:
            own = [reply for reply in replies if reply.request.address == client]
            _tell_passed(each, own, too_busy, A_MINUTE)
        counts = f"{written(statuses(replies))}{_busy(too_busy)}"
        one.tell(counts, kept=all(kept for _, kept in each.happened))


def test_a_limit_of_sixty_is_shared_while_all_four_count_at_once(
    race: RunRace, workers: list[Worker]
) -> None:
    requests = [
        Request(workers[index % 4].port, "GET", f"/api/invites/{uuid4()}", "192.0.2.2")
        for index in range(400)
    ]
    with race(f"{LOOKS_A_MINUTE} a minute, 400 of one client, 4 workers", TOLERANCE) as one:
        replies, too_busy = _sent(one, requests, workers)
        _tell_passed(one, replies, too_busy, LOOKS_A_MINUTE)


def _sent(one: Race, requests: list[Request], workers: list[Worker]) -> tuple[list[Reply], int]:
    """The replies, and how often a worker found the store too busy meanwhile."""
    before = len(log_lines(workers, ALONE))
    with one.timed():
        replies = send_together(requests)
    return replies, len(log_lines(workers, ALONE)) - before


def _tell_passed(one: Race, replies: list[Reply], too_busy: int, limit: int) -> None:
    """How many got through; the others were told to come back later."""
    counts = statuses(replies)
    # 503: let through, and then a store was too busy; what is judged is the limit.
    passed = sum(count for status, count in counts.items() if status in (201, 202, 404, 503))
    least, most = limit, limit
    if too_busy:
        least, most = limit // 2, limit + WORKERS * math.ceil(limit / 2)
    kept = least <= passed <= most and passed + counts.get(429, 0) == len(replies)
    kept = kept and bool(too_busy or 202 not in counts)
    one.tell(f"{written(counts)}{_busy(too_busy)}", kept=kept)


def _busy(too_busy: int) -> str:
    return f", {too_busy} × store too busy" if too_busy else ""
