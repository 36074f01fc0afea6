"""checkov reads every file and finds nothing that is not skipped with a reason."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.infra.template import INFRA, PROJECT, Json

CHECKOV = shutil.which(os.environ.get("CHECKOV") or PROJECT / ".venv-infra/bin/checkov")
SKIP = re.compile(r"checkov:skip=(\w+):(.+)")


def _checked(folder: Path, home: Path) -> Json:
    """What checkov reports for a folder, without network access."""
    if CHECKOV is None:
        pytest.skip("checkov is not here: make infra installs it in .venv-infra")
    done = subprocess.run(
        [CHECKOV, "--directory", folder, "--framework", "bicep", "--skip-download", "-o", "json"],
        cwd=home,
        env={"PATH": os.environ["PATH"], "HOME": str(home)},
        capture_output=True,
        text=True,
        check=False,
        timeout=100,
    )
    # A rule that fails itself is reported only there.
    assert "ERROR" not in done.stderr
    found: Json = json.loads(done.stdout)
    return found


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Json:
    """What checkov reports for infra/."""
    return _checked(INFRA, tmp_path_factory.mktemp("home"))


def test_checkov_reads_every_file(report: Json) -> None:
    # With parsing errors it would leave the file out, and exit with 0.
    assert report["summary"]["parsing_errors"] == 0
    assert report["results"]["parsing_errors"] == []
    assert report["summary"]["passed"] > len(list(INFRA.rglob("*.bicep")))


def test_no_rule_is_broken(report: Json) -> None:
    failed = report["results"]["failed_checks"]
    assert [(one["check_id"], one["resource"], one["check_name"]) for one in failed] == []


def test_every_skipped_rule_would_fail_otherwise(tmp_path: Path) -> None:
    """An unnecessary skip would hide the next mistake."""
    written = []
    for file in INFRA.rglob("*.bicep"):
        text = file.read_text("utf-8")
        inside = file.relative_to(INFRA)
        written += [(inside.as_posix(), rule) for rule, _ in SKIP.findall(text)]
        copy = tmp_path / "infra" / inside
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.write_text(text.replace("checkov:skip", "skip no more"), "utf-8")
    results = _checked(tmp_path / "infra", tmp_path)["results"]
    failed = [(one["file_path"].lstrip("/"), one["check_id"]) for one in results["failed_checks"]]
    assert sorted(failed) == sorted(written)


def test_every_skip_says_why() -> None:
    for file in INFRA.rglob("*.bicep"):
        for rule, reason in SKIP.findall(file.read_text("utf-8")):
            assert len(reason.split()) > 3, f"{file.name}: {rule}"
