"""Tools of the browser tests: a served Helpr, a page's console errors, and held requests."""

from __future__ import annotations

import re
import sqlite3
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from demo_plex import DemoPlex

if TYPE_CHECKING:
    from playwright.sync_api import ConsoleMessage, Page, Route

# Chromium itself logs such a line for every 4xx and 5xx, and for every lost connection:
# right if a page or an answer of the API is meant to be one, never for a static file.
_FAILED_LOAD = "Failed to load resource: "


@dataclass(frozen=True, slots=True)
class LiveSite:
    """A running Helpr with its Plex and its database."""

    url: str
    plex: DemoPlex
    database: Path

    @property
    def invites_sent(self) -> int:
        """How many invitations reached Plex since its last reset."""
        return self.plex.count("POST", "/shared_servers")

    def forget_counts(self) -> None:
        """Reset today's counts: a whole run has more friends than a day allows."""
        with closing(sqlite3.connect(self.database, timeout=60)) as connection, connection:
            there = connection.execute(
                "SELECT 1 FROM sqlite_master WHERE name = 'state_counters'"
            ).fetchone()
            if there:  # made with the first request
                connection.execute("DELETE FROM state_counters")

    def settle(self, name: str) -> None:
        """Record a success for that person's request, as the queue's worker would."""
        self._change_queued(
            name,
            "status = 'success', error_code = NULL, error_message = NULL,"
            " next_attempt_at = NULL, sent_at = updated_at",
        )

    def postpone(self, name: str) -> None:
        """Postpone that person's next attempt for years: the server works off its queue too."""
        self._change_queued(name, "next_attempt_at = datetime(next_attempt_at, '+9 years')")

    def sent_a_minute_ago(self, name: str) -> None:
        """Make that person's invitation look a minute older."""
        self._change(name, "sent_at = datetime(sent_at, '-1 minute')", "success")

    def take_up(self, name: str) -> None:
        """Mark that person's request as being sent, as by another worker."""
        self._change_queued(name, "status = 'pending'")

    def _change_queued(self, name: str, change: str) -> None:
        self._change(name, change, "queued")

    def _change(self, name: str, change: str, status: str) -> None:
        with closing(sqlite3.connect(self.database, timeout=60)) as connection, connection:
            changed = connection.execute(
                f"UPDATE invite_requests SET {change} WHERE email_or_username = ? AND status = ?",
                (name, status),
            ).rowcount
        assert changed == 1


@dataclass
class Watch:
    """Errors of pages: exceptions and console messages."""

    complaints: list[str] = field(default_factory=list)

    def follow(self, page: Page) -> None:
        """Listen to that page from now on."""
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("console", self._heard)

    def _heard(self, message: ConsoleMessage) -> None:
        static = "/static/" in str(message.location.get("url", ""))
        if static or not message.text.startswith(_FAILED_LOAD):
            self.complaints.append(f"{message.type}: {message.text}")


class Held:
    """A page's requests to some address, held back until a test releases them.

    So whatever a page shows while it waits can be examined for as long as that takes.
    """

    def __init__(self, page: Page, address: re.Pattern[str]) -> None:
        self._routes: list[Route] = []
        self._holds = True
        page.route(address, self._met)

    def _met(self, route: Route) -> None:
        if self._holds:
            self._routes.append(route)
        else:
            route.continue_()

    def let_go(self) -> None:
        """Release what was held, and whatever comes later."""
        self._holds = False
        for route in self._routes:
            route.continue_()
