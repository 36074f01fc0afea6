"""Dockerfile, compose files and Caddyfile read as text, and the entry point as far as anybody
may run it. tests/image builds the image in a folder and runs it there as its user."""

from __future__ import annotations

import re
import socket
import stat
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from importlib.metadata import version
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
import requests
import yaml

from demo_plex import DemoPlex
from helpr_core.configuration.settings import SETTING_NAMES
from tests.processes import environment, plex_settings
from tests.publishing import dockerfile
from tests.publishing.package import PROJECT, published
from tests.servers.server_process import free_port, running

INSTRUCTIONS = dockerfile.read(PROJECT / "Dockerfile")
PORT, ID = "7071", "10001"
BIN = Path(sys.executable).parent


class _Loader(yaml.SafeLoader):
    """With Compose's own tag for a list that replaces an inherited one."""


_Loader.add_constructor("!reset", lambda _loader, _node: [])


def _compose(name: str) -> dict[str, Any]:
    found: dict[str, Any] = yaml.load((PROJECT / name).read_text("utf-8"), _Loader)
    return found


HELPR = _compose("compose.yaml")["services"]["helpr"]
POSTGRES = _compose("compose.postgres.yaml")


def _entry_point() -> ModuleType:
    spec = spec_from_file_location("entrypoint", PROJECT / "docker/entrypoint.py")
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


entrypoint = _entry_point()


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
    assert install.endswith("--require-hashes -r requirements-serve.txt")
    assert f"gunicorn=={version('gunicorn')} " in (PROJECT / "requirements-serve.txt").read_text()


def test_the_last_stage_contains_what_is_published_and_no_build_tools() -> None:
    last = max(one.stage for one in INSTRUCTIONS)
    assert not [one for one in INSTRUCTIONS if one.stage == last and "pip" in one.text]
    needed = {path.partition("/")[0] for path in published(PROJECT)}
    installed = {"requirements-serve.txt"}
    app = needed - {"requirements.txt"}
    assert set(_sources()) == app | installed | {"gunicorn.conf.py", "docker"}


def test_it_owns_nothing_but_its_data() -> None:
    assert not [text for text in _texts("COPY") if "--chown" in text]
    (own,) = (text for text in _texts("RUN") if "/data" in text)
    assert own.endswith(f"install --directory --owner={ID} --group={ID} /data")
    assert "DATABASE_PATH=/data/helpr.db" in " ".join(_texts("ENV"))


def test_no_secret_is_baked_in() -> None:
    assert _texts("ARG") == []
    set_in_image = set(re.findall(r"(\w+)=", " ".join(_texts("ENV"))))
    assert set_in_image & set(SETTING_NAMES) == {"DATABASE_PATH", "HELPR_BACKUP_FOLDER"}


def test_the_build_context_has_what_is_copied_and_nothing_else() -> None:
    lines = (PROJECT / ".dockerignore").read_text().splitlines()
    rules = [line for line in lines if line and not line.startswith("#")]
    assert rules[0] == "*"
    let_in = {rule[1:].partition("/")[0] for rule in rules if rule.startswith("!")}
    assert let_in == set(_sources())
    # The last matching rule decides: exclusions come after inclusions.
    after = rules[max(i for i, rule in enumerate(rules) if rule.startswith("!")) + 1 :]
    assert {"**/__pycache__", "**/*.db", "**/.*"} <= set(after)


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The data folder of an entry point that does not run as root."""
    monkeypatch.setattr(entrypoint, "DATA", tmp_path)
    return tmp_path


def test_the_secret_key_is_generated_once_and_readable_only_by_its_owner(data: Path) -> None:
    key = entrypoint.kept_secret_key(data)
    assert len(key) == 64
    assert entrypoint.kept_secret_key(data) == key
    assert stat.S_IMODE((data / "secret-key").stat().st_mode) == 0o600


def test_two_simultaneous_starts_have_one_key(data: Path) -> None:
    with ThreadPoolExecutor(16) as threads:
        keys = list(threads.map(lambda _: entrypoint.kept_secret_key(data), range(64)))
    assert len(set(keys)) == 1


@pytest.mark.parametrize("text", ["", "short", "\n"])
def test_a_corrupt_key_is_not_used(data: Path, text: str) -> None:
    (data / "secret-key").write_text(text)
    with pytest.raises(entrypoint.NotPossible, match="Delete it"):
        entrypoint.kept_secret_key(data)


@pytest.mark.parametrize(
    ("line", "named"),
    [
        ("SECRET_KEY='not-a-real-key'", True),
        ("  export SECRET_KEY = not-a-real-key", True),
        ("SECRET_KEY=", False),
        ("# SECRET_KEY=not-a-real-key", False),
        ("OTHER_SECRET_KEY=not-a-real-key", False),
    ],
)
def test_a_key_in_the_owners_file_is_not_overridden(data: Path, line: str, named: bool) -> None:
    file = data / "helpr.env"
    assert not entrypoint.names_secret_key(file)
    file.write_text(f"PLEX_SERVER_NAME=x\n{line}\n")
    assert entrypoint.names_secret_key(file) == named


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("", ("0.0.0.0", 7071)),
        ("127.0.0.1:80", ("127.0.0.1", 80)),
        ("[::]:7071", ("[::]", 7071)),
        ("nas.local:65535", ("nas.local", 65535)),
    ],
)
def test_the_address_to_listen_on_is_a_setting(written: str, read: tuple[str, int]) -> None:
    assert entrypoint.address({"HELPR_BIND": written}) == read


@pytest.mark.parametrize("written", ["7071", ":7071", "host:0", "host:65536", "a b:1", "h:1; id"])
def test_an_invalid_address_is_refused(written: str) -> None:
    with pytest.raises(entrypoint.NotPossible, match="HELPR_BIND"):
        entrypoint.address({"HELPR_BIND": written})


def test_the_health_check_times_out_before_docker_does() -> None:
    text = dockerfile.only(INSTRUCTIONS, "HEALTHCHECK").text
    patience = re.search(r"--timeout=(\d+)s", text)
    own = re.search(r"timeout=(\d+)\)", (PROJECT / "docker/healthy.py").read_text("utf-8"))
    assert patience is not None
    assert own is not None
    assert int(own[1]) < int(patience[1])


def test_compose_waits_longer_for_a_stop_than_gunicorn_does() -> None:
    words = entrypoint.gunicorn("0.0.0.0", 7071)
    seconds = int(words[words.index("--graceful-timeout") + 1])
    assert HELPR["stop_grace_period"] == f"{seconds + 10}s"


def test_compose_needs_no_settings_and_keeps_everything_in_one_folder() -> None:
    assert HELPR["env_file"] == [{"path": ".env", "required": False}]
    assert HELPR["volumes"] == ["./data:/data"]
    assert HELPR["ports"] == [f"{PORT}:{PORT}"]
    assert dockerfile.only(INSTRUCTIONS, "EXPOSE").text == PORT
    assert dockerfile.only(INSTRUCTIONS, "VOLUME").text == "/data"
    assert set(HELPR["environment"]) == {"PUID", "PGID"}


def test_compose_gives_helpr_no_more_than_it_needs() -> None:
    assert HELPR["read_only"] is True
    assert HELPR["tmpfs"] == ["/tmp"]
    assert HELPR["cap_drop"] == ["ALL"]
    assert HELPR["security_opt"] == ["no-new-privileges:true"]


def test_with_postgresql_only_caddy_is_reached_from_outside() -> None:
    caddy, helpr, database = (POSTGRES["services"][n] for n in ("caddy", "helpr", "database"))
    assert helpr["extends"] == {"file": "compose.yaml", "service": "helpr"}
    assert helpr["ports"] == []
    assert "ports" not in database
    assert {port.partition(":")[0] for port in caddy["ports"]} == {"80", "443"}
    assert set(helpr["environment"]) <= set(SETTING_NAMES)
    assert helpr["environment"]["HELPR_TRUSTED_PROXY_HOPS"] == "1"


def test_with_postgresql_it_starts_once_the_database_is_healthy() -> None:
    helpr, database = POSTGRES["services"]["helpr"], POSTGRES["services"]["database"]
    assert helpr["depends_on"] == {"database": {"condition": "service_healthy"}}
    assert database["image"].startswith("postgres:17")
    assert database["healthcheck"]["test"][:2] == ["CMD", "pg_isready"]
    assert database["volumes"] == ["database:/var/lib/postgresql/data"]
    assert set(POSTGRES["volumes"]) == {"caddy", "database"}
    bicep = (PROJECT / "infra/modules/postgres.bicep").read_text("utf-8")
    assert "version: '17'" in bicep, "the same version as on Azure"


def test_compose_contains_no_secret_and_refuses_to_start_without_a_password() -> None:
    helpr, database = POSTGRES["services"]["helpr"], POSTGRES["services"]["database"]
    needed = "${POSTGRES_PASSWORD:?"
    assert database["environment"]["POSTGRES_PASSWORD"].startswith(needed)
    url = helpr["environment"]["DATABASE_URL"]
    assert re.fullmatch(r"postgresql://helpr:\$\{POSTGRES_PASSWORD:\?[^}]+}@database/helpr", url)
    ignored = (PROJECT / ".gitignore").read_text().splitlines()
    assert {".env", "data/"} <= set(ignored)


@pytest.fixture(scope="module")
def behind_caddy(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[int, Path]]:
    """Helpr on gunicorn behind a real Caddy with our Caddyfile, except for its addresses."""
    folder = tmp_path_factory.mktemp("caddy")
    caddy_port, helpr_port = free_port(), free_port()
    text = (PROJECT / "docker/Caddyfile").read_text("utf-8")
    text = text.replace("helpr:7071", f"127.0.0.1:{helpr_port}")
    site = f"http://127.0.0.1:{caddy_port}"
    (folder / "Caddyfile").write_text(f"{{\n\tadmin off\n}}\n{text}")
    with DemoPlex() as plex:
        settings = environment(
            {
                **plex_settings(plex),
                "DATABASE_PATH": str(folder / "helpr.db"),
                "HELPR_TRUSTED_PROXY_HOPS": "1",
            }
        )
        words = entrypoint.gunicorn("127.0.0.1", helpr_port)
        serve = [str(BIN / words[0]), "--config", str(PROJECT / "gunicorn.conf.py"), *words[1:]]
        proxy = [str(BIN / "caddy"), "run", "--config", str(folder / "Caddyfile")]
        log = folder / "helpr.log"
        with (
            running(serve, port=helpr_port, log=log, environment=settings),
            running(
                proxy,
                port=caddy_port,
                log=folder / "caddy.log",
                environment={"HELPR_HOST": site, "XDG_DATA_HOME": str(folder)},
            ),
        ):
            yield caddy_port, log


def test_an_invite_goes_through_caddy(behind_caddy: tuple[int, Path]) -> None:
    url = f"http://127.0.0.1:{behind_caddy[0]}/api/invites"
    answer = requests.post(url, json={"email_or_username": "a-friend"}, timeout=120)
    assert answer.status_code == 201
    assert "INFO answered function=invite status=201" in behind_caddy[1].read_text()


def test_slow_bodies_never_reach_helprs_threads(behind_caddy: tuple[int, Path]) -> None:
    """Twice as many unfinished requests as Helpr has threads, and it still answers."""
    port, _ = behind_caddy
    head = b"POST /api/invites HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 100\r\n\r\n{"
    with ExitStack() as slow:
        for _ in range(2 * 2 * 8):
            connection = slow.enter_context(socket.create_connection(("127.0.0.1", port), 10))
            connection.sendall(head)
        time.sleep(1)
        answer = requests.get(f"http://127.0.0.1:{port}/healthz", timeout=120)
    assert answer.status_code == 200
