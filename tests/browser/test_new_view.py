"""A view of the dashboard needs a script of its own and nothing else that names it."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path
from urllib.parse import urlsplit

from playwright.sync_api import Route, expect

from helpr_core.web.pages import STATIC, Pages
from tests.browser.conftest import SignIn

ROOT = STATIC.parent
SCRIPT = """
export const about = {
  at: "greetings",
  title: "ui.people.title",
  menu: { order: 35, name: "ui.more", drawing: "M4 4h9" },
};
export const view = { open: ({ place }) => place.append("Hello from a view") };
"""


def _bundled_with_a_new_view(folder: Path) -> Pages:
    """The sources with another view, and what `make bundles` makes of them."""
    static = Path(shutil.copytree(STATIC, folder / "static"))
    view = static / "dashboard" / "greetings"
    view.mkdir()
    (view / "greetings.js").write_text(SCRIPT)
    (view / "greetings.css").write_text(".dashboard main { outline: 3px solid teal }")
    for name in ("bundle.mjs", "collect_views.mjs", "package.json", "tsconfig.json"):
        shutil.copy(ROOT / name, folder)
    (folder / "node_modules").symlink_to(ROOT / "node_modules")
    node = shutil.which("node")
    assert node, "Node.js is missing"
    subprocess.run([node, folder / "bundle.mjs"], check=True)
    return Pages(static)


def test_a_new_view_is_reached_with_no_list_edited(sign_in: SignIn, tmp_path: Path) -> None:
    pages = _bundled_with_a_new_view(tmp_path)
    owner = sign_in()

    def served(route: Route) -> None:
        found = pages.static_document(urlsplit(route.request.url).path.removeprefix("/static/"))
        assert found, route.request.url
        route.fulfill(body=found.body, content_type=found.content_type)

    owner.page.route("**/static/**", served)
    owner.open("#/greetings", heading="People")

    expect(owner.page.locator("main")).to_contain_text("Hello from a view")
    expect(owner.page.locator("main")).to_have_css("outline-color", "rgb(0, 128, 128)")
    entries = [entry["at"] for entry in pages.dashboard_menu()]
    assert entries[entries.index("people") + 1] == "greetings"
