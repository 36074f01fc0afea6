"""The app under test: one WSGI application for the run, one container for each test."""

from __future__ import annotations

import importlib
import logging
import os
import re
import shutil
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from werkzeug.test import Client

from demo_plex import DEMO_TOKEN, DemoPlex
from helpr_core import container
from helpr_core.container import Container
from helpr_core.errors import SetupRequired
from helpr_core.local.application import Application
from tests.web.dashboard import ADMINISTRATOR, PASSWORD, PASSWORD_HASH, Dashboard
from tests.web.site_under_test import SECRET_KEY, SiteUnderTest, settings_for

MakeSite = Callable[..., SiteUnderTest]
MakeDashboard = Callable[..., Dashboard]

INVITE_CODE = "open-sesame-77"
# Not sqlalchemy, which logs what it stores: it stays at WARNING unless configured otherwise.
CHATTY = ("helpr_core", "urllib3", "plexapi", "azure", "requests", "limits", "alembic", "werkzeug")
_ADMINISTRATORS = (PASSWORD, PASSWORD.strip(), PASSWORD_HASH)
_SECRET = re.compile(
    "|".join(
        (
            DEMO_TOKEN,
            SECRET_KEY,
            INVITE_CODE,
            r"[\w.+-]+@+[\w.-]*example\.(com|org)",
            *map(re.escape, _ADMINISTRATORS),
            r"(?<![\w-])[\w-]{43}(?![\w-])",  # a cookie's signature, a CSRF token
        )
    )
)


@pytest.fixture(scope="session")
def application() -> Application:
    """The app; importing it reads a developer's local settings, which must be undone."""
    before = dict(os.environ)
    try:
        hosted: Application = importlib.import_module("helpr_core.wsgi").application
    finally:
        os.environ.clear()
        os.environ.update(before)
    return hosted


@pytest.fixture(scope="session")
def running_plex() -> Iterator[DemoPlex]:
    with DemoPlex() as demo:
        yield demo


@pytest.fixture
def plex(running_plex: DemoPlex) -> DemoPlex:
    """The demo Plex, reset to its initial state."""
    running_plex.reset()
    return running_plex


@pytest.fixture
def make_site(
    application: Application,
    plex: DemoPlex,
    migrated_sqlite: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[MakeSite]:
    """Builds a worker; keyword arguments are settings, and None removes one."""
    monkeypatch.setattr(container, "_current", container._current)  # put back at the end
    made: list[Container] = []
    database = tmp_path / "helpr.db"

    def make(**settings: str | None) -> SiteUnderTest:
        if not database.exists():
            shutil.copy(migrated_sqlite, database)
        environ = settings_for(plex, database) | settings
        parts = Container({name: text for name, text in environ.items() if text is not None})
        made.append(parts)
        container.install(lambda: parts)
        return SiteUnderTest(Client(application, use_cookies=False), plex, parts, database)

    yield make
    for parts in made:
        with suppress(SetupRequired):
            parts.stores.database().dispose()


@pytest.fixture
def site(make_site: MakeSite) -> SiteUnderTest:
    """A worker that is fully set up, open to everyone, without rate limits."""
    return make_site()


@pytest.fixture
def make_dashboard(make_site: MakeSite) -> MakeDashboard:
    """Opens a browser at a worker with an administrator; two of them are two instances."""
    return lambda **settings: Dashboard(make_site(**(ADMINISTRATOR | settings)))


@pytest.fixture
def dashboard(make_dashboard: MakeDashboard) -> Dashboard:
    """A browser at the dashboard's sign-in."""
    return make_dashboard()


@pytest.fixture
def owner(dashboard: Dashboard) -> Dashboard:
    """The owner, signed in."""
    dashboard.sign_in()
    return dashboard


@pytest.fixture(autouse=True)
def no_secret_is_logged(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """Fails any test of the HTTP layer in which a secret or an email address reaches the log."""
    caplog.set_level(logging.DEBUG)
    for name in CHATTY:
        caplog.set_level(logging.DEBUG, logger=name)
    yield
    message = [
        f"{record.name}: {record.getMessage()}"
        for record in caplog.get_records("call")
        if _SECRET.search(record.getMessage()) or _SECRET.search(record.exc_text or "")
    ]
    assert message == []
