"""What the friend, the timer or the owner does while something is broken.

Each operation gets the scene and the fault as a context manager: before it all is well, and
in it happens the one thing that is tested. It returns the answer in a few words.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from re import search

from markupsafe import Markup
from werkzeug.test import TestResponse

from tests.faults.scene import FRIEND, OTHERS, Scene, described
from tests.web.dashboard import Dashboard

Broken = AbstractContextManager[object]
Operation = Callable[[Scene, Broken], str]

TITLE = "A new title"


def invite_warm(scene: Scene, broken: Broken) -> str:
    """A friend asks a warm worker."""
    scene.worker()
    with broken:
        return outcome_of(scene.site.invite(FRIEND))


def invite_cold(scene: Scene, broken: Broken) -> str:
    """A friend asks a cold worker, and no other worker knows the server either."""
    scene.worker(warm=False)
    with broken:
        return outcome_of(scene.site.invite(FRIEND))


def repeat(scene: Scene, broken: Broken) -> str:
    """The friend asks again right after the first answer."""
    scene.worker()
    with broken:
        first = scene.site.invite(FRIEND)
        again = scene.site.invite(FRIEND)
        if again.is_json and "request_id" in again.get_json():
            assert again.get_json()["request_id"] == first.get_json()["request_id"]
        return outcome_of(again)


def fourth(scene: Scene, broken: Broken) -> str:
    """Three other friends asked just before."""
    scene.worker()
    with broken:
        for other in OTHERS:
            scene.site.invite(other)
        return outcome_of(scene.site.invite(FRIEND))


def friends_page(scene: Scene, broken: Broken) -> str:
    """The friend opens the page of the request."""
    scene.worker()
    with broken:
        answer = scene.site.invite(FRIEND)
        page = scene.site.page(answer.headers.get("Location") or answer.get_json()["instance"])
        return f"{page.status_code} {heading(page)}"


def queue(scene: Scene, broken: Broken) -> str:
    """The timer finds a request that is due."""
    scene.worker()
    scene.leave_queued()
    with broken:
        return scene.housekeep()


def interrupted(scene: Scene, broken: Broken) -> str:
    """The timer finds the row of a worker that died while processing it."""
    scene.worker()
    scene.leave_behind()
    with broken:
        return scene.housekeep()


def retry(scene: Scene, broken: Broken) -> str:
    """The owner retries a request."""
    scene.worker()
    row = scene.leave_queued()
    with broken:
        return outcome_of(scene.site.owner("POST", f"invites/{row.request_id}/retry"))


def overview(scene: Scene, broken: Broken) -> str:
    """The owner's overview, after a friend has asked."""
    scene.worker()
    with broken:
        scene.site.invite(FRIEND)
        answer = scene.site.owner("GET", "overview")
        told_by = answer.get_json()
        named = [one["name"] for one in told_by["checks"] if one["severity"] != "ok"]
        return f"{answer.status_code} {told_by['status']}: {', '.join(named) or 'all well'}"


def _beginning(check: Mapping[str, str]) -> str:
    """The first words of the advice; each database fault has its own."""
    if check["name"] == "database":
        return "what to do" if check["fix"] else "no advice"
    return " ".join(check["fix"].split()[:4]).rstrip(".")


def connection(scene: Scene, broken: Broken) -> str:
    """The connection check."""
    scene.worker()
    with broken:
        answer = scene.site.owner("GET", "connection")
        bad = [one for one in answer.get_json()["checks"] if one["severity"] == "error"]
        words = [f"{one['name']}: {_beginning(one)}" for one in bad]
        return f"{answer.status_code} {words[0] if words else 'all well'}"


def libraries(scene: Scene, broken: Broken) -> str:
    """The owner reloads the libraries."""
    scene.worker()
    with broken:
        return outcome_of(scene.site.manage(query="?refresh=1"))


def invites_page(scene: Scene, broken: Broken) -> str:
    """The list of requests, after a friend has asked."""
    scene.worker()
    with broken:
        scene.site.invite(FRIEND)
        answer = scene.site.owner("GET", "invites")
        if answer.status_code != 200:
            return outcome_of(answer)
        listed = [
            f"{row['status']} {row.get('error_code') or ''}".strip()
            for row in answer.get_json()["invites"]
            if row["email_or_username"] == FRIEND  # a full disk is full of other rows
        ]
        return f"200 {', '.join(listed) or 'none'}"


def session(scene: Scene, broken: Broken) -> str:
    """The owner signed in before it broke."""
    browser = Dashboard(scene.worker())
    browser.sign_in()
    with broken:
        return outcome_of(browser.get())


def settings(scene: Scene, broken: Broken) -> str:
    """The owner saves a setting."""
    scene.worker()
    with broken:
        read = scene.site.owner("GET", "settings")
        if read.status_code != 200:
            return outcome_of(read)
        if_match = {"If-Match": read.headers["ETag"]}
        answer = scene.site.owner("PATCH", "settings", json={"title": TITLE}, headers=if_match)
        return outcome_of(answer)


OPERATIONS: Mapping[str, Operation] = {
    "invite, warm": invite_warm,
    "invite, cold": invite_cold,
    "repeat": repeat,
    "fourth": fourth,
    "page": friends_page,
    "queue": queue,
    "interrupted": interrupted,
    "retry": retry,
    "overview": overview,
    "connection": connection,
    "libraries": libraries,
    "invites": invites_page,
    "settings": settings,
    "session": session,
}
INVITES = frozenset({"invite, warm", "invite, cold", "repeat", "fourth"})
CORE = frozenset({"invite, warm", "invite, cold", "queue", "interrupted", "overview", "session"})


def outcome_of(answer: TestResponse) -> str:
    """Status and code of an answer, and whether it says when to come back."""
    words = [str(answer.status_code)]
    body = answer.get_json(silent=True) or {}
    if answer.status_code >= 400:
        words.append(str(body.get("code", "no problem document")))
    elif "status" in body:
        words.append(str(body["status"]))
    if "Retry-After" in answer.headers:
        words.append("Retry-After")
    return " ".join(words)


def heading(page: TestResponse) -> str:
    """The heading of the page."""
    found = search(r"<h1[^>]*>\s*(.*?)\s*</h1>", page.text)
    return Markup(found[1]).striptags() if found else "no heading"


def row_seen(scene: Scene) -> str:
    """The friend's request as recorded, and how many wait to be recorded."""
    row = scene.row_of()
    waiting = scene.stores.waiting_in_inbox()
    told_of_inbox = f", {waiting} in the inbox" if waiting else ""
    return f"{described(row, scene.clock())}{told_of_inbox}"
