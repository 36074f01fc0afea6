"""A language is one file: Helpr uses it as soon as it is beside the other catalogues."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from demo_plex import DemoPlex
from helpr_core.texts import Message, in_english
from tests.servers.server_process import free_port, running
from tests.web.site_under_test import settings_for

ROOT = Path(__file__).resolve().parents[2]
CATALOGUE = """\
msgid ""
msgstr ""
"Language: xx\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"Plural-Forms: nplurals=3; plural=(n==1 ? 0 : n==2 ? 1 : 2);\\n"

msgid "language.name"
msgstr "Xaxish"

msgid "form.send"
msgstr "Xenda xu"

msgid "format.hours"
msgid_plural "format.hours"
msgstr[0] "{count} xora"
msgstr[1] "{count} xoru"
msgstr[2] "{count} xori"

msgid "problem.not_found.title"
msgstr "Xo paxa"
"""


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A running copy of Helpr with one more file, as an owner would add it."""
    folder = tmp_path_factory.mktemp("languages")
    for name in ("helpr_core", "static"):
        leave_out = shutil.ignore_patterns("__pycache__")
        shutil.copytree(ROOT / name, folder / "clone" / name, ignore=leave_out)
    (folder / "clone/helpr_core/texts/xx.po").write_text(CATALOGUE, "utf-8")
    port = free_port()
    with DemoPlex() as plex:
        environment = settings_for(plex, folder / "helpr.db")
        environment |= {"PYTHONPATH": str(folder / "clone"), "INVITE_CODE": ""}
        with running(
            [sys.executable, "-m", "helpr_core", "serve", "--port", str(port)],
            port=port,
            log=folder / "helpr.log",
            environment=environment,
        ):
            yield f"http://127.0.0.1:{port}"


def page(url: str, tag: str) -> str:
    headers = {"Accept-Language": tag, "Accept": "text/html"}
    return requests.get(url, headers=headers, timeout=120).text


def test_a_browser_that_prefers_it_gets_it(address: str) -> None:
    shown = page(address, "xx-YY,de;q=0.5")
    assert '<html lang="xx"' in shown
    assert "Xenda xu" in shown
    assert "Xo paxa" in page(f"{address}/nowhere", "xx")


def test_missing_sentences_are_in_english(address: str) -> None:
    assert in_english(Message("problem.not_found.detail")) in page(f"{address}/nowhere", "xx")


def test_every_page_offers_it_and_other_languages_stay(address: str) -> None:
    shown = page(address, "de")
    assert '<html lang="de"' in shown
    assert '<a href="/?lang=xx" lang="xx" hreflang="xx"' in shown
    assert "Xaxish" in shown
    assert "Xenda xu" in page(f"{address}/?lang=xx", "de")


def test_api_problems_and_scripts_are_translated(address: str) -> None:
    headers = {"Accept-Language": "xx"}
    answer = requests.get(f"{address}/api/nowhere", headers=headers, timeout=120)
    assert (answer.status_code, answer.json()["title"]) == (404, "Xo paxa")
    assert answer.headers["Content-Language"] == "xx"
    dashboard = page(f"{address}/dashboard", "xx")
    assert "2" * 100 in dashboard, "the plural rule goes along, written out"
