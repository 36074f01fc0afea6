"""Dockerfile and compose.yaml: read as text, and CMD and HEALTHCHECK run as they stand there.

There is no container engine where the tests run, so the image itself is never built here.
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pytest
import requests
import yaml

from helpr_core.demo import DemoPlex
from helpr_core.settings import SETTING_NAMES
from tests.processes import environment
from tests.publishing import dockerfile
from tests.publishing.package import PROJECT, published
from tests.servers.server_process import free_port, running

INSTRUCTIONS = dockerfile.read(PROJECT / "Dockerfile")
COMPOSE: dict[str, Any] = yaml.safe_load((PROJECT / "compose.yaml").read_text("utf-8"))
HELPR, DATABASE = COMPOSE["services"]["helpr"], COMPOSE["services"]["database"]
PORT = "8000"
BIN = Path(sys.executable).parent


def _texts(name: str) -> list[str]:
    return [one.text for one in INSTRUCTIONS if one.name == name]


def _sources() -> list[str]:
    """What is copied from the clone."""
    copies = [text for text in _texts("COPY") if not text.startswith("--from=")]
    return [source.removeprefix("./") for text in copies for source in text.split()[:-1]]


def test_both_stages_have_the_python_that_helpr_is_deployed_on() -> None:
    assert _texts("FROM") == ["python:3.13-slim AS build", "python:3.13-slim"]


def test_it_installs_the_pinned_requirements_as_wheels_and_the_tests_use_the_same() -> None:
    (install,) = (text for text in _texts("RUN") if "pip install" in text)
    assert "--only-binary=:all:" in install
    assert install.endswith("-r requirements-serve.txt")
    lines = (PROJECT / "requirements-serve.txt").read_text().splitlines()
    assert lines[1:] == ["-r requirements.txt", f"gunicorn=={version('gunicorn')}"]


def test_the_last_stage_takes_what_is_published_and_nothing_that_builds() -> None:
    last = max(one.stage for one in INSTRUCTIONS)
    assert not [one for one in INSTRUCTIONS if one.stage == last and "pip" in one.text]
    needed = {path.partition("/")[0] for path in published(PROJECT)}
    assert set(_sources()) == needed | {"requirements-serve.txt", "gunicorn.conf.py"}


def test_it_does_not_run_as_root_and_owns_nothing_but_its_data() -> None:
    names = [one.name for one in INSTRUCTIONS]
    user = dockerfile.only(INSTRUCTIONS, "USER").text
    assert re.fullmatch(r"[1-9]\d{3,}:[1-9]\d{3,}", user)
    assert names.index("USER") < names.index("CMD")
    assert not [text for text in _texts("COPY") if "--chown" in text]
    (account,) = (text for text in _texts("RUN") if "useradd" in text)
    assert f"--uid {user.partition(':')[0]}" in account
    assert account.endswith("--owner=helpr --group=helpr /data")
    assert "DATABASE_PATH=/data/helpr.db" in " ".join(_texts("ENV"))


def test_no_secret_is_baked_in() -> None:
    assert _texts("ARG") == []
    set_in_image = set(re.findall(r"(\w+)=", " ".join(_texts("ENV"))))
    assert set_in_image & set(SETTING_NAMES) == {"DATABASE_PATH"}


def test_the_build_context_has_what_is_copied_and_nothing_else() -> None:
    lines = (PROJECT / ".dockerignore").read_text().splitlines()
    rules = [line for line in lines if line and not line.startswith("#")]
    assert rules[0] == "*"
    assert {rule[1:] for rule in rules if rule.startswith("!")} == set(_sources())
    # The last rule that fits decides: what stays out comes after what is let in.
    after = rules[max(i for i, rule in enumerate(rules) if rule.startswith("!")) + 1 :]
    assert {"helpr_core/demo", "**/__pycache__", "**/*.db", "**/.*"} <= set(after)


def _command(port: int) -> list[str]:
    """CMD with this environment's gunicorn, on a port of loopback: nothing else is changed."""
    program, *words = dockerfile.only(INSTRUCTIONS, "CMD").words()
    assert words.count(f"0.0.0.0:{PORT}") == 1
    at = [f"127.0.0.1:{port}" if word == f"0.0.0.0:{PORT}" else word for word in words]
    return [str(BIN / program), *at]


def _health_check(port: int) -> list[str]:
    text = dockerfile.only(INSTRUCTIONS, "HEALTHCHECK").text
    program, *words = json.loads(text.partition("CMD ")[2])
    assert words[-1].count(f":{PORT}/") == 1
    return [str(BIN / program), *words[:-1], words[-1].replace(f":{PORT}/", f":{port}/")]


def _copy(source: Path, target: Path) -> None:
    """As COPY does it after .dockerignore."""
    if source.is_dir():
        shutil.copytree(source, target, ignore=shutil.ignore_patterns("demo", "__pycache__", ".*"))
    else:
        shutil.copy(source, target)


@pytest.fixture(scope="module")
def serving(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[int, Path]]:
    """What the container would run, outside of one but on its files: the port and the log."""
    folder, port = tmp_path_factory.mktemp("app"), free_port()
    for source in _sources():
        _copy(PROJECT / source, folder / source)
    log = folder / "gunicorn.log"  # its folder is where the command runs
    with DemoPlex() as plex:
        settings = environment(
            {
                "PLEX_TOKEN": plex.token,
                "PLEX_SERVER_NAME": plex.server_name,
                "PLEX_LIBRARIES": "Movies",
                "PLEX_API_URL": plex.url,
                "SECRET_KEY": "not-a-real-secret-key-0123456789abcdef",
                "DATABASE_PATH": str(tmp_path_factory.mktemp("data") / "helpr.db"),
                "PYTHONPATH": None,
            }
        )
        with running(_command(port), port=port, log=log, environment=settings):
            yield port, log


def test_the_command_serves_helpr(serving: tuple[int, Path]) -> None:
    port, log = serving
    fields = {"email_or_username": "a-friend"}
    answer = requests.post(f"http://127.0.0.1:{port}/api/invites", json=fields, timeout=30)
    assert answer.status_code == 201
    told = log.read_text()
    assert told.count("Booting worker") == 2
    assert "INFO answered function=invite status=201" in told, "docker logs would be empty"


def test_the_health_check_tells_a_helpr_that_serves_from_none(serving: tuple[int, Path]) -> None:
    well = subprocess.run(_health_check(serving[0]), capture_output=True, check=False, timeout=30)
    assert well.returncode == 0, well.stderr
    gone = subprocess.run(_health_check(free_port()), capture_output=True, check=False, timeout=30)
    assert gone.returncode == 1


def test_the_health_check_gives_up_before_docker_does() -> None:
    text = dockerfile.only(INSTRUCTIONS, "HEALTHCHECK").text
    patience = re.search(r"--timeout=(\d+)s", text)
    own = re.search(r"timeout=(\d+)\)", text)
    assert patience is not None
    assert own is not None
    assert int(own[1]) < int(patience[1])


def test_compose_starts_helpr_once_its_database_is_well() -> None:
    assert HELPR["depends_on"] == {"database": {"condition": "service_healthy"}}
    assert DATABASE["image"] == "postgres:17"
    assert DATABASE["healthcheck"]["test"][:2] == ["CMD", "pg_isready"]
    bicep = (PROJECT / "infra/modules/postgres.bicep").read_text("utf-8")
    assert "version: '17'" in bicep, "the same version as on Azure"


def test_compose_publishes_one_port_and_that_on_loopback() -> None:
    assert HELPR["ports"] == [f"127.0.0.1:{PORT}:{PORT}"]
    assert "ports" not in DATABASE
    assert dockerfile.only(INSTRUCTIONS, "EXPOSE").text == PORT


def test_compose_has_no_secret_in_it_and_refuses_to_start_without_a_password() -> None:
    assert HELPR["env_file"] == ".env"
    needed = "${POSTGRES_PASSWORD:?"
    assert DATABASE["environment"]["POSTGRES_PASSWORD"].startswith(needed)
    url = HELPR["environment"]["DATABASE_URL"]
    assert re.fullmatch(r"postgresql://helpr:\$\{POSTGRES_PASSWORD:\?[^}]+}@database/helpr", url)
    assert set(HELPR["environment"]) <= set(SETTING_NAMES)
    assert ".env" in (PROJECT / ".gitignore").read_text().splitlines()


def test_compose_keeps_the_data_and_gives_helpr_no_more_than_it_needs() -> None:
    assert DATABASE["volumes"] == ["database:/var/lib/postgresql/data"]
    assert set(COMPOSE["volumes"]) == {"database"}
    assert HELPR["read_only"] is True
    assert HELPR["cap_drop"] == ["ALL"]
    assert HELPR["security_opt"] == ["no-new-privileges:true"]
    # Writable places of a file system that is not: gunicorn's and Python's own.
    assert HELPR["tmpfs"] == ["/tmp"]
    assert "/dev/shm" in dockerfile.only(INSTRUCTIONS, "CMD").words()
