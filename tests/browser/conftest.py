"""A Chromium, Helpr served as on one's own computer, and the demo Plex behind it."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from demo_plex import DemoPlex
from tests.browser.live import LiveSite, Watch
from tests.browser.owner import Door, Owner
from tests.processes import forked
from tests.web.dashboard import ADMINISTRATOR
from tests.web.site_under_test import UNLIMITED, settings_for

ROOT = Path(__file__).resolve().parents[2]
PHONE = {"width": 360, "height": 740}
DESKTOP = {"width": 1280, "height": 800}
# Drawing what moves takes a fifth of the processor time, and few tests are about it.
AT_REST = {"viewport": PHONE, "reduced_motion": "reduce"}
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--renderer-process-limit=1",  # otherwise each page starts a second renderer, in reserve
]

PATIENCE_MS = 60_000
"""How long a page may take to become what is expected: a busy machine is slow, not wrong."""
expect.set_options(timeout=PATIENCE_MS)
A_MINUTE = 60

NewPage = Callable[..., Page]
SignIn = Callable[..., Owner]


def _chromium() -> str:
    # Chromium without windows draws the same pages with half the CPU time.
    known = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
    names = (os.environ.get("CHROMIUM", ""), *known)
    found = next((path for name in names if name and (path := shutil.which(name))), None)
    if found is None:
        pytest.skip("Chromium is missing: install it, or name it in the environment as CHROMIUM")
    return found


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One Chromium for the whole run."""
    program = _chromium()
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=program, args=ARGUMENTS)
        yield launched
        launched.close()


def new_context(browser: Browser, **options: object) -> BrowserContext:
    """A context that is as patient as `expect`; options are those of `browser.new_context`."""
    context = browser.new_context(**options)  # type: ignore[arg-type]
    context.set_default_timeout(PATIENCE_MS)
    return context


def stop_clock(page: Page) -> None:
    """From here on time passes for its scripts only by `page.clock`: no timer fires by itself,
    however long the test takes."""
    page.clock.install()
    page.clock.pause_at(page.evaluate("Date.now()") / 1000 + A_MINUTE)


@pytest.fixture
def new_page(browser: Browser) -> Iterator[NewPage]:
    """Opens a page on a phone, without motion; console errors on it fail the test at its end.

    Keyword arguments are those of `browser.new_context`.
    """
    contexts: list[BrowserContext] = []
    watch = Watch()

    def open_page(**options: object) -> Page:
        context = new_context(browser, **{**AT_REST, **options})
        contexts.append(context)
        page = context.new_page()
        watch.follow(page)
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert watch.complaints == []


@pytest.fixture
def page(new_page: NewPage) -> Page:
    """A page on a phone, with JavaScript."""
    return new_page()


@pytest.fixture(scope="session")
def plex() -> Iterator[DemoPlex]:
    with DemoPlex() as demo:
        yield demo


@contextmanager
def _served(plex: DemoPlex, folder: Path, **settings: str) -> Iterator[LiveSite]:
    database = folder / "helpr.db"
    given = settings_for(plex, database) | settings
    with forked(settings=given, log=folder / "helpr.log") as url:
        yield LiveSite(url, plex, database)


@pytest.fixture(scope="session")
def live_server(plex: DemoPlex, tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveSite]:
    """Helpr for the whole run. The database stays: each test invites another name."""
    with _served(plex, tmp_path_factory.mktemp("helpr"), INVITE_CODE="") as live:
        yield live


@pytest.fixture
def site(live_server: LiveSite) -> LiveSite:
    """The served app, its Plex without calls, faults or shares, and all rate limits reset."""
    live_server.plex.reset()
    live_server.forget_counts()
    return live_server


@pytest.fixture(scope="module")
def owned_server(plex: DemoPlex, tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveSite]:
    """Helpr with an owner, for one module: another module has a new database."""
    plex.reset()
    with _served(plex, tmp_path_factory.mktemp("owned"), INVITE_CODE="", **ADMINISTRATOR) as live:
        yield live


@pytest.fixture
def owned(owned_server: LiveSite) -> LiveSite:
    """The served app with an owner, its Plex without calls, faults or shares."""
    owned_server.plex.reset()
    return owned_server


@pytest.fixture
def sign_in(owned: LiveSite, new_page: NewPage) -> SignIn:
    """Opens a page on which the owner is signed in; keyword arguments as for `new_page`."""

    def open_page(**options: object) -> Owner:
        page = new_page(**options)
        owner = Owner(page, Door(owned, page.context.request))
        owner.door.sign_in()
        return owner

    return open_page


@pytest.fixture
def owner(sign_in: SignIn) -> Owner:
    """The owner at the dashboard, on a desktop."""
    return sign_in(viewport=DESKTOP)


@pytest.fixture(scope="module")
def other(owned_server: LiveSite, browser: Browser) -> Iterator[Door]:
    """Somebody else who is signed in as the owner, in another browser."""
    context = new_context(browser)
    door = Door(owned_server, context.request)
    door.sign_in()
    yield door
    context.close()


@pytest.fixture
def serve(plex: DemoPlex, tmp_path: Path) -> Iterator[Callable[..., LiveSite]]:
    """Serves another Helpr, with other settings, until the test's pages are closed.

    A test requests this fixture before its page: what is created first ends last.
    """
    with ExitStack() as servers:
        yield lambda **settings: servers.enter_context(_served(plex, tmp_path, **settings))


@pytest.fixture
def bare(plex: DemoPlex, tmp_path: Path) -> Iterator[str]:
    """Helpr with an empty folder and no settings but where its data and Plex are; the address
    for the set-up that it prints."""
    plex.reset()
    database = str(tmp_path / "data" / "helpr.db")
    settings = UNLIMITED | {"PLEX_API_URL": plex.url, "DATABASE_PATH": database}
    log = tmp_path / "helpr.log"
    with forked("--set-up", settings=settings, log=log):
        found = re.search(r"Set it up at (\S+)", log.read_text())
        assert found is not None
        yield found[1]
