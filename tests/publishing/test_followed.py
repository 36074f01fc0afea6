"""docs/deploy.md followed word by word, in a terminal, as a new user would.

Fakes replace Azure, GitHub and the internet; the commands are the page's own.
"""

from __future__ import annotations

import json
import os
import pty
import re
import select
import shlex
import shutil
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from demo_plex import DemoPlex
from tests.processes import PROJECT, plex_settings, served
from tests.publishing import stand_in_az
from tests.publishing.stand_in_az import START

DEPLOY = (PROJECT / "docs/deploy.md").read_text("utf-8")
OPERATIONS = (PROJECT / "docs/operations.md").read_text("utf-8")
TOKEN, DATABASE = "not-a-real-token-of-a-test", "postgresql://u:not-a-real-one@db.example.com/helpr"
PATIENCE_SECONDS = 240

# Neither Azure's command line nor the project's own: each records what it is asked.
NOTE = 'printf "%s\\n" "$(basename "$0") $*" >> "$STAND_IN/others.log"\n'
PROGRAMS = {
    "git": """case "$1" in
  clone) mkdir "$3" && cd "$3" && tar -x -f "$STAND_IN/clone.tar" ;;
  pull) : ;;
  *) exit 1 ;;
esac
""",
    "python3": """[ "$1 $2" = "-m venv" ] || exec {python} "$@"
mkdir -p "$3/bin" && printf '#!/bin/sh\nexec {python} "$@"\n' > "$3/bin/python"
printf '#!/bin/sh\\n[ -s "$3" ] && echo "pip $*" >> "$STAND_IN/others.log"\\n' > "$3/bin/pip"
chmod +x "$3/bin/pip" "$3/bin/python"
""",
    "func": '[ "$1 $2 $3 $5" = "azure functionapp publish --python" ] && [ -s host.json ] && '
    '[ -s requirements.txt ] && [ -n "$4" ]\n',
    "gh": """case "$1 $2" in
  "repo view") echo someone/helpr ;;
  "api repos/someone/helpr/actions/oidc/customization/sub") echo "repo:someone@1/helpr@2" ;;
  "variable set") [ -n "$5" ] ;;
  *) exit 1 ;;
esac
""",
    "azd": """case "$1 $2" in
  "env new"|"env set"|"env set-secret") [ -n "$3" ] ;;
  "up ") : ;;
  *) exit 1 ;;
esac
""",
    "curl": "echo 203.0.113.7\n",
}


def _section(page: str, heading: str) -> str:
    (found,) = re.findall(rf"^## {re.escape(heading)}.*?\n(.*?)(?=^## |\Z)", page, re.M | re.S)
    return str(found)


def _commands(text: str) -> str:
    """The console blocks as a script, without the output of the commands."""
    script = []
    for block in re.findall(r"```console\n(.*?)```", text, re.S):
        inside = False
        for line in block.splitlines():
            if line.startswith("$ "):
                inside = bool(re.search(r"\\$|<<'END'$|\"\{|\{\\\"", line))
                script.append(line[2:])
            elif inside:
                script.append(line)
                inside = line.strip() != "END" and not line.endswith('}"')
    return "\n".join(script) + "\n"


def _chosen(set_up: str) -> str:
    """The commands for a set-up in step 2."""
    (line,) = re.findall(
        rf"^- \*\*{set_up}\*\*: (.*?)(?=^- |^\n)", _section(DEPLOY, "2."), re.M | re.S
    )
    commands = [" ".join(one.split()) for one in re.findall(r"`([^`]+)`", line)]
    return "\n".join(commands) + "\n"


@dataclass
class Terminal:
    """A home folder, and what exists on this Azure."""

    folder: Path

    def follow(self, script: str, answers: list[tuple[str, str]]) -> str:
        """Run it in a terminal, type each answer at its prompt, and return what was shown."""
        file = self.folder / "followed.sh"
        # A command that fails ends it, as it would for a user.
        file.write_text(f"set -e -o pipefail\n{script}\necho '@@ the end'\n", "utf-8")
        path = f"{self.folder / 'bin'}:/usr/bin:/bin"
        environ = {"PATH": path, "HOME": str(self.folder), "STAND_IN": str(self.folder)}
        child, terminal = pty.fork()
        if child == 0:
            os.chdir(self.folder)
            os.execve("/bin/bash", ["bash", str(file)], environ)
        shown, until = "", time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < until:
            if not select.select([terminal], [], [], 1.0)[0]:
                continue
            try:
                shown += os.read(terminal, 65536).decode("utf-8", "replace")
            except OSError:  # the other end is closed
                break
            while answers and answers[0][0] in shown:
                prompt, typed = answers.pop(0)
                shown = shown.replace(prompt, f"({prompt.strip()})", 1)
                os.write(terminal, f"{typed}\n".encode())
        os.waitpid(child, 0)
        os.close(terminal)
        assert "@@ the end" in shown, shown[-3000:]
        return shown

    def asked(self) -> list[list[str]]:
        """The calls of `az`."""
        return [json.loads(line) for line in (self.folder / "asked.log").read_text().splitlines()]

    def others(self) -> str:
        """The calls of everything else."""
        return (self.folder / "others.log").read_text()


@pytest.fixture
def terminal(tmp_path: Path) -> Iterator[Terminal]:
    """A terminal, and a Helpr at the address that the deployment outputs."""
    names = ["infra", "helpr_core", "tests", "docs", "static", "function_app.py", "host.json",
             "requirements.txt", "requirements-local.txt", "azure.yaml", ".github"]  # fmt: skip
    (tmp_path / "clone").mkdir()
    for name in names:
        os.symlink(PROJECT / name, tmp_path / "clone" / name)
    shutil.make_archive(str(tmp_path / "clone"), "tar", tmp_path / "clone")
    (tmp_path / "bin").mkdir()
    programs = {
        name: NOTE + text.replace("{python}", sys.executable) for name, text in PROGRAMS.items()
    }
    az = f'exec {sys.executable} -S -I {stand_in_az.__file__} "$@"\n'
    for name, text in (programs | {"az": az}).items():
        (tmp_path / "bin" / name).write_text(f"#!/bin/sh\n{text}")
        (tmp_path / "bin" / name).chmod(0o755)
    with DemoPlex() as plex:
        settings = {
            **plex_settings(plex),
            "DATABASE_PATH": str(tmp_path / "helpr.db"),
        }
        with served(settings, tmp_path / "serve.log") as url:
            (tmp_path / "state.json").write_text(json.dumps(START | {"url": url}))
            yield Terminal(tmp_path)


STEPS = ("1. Tools", "2. Decide", "3. Provision", "5. Publish", "6. The first invite")
PASSWORD = "not-a-real-password"


def _script(set_up: str) -> str:
    parts = {name: _commands(_section(DEPLOY, name)) for name in STEPS}
    parts["2. Decide"] += _chosen(set_up)
    script = "".join(parts.values())
    script = script.replace("ADDRESS-OF-THIS-REPOSITORY", "https://git.example.com/helpr")
    # `read` shows no prompt here: say when it is its turn.
    return re.sub(r"^read -rs (\w+)", r"echo '@@ \1'; read -rs \1", script, flags=re.M)


def _answers(set_up: str) -> list[tuple[str, str]]:
    typed = [("@@ PLEX_TOKEN", TOKEN), ("Password: ", PASSWORD), ("Once more: ", PASSWORD)]
    return typed + ([("@@ DATABASE_URL", DATABASE)] if set_up == "cheapest" else [])


@pytest.mark.timeout(1200)
@pytest.mark.parametrize("set_up", ["cheapest", "standard", "private"])
def test_the_page_leads_to_a_first_invite(terminal: Terminal, set_up: str) -> None:
    shown = terminal.follow(_script(set_up), _answers(set_up))
    assert "Now publish" in shown
    assert "func azure functionapp publish func-helpr-abc --python" in terminal.others()
    assert "pip install -r requirements-local.txt" in terminal.others()
    assert "functions were called and are there" in shown
    state = json.loads((terminal.folder / "state.json").read_text())
    given = state["deployments"]["helpr"]["properties"]["parameters"]
    assert given["plexServerName"]["value"] == "Example server"
    assert given["alertEmail"]["value"] == "owner@example.com"
    assert (given["postgresMode"]["value"] == "external") == (set_up == "cheapest")
    assert (given["networkMode"]["value"] == "private") == (set_up == "private")
    assert given["deployerIpAddress"]["value"] == ("203.0.113.7" if set_up == "standard" else "")
    # Whether `read -s` hides it is up to bash.
    assert TOKEN not in terminal.others() + json.dumps(terminal.asked()) + json.dumps(state)


@pytest.mark.timeout(1200)
def test_the_steps_after_deployment_work(terminal: Terminal) -> None:
    """Publishing from GitHub, azd, an upgrade in a new shell, a new token, and removal."""
    terminal.follow(_script("private"), _answers("private"))
    followed = (
        OPERATIONS.split("## Where to look first")[0],
        _section(DEPLOY, "Publish from GitHub"),
        _section(DEPLOY, "With azd"),
        _section(OPERATIONS, "Upgrade").split("The database is upgraded")[0],
        _section(OPERATIONS, "Rotate a secret"),
    )
    script = "cd helpr\n" + "".join(_commands(text) for text in followed)
    script = re.sub(r"^read -rs (\w+)", r"echo '@@ \1'; read -rs \1", script, flags=re.M)
    script += "infra/provision.sh --refresh helpr\n" + _commands(_section(DEPLOY, "Remove it"))
    before = json.loads((terminal.folder / "state.json").read_text())["deployments"]["helpr"]
    shown = terminal.follow(script, [("@@ PLEX_TOKEN", f"{TOKEN}-too")])
    assert "for the worse" not in shown
    state = json.loads((terminal.folder / "state.json").read_text())
    assert state["deployments"]["helpr"] == before
    assert state["federated"]["subject"] == "repo:someone@1/helpr@2:environment:production"
    assert state["groups"] == {}
    others = terminal.others()
    assert "gh variable set AZURE_CLIENT_ID --body 33333333-" in others
    assert "azd env set-secret PLEX_TOKEN" in others
    assert shlex.quote(TOKEN) not in others
