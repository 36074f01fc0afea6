"""The overview is seen at a glance, however much there is."""

from __future__ import annotations

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import DESKTOP, SignIn
from tests.browser.owner import fill_log

SCREENS = "document.documentElement.scrollHeight / innerHeight"


@pytest.mark.parametrize(
    "viewport", [DESKTOP, {"width": 390, "height": 844}], ids=["desktop", "phone"]
)
def test_with_62_waiting_and_2000_rows_the_overview_is_one_screen_and_a_half(
    sign_in: SignIn, viewport: dict[str, int]
) -> None:
    owner = sign_in(viewport=viewport)
    if not owner.door.ask("GET", "invites?search=many")["invites"]:
        owner.door.ask("GET", "connection")  # reads the seats
        fill_log(owner.site, ["awaiting_approval"] * 62, name="many.waiting")
        fill_log(owner.site, (["success"] * 18 + ["failed", "denied"]) * 100, name="many")
    owner.open()

    expect(owner.page.locator(".asks")).to_contain_text("62 requests are waiting")
    expect(owner.page.locator(".figure")).to_be_visible()
    assert owner.page.evaluate(SCREENS) <= 1.5
    folds = owner.page.locator("details.fold")
    assert folds.count() == 3
    _unfold_and_look(owner.page, folds)


def _unfold_and_look(page: Page, folds: Locator) -> None:
    """Folded parts open, and stay open in this browser."""
    for fold in folds.all():
        if fold.get_attribute("open") is None:
            fold.locator("> summary").click()
    page.reload()
    expect(folds).to_have_count(3)
    for fold in folds.all():
        expect(fold).to_have_attribute("open", "")
