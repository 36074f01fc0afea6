"""What is wrong with a database, told from what its driver raised.

PostgreSQL says it by SQLSTATE (https://www.postgresql.org/docs/current/errcodes-appendix.html),
but not while connecting: psycopg2 then has libpq's sentence alone. SQLite says it by the name
of its result code (https://sqlite.org/rescode.html). Nothing of what they wrote is passed on,
since hosts, users and values stand in it.
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from typing import Any

from sqlalchemy.exc import TimeoutError as PoolTimeout

from helpr_core.errors import LogUnavailable

_OFF_AND_ON = "Nothing to do if it passes by itself; requests are kept meanwhile."


@dataclass(frozen=True, slots=True)
class Fault:
    """A kind of trouble: how to tell it, what the owner reads, and what to do.

    `states` are the beginnings of SQLSTATEs or of SQLite's names, `words` libpq's.
    """

    told: str
    fix: str
    states: tuple[str, ...] = ()
    words: str = ""


FAULTS = (
    Fault(
        "the database's host name is not known",
        "Correct the host in {setting}, or see why names are not resolved here.",
        words=r"could not translate host name|name or service not known|nodename nor servname"
        r"|name resolution|no address associated",
    ),
    Fault(
        "nobody answers at the database's host and port",
        "See that the server runs and listens there, and that {setting} has the right host and "
        "port.",
        words=r"connection refused|no such file or directory\s+is the server running",
    ),
    Fault(
        "the database's host cannot be reached",
        "See that a firewall lets this place in, and that the host in {setting} is right.",
        words=r"no route to host|network is unreachable|timeout expired|timed out",
    ),
    Fault(
        "what answers there is no PostgreSQL",
        "Correct host and port in {setting}: PostgreSQL's own port is 5432.",
        words=r"invalid response to ssl negotiation|expected authentication request",
    ),
    Fault(
        "the database wants an encrypted connection",
        "Add sslmode=require to {setting}, or set PGSSLMODE=require.",
        words=r"pg_hba\.conf.*(?:no encryption|ssl off)|ssl connection is required"
        r"|connection is insecure",
    ),
    Fault(
        "the database's server has no TLS",
        "Turn TLS on there. On a network that is yours alone, sslmode=disable in {setting} does "
        "without.",
        words=r"does not support ssl|ssl not in use|gssapi encryption required",
    ),
    Fault(
        "the database's certificate cannot be verified",
        "Set PGSSLROOTCERT to the file of the authority that signed it, or ask for sslmode=require "
        "in {setting}.",
        words=r"certificate",
    ),
    Fault(
        "the database refuses the user or the password",
        "Correct user and password in {setting} (or PGPASSWORD). With an identity, let it in: "
        "infra/sql/grant.py.",
        states=("28P01",),
        words=r"password authentication failed|no password supplied|authentication failed"
        r"|sasl|scram|tenant or user not found|endpoint id is not specified",
    ),
    Fault(
        "the database does not let this user in from here",
        "Let this place in: in pg_hba.conf, or in the firewall rules of your provider.",
        states=("28000",),
        words=r"pg_hba\.conf|not permitted to log in",
    ),
    Fault(
        "the database has no such user",
        "Correct the user in {setting}, or make it. An identity is let in by infra/sql/grant.py.",
        words=r"role \".*\" does not exist",
    ),
    Fault(
        "the server has no database of that name",
        "Correct the database's name in {setting}, or make it with createdb.",
        states=("3D000",),
        words=r"database \".*\" does not exist",
    ),
    Fault(
        "an option of the database's address is not known",
        "Remove or correct what stands behind the question mark in {setting}.",
        words=r"invalid connection option|invalid dsn|invalid \S+ value|invalid integer value"
        r"|unrecognized configuration parameter|command-line argument|unexpected keyword argument"
        r"|invalid keyword|definition of service|service file",
    ),
    Fault(
        "the database gives this user too few rights",
        "Let the user of {setting} make and use tables: GRANT ALL ON SCHEMA public.",
        states=("42501", "SQLITE_PERM", "SQLITE_AUTH"),
        words=r"permission denied",
    ),
    Fault(
        "the database can only be read",
        "Is its storage full, is it a standby after a failover, or is the file or its folder "
        "read-only? Make what {setting} names writable.",
        states=("25006", "SQLITE_READONLY"),
        words=r"not in hot standby|session is read-only",
    ),
    Fault(
        "the database's storage is full",
        "Give it more, or free some. On SQLite, see the disk of {setting}.",
        states=("53100", "SQLITE_FULL"),
    ),
    Fault(
        "the database has no connection left",
        "See who else is connected. Helpr takes five for each worker.",
        states=("53300",),
        words=r"too many (?:clients|connections)|remaining connection slots",
    ),
    Fault(
        "the database's server starts or stops",
        _OFF_AND_ON,
        states=("57P",),
        words=r"starting up|shutting down|in recovery mode|not currently accepting"
        r"|terminating connection",
    ),
    Fault(
        "the database is busy",
        f"{_OFF_AND_ON} If it stays, see what else is at work there.",
        states=("55P03", "57014", "40P01", "40001", "SQLITE_BUSY", "SQLITE_LOCKED"),
    ),
    Fault(
        "the database's tables are not as Helpr made them",
        "Run `python -m helpr_core migrate`. If that does not help, restore a backup.",
        states=("42P01", "42703", "42883", "3F000", "SQLITE_SCHEMA"),
        words=r"no such (?:table|column)|has no column named",
    ),
    Fault(
        "the database is damaged, or is none",
        "See that {setting} names the right one. If it does, restore a backup.",
        states=("XX001", "XX002", "SQLITE_CORRUPT", "SQLITE_NOTADB"),
    ),
    Fault(
        "the database's disk fails",
        "See the disk of {setting}, and how much is free there.",
        states=("58", "SQLITE_IOERR"),
    ),
    Fault(
        "the database's file cannot be opened",
        "Let the user that Helpr runs as write to the file in {setting} and to its folder.",
        states=("SQLITE_CANTOPEN",),
    ),
    Fault(
        "the connection to the database was lost",
        _OFF_AND_ON,
        states=("08",),
        words=r"closed|lost|server closed the connection|could not (?:receive|send)|eof detected"
        r"|bad file descriptor|invalid file descriptor|connection reset|broken pipe",
    ),
)
NO_FOLDER = Fault(
    "the folder of the database's file is not there",
    "Make the folder, or correct {setting}.",
)
IS_FOLDER = Fault(
    "where the database's file should be, there is a folder",
    "Let {setting} name a file.",
)
NO_CONNECTION_FREE = Fault(
    "every database connection is busy",
    f"{_OFF_AND_ON} If it stays, see what holds the database up.",
)
NO_ANSWER = Fault(
    "the database does not answer",
    "See that the server runs, and that host and port in {setting} are right.",
)
NO_TOKEN = Fault(
    "there is no token to sign in to the database with",
    "Give the app its identity again, or set AZURE_CLIENT_ID to the right one. Where there is "
    "no identity, put a password into {setting} or PGPASSWORD.",
)


def unavailable(error: BaseException, setting: str, path: str = "") -> LogUnavailable:
    """What an error of the driver's or of SQLAlchemy's means, in our words.

    `setting` names the database, `path` is SQLite's file.
    """
    fault = _fault_of(error, path)
    if fault is None:
        cause = getattr(error, "orig", None) or error
        state = getattr(cause, "pgcode", None) or getattr(cause, "sqlite_errorname", None)
        named = f"{type(cause).__name__} {state}" if state else type(cause).__name__
        return LogUnavailable(
            f"the database failed: {named}", fix=f"See that it runs and that {setting} is right."
        )
    return LogUnavailable(fault.told, fix=fault.fix.format(setting=setting))


def is_silence(error: BaseException) -> bool:
    """Whether the server was waited for in vain."""
    # By its name: with SQLite the module of the class is not imported.
    return type(getattr(error, "orig", None) or error).__name__ == "NoAnswer"


def _fault_of(error: BaseException, path: str) -> Fault | None:
    cause: Any = getattr(error, "orig", None) or error
    if isinstance(error, PoolTimeout):
        return NO_CONNECTION_FREE
    if is_silence(error):
        return NO_ANSWER
    state = getattr(cause, "pgcode", None) or getattr(cause, "sqlite_errorname", None) or ""
    if state.startswith("SQLITE_CANTOPEN") and path:
        # Not pathlib: it raises for a name that is too long.
        if os.path.isdir(path):
            return IS_FOLDER
        if not os.path.isdir(os.path.dirname(os.path.abspath(path))):
            return NO_FOLDER
    for fault in FAULTS:
        if state and state.startswith(fault.states or "-"):
            return fault
    # TypeError: what a driver says to an option that it does not know.
    of_a_driver = type(cause).__module__.partition(".")[0] in ("psycopg2", "sqlite3")
    speaks = of_a_driver or isinstance(cause, TypeError)
    text = str(cause).lower() if speaks and not getattr(cause, "pgcode", None) else ""
    return next((one for one in FAULTS if one.words and re.search(one.words, text, re.S)), None)
