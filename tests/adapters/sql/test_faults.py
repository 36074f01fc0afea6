"""What is wrong with a database is told apart, with the setting's name and without a value."""

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
from tests.adapters.sql.conftest import NewDatabase, OpenEngine
from tests.servers.server_process import free_port

SETTING = "AZURE_POSTGRESQL_CONNECTIONSTRING"
ROLE = "helpr_hunter2"
MARK = "hunter2"


def trouble(url: str) -> LogUnavailable:
    """What somebody hears who wants to write."""
    database = connect(url, setting=SETTING)
    try:
        with pytest.raises(LogUnavailable) as refused:
            SqlInviteLog(database).ping()
    finally:
        database.dispose()
    told = f"{refused.value} {refused.value.fix}"
    assert MARK not in told
    assert "127.0.0.1" not in told
    return refused.value


@pytest.fixture
def role_url(postgres_url: str, open_engine: OpenEngine) -> Iterator[sa.URL]:
    """The database for a role that is no superuser, with the schema as it should be."""
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
    """Something that is no PostgreSQL."""
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
    ("change", "told", "fix"),
    [
        ({"password": f"wrong-{MARK}"}, "refuses the user or the password", "user and password"),
        ({"username": f"nobody_{MARK}"}, "refuses the user or the password", "user and password"),
        ({"database": f"no_{MARK}"}, "no database of that name", "database's name in"),
        ({"host": f"{MARK}.invalid"}, "host name is not known", "Correct the host in"),
        ({"query": {"sslmode": "require"}}, "server has no TLS", "sslmode=disable"),
        ({"query": {"channel_binding": "require"}}, "server has no TLS", ""),
        ({"query": {MARK: "x"}}, "option of the database's address", "question mark"),
        ({"query": {"sslmode": MARK}}, "option of the database's address", "question mark"),
        ({"query": {"options": f"-c {MARK}=1"}}, "option of the database's address", ""),
        ({"query": {"async_": "1"}}, "database", ""),
        ({"query": {"host": f"/no/such/{MARK}"}}, "nobody answers", "listens there"),
    ],
)
def test_what_keeps_us_from_connecting_is_told_apart(
    role_url: sa.URL, change: dict[str, object], told: str, fix: str
) -> None:
    found = trouble(text_of(role_url._replace(**change)))  # type: ignore[arg-type]
    assert told in str(found)
    assert fix in found.fix
    assert SETTING in found.fix


def test_a_closed_port_and_another_server_are_told_apart(role_url: sa.URL, web_server: int) -> None:
    assert "nobody answers" in str(trouble(text_of(role_url.set(port=free_port()))))
    assert "no PostgreSQL" in str(trouble(text_of(role_url.set(port=web_server))))


@pytest.mark.parametrize(
    ("order", "told"),
    [
        ("ALTER ROLE {role} SET default_transaction_read_only = on", "can only be read"),
        ("ALTER ROLE {role} CONNECTION LIMIT 0", "no connection left"),
        ("ALTER ROLE {role} NOLOGIN", "does not let this user in"),
        ("ALTER ROLE {role} VALID UNTIL '2001-01-01'", "refuses the user or the password"),
        ("REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {role}", "too few rights"),
        ("REVOKE INSERT ON invite_requests FROM {role}", "too few rights"),
        ("ALTER TABLE invite_requests RENAME TO away", "tables are not as Helpr made them"),
        ("ALTER TABLE invite_requests RENAME COLUMN note TO away", "tables are not as Helpr"),
    ],
)
def test_what_the_server_says_is_told_apart(
    role_url: sa.URL, postgres_url: str, open_engine: OpenEngine, order: str, told: str
) -> None:
    with open_engine(postgres_url) as engine, engine.begin() as connection:
        connection.exec_driver_sql(order.format(role=ROLE))
    assert told in str(trouble(text_of(role_url)))


@pytest.mark.parametrize(
    ("said", "told"),
    [
        (
            'FATAL:  no pg_hba.conf entry for host "h", user "u", database "d", no encryption',
            "wants",
        ),
        ('FATAL:  no pg_hba.conf entry for host "h", user "u", database "d", SSL on', "let this"),
        (
            'FATAL:  pg_hba.conf rejects connection for host "h", user "u", SSL encryption',
            "let this",
        ),
        ("SSL error: certificate verify failed", "certificate"),
        ('root certificate file "/hunter2" does not exist', "certificate"),
        ('FATAL:  role "hunter2" does not exist', "no such user"),
        ("FATAL:  the database system is starting up", "starts or stops"),
        ("FATAL:  remaining connection slots are reserved for roles", "no connection left"),
        ("connection to server failed: No route to host", "cannot be reached"),
        ("connection to server failed: timeout expired", "cannot be reached"),
        ("server closed the connection unexpectedly", "was lost"),
        ("FATAL:  Tenant or user not found", "refuses the user"),
        ("something hunter2 that nobody knows", "the database failed: OperationalError"),
    ],
)
def test_libpqs_other_sentences_are_known(said: str, told: str) -> None:
    found = unavailable(psycopg2.OperationalError(said), SETTING)
    assert told in str(found)
    assert MARK not in f"{found} {found.fix}"


def test_a_read_only_sqlite_file_is_told_and_so_is_its_folder(
    tmp_path: Path, new_database: NewDatabase
) -> None:
    path = tmp_path / "helpr.db"
    url = f"sqlite:///{path}"
    first = new_database(url)
    SqlInviteLog(first).ping()
    first.dispose()
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    with path.open("r+b") as file:  # by its header: permissions mean nothing to root
        file.seek(18)
        file.write(bytes([3]))
    assert "can only be read" in str(trouble(url))
    path.write_bytes(b"no database at all, and longer than a header of one hundred bytes" * 9)
    assert "damaged, or is none" in str(trouble(url))
    assert "folder of the database's file" in str(trouble(f"sqlite:///{tmp_path}/no/x.db"))
    for folder in (str(tmp_path), f"{tmp_path}/", "/", ".", ".."):
        assert "there is a folder" in str(trouble(f"sqlite:///{folder}"))


def test_an_empty_variable_of_libpqs_does_not_count(
    postgres_url: str, new_database: NewDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("PGSSLMODE", "PGPASSWORD", "PGPORT", "PGHOST"):  # as the example file has them
        monkeypatch.setenv(name, "")
    SqlInviteLog(new_database(postgres_url)).ping()


def test_an_address_with_a_plugin_that_is_none_names_its_setting() -> None:
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
    assert [fault.told for fault in FAULTS if fault.told not in " ".join(told.split())] == []
