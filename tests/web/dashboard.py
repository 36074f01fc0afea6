"""The owner's browser at the dashboard, which keeps the cookie and the CSRF token."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from http.cookies import SimpleCookie
from typing import Any

from werkzeug.security import generate_password_hash
from werkzeug.test import TestResponse

from helpr_core import container
from tests.web.site_under_test import SiteUnderTest

USERNAME = "olga-at-home"
PASSWORD = "  not-a-real pässwörd ✓"
PASSWORD_HASH = generate_password_hash(PASSWORD, "scrypt:1024:8:1")  # costs little
ADMINISTRATOR = {"ADMIN_USERNAME": USERNAME, "ADMIN_PASSWORD_HASH": PASSWORD_HASH}
SESSION = "/dashboard/session"
LIBRARIES = "/dashboard/api/libraries"
SHARED = {"shared": [118181361]}
TOKEN = re.compile(r"[0-9a-f]{32}\.\d{10}\.[A-Za-z0-9_-]{43}")


@dataclass
class Dashboard:
    """A browser without cookies; `sign_in` gives it a session."""

    site: SiteUnderTest
    cookie: str = ""
    csrf_token: str = ""
    device: str = ""

    def try_to_sign_in(
        self, username: object = USERNAME, password: object = PASSWORD, **request: Any
    ) -> TestResponse:
        """Try to sign in with these, without keeping the cookie."""
        fields = {"username": username, "password": password}
        known = {"Cookie": f"helpr_device={self.device}"} if self.device else {}
        headers = known | dict(request.pop("headers", {}))
        return self.site.ask("POST", SESSION, json=fields, headers=headers, **request)

    def sign_in(self, **request: Any) -> TestResponse:
        """Sign in as the owner, and keep the cookie and the token."""
        answer = self.try_to_sign_in(**request)
        assert answer.status_code == 200, answer.text
        self.cookie, self.device = cookie_of(answer), cookie_of(answer, "helpr_device")
        self.csrf_token = answer.get_json()["csrf_token"]
        return answer

    def ask(
        self, method: str, path: str, headers: Mapping[str, str] | None = None, **request: Any
    ) -> TestResponse:
        """Send a request as the dashboard's script does; `headers` override, and "" removes one."""
        own = {"Cookie": f"helpr_session={self.cookie}", "X-CSRF-Token": self.csrf_token}
        sent = {name: text for name, text in (own | dict(headers or {})).items() if text}
        return self.site.ask(method, path, headers=sent, **request)

    def get(self, path: str = SESSION, **request: Any) -> TestResponse:
        return self.ask("GET", path, **request)

    def sign_out(self, **request: Any) -> TestResponse:
        return self.ask("DELETE", SESSION, **request)

    def answering(self) -> Dashboard:
        """This browser, answered by its own instance from now on."""
        parts = self.site.container
        container.install(lambda: parts)
        return self


def cookie_of(answer: TestResponse, name: str = "helpr_session") -> str:
    """The value of that cookie in that answer."""
    return SimpleCookie(header_of(answer, name))[name].value


def header_of(answer: TestResponse, name: str) -> str:
    """The whole Set-Cookie line of that cookie."""
    (header,) = (one for one in answer.headers.getlist("Set-Cookie") if one.startswith(f"{name}="))
    return header
