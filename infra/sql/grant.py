"""Let the app into its PostgreSQL database: `.venv/bin/python infra/sql/grant.py`.

Run it once after provisioning, as the person who provisioned. It asks Azure for the
deployment's outputs and for a token (`az login` first), then runs grant.sql beside this file.
A second run changes nothing. No PostgreSQL program is needed.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

try:
    import psycopg2
    from psycopg2 import sql
except ImportError:
    sys.exit(
        "Run it with the clone's own Python, which has what it needs:\n"
        "  python3 -m venv .venv && .venv/bin/pip install -r requirements-local.txt\n"
        "  .venv/bin/python infra/sql/grant.py"
    )

GRANT_SQL = Path(__file__).with_name("grant.sql")
CONNECT = re.compile(r"^\\connect .*$", re.MULTILINE)
PLACEHOLDER = re.compile(r":'(?P<literal>\w+)'|:\"(?P<identifier>\w+)\"")
NEEDED = ("postgresHost", "postgresDatabase", "identityName", "identityPrincipalId")

UNREACHABLE = """\
{host} does not answer here. Its firewall lets in Azure and the address given at provisioning:
  - find your address (for example with: curl https://api.ipify.org), then provision again with
    HELPR_DEPLOYER_IP set to it; or
  - run this in the Azure Cloud Shell, which is inside Azure; or
  - with networkMode 'private', run it on a machine in that network, or provision with
    HELPR_DATABASE_ACCESS=administrator, which needs none of this.
"""
NOT_THE_ADMINISTRATOR = """\
{host} does not let {user} in. The server's administrator is whoever provisioned (or
AZURE_PRINCIPAL_NAME). If that is somebody else: az login as that person, or name them with --user.
"""
NOT_GRANTED = """\
{user} may not grant these rights: PostgreSQL accepted the statements and changed nothing. The
database belongs to somebody else; sign in as the server's Entra administrator.
"""
CLOSED = "No other role of the server may connect to {database}, except administrators.\n"
LEFT_OPEN = """\
NOTE   Every role that signs in at this server may also connect to {database}: the database belongs
       to {owner}, and only its owner can revoke that right from PUBLIC. They still see none of
       Helpr's tables. If only you and Helpr sign in there, nothing has to be done.
"""


class GrantError(Exception):
    """What is in the way, in words for the owner."""


def az(*arguments: str) -> Any:
    """The Azure CLI's answer to a command, parsed."""
    program = shutil.which("az")
    if program is None:
        raise GrantError("The Azure CLI is missing: https://aka.ms/installazurecli\n")
    command = [program, *arguments, "--output", "json"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603
    if done.returncode != 0:
        said = done.stderr.strip() or "no reason given"
        raise GrantError(f"az {' '.join(arguments[:3])} failed: {said}\n")
    return json.loads(done.stdout)


def told_by(group: str, deployment: str) -> tuple[dict[str, str], str]:
    """The deployment's outputs by name, and the name of the server's administrator."""
    told = az("deployment", "group", "show", "--resource-group", group, "--name", deployment,
              "--query", "properties.{outputs: outputs, parameters: parameters}")  # fmt: skip
    found = {name: str(one["value"]) for name, one in (told.get("outputs") or {}).items()}
    named = (told.get("parameters") or {}).get("deployerPrincipalName") or {}
    missing = [name for name in NEEDED if name not in found]
    if missing:
        raise GrantError(f"The deployment {deployment} has no output {', '.join(missing)}.\n")
    return found, str(named.get("value") or "")


def filled(text: str, names: dict[str, str], connection: Any) -> str:
    """The SQL with :'name' as a quoted literal and :"name" as a quoted identifier."""

    def quoted(match: re.Match[str]) -> str:
        literal, identifier = match["literal"], match["identifier"]
        part = sql.Literal(names[literal]) if literal else sql.Identifier(names[identifier])
        return str(part.as_string(connection))

    return PLACEHOLDER.sub(quoted, text)


def connect(host: str, database: str, user: str, token: str) -> Any:
    """A connection in autocommit mode."""
    try:
        connection = psycopg2.connect(
            host=host,
            dbname=database,
            user=user,
            password=token,
            sslmode=os.environ.get("PGSSLMODE", "require"),
            connect_timeout=15,
        )
    except psycopg2.OperationalError as exc:
        refused = "authentication failed" in str(exc) or "does not exist" in str(exc)
        sentence = NOT_THE_ADMINISTRATOR if refused else UNREACHABLE
        raise GrantError(sentence.format(host=host, user=user) + f"({str(exc).strip()})\n") from exc
    connection.autocommit = True
    return connection


def run(connection: Any, text: str, names: dict[str, str]) -> None:
    """Run some SQL; GrantError with PostgreSQL's message if it refuses."""
    try:
        with connection.cursor() as cursor:
            cursor.execute(filled(text, names, connection))
    except psycopg2.Error as exc:
        raise GrantError(f"PostgreSQL refused: {str(exc).strip()}\n") from exc


def is_granted(connection: Any, names: dict[str, str]) -> bool:
    """Whether the identity now has what the app needs, in the database of this connection."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT has_database_privilege(%(identity)s, %(database)s, 'CONNECT')"
            " AND has_schema_privilege(%(identity)s, 'public', 'USAGE')"
            " AND has_schema_privilege(%(identity)s, 'public', 'CREATE')",
            names,
        )
        (granted,) = cursor.fetchone()
        return bool(granted)


def left_open(connection: Any, names: dict[str, str]) -> str | None:
    """The database's owner, if every role of the server may connect to it; None otherwise.

    PostgreSQL raises no error when somebody who is not the owner tries to revoke that right.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_catalog.pg_get_userbyid(datdba) FROM pg_catalog.pg_database"
            " WHERE datname = %(database)s AND EXISTS ("
            "  SELECT FROM aclexplode(coalesce(datacl, acldefault('d', datdba)))"
            "  WHERE grantee = 0 AND privilege_type = 'CONNECT')",
            names,
        )
        found = cursor.fetchone()
        return None if found is None else str(found[0])


def grant(options: argparse.Namespace) -> str:
    """Do it all, and return a sentence about what was done."""
    outputs, administrator = told_by(options.group, options.deployment)
    host = outputs["postgresHost"]
    if not host:
        return "This deployment has no PostgreSQL server of its own: nothing to do.\n"
    names = {
        "identity": outputs["identityName"],
        "principal_id": outputs["identityPrincipalId"],
        "database": outputs["postgresDatabase"],
    }
    # As the deployment named the administrator: a group's members sign in by the group's name.
    user = options.user or administrator
    if not user:
        user = az("ad", "signed-in-user", "show", "--query", "userPrincipalName")
    token = az("account", "get-access-token", "--resource-type", "oss-rdbms",
               "--query", "accessToken")  # fmt: skip
    in_postgres, in_database = CONNECT.split(GRANT_SQL.read_text("utf-8"))
    for database, text in (("postgres", in_postgres), (names["database"], in_database)):
        connection = connect(host, database, user, token)
        try:
            run(connection, text, names)
            granted = is_granted(connection, names) if database != "postgres" else True
            owner = left_open(connection, names)
        finally:
            connection.close()
    if not granted:
        raise GrantError(NOT_GRANTED.format(user=user))
    done = f"{names['identity']} may now use the database {names['database']} on {host}.\n"
    if owner is None:
        return done + CLOSED.format(**names)
    return done + LEFT_OPEN.format(owner=owner, **names)


def main() -> int:
    """Grant, and say what happened; returns 1 if something is in the way."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else "")
    parser.add_argument("--group", default="helpr", help="the resource group (helpr)")
    parser.add_argument("--deployment", default="helpr", help="the deployment's name (helpr)")
    parser.add_argument("--user", help="the server's Entra administrator; you by default")
    try:
        sys.stdout.write(grant(parser.parse_args()))
    except GrantError as exc:
        sys.stderr.write(f"WRONG  {exc}")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
