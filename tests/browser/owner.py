"""The owner in a browser, and the same person in another session to prepare what is shown."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import cycle
from typing import Any
from uuid import uuid4

from playwright.sync_api import APIRequestContext, BrowserContext, Locator, Page, expect
from sqlalchemy import create_engine

from helpr_core.adapters.sql.models import invite_requests
from helpr_core.services.site.settings import DEFAULTS
from tests.browser.live import LiveSite
from tests.web.dashboard import PASSWORD, SESSION, USERNAME

VIEWS = {
    "#/": "Overview",
    "#/requests": "Requests",
    "#/people": "People",
    "#/links": "Links",
    "#/batches": "Invite a list",
    "#/libraries": "Libraries",
    "#/settings": "Settings",
    "#/browsers": "Signed-in browsers",
    "#/check": "Connection check",
    "#/activity": "Activity",
}
AT_FIRST = dict.fromkeys(DEFAULTS) | {"daily_cap": 0}


@dataclass
class Door:
    """A session without a page: what others do while the owner looks at the dashboard."""

    site: LiveSite
    requests: APIRequestContext
    csrf_token: str = ""

    def sign_in(self) -> None:
        """Open a session; a page of the same browser shares it from then on."""
        given = {"username": USERNAME, "password": PASSWORD}
        answer = self.requests.post(self.site.url + SESSION, data=given)
        assert answer.status == 200, answer.text()
        self.csrf_token = answer.json()["csrf_token"]

    def sign_out(self) -> None:
        """End it, here and for the page."""
        headers = {"X-CSRF-Token": self.csrf_token}
        assert self.requests.delete(self.site.url + SESSION, headers=headers).status == 204

    def ask(self, method: str, path: str, data: Any = None, **headers: str) -> Any:
        """The API's answer; a refusal is one too."""
        return self.requests.fetch(
            f"{self.site.url}/dashboard/api/{path}",
            method=method,
            data=data,
            headers={"X-CSRF-Token": self.csrf_token, **headers},
        ).json()

    def set(self, **settings: object) -> None:
        """Save these settings, and reset the others to their initial values."""
        url = f"{self.site.url}/dashboard/api/settings"
        etag = self.requests.get(url).headers["etag"]
        kept = self.ask("PATCH", "settings", AT_FIRST | settings, **{"If-Match": etag})
        assert settings.items() <= kept.items(), kept

    def friend_asks(self, name: str, **fields: str) -> str:
        """The id of the request that this makes, whatever its outcome."""
        body = {"email_or_username": name, **fields}
        self.requests.post(f"{self.site.url}/api/invites", data=body)
        found = self.ask("GET", f"invites?search={name}")["invites"]
        request_id: str = found[0]["request_id"]
        return request_id


@dataclass
class Owner:
    """A page on which the owner is signed in."""

    page: Page
    door: Door

    @property
    def site(self) -> LiveSite:
        return self.door.site

    @property
    def context(self) -> BrowserContext:
        return self.page.context

    def open(self, view: str = "#/", heading: str = "") -> None:
        """Load the dashboard at that view, and wait for it."""
        self.page.goto(f"{self.site.url}/dashboard{view}")
        self.sees(heading or VIEWS[view.partition("?")[0]])
        expect(self.page.locator("[aria-busy=true], main .skeleton")).to_have_count(0)

    def sees(self, heading: str) -> None:
        """Wait for that view."""
        expect(self.page.get_by_role("heading", level=1)).to_have_text(heading)

    def follow(self, name: str) -> None:
        """Go to another view by the navigation."""
        self.page.get_by_role("navigation", name="Dashboard").get_by_role("link", name=name).click()

    def press(self, name: str) -> None:
        """Press the button of exactly that name."""
        self.page.get_by_role("button", name=name, exact=True).click()

    def row(self, name: str) -> Locator:
        """The first line of a table about that person."""
        return self.page.get_by_role("row").filter(has_text=name).first

    def told(self) -> Locator:
        """The element that received the focus after an action."""
        return self.page.locator(".notice:focus, .summary:focus")


def fill_log(
    site: LiveSite,
    statuses: Sequence[str],
    *,
    name: str = "friend",
    hours_apart: Sequence[int] = (1,),
) -> None:
    """A request for each status, newest first, at these intervals in turn, as after some use."""
    at = datetime.now(UTC)
    rows = []
    for number, (status, hours) in enumerate(zip(statuses, cycle(hours_apart), strict=False)):
        rows.append(_row(f"{name}{number:03}", status, at))
        at -= timedelta(hours=hours)
    engine = create_engine(f"sqlite:///{site.database}", connect_args={"timeout": 60})
    try:
        with engine.begin() as connection:
            connection.execute(invite_requests.insert(), rows)
    finally:
        engine.dispose()


def _row(name: str, status: str, at: datetime) -> dict[str, object]:
    return {
        "request_id": uuid4(),
        "email_or_username": f"{name}@example.com",
        "identity_key": f"{name}@example.com",
        "timestamp": at,
        "status": status,
        "source": "form",
        "server_name": "Demo Plex",
        "libraries": [{"id": 118181361, "title": "Movies", "type": "movie"}],
        "client_key": "",
        "attempts": 1,
        "sent_at": at if status == "success" else None,
        "updated_at": at,
    }
