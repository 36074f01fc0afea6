"""Every package that is installed anywhere is pinned by version and hash, within its range.

requirements*.in contain the ranges, and `make lock` chooses from them.
"""

from __future__ import annotations

import re
from importlib.metadata import version
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from tests.publishing.package import PROJECT

LOCKS = {
    "requirements.txt": "requirements.in",
    "requirements-local.txt": "requirements.in",
    "requirements-serve.txt": "requirements-serve.in",
    "requirements-dev.txt": "requirements-dev.in",
    "requirements-audit.txt": "requirements-audit.in",
    "requirements-infra.txt": "requirements-infra.in",
    "requirements-lock.txt": "requirements-lock.in",
}
PYTHONS = ("3.11", "3.12", "3.13", "3.14")
every_lock = pytest.mark.parametrize("lock", LOCKS)


def _entries(name: str) -> list[tuple[Requirement, list[str]]]:
    """Each requirement of a lock with its hashes."""
    text = re.sub(r"^\s*#.*\n", "", (PROJECT / name).read_text("utf-8"), flags=re.MULTILINE)
    found = []
    for line in text.replace("\\\n", " ").splitlines():
        requirement, *hashes = re.split(r"\s+--hash=", line.strip())
        found.append((Requirement(requirement), hashes))
    return found


def _ranges(name: str) -> list[Requirement]:
    """The ranges in a file, and the files that it includes."""
    lines = (PROJECT / name).read_text("utf-8").splitlines()
    kept = [line for line in lines if line and not line.startswith("#")]
    own = [Requirement(line) for line in kept if not line.startswith("-r ")]
    taken_in = [line.removeprefix("-r ") for line in kept if line.startswith("-r ")]
    return own + [one for inner in taken_in for one in _ranges(inner)]


def _on(python: str) -> dict[str, str]:
    return {"python_version": python, "python_full_version": f"{python}.0"}


def _chosen(name: str, python: str) -> dict[str, str]:
    """The version of each package that this lock installs on that Python."""
    chosen: dict[str, str] = {}
    for requirement, _ in _entries(name):
        if requirement.marker is None or requirement.marker.evaluate(_on(python)):
            (pin,) = requirement.specifier
            assert pin.operator == "=="
            assert requirement.name.lower() not in chosen
            chosen[requirement.name.lower()] = pin.version
    return chosen


def test_every_file_of_requirements_is_a_lock() -> None:
    assert {path.name for path in PROJECT.glob("requirements*.txt")} == set(LOCKS)
    assert {path.name for path in PROJECT.glob("requirements*.in")} == set(LOCKS.values())


@every_lock
def test_every_package_has_a_hash(lock: str) -> None:
    entries = _entries(lock)
    assert entries
    for requirement, hashes in entries:
        assert hashes, requirement.name
        assert all(re.fullmatch(r"sha256:[0-9a-f]{64}", one) for one in hashes), requirement.name


@every_lock
def test_no_lock_names_a_package_index(lock: str) -> None:
    text = (PROJECT / lock).read_text("utf-8").lower()
    assert not re.search(r"://|pypi|index-url|find-links|trusted-host", text)


@pytest.mark.parametrize("python", PYTHONS)
@every_lock
def test_locked_versions_are_in_their_range_on_every_python(lock: str, python: str) -> None:
    if lock == "requirements.txt" and python != "3.13":
        return
    chosen = _chosen(lock, python)
    wanted = [
        one
        for one in _ranges(LOCKS[lock])
        if one.marker is None or one.marker.evaluate(_on(python))
    ]
    assert wanted
    for requirement in wanted:
        assert requirement.specifier.contains(chosen[requirement.name.lower()]), requirement


def test_what_is_published_is_for_one_python_and_fails_to_build_on_another() -> None:
    """With a marker, a build on another Python passes, and the app fails at its first request."""
    assert [one.name for one, _ in _entries("requirements.txt") if one.marker] == []
    assert _chosen("requirements.txt", "3.13")["azure-functions"].startswith("2.")


def test_tested_published_and_served_versions_are_the_same() -> None:
    tested = _chosen("requirements-dev.txt", "3.13")
    for lock in ("requirements.txt", "requirements-local.txt", "requirements-serve.txt"):
        assert _chosen(lock, "3.13").items() <= tested.items(), lock
    for name in ("gunicorn", "sqlalchemy", "urllib3", "limits"):
        assert version(name) == tested[name]


@pytest.mark.parametrize(
    "file",
    ["Makefile", "Dockerfile", ".github/workflows/deploy.yml", ".github/workflows/image.yml"],
)
def test_every_installation_requires_hashes(file: str) -> None:
    text = (PROJECT / file).read_text("utf-8")
    installs = [line for line in text.splitlines() if "pip install" in line]
    assert [line for line in installs if "--require-hashes" not in line] == []
    for target in re.findall(r"-r (\S+\.(?:txt|in))", "\n".join(installs)):
        assert Path(target).name in LOCKS
