"""Requirements for every page: quiet console, no jumps, small, readable, reachable."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import PHONE, ROOT, NewPage, new_context
from tests.browser.live import LiveSite
from tests.browser.test_invite import RESULT, ask

AXE = ROOT / "node_modules/axe-core/axe.min.js"
IMAGES = ROOT / "docs/images"
NARROW = {"width": 320, "height": 640}
DESKTOP = {"width": 1280, "height": 800}

# Rows and entries that differ from two others only in their words, names and addresses.
REPEATED = r"""() => {
  const own = new RegExp(" (aria-describedby|aria-label|aria-labelledby|datetime|for|href|id" +
    "|name|title|value)=\"[^\"]+\"", "g");
  return [...document.querySelectorAll("tbody, ul, ol")].flatMap(list => {
    const seen = {};
    return [...list.children].filter(it => {
      const shape = it.outerHTML.replace(own, " $1").replace(/>[^<]+</g, ">…<");
      seen[shape] = (seen[shape] ?? 0) + 1;
      return seen[shape] > 2;
    });
  });
}"""
# Of what is right, nothing is told: it would have to be found again and described.
RUN_AXE = f"""async rules => {{
  const repeated = ({REPEATED})().map(it => [it, document.createComment("")]);
  for (const [it, place] of repeated) it.replaceWith(place);
  const options = {{ resultTypes: ["violations"], selectors: false }};
  const {{ violations }} = await axe.run(rules ? {{ ...options, runOnly: rules }} : options);
  for (const [it, place] of repeated) place.replaceWith(it);
  return violations.map(it => `${{it.id}}: ${{it.nodes.map(node => node.html).join(" ")}}`);
}}"""
COLOURS = ["color-contrast"]
SHIFTS = """() => new Promise(done => new PerformanceObserver((list, observer) => {
  observer.disconnect(); done(list.getEntries().map(entry => entry.value));
}).observe({ type: "layout-shift", buffered: true }) ?? setTimeout(() => done([]), 700))"""
PAINTED_WHOLE = """() => new Promise(done => new PerformanceObserver(list => {
  const [parsed] = performance.getEntriesByType("navigation");
  done(list.getEntries()[0].startTime >= parsed.domInteractive);
}).observe({ type: "paint", buffered: true }))"""
SMALL = """() => [...document.querySelectorAll("a, button, input")]
  .filter(it => it.getClientRects().length && !it.closest(".summary"))
  .map(it => [it.outerHTML, it.getBoundingClientRect()])
  .filter(([, box]) => box.height < 44 || box.width < 44).map(([html]) => html)"""
TOO_WIDE = "document.documentElement.scrollWidth > document.documentElement.clientWidth"


@pytest.fixture(scope="module")
def addresses(live_server: LiveSite, browser: Any) -> dict[str, str]:
    """The pages' addresses by name, after one request of each kind."""
    live_server.plex.reset()
    live_server.plex.share("look-listed@example.com")
    found = {"form": live_server.url, "404": f"{live_server.url}/invited/none"}
    for name in ("look-sent", "look-listed", "nobody-look", "look-queued"):
        context = new_context(browser, java_script_enabled=False)
        page = context.new_page()
        if name == "look-queued":
            live_server.plex.fail("invalid_token", method="POST")
        ask(page, live_server, name if name == "nobody-look" else f"{name}@example.com")
        page.wait_for_url(RESULT)
        found[name] = page.url
        context.close()
    live_server.postpone("look-queued@example.com")
    return found


def test_every_page_fits_a_narrow_phone_and_doubled_text(
    addresses: dict[str, str], new_page: NewPage
) -> None:
    page = new_page(viewport=NARROW)
    for name, address in addresses.items():
        page.goto(address)
        assert page.evaluate(TOO_WIDE) is False, name
        assert page.evaluate(SMALL) == [], name

        page.evaluate("document.documentElement.style.fontSize = '200%'")

        assert page.evaluate(TOO_WIDE) is False, name


@pytest.mark.skipif(
    not AXE.exists(), reason="needs axe-core: install Node.js and run `npm install`"
)
def test_axe_finds_nothing(addresses: dict[str, str], new_page: NewPage) -> None:
    page = new_page(color_scheme="light", bypass_csp=True)
    for name, address in addresses.items():
        page.goto(address)
        page.evaluate(AXE.read_text())

        assert axe_everywhere(page) == [], name


def axe_in_light_and_dark(page: Page) -> list[str]:
    """What axe finds on the page as it is, and in the dark, where only colours differ."""
    found: list[str] = page.evaluate(RUN_AXE)
    page.emulate_media(color_scheme="dark")
    found += page.evaluate(RUN_AXE, COLOURS)
    page.emulate_media(color_scheme="light")
    return found


def axe_everywhere(page: Page) -> list[str]:
    """What axe finds on a phone, in light and dark, and on a desktop."""
    found = axe_in_light_and_dark(page)
    page.set_viewport_size({"width": 1280, "height": 800})
    found += page.evaluate(RUN_AXE)
    page.set_viewport_size({"width": 360, "height": 740})
    return found


@pytest.mark.skipif(
    not AXE.exists(), reason="needs axe-core: install Node.js and run `npm install`"
)
def test_axe_finds_nothing_in_an_error(site: LiveSite, new_page: NewPage) -> None:
    page = new_page(color_scheme="light", bypass_csp=True)
    ask(page, site, "sam@@example.com")
    expect(page.locator("#email_or_username-error")).to_be_visible()
    page.evaluate(AXE.read_text())

    assert axe_everywhere(page) == []


@pytest.mark.parametrize("viewport", [PHONE, DESKTOP], ids=["phone", "desktop"])
def test_nothing_jumps_while_a_page_loads(
    addresses: dict[str, str], new_page: NewPage, viewport: dict[str, int]
) -> None:
    page = new_page(viewport=viewport, reduced_motion="no-preference")
    without_cache(page)
    for name, address in addresses.items():
        page.goto(address)
        while not is_painted_whole(page):
            page.reload()

        assert page.evaluate(SHIFTS) == [], name


def without_cache(page: Page) -> None:
    """Load whatever the page shows from now on as on a first visit."""
    session = page.context.new_cdp_session(page)
    session.send("Network.enable")
    session.send("Network.setCacheDisabled", {"cacheDisabled": True})


def is_painted_whole(page: Page) -> bool:
    """Whether it was parsed to its end first: on a busy machine Chromium paints half of a page, and
    then what is in the middle moves as the page grows."""
    whole: bool = page.evaluate(PAINTED_WHOLE)
    return whole


def test_with_reduced_motion_nothing_moves(addresses: dict[str, str], new_page: NewPage) -> None:
    moving = "document.getAnimations().length"

    page = new_page(reduced_motion="no-preference")
    page.goto(addresses["look-queued"])
    assert page.evaluate(moving) == 1
    page.emulate_media(reduced_motion="reduce")
    page.reload()
    assert page.evaluate(moving) == 0


def test_the_setup_page_names_what_is_missing(
    serve: Callable[..., LiveSite], new_page: NewPage
) -> None:
    page = new_page(viewport=NARROW)
    site = serve(SECRET_KEY="short")
    response = page.goto(site.url, wait_until="networkidle")

    assert response is not None
    assert response.status == 503
    expect(page.get_by_role("heading", level=1)).to_have_text("Almost there")
    expect(page.locator(".problems")).to_contain_text("SECRET_KEY")
    assert "short" not in page.content()
    assert page.evaluate(TOO_WIDE) is False


@pytest.mark.skipif(
    os.environ.get("HELPR_WRITE_SCREENSHOTS") != "1",
    reason="writes docs/images: set HELPR_WRITE_SCREENSHOTS=1 to do so",
)
@pytest.mark.parametrize(("scheme", "file"), [("light", "form-phone"), ("dark", "form-phone-dark")])
def test_the_pictures_in_the_readme_are_of_the_form(
    addresses: dict[str, str], new_page: NewPage, scheme: str, file: str
) -> None:
    picture = Path(IMAGES / f"{file}.png")
    page = new_page(color_scheme=scheme, device_scale_factor=1.5)
    page.goto(addresses["form"])

    IMAGES.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=picture)

    assert picture.stat().st_size > 10_000
