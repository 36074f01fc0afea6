"""Diagnoses a database from the error that its driver raised.

PostgreSQL reports a SQLSTATE (https://www.postgresql.org/docs/current/errcodes-appendix.html),
except while connecting, when psycopg2 only has libpq's sentence. SQLite reports the name of its
result code (https://sqlite.org/rescode.html). None of their text is passed on, because it contains
hosts, users and values.
"""

from __future__ import annotations

import os
import re
from typing import Any

from sqlalchemy.exc import TimeoutError as PoolTimeout

from helpr_core.errors import LogUnavailable
from helpr_core.frozen import dataclass
from helpr_core.texts import Message


@dataclass(frozen=True, slots=True)
class Fault:
    """A kind of failure: how to recognise it, with a name that leads to the owner's text.

    `states` are the beginnings of SQLSTATEs or of SQLite's names, `words` libpq's.
    """

    name: str
    states: tuple[str, ...] = ()
    words: str = ""

    def error(self, setting: str) -> LogUnavailable:
        """The error to raise; `setting` names the database."""
        found = Message(f"database.{self.name}.found")
        return LogUnavailable(found, fix=Message(f"database.{self.name}.fix", setting=setting))


FAULTS = (
    Fault(
        "host_unknown",
        words=r"could not translate host name|name or service not known|nodename nor servname"
        r"|name resolution|no address associated",
    ),
    Fault(
        "refused",
        words=r"connection refused|no such file or directory\s+is the server running",
    ),
    Fault(
        "unreachable",
        words=r"no route to host|network is unreachable|timeout expired|timed out",
    ),
    Fault(
        "not_postgresql",
        words=r"invalid response to ssl negotiation|expected authentication request",
    ),
    Fault(
        "needs_tls",
        words=r"pg_hba\.conf.*(?:no encryption|ssl off)|ssl connection is required"
        r"|connection is insecure",
    ),
    Fault(
        "has_no_tls",
        words=r"does not support ssl|ssl not in use|gssapi encryption required",
    ),
    Fault(
        "certificate",
        words=r"certificate",
    ),
    Fault(
        "wrong_password",
        states=("28P01",),
        words=r"password authentication failed|no password supplied|authentication failed"
        r"|sasl|scram|tenant or user not found|endpoint id is not specified",
    ),
    Fault(
        "not_let_in",
        states=("28000",),
        words=r"pg_hba\.conf|not permitted to log in",
    ),
    Fault(
        "user_unknown",
        words=r"role \".*\" does not exist",
    ),
    Fault(
        "name_unknown",
        states=("3D000",),
        words=r"database \".*\" does not exist",
    ),
    Fault(
        "option_unknown",
        words=r"invalid connection option|invalid dsn|invalid \S+ value|invalid integer value"
        r"|unrecognized configuration parameter|command-line argument|unexpected keyword argument"
        r"|invalid keyword|definition of service|service file",
    ),
    Fault(
        "no_rights",
        states=("42501", "SQLITE_PERM", "SQLITE_AUTH"),
        words=r"permission denied",
    ),
    Fault(
        "read_only",
        states=("25006", "SQLITE_READONLY"),
        words=r"not in hot standby|session is read-only",
    ),
    Fault(
        "full",
        states=("53100", "SQLITE_FULL"),
    ),
    Fault(
        "no_connection_left",
        states=("53300",),
        words=r"too many (?:clients|connections)|remaining connection slots",
    ),
    Fault(
        "starting",
        states=("57P",),
        words=r"starting up|shutting down|in recovery mode|not currently accepting"
        r"|terminating connection",
    ),
    Fault(
        "busy",
        states=("55P03", "57014", "40P01", "40001", "SQLITE_BUSY", "SQLITE_LOCKED"),
    ),
    Fault(
        "other_tables",
        states=("42P01", "42703", "42883", "3F000", "SQLITE_SCHEMA"),
        words=r"no such (?:table|column)|has no column named",
    ),
    Fault(
        "damaged",
        states=("XX001", "XX002", "SQLITE_CORRUPT", "SQLITE_NOTADB"),
    ),
    Fault(
        "disk",
        states=("58", "SQLITE_IOERR"),
    ),
    Fault(
        "not_opened",
        states=("SQLITE_CANTOPEN",),
    ),
    Fault(
        "connection_lost",
        states=("08",),
        words=r"closed|lost|server closed the connection|could not (?:receive|send)|eof detected"
        r"|bad file descriptor|invalid file descriptor|connection reset|broken pipe",
    ),
)
NO_FOLDER = Fault("no_folder")
IS_FOLDER = Fault("is_folder")
NO_CONNECTION_FREE = Fault("all_busy")
NO_ANSWER = Fault("no_answer")
NO_TOKEN = Fault("no_token")


def unavailable(error: BaseException, setting: str, path: str = "") -> LogUnavailable:
    """An error from the driver or SQLAlchemy, translated to ours.

    `setting` names the database, `path` is SQLite's file.
    """
    fault = _fault_of(error, path)
    if fault is None:
        cause = getattr(error, "orig", None) or error
        state = getattr(cause, "pgcode", None) or getattr(cause, "sqlite_errorname", None)
        named = f"{type(cause).__name__} {state}" if state else type(cause).__name__
        found = Message("database.unknown.found", error=named)
        return LogUnavailable(found, fix=Message("database.unknown.fix", setting=setting))
    return fault.error(setting)


def is_silence(error: BaseException) -> bool:
    """Whether the server did not answer in time."""
    # By its name: with SQLite the class's module is not imported.
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
    # TypeError: what a driver raises for an unknown option.
    of_a_driver = type(cause).__module__.partition(".")[0] in ("psycopg2", "sqlite3")
    speaks = of_a_driver or isinstance(cause, TypeError)
    text = str(cause).lower() if speaks and not getattr(cause, "pgcode", None) else ""
    return next((one for one in FAULTS if one.words and re.search(one.words, text, re.S)), None)
