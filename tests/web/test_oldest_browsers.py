"""What the pages use is there in the oldest browsers that the README names."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
CHECK = ROOT / "tests" / "web" / "browsers" / "check.mjs"
SAMPLES = CHECK.parent / "samples"
TOO_YOUNG = ("scripts.js", "members.js", "syntax.js", "styles.css", "markup.html")


def check(*files: Path) -> subprocess.CompletedProcess[str]:
    """Run the check; without files over all that is ours."""
    node = shutil.which("node")
    if node is None or not (ROOT / "node_modules" / "@mdn").is_dir():
        pytest.skip("Node.js or node_modules is missing: run make test")
    return subprocess.run(
        [node, str(CHECK), *map(str, files)], capture_output=True, text=True, check=False
    )


@pytest.fixture(scope="module")
def complaints() -> subprocess.CompletedProcess[str]:
    """What the check says about samples of what is too young."""
    return check(*(SAMPLES / name for name in TOO_YOUNG))


def test_scripts_styles_and_templates_use_nothing_younger() -> None:
    done = check()

    assert (done.stdout, done.stderr, done.returncode) == ("", "", 0)


@pytest.mark.parametrize("name", TOO_YOUNG)
def test_each_line_of_what_is_too_young_is_found(
    name: str, complaints: subprocess.CompletedProcess[str]
) -> None:
    lines = (SAMPLES / name).read_text().splitlines()
    expected = {at for at, line in enumerate(lines, 1) if "missing" in line}

    found = {int(at) for at in re.findall(rf"{name}:(\d+): ", complaints.stdout)}

    assert found == expected
    assert expected
    assert complaints.returncode == 1


def test_what_all_of_them_know_is_let_through() -> None:
    done = check(*sorted((SAMPLES / "known").iterdir()))

    assert (done.stdout, done.returncode) == ("", 0)


def test_the_readme_names_the_browsers_that_are_checked() -> None:
    oldest = json.loads((ROOT / "package.json").read_text())["oldestBrowsers"]
    readme = (ROOT / "README.md").read_text()
    dashboard = (ROOT / "helpr_core/web/templates/dashboard.html").read_text()

    named = (
        f"Safari {oldest['safari']}, Chrome or Edge {oldest['chrome']}, Firefox {oldest['firefox']}"
    )
    assert named in readme
    assert named in dashboard
    assert oldest["safari"] == oldest["safari_ios"]
    assert oldest["chrome"] == oldest["edge"] == oldest["chrome_android"]
