"""What a cold worker's first invite does not wait for: see docs/decisions/0032."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from demo_plex import DemoPlex
from tests.cold_start.entry_points import SECRET_KEY
from tests.processes import PROJECT, command, environment

_PROGRAM = """
import json, sys
from helpr_core.wsgi import application
from werkzeug.test import Client
answer = Client(application).post("/api/invites", json={"email_or_username": "first-friend"})
print(json.dumps({"status": answer.status_code, "modules": sorted(sys.modules)}))
"""
# What each is imported for instead, if at all.
NOT_IMPORTED = {
    "pydantic": "the owner's bodies, answers that are looked at, OpenAPI",
    "annotated_types": "pydantic",
    "dotenv": "a .env file",
    "plexapi": "nothing: tests compare its addresses and headers with ours",
    "requests": "Azure's stores, notices by webhook",
    "jwt": "nothing",
    "cryptography": "what is kept sealed",
    "jinja2": "pages",
    "alembic": "an upgrade of the database",
    "csv": "lists that the owner pastes",
    "psycopg2": "PostgreSQL",
    "azure": "Azure's stores",
    "sqlalchemy.orm": "nothing",
    "sqlalchemy.dialects.postgresql": "PostgreSQL",
    "helpr_core.adapters.sql.links": "links",
    "helpr_core.domain.batches": "the owner's batches",
    "helpr_core.web.public.form": "pages",
    "helpr_core.web.public.shapes": "what pydantic checks or writes",
}


@pytest.fixture(scope="module")
def modules(tmp_path_factory: pytest.TempPathFactory) -> set[str]:
    """The modules of a worker that has sent one invite."""
    folder: Path = tmp_path_factory.mktemp("first")
    with DemoPlex() as plex:
        settings = {
            "SECRET_KEY": SECRET_KEY,
            "PLEX_TOKEN": plex.token,
            "PLEX_SERVER_NAME": plex.server_name,
            "PLEX_LIBRARIES": "Movies",
            "PLEX_API_URL": plex.url,
            "DATABASE_PATH": str(folder / "helpr.db"),
        }
        assert command("check", settings=settings, cwd=folder).returncode == 0
        done = subprocess.run(
            [sys.executable, "-c", _PROGRAM],
            env=environment(settings),
            cwd=PROJECT,
            capture_output=True,
            text=True,
            timeout=100,
            check=True,
        )
    told = json.loads(done.stdout.splitlines()[-1])
    assert told["status"] == 201
    assert "urllib3.poolmanager" in told["modules"]
    return set(told["modules"])


@pytest.mark.parametrize("name", NOT_IMPORTED)
def test_the_first_invite_does_not_import(name: str, modules: set[str]) -> None:
    assert name not in modules
