"""The dashboard's shell and its parts: small modules and stylesheets."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from helpr_core.web.pages import STATIC
from tests.web.contrast import too_weak

ROOT = Path(__file__).resolve().parents[3]
MODULES = sorted((STATIC / "dashboard").rglob("*.js"))
IMPORT = re.compile(r'^(?:import|export|\} from)\b.*"(\.[^"]+)";$', re.M)
LATER = re.compile(r'(?:await|return) import\("(\.[^"]+)"\)')
MAX_MODULE_LINES = 360


@pytest.mark.parametrize("module", MODULES, ids=lambda path: path.stem)
def test_a_module_is_small_and_its_imports_exist(module: Path) -> None:
    text = module.read_text()

    imported = IMPORT.findall(text)
    assert text.count("\n") <= MAX_MODULE_LINES
    assert text.count(' from "') == len(imported)
    assert [name for name in imported if not (module.parent / name).is_file()] == []


def test_no_module_is_dead() -> None:
    used = {
        (module.parent / name).resolve()
        for module in MODULES
        for asked in (IMPORT, LATER)
        for name in asked.findall(module.read_text())
    }
    assert {module for module in MODULES if module not in used} == {STATIC / "dashboard/main.js"}


def test_every_stylesheet_of_the_dashboard_is_in_its_bundle() -> None:
    lists = [STATIC / "dashboard" / name for name in ("dashboard.css", "collected/views.css")]
    sheets = set((STATIC / "dashboard").rglob("*.css")) - {lists[0]}
    named = {
        (each.parent / name).resolve()
        for each in lists
        for name in re.findall(r'@import url\("([^"]+)"\)', each.read_text())
    }

    assert named >= sheets
    assert all("url(" not in sheet.read_text() for sheet in sheets - set(lists))


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
def test_meaningful_colours_have_the_contrast_of_wcag_aa(scheme: str) -> None:
    sheets = [(STATIC / name).read_text() for name in ("base.css", "dashboard/colours.css")]
    assert too_weak(READ_ON, scheme, *sheets) == {}
