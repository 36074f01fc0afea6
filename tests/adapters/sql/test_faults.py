"""Database faults are distinguished, naming the setting but not its value."""

from __future__ import annotations

import socket
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import psycopg2
import pytest
import sqlalchemy as sa

from helpr_core.adapters.sql.database import connect
from helpr_core.adapters.sql.faults import FAULTS, unavailable
from helpr_core.adapters.sql.invite_log import SqlInviteLog
from helpr_core.errors import LogUnavailable, SetupRequired
from helpr_core.texts import Message, in_english
from tests.adapters.sql.conftest import NewDatabase, OpenEngine
from tests.servers.server_process import free_port

SETTING = "AZURE_POSTGRESQL_CONNECTIONSTRING"
ROLE = "helpr_hunter2"
MARK = "hunter2"


def trouble(url: str) -> LogUnavailable:
    """The error that a writer gets."""
    database = connect(url, setting=SETTING)
    try:
        with pytest.raises(LogUnavailable) as refused:
            SqlInviteLog(database).ping()
    finally:
        database.dispose()
    text = f"{refused.value} {refused.value.fix}"
    assert MARK not in text
    assert "127.0.0.1" not in text
    return refused.value


def name_of(error: LogUnavailable) -> str:
    """The fault's name, which has sentences for what was found and what to do."""
    assert isinstance(error.words, Message)
    assert isinstance(error.fix, Message)
    name = error.words.code.removeprefix("database.").removesuffix(".found")
    assert error.fix.code == f"database.{name}.fix"
    return name


@pytest.fixture
def role_url(postgres_url: str, open_engine: OpenEngine) -> Iterator[sa.URL]:
    """The database for a role that is not a superuser, with the schema up to date."""
    database = connect(postgres_url)
    SqlInviteLog(database).ping()
    database.dispose()
    with open_engine(postgres_url) as engine, engine.begin() as connection:
        connection.exec_driver_sql(f"CREATE ROLE {ROLE} LOGIN PASSWORD '{MARK}'")
        connection.exec_driver_sql(f"GRANT ALL ON ALL TABLES IN SCHEMA public TO {ROLE}")
    yield sa.make_url(postgres_url).set(username=ROLE, password=MARK)
    with open_engine(postgres_url) as engine, engine.begin() as connection:
        connection.exec_driver_sql(f"DROP OWNED BY {ROLE}; DROP ROLE {ROLE}")


def text_of(url: sa.URL) -> str:
    return url.render_as_string(hide_password=False)


@pytest.fixture
def web_server() -> Iterator[int]:
    """A server that is not PostgreSQL."""
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def answer() -> None:
            while True:
                try:
                    connection, _ = listener.accept()
                except OSError:
                    return
                with connection:
                    connection.recv(100)
                    connection.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")

        threading.Thread(target=answer, daemon=True).start()
        yield listener.getsockname()[1]
        listener.shutdown(socket.SHUT_RDWR)


@pytest.mark.parametrize(
    ("change", "expected", "fix"),
    [
        ({"password": f"wrong-{MARK}"}, "wrong_password", "user and password"),
        ({"username": f"nobody_{MARK}"}, "wrong_password", "user and password"),
        ({"database": f"no_{MARK}"}, "name_unknown", "database name in"),
        ({"host": f"{MARK}.invalid"}, "host_unknown", "Correct the host in"),
        ({"query": {"sslmode": "require"}}, "has_no_tls", "sslmode=disable"),
        ({"query": {"channel_binding": "require"}}, "has_no_tls", ""),
        ({"query": {MARK: "x"}}, "option_unknown", "question mark"),
        ({"query": {"sslmode": MARK}}, "option_unknown", "question mark"),
        ({"query": {"options": f"-c {MARK}=1"}}, "option_unknown", ""),
        ({"query": {"async_": "1"}}, "unknown", ""),
        ({"query": {"host": f"/no/such/{MARK}"}}, "refused", "listening there"),
    ],
)
def test_what_prevents_connecting_is_distinguished(
    role_url: sa.URL, change: dict[str, object], expected: str, fix: str
) -> None:
    found = trouble(text_of(role_url._replace(**change)))  # type: ignore[arg-type]
    assert name_of(found) == expected
    assert fix in in_english(found.fix)
    assert SETTING in in_english(found.fix)


def test_a_closed_port_and_another_server_are_distinguished(
    role_url: sa.URL, web_server: int
) -> None:
    assert name_of(trouble(text_of(role_url.set(port=free_port())))) == "refused"
    assert name_of(trouble(text_of(role_url.set(port=web_server)))) == "not_postgresql"


@pytest.mark.parametrize(
    ("order", "expected"),
    [
        ("ALTER ROLE {role} SET default_transaction_read_only = on", "read_only"),
        ("ALTER ROLE {role} CONNECTION LIMIT 0", "no_connection_left"),
        ("ALTER ROLE {role} NOLOGIN", "not_let_in"),
        ("ALTER ROLE {role} VALID UNTIL '2001-01-01'", "wrong_password"),
        ("REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {role}", "no_rights"),
        ("REVOKE INSERT ON invite_requests FROM {role}", "no_rights"),
        ("ALTER TABLE invite_requests RENAME TO away", "other_tables"),
        ("ALTER TABLE invite_requests RENAME COLUMN note TO away", "other_tables"),
    ],
)
def test_what_the_server_reports_is_distinguished(
    role_url: sa.URL, postgres_url: str, open_engine: OpenEngine, order: str, expected: str
) -> None:
    with open_engine(postgres_url) as engine, engine.begin() as connection:
        connection.exec_driver_sql(order.format(role=ROLE))
    assert name_of(trouble(text_of(role_url))) == expected


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        (
            'FATAL:  no pg_hba.conf entry for host "h", user "u", database "d", no encryption',
            "needs_tls",
        ),
        ('FATAL:  no pg_hba.conf entry for host "h", user "u", database "d", SSL on', "not_let_in"),
        (
            'FATAL:  pg_hba.conf rejects connection for host "h", user "u", SSL encryption',
            "not_let_in",
        ),
        ("SSL error: certificate verify failed", "certificate"),
        ('root certificate file "/hunter2" does not exist', "certificate"),
        ('FATAL:  role "hunter2" does not exist', "user_unknown"),
        ("FATAL:  the database system is starting up", "starting"),
        ("FATAL:  remaining connection slots are reserved for roles", "no_connection_left"),
        ("connection to server failed: No route to host", "unreachable"),
        ("connection to server failed: timeout expired", "unreachable"),
        ("server closed the connection unexpectedly", "connection_lost"),
        ("FATAL:  Tenant or user not found", "wrong_password"),
        ("something hunter2 that nobody knows", "unknown"),
    ],
)
def test_libpqs_other_messages_are_recognised(said: str, expected: str) -> None:
    found = unavailable(psycopg2.OperationalError(said), SETTING)
    assert name_of(found) == expected
    assert MARK not in f"{found} {found.fix}"


def test_a_read_only_sqlite_file_and_a_read_only_folder_are_reported(
    tmp_path: Path, new_database: NewDatabase
) -> None:
    path = tmp_path / "helpr.db"
    url = f"sqlite:///{path}"
    first = new_database(url)
    SqlInviteLog(first).ping()
    first.dispose()
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    with path.open("r+b") as file:  # read-only by its header, since permissions do not stop root
        file.seek(18)
        file.write(bytes([3]))
    assert name_of(trouble(url)) == "read_only"
    path.write_bytes(b"no database at all, and longer than a header of one hundred bytes" * 9)
    assert name_of(trouble(url)) == "damaged"
    assert name_of(trouble(f"sqlite:///{tmp_path}/no/x.db")) == "no_folder"
    for folder in (str(tmp_path), f"{tmp_path}/", "/", ".", ".."):
        assert name_of(trouble(f"sqlite:///{folder}")) == "is_folder"


def test_an_empty_libpq_variable_is_ignored(
    postgres_url: str, new_database: NewDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("PGSSLMODE", "PGPASSWORD", "PGPORT", "PGHOST"):  # as in the example file
        monkeypatch.setenv(name, "")
    SqlInviteLog(new_database(postgres_url)).ping()


def test_a_url_with_an_unknown_driver_names_its_setting() -> None:
    with pytest.raises(SetupRequired) as refused:
        connect(f"postgresql+psycopg2://u:{MARK}@h/d?plugin={MARK}", setting=SETTING)
    assert [one.field for one in refused.value.problems] == [SETTING]
    assert MARK not in str(refused.value)


def test_a_ping_writes_and_leaves_nothing_behind(
    database_url: str, new_database: NewDatabase
) -> None:
    database = new_database(database_url)
    written: list[str] = []
    sa.event.listen(
        database._engine, "before_cursor_execute", lambda *given: written.append(given[2])
    )
    SqlInviteLog(database).ping()
    assert any(one.startswith("INSERT INTO invite_requests") for one in written)
    with database.single() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM invite_requests").scalar() == 0


def test_every_fault_has_its_advice_in_the_documents() -> None:
    told = (Path(__file__).resolve().parents[3] / "docs/operations.md").read_text("utf-8")
    found = [in_english(Message(f"database.{fault.name}.found")) for fault in FAULTS]
    assert [one for one in found if one not in " ".join(told.split())] == []
