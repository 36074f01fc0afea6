"""The commands, each in its own process as somebody would type them."""

from __future__ import annotations

import os
import pty
import re
import select
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest
import requests
from werkzeug.security import check_password_hash, generate_password_hash

from demo_plex import DEMO_TOKEN, Connection, DemoPlex
from helpr_core.container import Container
from tests.processes import HELPR, SECRET_KEY, command, environment, forked, plex_settings, served
from tests.services.owner.second_factor import app_code

FROM_STDIN = ("hash-password", "--stdin")


@pytest.fixture
def plex() -> Iterator[DemoPlex]:
    with DemoPlex() as demo:
        yield demo


@pytest.fixture
def settings(plex: DemoPlex, tmp_path: Path) -> dict[str, str]:
    """Settings with which everything works."""
    return {
        **plex_settings(plex),
        "DATABASE_PATH": str(tmp_path / "helpr.db"),
    }


def test_check_says_that_all_is_well(settings: dict[str, str], tmp_path: Path) -> None:
    done = command("check", settings=settings, cwd=tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "WRONG" not in done.stdout
    assert "“Movies”" in done.stdout
    lines = [line for line in done.stdout.splitlines() if not line.startswith(" ")]
    layers = [line.split()[1].rstrip(":") for line in lines]
    assert layers[:7] == [
        "settings",
        "token",
        "account",
        "server",
        "libraries",
        "seats",
        "server_reachable",
    ]
    assert {"database", "state_store"} <= set(layers)


def test_a_media_server_that_does_not_answer_is_a_warning_at_most(
    settings: dict[str, str], tmp_path: Path
) -> None:
    nowhere = Connection("http://127.0.0.1:9", "127.0.0.1", 9)
    with DemoPlex(connections=lambda _port: (nowhere,)) as plex:
        there = settings | {"PLEX_API_URL": plex.url}
        done = command("check", settings=there, cwd=tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "warn   server_reachable" in done.stdout
    assert "Remote Access" in done.stdout


def test_check_sends_nothing(settings: dict[str, str], plex: DemoPlex, tmp_path: Path) -> None:
    command("check", settings=settings, cwd=tmp_path)
    assert {call.method for call in plex.calls} == {"GET"}
    assert plex.shares == []


def test_check_lists_the_settings_that_are_missing(tmp_path: Path) -> None:
    done = command("check", settings={}, cwd=tmp_path)
    assert done.returncode == 1
    for name in ("PLEX_TOKEN", "PLEX_SERVER_NAME", "SECRET_KEY"):
        assert f"WRONG  {name}: is missing" in done.stdout
    assert "warn   ADMIN_USERNAME and ADMIN_PASSWORD_HASH: missing." in done.stdout
    assert "Environment variables" in done.stdout
    assert "Traceback" not in done.stdout + done.stderr


def test_check_names_a_wrong_setting_but_not_its_value(
    settings: dict[str, str], tmp_path: Path
) -> None:
    wrong = settings | {"SECRET_KEY": "short-secret", "HELPR_RATE_INVITES": "rather often"}
    done = command("check", settings=wrong, cwd=tmp_path)
    output = done.stdout + done.stderr
    assert done.returncode == 1
    assert "WRONG  SECRET_KEY: must have at least 32 characters" in output
    assert "WRONG  HELPR_RATE_INVITES" in output
    assert "short-secret" not in output
    assert "rather often" not in output


@pytest.mark.parametrize(
    ("change", "layer"),
    [
        ({"PLEX_TOKEN": "not-the-token"}, "token"),
        ({"PLEX_SERVER_NAME": "Another Plex"}, "server"),
        ({"PLEX_API_URL": "http://127.0.0.1:9"}, "token"),
        ({"PLEX_LIBRARIES": "Moovies"}, "libraries"),
        ({"PLEX_LIBRARIES": ""}, "libraries"),
        ({"DATABASE_PATH": "no/such/folder/helpr.db"}, "database"),
    ],
    ids=lambda value: "-".join(value) if isinstance(value, dict) else str(value),
)
def test_check_names_the_layer_that_is_broken_and_what_to_do(
    settings: dict[str, str], tmp_path: Path, change: dict[str, str], layer: str
) -> None:
    done = command("check", settings=settings | change, cwd=tmp_path)
    lines = done.stdout.splitlines()
    assert done.returncode == 1
    assert "Traceback" not in done.stdout + done.stderr
    assert lines[0].startswith("ok     settings: nothing to change")
    (at,) = [n for n, line in enumerate(lines) if line.startswith(f"WRONG  {layer}:")]
    assert len(lines[at + 1].strip()) > 10
    for secret in (DEMO_TOKEN, "not-the-token", SECRET_KEY):
        assert secret not in done.stdout + done.stderr


@pytest.mark.parametrize(
    ("libraries", "problem"),
    [
        ("Movies, TV Show", "“TV Show” is not a library of the server"),
        ("Movies, 118181300", "“118181300” is not a library of the server"),
    ],
)
def test_check_warns_of_a_wrong_name_and_does_not_exit_with_0(
    settings: dict[str, str], tmp_path: Path, libraries: str, problem: str
) -> None:
    wrong = settings | {"PLEX_LIBRARIES": libraries}
    done = command("check", settings=wrong, cwd=tmp_path)
    assert done.returncode == 3, done.stdout + done.stderr
    lines = done.stdout.splitlines()
    (at,) = [n for n, line in enumerate(lines) if line.startswith("warn   libraries:")]
    assert problem in lines[at]
    assert "The server has: “Movies”, “TV Shows”" in lines[at + 1]
    assert lines[-1].startswith("warn ")


def test_check_lists_the_servers_when_the_name_is_wrong(
    settings: dict[str, str], plex: DemoPlex, tmp_path: Path
) -> None:
    wrong = settings | {"PLEX_SERVER_NAME": "Home Cinema"}
    done = command("check", settings=wrong, cwd=tmp_path)
    assert done.returncode == 1
    assert f"“Demo Plex” ({plex.machine_identifier})" in done.stdout
    assert "machine identifier" in done.stdout


def test_check_warns_of_weak_settings(settings: dict[str, str], tmp_path: Path) -> None:
    done = command("check", settings=settings | {"INVITE_CODE": "q"}, cwd=tmp_path)
    assert done.returncode == 3, done.stdout + done.stderr
    assert "warn   settings: INVITE_CODE is easy to guess" in done.stdout


def test_check_names_a_misspelt_setting_and_the_one_that_was_meant(
    settings: dict[str, str], tmp_path: Path
) -> None:
    misspelt = {"HELPR_NOTIFY_URL": "ntfy://hunter2"}
    done = command("check", settings=settings | misspelt, cwd=tmp_path)
    assert done.returncode == 3, done.stdout + done.stderr
    told = "HELPR_NOTIFY_URL is not a setting; did you mean HELPR_NOTIFY_URLS?"
    assert f"warn   settings: {told}" in done.stdout
    assert told in done.stderr
    assert "hunter2" not in done.stdout + done.stderr


def test_check_names_what_was_meant_for_a_setting_that_is_missing(tmp_path: Path) -> None:
    done = command("check", settings={"PLEX_TOKNE": "hunter2"}, cwd=tmp_path)
    assert done.returncode == 1
    assert "WRONG  PLEX_TOKEN: is missing" in done.stdout
    assert "warn   PLEX_TOKNE is not a setting; did you mean PLEX_TOKEN?" in done.stdout
    assert "hunter2" not in done.stdout + done.stderr


@pytest.mark.parametrize("sign", ["[", "]", "@", "#", "/", "%"])
def test_check_names_the_databases_setting_and_shows_no_password(
    settings: dict[str, str], tmp_path: Path, sign: str
) -> None:
    address = f"postgresql://helpr:hun{sign}ter2@127.0.0.1:9/d"
    done = command("check", settings=settings | {"DATABASE_URL": address}, cwd=tmp_path)
    assert done.returncode == 1
    assert "WRONG  database: nothing answers at the database’s host and port" in done.stdout
    assert "DATABASE_URL" in done.stdout
    for shown in ("ter2", "127.0.0.1:9", "Traceback", "IPv6"):
        assert shown not in done.stdout + done.stderr


def test_migrate_creates_the_schema_and_may_be_run_again(
    settings: dict[str, str], tmp_path: Path
) -> None:
    done = [command("migrate", settings=settings, cwd=tmp_path) for _ in range(2)]
    assert [one.returncode for one in done] == [0, 0]
    assert done[1].stdout == "The schema is up to date.\n"
    with closing(sqlite3.connect(tmp_path / "helpr.db")) as connection:
        names = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
        assert "invite_requests" in {name for (name,) in names}


@pytest.mark.parametrize(
    ("locale", "said"),
    [
        (
            {"LC_ALL": "de_AT.UTF-8", "LANG": "en_GB.UTF-8"},
            "Das Schema ist auf dem neuesten Stand.",
        ),
        ({"LANG": "de"}, "Das Schema ist auf dem neuesten Stand."),
        ({"LC_ALL": "C", "LANG": "de_DE.UTF-8"}, "The schema is up to date."),
        ({"LANG": "xx_YY.UTF-8"}, "The schema is up to date."),
    ],
)
def test_the_command_line_speaks_the_terminals_language(
    settings: dict[str, str], tmp_path: Path, locale: dict[str, str], said: str
) -> None:
    no_locale = {"LC_ALL": "", "LC_MESSAGES": "", "LANG": ""}
    done = command("migrate", settings=settings | no_locale | locale, cwd=tmp_path)
    assert done.stdout == f"{said}\n"


def test_missing_settings_are_reported_in_the_terminals_language(tmp_path: Path) -> None:
    done = command("check", settings={"LC_ALL": "de_DE.UTF-8"}, cwd=tmp_path)
    assert done.returncode == 1
    assert "WRONG  PLEX_TOKEN: fehlt" in done.stdout


def test_migrate_reports_errors_in_one_line(settings: dict[str, str], tmp_path: Path) -> None:
    settings["DATABASE_PATH"] = "no/such/folder/helpr.db"
    done = command("migrate", settings=settings, cwd=tmp_path)
    assert done.returncode == 1
    assert done.stderr.startswith("WRONG ")
    assert "Traceback" not in done.stderr


def test_secret_key_prints_a_new_one_each_time(tmp_path: Path) -> None:
    printed = [command("secret-key", settings={}, cwd=tmp_path).stdout for _ in range(2)]
    assert all(re.fullmatch(r"[0-9a-f]{64}\n", one) for one in printed)
    assert printed[0] != printed[1]


@pytest.mark.parametrize("end", ["\n", "\r\n", "", "\nanother line\n"])
def test_hash_password_reads_a_line_unchanged_and_prints_only_the_hash(
    tmp_path: Path, end: str
) -> None:
    password = "  pässwörd ✓ 😀\t"
    done = command(*FROM_STDIN, settings={}, cwd=tmp_path, stdin=f"{password}{end}".encode())
    assert (done.returncode, done.stderr) == (0, "")
    assert re.fullmatch(r"scrypt:32768:8:1\$\w{16}\$[0-9a-f]{128}\n", done.stdout)
    assert check_password_hash(done.stdout.strip(), password)


def test_hash_password_makes_a_different_hash_each_time(tmp_path: Path) -> None:
    made = [command(*FROM_STDIN, settings={}, cwd=tmp_path, stdin=b"the same\n") for _ in range(2)]
    assert made[0].stdout != made[1].stdout


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        (b"", "is empty"),
        (b"\n", "is empty"),
        (b"\r\n", "is empty"),
        (b"x\n", "fewer than 8"),
        (b"1234567\n", "fewer than 8"),
        (b"\xff\xfe\n", "is not UTF-8"),
        (b"x" * 1025 + b"\n", "more than 1,024 characters"),
    ],
)
def test_hash_password_refuses_a_password_that_nobody_could_sign_in_with(
    tmp_path: Path, typed: bytes, expected: str
) -> None:
    done = command(*FROM_STDIN, settings={}, cwd=tmp_path, stdin=typed)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("WRONG  the password ")
    assert expected in done.stderr


def _type(*lines: str, cwd: Path) -> tuple[int, str, str]:
    """Type these at the prompts of hash-password; returns exit code, output and the terminal."""
    ours, its = pty.openpty()
    # A session leader that opens a terminal makes it its controlling terminal.
    program = "import os, sys; os.open(sys.argv[1], os.O_RDWR); os.execv(sys.argv[2], sys.argv[2:])"
    with subprocess.Popen(
        [sys.executable, "-c", program, os.ttyname(its), *HELPR, "hash-password"],
        env=environment({}),
        cwd=cwd,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=its,
        text=True,
        start_new_session=True,
    ) as process:
        seen = ""
        for line in lines:
            while not seen.endswith(": "):
                seen += os.read(ours, 1024).decode()
            os.write(ours, f"{line}\n".encode())
            seen += "|"
        printed, _ = process.communicate(timeout=60)
    if select.select([ours], [], [], 0)[0]:
        seen += os.read(ours, 1024).decode()
    os.close(its)
    os.close(ours)
    return process.returncode, printed, seen


def test_hash_password_asks_twice_and_echoes_nothing(tmp_path: Path) -> None:
    code, printed, seen = _type("pässwörd ", "pässwörd ", cwd=tmp_path)
    assert code == 0, seen
    assert check_password_hash(printed.strip(), "pässwörd ")
    assert seen.split("|")[0] == "Password: "
    assert "swörd" not in seen


def test_hash_password_makes_no_hash_of_two_different_passwords(tmp_path: Path) -> None:
    code, printed, seen = _type("one-thing", "another-thing", cwd=tmp_path)
    assert (code, printed) == (1, "")
    assert "do not match" in seen
    assert "thing" not in seen.replace("nothing", "")


def test_hash_password_does_not_ask_where_typing_would_be_seen(tmp_path: Path) -> None:
    done = command("hash-password", settings={}, cwd=tmp_path, stdin=b"shown\nshown\n")
    assert (done.returncode, done.stdout) == (1, "")
    assert "--stdin" in done.stderr


def test_without_a_command_the_usage_is_printed(tmp_path: Path) -> None:
    done = command(settings={}, cwd=tmp_path)
    assert done.returncode == 2
    for name in ("serve", "check", "migrate", "secret-key", "function-key", "hash-password"):
        assert name in command("--help", settings={}, cwd=tmp_path).stdout
    assert "Traceback" not in done.stderr


def test_function_key_opens_the_key_door(settings: dict[str, str], tmp_path: Path) -> None:
    key = command("function-key", settings=settings, cwd=tmp_path).stdout.strip()
    with served(settings, tmp_path / "server.log") as address:
        libraries = f"{address}/api/manage/libraries"
        right = requests.get(libraries, headers={"x-functions-key": key}, timeout=120)
        wrong = requests.get(libraries, headers={"x-functions-key": key[::-1]}, timeout=120)
    assert (right.status_code, wrong.status_code) == (200, 401)
    assert right.json()["libraries"][0]["title"] == "Movies"


def test_serve_without_a_token_is_a_demo_on_which_the_first_invite_works(tmp_path: Path) -> None:
    log = tmp_path / "server.log"
    unset = dict.fromkeys(("SECRET_KEY", "PLEX_LIBRARIES", "DATABASE_PATH"))
    with served(unset, log) as address:
        page = requests.get(address, headers={"Accept": "text/html"}, timeout=120)
        sent = requests.post(
            f"{address}/api/invites", json={"email_or_username": "friend"}, timeout=20
        )
        result = requests.get(address + sent.headers.get("Location", "/"), timeout=120)
    assert page.status_code == 200
    assert "Nothing is really sent" in page.text
    assert (sent.status_code, sent.json()["status"]) == (201, "success")
    assert "The invitation to friend has been sent" in result.text
    output = log.read_text()
    assert "nothing is really sent" in output
    assert "Traceback" not in output
    assert "friend" not in output


def test_the_demos_owner_signs_in_with_the_password_printed_in_the_terminal(
    tmp_path: Path,
) -> None:
    log = tmp_path / "server.log"
    unset = dict.fromkeys(("SECRET_KEY", "PLEX_LIBRARIES", "DATABASE_PATH"))
    with served(unset, log) as address:
        shown = re.search(r"sign in as owner with (\S+)", log.read_text())
        assert shown is not None
        given = {"username": "owner", "password": shown[1]}
        answer = requests.post(f"{address}/dashboard/session", json=given, timeout=120)
    assert answer.status_code == 200


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--host", "256.1.1.1"], "this computer has no address 256.1.1.1"),
        (["--host", "192.0.2.7"], "this computer has no address 192.0.2.7"),
        (["--port", "80000"], "a port is a number from 1 to 65535"),
        (["--port", "0"], "a port is a number from 1 to 65535"),
    ],
)
def test_serve_says_where_it_cannot_listen(
    options: list[str], said: str, settings: dict[str, str], tmp_path: Path
) -> None:
    done = command("serve", *options, settings=settings, cwd=tmp_path)
    assert done.returncode in (1, 2)
    assert said in done.stderr
    assert "Errno" not in done.stderr
    assert "Traceback" not in done.stderr


def test_the_set_up_address_is_printed_once_and_no_other(tmp_path: Path) -> None:
    nothing = {"DATABASE_PATH": str(tmp_path / "helpr.db")}
    log = tmp_path / "log"
    with forked("--set-up", settings=nothing, log=log) as address:
        told = log.read_text()
    assert told.count("/setup/") == 1
    assert told.count("Set it up at ") == told.count(address) == 1


def test_smoke_says_that_the_list_of_functions_is_not_there(tmp_path: Path) -> None:
    words = ["smoke", "http://127.0.0.1:9", "--functions", "absent.txt"]
    done = command(*words, settings={}, cwd=tmp_path)
    assert done.returncode == 1
    assert "absent.txt cannot be read as a list of functions" in done.stderr


def test_serve_uses_the_plex_in_the_settings_if_there_is_a_token(
    settings: dict[str, str], plex: DemoPlex, tmp_path: Path
) -> None:
    log = tmp_path / "server.log"
    with served(settings, log) as address:
        requests.post(f"{address}/api/invites", json={"email_or_username": "friend"}, timeout=120)
    assert plex.share_of("friend") is not None
    assert "Demo Plex: nothing" not in log.read_text()


def test_serve_with_wrong_settings_serves_the_setup_page(tmp_path: Path) -> None:
    given = {"PLEX_TOKEN": "not-a-real-token"}
    with served(given, tmp_path / "server.log") as address:
        page = requests.get(address, headers={"Accept": "text/html"}, timeout=120)
        health = requests.get(f"{address}/healthz", timeout=120)
    assert (page.status_code, health.status_code) == (503, 200)
    assert "PLEX_SERVER_NAME" in page.text
    assert "not-a-real-token" not in page.text


def test_second_factor_off_makes_the_password_sufficient_again(
    settings: dict[str, str], tmp_path: Path
) -> None:
    owner = {
        "ADMIN_USERNAME": "owner",
        "ADMIN_PASSWORD_HASH": generate_password_hash("not-a-real-password", "scrypt:1024:8:1"),
    }
    parts = Container({**settings, **owner})
    factors = parts.owner.second_factors()
    secret = factors.offer("owner")
    factors.confirm(app_code(secret, datetime.now(UTC)), "owner")

    done = command("second-factor-off", settings=settings | owner, cwd=tmp_path)
    again = command("second-factor-off", settings=settings | owner, cwd=tmp_path)

    assert (done.returncode, again.returncode) == (0, 0), done.stderr + again.stderr
    assert "is off" in done.stdout
    assert "was already off" in again.stdout
    assert not factors.current().is_on
    (event,) = parts.stores.audit_log().page(5).rows
    assert (event.action, event.actor.name) == ("second_factor_off", "command line")
    parts.stores.database().dispose()
