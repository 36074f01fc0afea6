"""The dashboard's shell and what it is made of: small modules, one stylesheet, a vendored chart."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from helpr_core.web.pages import STATIC, static_document
from tests.web.rendered_pages import dashboard
from tests.web.test_static_files import _contrast

ROOT = Path(__file__).resolve().parents[2]
MODULES = sorted((STATIC / "dashboard").rglob("*.js"))
IMPORT = re.compile(r'^(?:import|\} from|import .* from) ?.*"(\.[^"]+)";$', re.M)
MAX_MODULE_LINES = 150


@pytest.mark.parametrize("module", MODULES, ids=lambda path: path.stem)
def test_a_module_is_small_and_its_imports_exist(module: Path) -> None:
    text = module.read_text()

    imported = IMPORT.findall(text)
    assert text.count("\n") <= MAX_MODULE_LINES
    assert text.count(' from "') == len(imported)
    assert [name for name in imported if not (module.parent / name).is_file()] == []


def test_the_shell_names_every_module_so_that_none_waits_for_another() -> None:
    page = dashboard().body.decode()

    named = set(re.findall(r'rel="modulepreload" href="/static/([^"]+)"', page))
    assert named == {module.relative_to(STATIC).as_posix() for module in MODULES}
    assert all(static_document(name) for name in named)


def test_no_module_is_dead() -> None:
    used = {
        (module.parent / name).resolve()
        for module in MODULES
        for name in IMPORT.findall(module.read_text())
    }
    assert {module for module in MODULES if module not in used} == {STATIC / "dashboard/main.js"}


@pytest.mark.parametrize("file", ["uPlot.iife.min.js", "uPlot.min.css"])
def test_the_chart_is_vendored_unchanged_with_version_and_licence(file: str) -> None:
    folder = STATIC / "vendor/uplot"
    version = (folder / "VERSION").read_text().strip()
    script = (folder / "uPlot.iife.min.js").read_text()
    source = ROOT / "node_modules/uplot/dist" / file

    assert f"uPlot (v{version})" in script[:100]
    assert "MIT License" in (folder / "LICENSE").read_text()
    assert f'"uplot": "{version}"' in (ROOT / "package.json").read_text()
    if source.exists():  # only there once `npm install` has run
        assert (folder / file).read_bytes() == source.read_bytes()


def test_the_dashboards_stylesheet_is_its_own_and_the_forms_page_has_none_of_it() -> None:
    bundle, form = static_document("dashboard.css"), static_document("helpr.css")
    assert bundle is not None
    assert form is not None
    sheets = sorted((STATIC / "dashboard").rglob("*.css"))

    assert sheets
    assert all(sheet.read_bytes() in bundle.body for sheet in sheets)
    assert not any(sheet.read_bytes() in form.body for sheet in sheets)
    assert bundle.body.startswith(b"@layer pico{")
    assert b"\n@layer uplot{.uplot" in bundle.body
    assert b"url(" not in b"".join(sheet.read_bytes() for sheet in sheets)


READ_ON = {  # what axe cannot see: the parts of the chart, and words on a tint
    4.5: [
        ("wait", "paper"),
        ("wait", "wait-ground"),
        ("ink", "wait-ground"),
        ("accent", "good-ground"),
        ("ink", "good-ground"),
        ("ink", "quiet-ground"),
        ("wrong", "wrong-ground"),
    ],
    3.0: [
        ("chart-sent", "paper"),
        ("chart-waiting", "paper"),
        ("chart-failed", "paper"),
        ("chart-denied", "paper"),
        ("accent", "paper"),
    ],
}


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_what_is_told_by_a_colour_has_the_contrast_of_wcag_aa(scheme: str) -> None:
    colours = _colours(scheme)

    poor = {
        (one, other): round(_contrast(colours[one], colours[other]), 2)
        for least, pairs in READ_ON.items()
        for one, other in pairs
        if _contrast(colours[one], colours[other]) < least
    }
    assert poor == {}


def _colours(scheme: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for name in ("base.css", "dashboard/colours.css"):
        light, dark = re.findall(r":root \{(.*?)\n *\}", (STATIC / name).read_text(), re.S)[:2]
        for part in (light, dark) if scheme == "dark" else (light,):
            found |= dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{3,6});", part))
    return found
