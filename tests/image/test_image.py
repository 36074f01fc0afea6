"""The image as an owner runs it: nothing set, another user, a data folder owned by another user."""

from __future__ import annotations

import os
import re
import signal
import stat
from dataclasses import replace
from pathlib import Path

import pytest
import requests
import yaml
from werkzeug.security import check_password_hash

from tests.image.container import _RIGHTS, Container
from tests.publishing.package import PROJECT
from tests.waiting import soon


def invited(url: str) -> int:
    """Ask for an invite, and return the answer's status.

    A busy machine may be too slow for Plex: then another friend asks, of a
    worker that knows the server by then.
    """
    for friend in range(5):
        fields = {"email_or_username": f"friend-{friend}"}
        answer = requests.post(f"{url}/api/invites", json=fields, timeout=60)
        if answer.status_code != 202:
            break
    return answer.status_code


def owners(data: Path) -> set[tuple[int, int]]:
    return {(path.stat().st_uid, path.stat().st_gid) for path in (data, *data.rglob("*"))}


def test_it_starts_with_nothing_set_and_says_where_to_go(bare: Container, tmp_path: Path) -> None:
    with bare.serving(tmp_path / "log") as served:
        page = requests.get(served.url, timeout=30)
        assert page.status_code == 503
        assert "PLEX_TOKEN" in page.text
        assert "SECRET_KEY" not in page.text, "that one is made"
        assert served.container.is_healthy()
        assert served.users() == {10001}
    assert "to set Helpr up, open /setup/" in (tmp_path / "log").read_text()
    assert not served.container.is_healthy()
    key = bare.data / "secret-key"
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    assert owners(bare.data) == {(10001, 10001)}
    assert key.read_text().strip() not in (tmp_path / "log").read_text()


def test_it_invites_and_keeps_key_and_record_over_a_restart(
    configured: Container, tmp_path: Path
) -> None:
    with configured.serving(tmp_path / "log") as served:
        assert invited(served.url) == 201
    key = (configured.data / "secret-key").read_text()
    with configured.serving(tmp_path / "log") as served:
        function_key = configured.run("function-key")
        assert (configured.data / "secret-key").read_text() == key
        log = requests.get(
            f"{served.url}/api/manage/invites",
            headers={"x-functions-key": function_key.stdout.strip()},
            timeout=30,
        )
        assert "friend-0" in [row["email_or_username"] for row in log.json()["invites"]]
    private = [path for path in configured.data.rglob("*") if path.is_file()]
    assert {stat.S_IMODE(path.stat().st_mode) & 0o077 for path in private} == {0}


def test_it_serves_as_the_user_of_a_nas(configured: Container, tmp_path: Path) -> None:
    nas = replace(configured, settings={**configured.settings, "PUID": "1026", "PGID": "100"})
    with nas.serving(tmp_path / "log") as served:
        assert invited(served.url) == 201
        assert served.users() == {1026}
    assert owners(nas.data) == {(1026, 100)}


def test_it_runs_as_any_user_who_owns_the_folder(configured: Container, tmp_path: Path) -> None:
    os.chown(configured.data, 4242, 4242)
    with replace(configured, user="4242").serving(tmp_path / "log") as served:
        assert invited(served.url) == 201
        assert served.users() == {4242}


@pytest.mark.parametrize("user", ["4242"])
def test_an_unwritable_folder_is_reported_with_the_remedy(bare: Container, user: str) -> None:
    done = replace(bare, user=user).run("serve")
    assert done.returncode == 1
    assert "chown -R 4242:4242" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("name", "value"),
    [("PUID", "0"), ("PGID", "root"), ("PUID", "-1"), ("HELPR_BIND", "7071")],
)
def test_an_invalid_setting_of_the_container_is_named(
    bare: Container, name: str, value: str
) -> None:
    done = replace(bare, settings={name: value}).run("serve")
    assert done.returncode == 1
    assert done.stderr.startswith(f"{name} must be ")


def test_commands_run_in_it(bare: Container) -> None:
    done = bare.run("hash-password", "--stdin", stdin="not a real password\n")
    assert done.returncode == 0, done.stderr
    assert check_password_hash(done.stdout.strip(), "not a real password")


def test_a_command_beside_the_server_has_its_key_and_its_user(
    configured: Container, tmp_path: Path
) -> None:
    """`docker exec helpr helpr COMMAND`: root, and without what the entry point has found out."""
    with configured.serving(tmp_path / "log"):
        done = configured.execute("helpr", "backup", "/data/by-hand.jsonl.gz")
        assert done.returncode == 0, done.stderr
        assert configured.execute("helpr", "check").returncode != 1
    assert owners(configured.data) == {(10001, 10001)}


def test_settings_may_be_in_a_file_in_the_data_folder(
    configured: Container, tmp_path: Path
) -> None:
    lines = [f"{name}='{value}'\n" for name, value in configured.settings.items()]
    (configured.data / "helpr.env").write_text("".join(lines))
    with replace(configured, settings={}).serving(tmp_path / "log") as served:
        assert invited(served.url) == 201
    assert "Not set up yet" not in (tmp_path / "log").read_text()


def test_it_backs_itself_up_and_can_be_restored_from_that(
    configured: Container, tmp_path: Path
) -> None:
    with configured.serving(tmp_path / "log") as served:
        assert invited(served.url) == 201
    done = configured.run("housekeeping")
    assert "backups: 1" in done.stdout, done.stderr
    (backup,) = (configured.data / "backups").iterdir()
    for database in configured.data.glob("helpr.db*"):
        database.unlink()
    done = configured.run("restore", f"/data/backups/{backup.name}")
    assert done.returncode == 0, done.stderr
    assert re.search(r"\b[1-5] invite_requests", done.stdout)


def test_docker_stop_ends_it_after_answering_open_requests(
    configured: Container, tmp_path: Path
) -> None:
    # compose's stop_grace_period
    with configured.serving(tmp_path / "log") as served, soon(40):
        served.process.send_signal(signal.SIGTERM)
        assert served.process.wait(60) == 0


def test_the_privileges_are_those_in_compose() -> None:
    compose = yaml.safe_load((PROJECT / "compose.yaml").read_text("utf-8"))["services"]["helpr"]
    assert compose["cap_drop"] == ["ALL"]
    assert {f"+{name.lower()}" for name in compose["cap_add"]} == set(_RIGHTS.split(","))


def test_every_module_is_compiled(bare: Container) -> None:
    package = bare.image.path("/app/helpr_core")
    modules = {path.with_suffix("") for path in package.rglob("*.py")}
    files = package.rglob("__pycache__/*.pyc")
    assert {path.parents[1] / path.name.partition(".")[0] for path in files} == modules
