"""What is published: the app and nothing else, whatever else is in the clone."""

from __future__ import annotations

import json
import re
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from demo_plex import DemoPlex
from tests.contract.sides import Case, Side, worker_side
from tests.processes import plex_settings
from tests.publishing.package import (
    PROJECT,
    published,
    published_by_git_rules,
    zipped,
)

LARGEST = 2_000_000
"""Bytes as an archive: twice its current size; a cold start downloads it."""

# Left behind by working with a clone. Each contains what must not leave the computer, or is large.
LEFT_LYING = [
    ".env",
    ".env.local",
    ".envrc",
    "production.env",
    "local.settings.json",
    "local.settings.json.bak",
    "local.settings.production.json",
    "helpr.publishsettings",
    "helpr.db",
    "helpr.db-wal",
    "helpr.db-shm",
    "helpr.db.lock",
    "helpr-demo.db",
    "data/helpr.db",
    "data/helpr.db-wal",
    "helpr_core/helpr.db",
    "__azurite_db_table__.json",
    "__blobstorage__/1f2e",
    "__queuestorage__/1f2e",
    ".azure/production/.env",
    ".git/config",
    ".github/workflows/deploy.yml",
    ".vscode/settings.json",
    ".idea/workspace.xml",
    ".DS_Store",
    "static/.DS_Store",
    "helpr_core/.env",
    ".coverage",
    "htmlcov/index.html",
    ".venv/lib/python3.13/site-packages/yaml/__init__.py",
    ".venv-oldest/bin/python",
    "venv/bin/python",
    ".python_packages/lib/site-packages/yaml/__init__.py",
    "node_modules/azurite/package.json",
    "__pycache__/function_app.cpython-313.pyc",
    "helpr_core/__pycache__/errors.cpython-313.pyc",
    "helpr_core/web/__pycache__/pages.cpython-313.pyc",
    "infra/main.json",
    "helpr.log",
    "package.zip",
]


@pytest.fixture(scope="module")
def paths() -> list[str]:
    found = published(PROJECT)
    total = len(zipped(PROJECT, found))
    sys.stdout.write("\n".join(found) + f"\n{len(found)} files, {total:,} bytes as an archive\n")
    return found


@pytest.fixture
def clone(paths: list[str], tmp_path: Path) -> Path:
    """A copy of the relevant part of the project, with everything that may be left in a clone."""
    root = tmp_path / "clone"
    for path in [*paths, ".funcignore", "README.md", "infra/main.bicep"]:
        _copy(path, root)
    for path in LEFT_LYING:
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text("not-a-real-secret")
    return root


def _copy(path: str, root: Path) -> None:
    (root / path).parent.mkdir(parents=True, exist_ok=True)
    shutil.copy(PROJECT / path, root / path)


def _expected() -> set[str]:
    """Every file of the app, found without reading .funcignore."""
    code = {path for path in (PROJECT / "helpr_core").rglob("*") if path.is_file()}
    static = {path for path in (PROJECT / "static").rglob("*") if path.is_file()}
    files = {path for path in code | static if "__pycache__" not in path.parts}
    app = {path.relative_to(PROJECT).as_posix() for path in files}
    return app | {"function_app.py", "host.json", "requirements.txt"}


def test_the_app_is_published_and_nothing_else(paths: list[str]) -> None:
    assert set(paths) == _expected()


def test_the_essential_parts_are_there(paths: list[str]) -> None:
    needed = {
        "function_app.py",
        "host.json",
        "requirements.txt",
        "helpr_core/web/templates/form.html",
        "helpr_core/adapters/sql/migrations/versions/0001_invite_requests.py",
        "static/built/form.js",
        "static/built/origin.json",
    }
    assert needed <= set(paths)


def test_it_stays_small(paths: list[str]) -> None:
    assert len(zipped(PROJECT, paths)) < LARGEST


def test_nothing_left_behind_in_a_clone_is_published(clone: Path, paths: list[str]) -> None:
    assert published(clone) == paths


def test_the_github_action_and_azd_publish_the_same(
    clone: Path, paths: list[str], tmp_path: Path
) -> None:
    if shutil.which("git") is None:
        pytest.skip("git is missing, and its rules are what is asked")
    (scratch := tmp_path / "scratch").mkdir()
    for folder in (".venv", ".venv-oldest", "node_modules"):
        (clone / folder).rename(tmp_path / folder)
    shutil.rmtree(clone / ".git")  # neither of the two sends it
    assert published_by_git_rules(clone, scratch) == paths


def test_large_folders_are_excluded_for_both_readers(paths: list[str]) -> None:
    lines = (PROJECT / ".funcignore").read_text().split()
    assert {".*", "node_modules"} <= set(lines)


def test_no_published_requirement_needs_a_compiler_or_brings_its_own_worker() -> None:
    text = (PROJECT / "requirements.txt").read_text("utf-8")
    names = re.findall(r"^[A-Za-z][\w.-]*", text, re.MULTILINE)
    assert "azure-functions" in names
    assert "psycopg2-binary" in names
    assert not {"psycopg2", "azure-functions-worker", "gunicorn"} & set(names)
    assert not [name for name in names if name.startswith("grpc")]


@pytest.fixture(scope="module")
def published_app(paths: list[str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Side]:
    """The package, unpacked, on Microsoft's worker library: all there is on Azure."""
    if sys.version_info < (3, 13):
        pytest.skip("azure-functions-runtime needs Python 3.13")
    root = tmp_path_factory.mktemp("wwwroot")
    for path in paths:
        _copy(path, root)
    with DemoPlex() as plex:
        settings = {
            **plex_settings(plex),
            "DATABASE_PATH": str(tmp_path_factory.mktemp("database") / "helpr.db"),
        }
        side = worker_side(root, settings)
        yield side
        side.stop()


def test_the_package_alone_has_every_function(published_app: Side) -> None:
    whole = worker_side(PROJECT, {})
    whole.stop()
    assert published_app.functions == whole.functions
    assert {"form", "invite", "healthz"} <= {one["name"] for one in published_app.functions}


def test_the_package_alone_serves_pages_files_and_invites(published_app: Side) -> None:
    invite = Case(
        "POST /api/invites",
        "invite",
        headers={"content-type": "application/json"},
        body=json.dumps({"email_or_username": "a-friend"}).encode(),
    )
    script = {"path": "form.js"}
    asked = [
        (Case("GET /healthz", "healthz"), 200, '"status":"ok"'),
        (Case("GET /", "form"), 200, "<form"),
        (Case("GET /static/form.js", "static_files", route_params=script), 200, "document"),
        (Case("GET /api/openapi.json", "openapi"), 200, '"openapi"'),
        (invite, 201, '"status":"success"'),
    ]
    for case, status, part in asked:
        answer = published_app.ask(case.as_given_to_the_worker())
        assert answer["status"] == status, case
        assert part in answer["body"], case
