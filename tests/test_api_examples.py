"""The examples in docs/api.md do what the page says: each is run with curl."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest
from werkzeug.security import generate_password_hash

from demo_plex import DemoPlex
from helpr_core.container import Container
from tests.servers.server_process import free_port, running
from tests.web.site_under_test import settings_for

ROOT = Path(__file__).resolve().parents[1]
PAGE = (ROOT / "docs" / "api.md").read_text(encoding="utf-8")
NAME, PASSWORD = "owner", "not-a-real-password"

pytestmark = pytest.mark.skipif(shutil.which("curl") is None, reason="curl is missing")


@dataclass(frozen=True)
class Example:
    """A command on the page, and the JSON that it shows as the answer, if any."""

    command: str
    shown: str


def examples() -> list[Example]:
    """All commands in the page's order; later ones use what earlier ones set."""
    found: list[Example] = []
    for block in re.findall(r"^```console\n(.*?)^```", PAGE, re.DOTALL | re.MULTILINE):
        for part in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
            command, _, shown = part.partition("\n{")
            found.append(Example(command.strip(), "{" + shown if shown else ""))
    return found


def _script() -> str:
    """One script of all commands; before each answer, a line says whose it is."""
    lines = ["set -euo pipefail"]
    for number, example in enumerate(examples()):
        lines += [f"printf '\\n@@{number}\\n'", example.command]
    return "\n".join(lines)


@pytest.fixture(scope="module")
def answers(tmp_path_factory: pytest.TempPathFactory) -> dict[int, str]:
    """What each command printed, run one after the other against a new site."""
    folder = tmp_path_factory.mktemp("examples")
    port = free_port()
    with DemoPlex() as plex:
        settings = settings_for(plex, folder / "helpr.db") | {
            "ADMIN_USERNAME": NAME,
            "ADMIN_PASSWORD_HASH": generate_password_hash(PASSWORD, "scrypt:1024:8:1"),
            "PYTHONPATH": str(ROOT),
        }
        command = [sys.executable, "-m", "helpr_core", "serve", "--port", str(port)]
        log = folder / "helpr.log"
        with running(command, port=port, log=log, environment=settings):
            done = subprocess.run(
                ["bash", "-c", _script()],
                cwd=folder,
                env={
                    "PATH": "/usr/local/bin:/usr/bin:/bin",
                    "url": f"http://127.0.0.1:{port}",
                    "key": Container(settings).installation.function_keys()[0],
                    "name": NAME,
                    "password": PASSWORD,
                },
                capture_output=True,
                text=True,
                timeout=60,
                check=False,
            )
    assert done.returncode == 0, done.stdout + done.stderr
    printed = re.split(r"\n@@(\d+)\n", done.stdout)[1:]
    return dict(zip(map(int, printed[::2]), printed[1::2], strict=True))


def test_the_page_has_examples_for_both_doors() -> None:
    commands = " ".join(example.command for example in examples())
    assert commands.count("/api/manage/") > 8
    assert commands.count("/dashboard/") > 3


@pytest.mark.parametrize("number", range(len(examples())), ids=lambda n: examples()[n].command[:60])
def test_each_example_answers_as_the_page_shows(number: int, answers: dict[int, str]) -> None:
    shown = examples()[number].shown
    if not shown:
        assert answers[number].strip() == ""
        return
    answer = json.loads(answers[number])
    assert set(json.loads(shown)) <= set(answer)
    # Only what depends on the moment may be there and not on the page.
    assert set(answer) - set(json.loads(shown)) <= {"seats", "next_cursor", "errors"}
