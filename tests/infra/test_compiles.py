"""The Bicep CLI has nothing to report about any file, and the snapshots are up to date."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.infra.template import (
    INFRA,
    PARAMETER_FILES,
    PROJECT,
    bicep,
    needs_bicep,
    snapshot_of,
)

BICEP_FILES = sorted(INFRA.rglob("*.bicep"))
FILES = [*BICEP_FILES, *PARAMETER_FILES.values()]
WHERE = (
    "--subscription-id=00000000-0000-0000-0000-000000000000",
    "--resource-group=helpr",
    "--location=westeurope",
)


def _inside(path: Path) -> str:
    return path.relative_to(INFRA).as_posix()


@needs_bicep
@pytest.mark.parametrize(
    "pattern", ["infra/**/*.bicep", "infra/*.bicepparam", "tests/infra/**/*.bicepparam"]
)
def test_files_compile_and_lint_without_warnings(pattern: str) -> None:
    done = bicep("lint", "--pattern", pattern)
    # Warnings leave the exit code at 0.
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


@needs_bicep
def test_files_are_formatted_as_bicep_formats_them(tmp_path: Path) -> None:
    for file in FILES:
        copy = tmp_path / file.relative_to(PROJECT)
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.write_bytes(file.read_bytes())
    for ending in ("bicep", "bicepparam"):
        assert bicep("format", "--pattern", f"**/*.{ending}", cwd=tmp_path).returncode == 0
    unformatted = [
        file.name
        for file in FILES
        if (tmp_path / file.relative_to(PROJECT)).read_bytes() != file.read_bytes()
    ]
    assert unformatted == []


@needs_bicep
@pytest.mark.parametrize("name", PARAMETER_FILES)
def test_a_snapshot_is_what_the_template_evaluates_to(name: str) -> None:
    mode = "overwrite" if os.environ.get("HELPR_WRITE_SNAPSHOTS") else "validate"
    done = bicep("snapshot", f"--mode={mode}", *WHERE, PARAMETER_FILES[name])
    # What changed is on stdout; HELPR_WRITE_SNAPSHOTS=1 make infra accepts it.
    assert (done.returncode, done.stdout.strip(), done.stderr) == (0, "", "")


@pytest.mark.parametrize("name", PARAMETER_FILES)
def test_nothing_in_a_snapshot_was_left_unevaluated(name: str) -> None:
    assert snapshot_of(name)["diagnostics"] == []


@pytest.mark.parametrize("file", BICEP_FILES, ids=_inside)
def test_a_file_stays_small(file: Path) -> None:
    # main.bicep is mostly parameters, which cannot be split off.
    limit = 400 if file.name == "main.bicep" else 300
    assert file.read_text("utf-8").count("\n") <= limit
