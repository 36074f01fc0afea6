"""infra/sql/grant.py on a real PostgreSQL that is set up as Azure sets one up."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests
import sqlalchemy as sa

from demo_plex import DemoPlex
from helpr_core.adapters.sql import search_index
from tests.processes import PROJECT, command, plex_settings, served
from tests.publishing.azure_postgres import (
    APPS_TOKEN,
    GRANT,
    IDENTITY,
    OWNER,
    OWNERS_TOKEN,
    PRINCIPAL_ID,
    Azure,
    azure_postgres,
    programs,
)
from tests.servers.server_process import free_port


@pytest.fixture(scope="module")
def azure(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Azure]:
    with azure_postgres(tmp_path_factory.mktemp("bin")) as made:
        yield made


@pytest.fixture(scope="module")
def granted(azure: Azure) -> Azure:
    azure.az()
    done = azure.grant()
    assert (done.returncode, done.stderr) == (0, "")
    assert f"{IDENTITY} may now use the database helpr" in done.stdout
    return azure


def test_azure_is_asked_once_for_a_role_of_the_identity(granted: Azure) -> None:
    again = granted.grant()
    assert again.returncode == 0, again.stderr
    assert granted.run("SELECT * FROM told") == [(IDENTITY, PRINCIPAL_ID, "service", False, False)]


def test_the_role_can_migrate_and_run_the_app(granted: Azure, tmp_path: Path) -> None:
    address = f"127.0.0.1:{granted.server.port}/helpr"
    with DemoPlex() as plex:
        settings = {
            **plex_settings(plex),
            "DATABASE_URL": f"postgresql://{IDENTITY}:{APPS_TOKEN}@{address}",
        }
        migrated = command("migrate", settings=settings, cwd=tmp_path)
        assert migrated.returncode == 0, migrated.stderr
        with served(settings, tmp_path / "serve.log") as url:
            fields = {"email_or_username": "a-friend"}
            answer = requests.post(f"{url}/api/invites", json=fields, timeout=120)
    assert answer.status_code == 201
    found = f"SELECT indisvalid FROM pg_index WHERE indexrelid = '{search_index.NAME}'::regclass"
    assert granted.run(found, "helpr") == [(True,)]
    kept = granted.run("SELECT email_or_username, status FROM invite_requests", "helpr")
    assert kept == [("a-friend", "success")]


def test_the_role_has_no_power_over_the_server(granted: Azure) -> None:
    rights = "rolsuper, rolcreatedb, rolcreaterole, rolreplication, rolbypassrls"
    (row,) = granted.run(f"SELECT {rights} FROM pg_roles WHERE rolname = '{IDENTITY}'")
    assert row == (False,) * 5
    member_of = "SELECT * FROM pg_auth_members WHERE member = "
    assert granted.run(f"{member_of}(SELECT oid FROM pg_roles WHERE rolname = '{IDENTITY}')") == []


@pytest.mark.parametrize(
    ("statement", "database"),
    [
        ("CREATE DATABASE more", "helpr"),
        ("CREATE ROLE more", "helpr"),
        ("DROP DATABASE somebody_elses", "helpr"),
        ("ALTER DATABASE helpr RENAME TO mine", "postgres"),
        ("CREATE SCHEMA more", "helpr"),
        ("CREATE TABLESPACE more LOCATION '/tmp'", "helpr"),
        ("CREATE TABLE more (x int)", "postgres"),
        ("CREATE TABLE more (x int)", "somebody_elses"),
        ("SELECT * FROM notes", "somebody_elses"),
        ("SELECT * FROM told", "postgres"),
        ("SELECT * FROM pg_authid", "helpr"),
        ("COPY (SELECT 1) TO PROGRAM 'true'", "helpr"),
        (f"GRANT azure_pg_admin TO \"{IDENTITY}\"", "helpr"),
    ],
)  # fmt: skip
def test_the_role_has_no_more_rights_than_the_app_needs(
    granted: Azure, statement: str, database: str
) -> None:
    with pytest.raises(sa.exc.DBAPIError) as refused:
        granted.run(statement, database, as_the_app=True)
    assert getattr(refused.value.orig, "pgcode", "") == "42501", refused.value  # no privilege


def test_no_other_role_can_enter_the_apps_database(granted: Azure) -> None:
    granted.run("CREATE ROLE somebody LOGIN")
    asked = "SELECT has_database_privilege('somebody', 'helpr', 'CONNECT')"
    assert granted.run(asked) == [(False,)]


def test_psql_runs_the_same_file(azure: Azure) -> None:
    psql = programs() / "psql"
    azure.run("CREATE DATABASE by_hand OWNER azure_pg_admin")
    names = ("identity=id-by-hand", f"principal_id={PRINCIPAL_ID}", "database=by_hand")
    done = subprocess.run(
        [psql, f"host=127.0.0.1 port={azure.server.port} dbname=postgres user={OWNER}",
         "-v", "ON_ERROR_STOP=1", *(word for name in names for word in ("-v", name)),
         "-f", GRANT.with_name("grant.sql")],
        env={"PGPASSWORD": OWNERS_TOKEN, "PATH": ""},
        capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, "")
    asked = "SELECT has_schema_privilege('id-by-hand', 'public', 'CREATE')"
    assert azure.run(asked, "by_hand") == [(True,)]


def _moving_commands() -> str:
    """The commands in operations.md that move a database, as a script."""
    text = (PROJECT / "docs/operations.md").read_text("utf-8").split("## Move the database")[1]
    blocks = re.findall(r"```console\n(.*?)```", text.split("\n## ")[0], re.DOTALL)
    lines = re.sub(r"\\\n\s*", "", "".join(blocks)).splitlines()
    commands = [line.removeprefix("$ ") for line in lines if re.match(r"\$ (psql|pg_)", line)]
    assert [line.split()[0] for line in commands] == ["psql", "pg_dump", "pg_restore"]
    return "\n".join(commands).replace("OLD", "127.0.0.1").replace("NEW", "127.0.0.1")


def test_the_commands_that_move_a_database_keep_rows_and_owner(
    granted: Azure, tmp_path: Path
) -> None:
    database = f"postgresql://{IDENTITY}:{APPS_TOKEN}@127.0.0.1:{granted.server.port}/helpr"
    settings = {
        "PLEX_TOKEN": "not-a-real-token",
        "PLEX_SERVER_NAME": "x",
        "SECRET_KEY": "not-a-real-secret-key-0123456789abcdef",
        "DATABASE_URL": database,
    }
    assert command("migrate", settings=settings, cwd=tmp_path).returncode == 0
    granted.run("CREATE TABLE IF NOT EXISTS kept (x int); INSERT INTO kept VALUES (7)", "helpr",
                as_the_app=True)  # fmt: skip
    environ = {
        "PATH": f"{programs()}:/usr/bin:/bin",
        "PGPORT": str(granted.server.port),
        "PGUSER": OWNER,
        "PGPASSWORD": OWNERS_TOKEN,
        "postgresHost": "127.0.0.1",
        "identityName": IDENTITY,
    }
    done = subprocess.run(
        ["bash", "-euc", _moving_commands()],
        env=environ, cwd=tmp_path, capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, "")
    owners = "SELECT DISTINCT tableowner FROM pg_tables WHERE schemaname = 'public'"
    assert granted.run(owners, "helpr") == [(IDENTITY,)]
    assert granted.run("SELECT x FROM kept", "helpr", as_the_app=True) == [(7,)]
    assert command("migrate", settings=settings, cwd=tmp_path).returncode == 0


def test_names_are_quoted_whatever_is_in_them(azure: Azure) -> None:
    azure.az(identityName='id"; DROP DATABASE helpr; --', identityPrincipalId="it's")
    done = azure.grant()
    assert done.returncode == 0, done.stderr
    assert ("it's",) in azure.run("SELECT object_id FROM told")


def test_it_says_whether_other_roles_may_connect(granted: Azure) -> None:
    assert "No other role of the server may connect to helpr" in granted.grant().stdout


def test_a_database_owned_by_azure_is_reported_as_open(granted: Azure) -> None:
    """One that was made before the server had an administrator: the REVOKE is no error there."""
    granted.run("CREATE ROLE azuresu NOLOGIN")
    granted.run("CREATE DATABASE made_first OWNER azuresu")
    granted.run("ALTER SCHEMA public OWNER TO azure_pg_admin", "made_first")
    granted.run("GRANT CONNECT ON DATABASE made_first TO azure_pg_admin WITH GRANT OPTION")
    granted.az(postgresDatabase="made_first")
    done = granted.grant()
    granted.az()
    assert done.returncode == 0, done.stderr
    assert "Every role that signs in at this server may also connect to made_first" in done.stdout
    assert "azuresu" in done.stdout
    assert "No other role" not in done.stdout


def _says(done: subprocess.CompletedProcess[str], *parts: str) -> None:
    assert done.returncode == 1
    assert done.stderr.startswith("WRONG  ")
    assert "Traceback" not in done.stderr
    assert OWNERS_TOKEN not in done.stderr
    assert [part for part in parts if part not in done.stderr] == []


def test_it_says_what_to_do_when_the_server_cannot_be_reached(azure: Azure) -> None:
    azure.az()
    done = azure.grant(port=free_port())
    _says(done, "does not answer here", "HELPR_DEPLOYER_IP", "Cloud Shell", "administrator")


def test_it_says_who_has_to_run_it(azure: Azure) -> None:
    azure.az()
    _says(
        azure.grant("--user", "somebody.else@example.com"), "does not let somebody.else", "--user"
    )


def test_it_says_when_azure_is_not_signed_in_or_not_installed(azure: Azure, tmp_path: Path) -> None:
    azure.az()
    (azure.folder / "az").write_text(f"#!{sys.executable}\nraise SystemExit('run az login')\n")
    _says(azure.grant(), "az deployment group show failed: run az login")
    _says(azure.grant(path=str(tmp_path)), "The Azure CLI is missing")


def test_it_notices_when_the_rights_were_not_granted(azure: Azure) -> None:
    azure.run("CREATE DATABASE not_ours")
    azure.run("GRANT USAGE ON SCHEMA public TO PUBLIC", "not_ours")
    azure.az(postgresDatabase="not_ours", identityName="id-without-rights")
    done = azure.grant()
    _says(done)
    assert "may not grant these rights" in done.stderr or "permission denied" in done.stderr


def test_without_its_own_server_there_is_nothing_to_do(azure: Azure) -> None:
    azure.az(postgresHost="", postgresDatabase="")
    done = azure.grant()
    assert (done.returncode, done.stderr) == (0, "")
    assert "nothing to do" in done.stdout


def test_a_deployment_too_old_to_have_the_outputs_is_named(azure: Azure) -> None:
    program = azure.az() / "az"
    program.write_text(program.read_text().replace("identityPrincipalId", "somethingElse"))
    _says(azure.grant(), "has no output identityPrincipalId")
