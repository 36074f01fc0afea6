"""Browsers get what the sources give, in few requests and under immutable addresses."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from helpr_core import texts
from helpr_core.web.pages import STATIC, Pages
from tests.web.site_under_test import SiteUnderTest

ROOT = Path(__file__).resolve().parents[2]
BUILT = STATIC / "built"
FOR_EVER = "public, max-age=31536000, immutable"
NAMES = (
    "helpr.css",
    "form.js",
    "invited.js",
    "again.js",
    "set_up.js",
    "dashboard.css",
    "dashboard.js",
)


def test_the_bundles_are_built_from_the_sources(tmp_path: Path) -> None:
    node = shutil.which("node")
    if node is None or not (ROOT / "node_modules" / "esbuild").is_dir():
        pytest.skip("Node.js or node_modules is missing: run make test")

    collected = _files(STATIC / "dashboard" / "collected")

    subprocess.run([node, ROOT / "bundle.mjs", tmp_path], check=True)

    assert _files(BUILT) == _files(tmp_path), "run `make bundles`"
    assert _files(STATIC / "dashboard" / "collected") == collected, "run `make bundles`"


def _files(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


@pytest.mark.parametrize("name", NAMES)
def test_the_bundles_are_up_to_date(name: str) -> None:
    assert Pages().asset(name).startswith(f"/static/{name}?v="), "run `make bundles`"


@pytest.mark.parametrize("name", [*NAMES, "icon.svg"])
def test_an_address_is_immutable_while_it_names_these_bytes(site: SiteUnderTest, name: str) -> None:
    address = Pages().asset(name)
    current, old, bare = (
        site.get(path) for path in (address, f"/static/{name}?v=old", f"/static/{name}")
    )

    assert current.headers["cache-control"] == FOR_EVER
    # A page of the previous or next version gets what is here, without caching.
    assert old.status_code == bare.status_code == 200
    assert old.headers["cache-control"] == bare.headers["cache-control"] == "no-cache"
    assert current.data == old.data == bare.data


def test_a_part_of_the_dashboard_has_an_immutable_name(site: SiteUnderTest) -> None:
    parts = json.loads((BUILT / "origin.json").read_text())["parts"]
    assert any(name.startswith("rest-") for name in parts)
    for name in parts:
        assert site.get(f"/static/{name}").headers["cache-control"] == FOR_EVER
        assert len(name.removesuffix(".js").rpartition("-")[2]) == 8


@pytest.mark.parametrize("tag", texts.tags())
def test_a_sentence_is_loaded_with_the_page_or_with_the_other_views(
    site: SiteUnderTest, tag: str
) -> None:
    page = site.get(f"/dashboard?lang={tag}").text
    given = json.loads(page.partition('id="texts">')[2].partition("</script>")[0])

    more = site.get(given["more"])

    later = json.loads(more.data)["texts"]
    assert more.headers["cache-control"] == FOR_EVER
    assert "ui.sign_in" in given["texts"]
    assert "ui.batch.cancel_title" in later
    assert not given["texts"].keys() & later.keys()
    every = texts.language(tag).for_scripts("ui.", "library.", "join.", "page.server")
    assert given["texts"] | later == every["texts"]
    assert len(given["texts"]) < len(later) / 3
    # Another version's page: it gets the sentences of this one, without caching.
    assert site.get(f"/static/texts/{tag}.json?v=old").headers["cache-control"] == "no-cache"


def test_sentences_in_an_unknown_language_are_not_found(site: SiteUnderTest) -> None:
    assert site.get("/static/texts/xx.json").status_code == 404


def test_in_development_every_sentence_is_loaded_with_the_page(tmp_path: Path) -> None:
    static = Path(shutil.copytree(STATIC, tmp_path / "static"))
    (static / "dashboard" / "views.js").write_text("// edited")

    given = json.loads(json.dumps(Pages(static, reload=True).dashboard_texts()))

    assert "more" not in given
    assert "ui.batch.cancel_title" in given["texts"]


def test_an_edit_shows_at_once_in_development_without_bundling(tmp_path: Path) -> None:
    static = Path(shutil.copytree(STATIC, tmp_path / "static"))
    watching, settled = Pages(static, reload=True), Pages(static)
    before = settled.asset("helpr.css")
    assert watching.asset("helpr.css") == before
    style = static / "base.css"
    whole = style.read_bytes()

    style.write_bytes(whole + b"body { color: teal }")
    os.utime(style, ns=(1, 1))

    assert watching.asset("helpr.css").startswith("/static/form/pages.css?v=")
    edited = watching.static_document("base.css")
    assert edited is not None
    assert edited.body.endswith(b"teal }")
    assert settled.asset("helpr.css") == before
    # A browser with a page from before the edit still gets its styles.
    assert watching.static_document("helpr.css") == settled.static_document("helpr.css")
    style.write_bytes(whole)
    assert watching.asset("helpr.css") == before


@pytest.mark.parametrize("name", ["base.css", "form/form.js", "dashboard/main.js", "origin.json"])
def test_the_sources_are_not_served_beside_the_bundles(name: str) -> None:
    assert Pages().static_document(name) is None
    assert Pages().static_document(f"built/{name}") is None
