"""Static files: only the listed ones are served, and what must be true of those."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from helpr_core.web.pages import STATIC, Pages, static_document
from tests.web.contrast import too_weak

ROOT = Path(__file__).resolve().parents[3]


def our_stylesheets() -> str:
    """Every stylesheet of the friends' pages, in the order in which they are bundled."""
    entry = (STATIC / "form/pages.css").read_text()
    names = re.findall(r'@import url\("([^"]+)"\);', entry)
    return "\n".join((STATIC / "form" / name).read_text() for name in names)


@pytest.mark.parametrize(
    "path",
    [
        "",
        ".",
        "..",
        "/",
        "../function_app.py",
        "../static/icon.svg",
        "form/../icon.svg",
        "form/../../local.settings.json",
        "..%2ffunction_app.py",
        "%2e%2e/function_app.py",
        "..\\function_app.py",
        "/etc/passwd",
        "//icon.svg",
        "./icon.svg",
        "icon.svg/",
        "icon.svg\0",
        "ICON.SVG",
        "form",
        "form/",
        "built/origin.json",
        "origin.json",
        "file:///etc/passwd",
    ],
)
def test_only_listed_files_are_served_whatever_the_path(path: str) -> None:
    assert static_document("icon.svg") is not None
    assert static_document(path) is None


def test_a_symlink_out_of_the_folder_is_not_followed(tmp_path: Path) -> None:
    static = _copy_of_static(tmp_path)
    secret = tmp_path / "secret.js"
    secret.write_text("// not for anybody")
    (static / "form" / "link.js").symlink_to(secret)

    assert Pages(static).static_document("form/link.js") is None


def test_no_stylesheet_fetches_anything_but_its_parts() -> None:
    bundles = [static_document(name) for name in ("helpr.css", "dashboard.css")]

    for bundle in bundles:
        assert bundle is not None
        assert bundle.body.startswith(b"@layer reset{")
        assert b"url(" not in bundle.body
        assert b"@import" not in bundle.body


DANGEROUS = ("innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(", "Function(")


OURS = sorted(path for path in STATIC.rglob("*.js") if "built" not in path.parts)


@pytest.mark.parametrize("script", OURS, ids=lambda path: path.name)
def test_no_script_turns_text_into_markup_or_code(script: Path) -> None:
    text = script.read_text()

    assert [word for word in DANGEROUS if word in text] == []
    assert text.startswith("// @ts-check\n")


def _copy_of_static(tmp_path: Path) -> Path:
    return Path(shutil.copytree(STATIC, tmp_path / "static"))


READ_ON = {  # axe cannot see through gradients and masks, so these pairs are checked here
    4.5: [
        ("ink", "ground"), ("ink", "glow"), ("quiet", "ground"), ("quiet", "glow"),
        ("ink", "paper"), ("quiet", "paper"), ("ink", "field"), ("ink", "seat-front"),
        ("accent", "paper"), ("on-accent", "accent"), ("on-accent", "accent-strong"),
        ("panel-ink", "panel"), ("panel-ink", "panel-deep"), ("panel-quiet", "panel"),
        ("panel-light", "panel"), ("panel-ink", "panel-bad"), ("panel-deep", "panel-light"),
        ("wrong", "paper"), ("wrong", "wrong-ground"), ("ink", "wrong-ground"),
    ],
    3.0: [
        ("field-line", "paper"), ("field-line", "field"), ("accent", "glow"), ("accent", "ground"),
    ],
}  # fmt: skip


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_and_edges_have_the_contrast_of_wcag_aa(scheme: str) -> None:
    assert too_weak(READ_ON, scheme, our_stylesheets()) == {}


SPACED = re.compile(r"\s((?:margin|padding|(?:row-|column-)?gap)[a-z-]*:\s*[^;{}]+);")


def test_all_spacing_is_from_one_scale() -> None:
    sheets = [path for path in STATIC.rglob("*.css") if "built" not in path.parts]
    steps = re.findall(r"--space-\d+: ([\d.]+)rem;", (STATIC / "base.css").read_text())
    given = [(path.name, one) for path in sheets for one in SPACED.findall(path.read_text())]

    odd = [one for one in given if re.search(r"\d(rem|em|px)", one[1]) and one[0] != "reset.css"]
    assert len(steps) == 10
    assert steps == sorted(steps, key=float)
    assert sum("var(--space-" in one for _, one in given) > 100
    assert odd == []
