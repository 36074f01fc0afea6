"""Each notation for a database becomes a URL that SQLAlchemy understands."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st

from helpr_core.configuration.database_url import (
    DRIVER,
    DatabaseAddress,
    parse_database,
    postgresql_address,
)

# What a person or a generator may put into a password; NUL cannot be sent to PostgreSQL.
PASSWORDS = st.text(
    st.characters(codec="utf-8", exclude_categories=("Cc", "Cs")), min_size=1, max_size=30
)
ODD = "p@ss:w/o#r?d%&=+[]é;' \"x"


def _url_of(text: str) -> str:
    """The URL for that text; an SQLite file's is made from its path, elsewhere."""
    address = parse_database(text)
    return address.url() if address else text


@pytest.mark.parametrize(
    "text",
    [
        "postgres://helpr:secret@db.example.com:5433/records",
        "postgresql://helpr:secret@db.example.com:5433/records",
        "POSTGRESQL://helpr:secret@db.example.com:5433/records",
        "postgresql+psycopg2://helpr:secret@db.example.com:5433/records",
        "  postgres://helpr:secret@db.example.com:5433/records\n",
        "Host=db.example.com;Port=5433;Database=records;Username=helpr;Password=secret",
        "Server=db.example.com;Database=records;Port=5433;User Id=helpr;Password=secret;",
        "HOST = db.example.com ; DATABASE = records ; PORT=5433; USER=helpr; PASSWORD=secret",
        "host=db.example.com port=5433 dbname=records user=helpr password=secret",
        "dbname='records' host='db.example.com' port='5433' user='helpr' password='secret'",
    ],
)
def test_every_notation_is_the_same_database(text: str) -> None:
    url = sa.make_url(_url_of(text))
    assert (url.drivername, url.host, url.port) == (DRIVER, "db.example.com", 5433)
    assert (url.username, url.password, url.database) == ("helpr", "secret", "records")


@pytest.mark.parametrize(
    ("text", "mode"),
    [
        ("postgres://u:p@h/d?sslmode=require", "require"),
        ("Host=h;Database=d;SSL Mode=Require", "require"),
        ("host=h dbname=d sslmode=verify-full", "verify-full"),
    ],
)
def test_the_encryption_mode_is_kept(text: str, mode: str) -> None:
    assert sa.make_url(_url_of(text)).query == {"sslmode": mode}


def test_what_is_left_out_stays_out() -> None:
    url = sa.make_url(_url_of("Host=h;Database=d"))
    assert (url.username, url.password, url.port, dict(url.query)) == (None, None, None, {})


def test_unknown_words_are_left_out() -> None:
    text = "Host=h;Database=d;Pooling=true;Trust Server Certificate=true"
    assert _url_of(text) == f"{DRIVER}://h/d"


def test_a_socket_folder_is_a_host_too() -> None:
    url = sa.make_url(_url_of("host=/var/run/postgresql dbname=d user=u"))
    assert dict(url.query) == {"host": "/var/run/postgresql"}
    assert (url.host, url.database, url.username) == (None, "d", "u")


@pytest.mark.parametrize("text", ["sqlite:///helpr.db", "sqlite:////var/lib/helpr.db"])
def test_sqlite_urls_have_no_address(text: str) -> None:
    assert parse_database(text) is None


@pytest.mark.parametrize(
    "text",
    [
        "mysql://helpr:hunter2@h/d",
        "https://helpr:hunter2@h/d",
        "sqlite://",
        "sqlite:///",
        "hunter2",
        "Password=hunter2;Database=d",
        "Host=h;Password=hunter2",
        "host=h password='hunter2",
        "postgresql://helpr:hunter2@/",
        "postgresql://helpr:hunter2@h",
        "postgresql://helpr:hunter2@h/",
        "postgresql://helpr:hunter2@h:notaport/d",
        "postgresql://helpr:hunter2@h:99999/d",
        "Host=h;Database=d;Port=hunter2",
        "://hunter2",
    ],
)
def test_an_unusable_value_is_refused_without_repeating_it(text: str) -> None:
    with pytest.raises(ValueError, match=r"^must ") as refused:
        _url_of(text)
    assert "hunter2" not in repr(refused.value)
    assert refused.value.__cause__ is None


@pytest.mark.parametrize(
    "text",
    [
        f"""Host=h;Database=d;Username=u;Password="{ODD.replace('"', '""')}";Port=5432""",
        f"""Host=h;Database=d;Username=u;Password='{ODD.replace("'", "''")}'""",
        "host=h dbname=d user=u password='" + ODD.replace("\\", r"\\").replace("'", r"\'") + "'",
    ],
)
def test_a_quoted_password_may_contain_separators(text: str) -> None:
    assert sa.make_url(_url_of(text)).password == ODD


@given(PASSWORDS, PASSWORDS)
def test_any_password_and_user_survive_a_url(password: str, user: str) -> None:
    parts = {"host": "h", "dbname": "d", "user": user, "password": password}
    url = sa.make_url(_url_of(postgresql_address(parts).url()))
    assert (url.username, url.password, url.host, url.database) == (user, password, "h", "d")


@given(PASSWORDS.map(str.strip).filter(lambda text: text[:1] not in ("", "'", '"')))
def test_any_password_without_a_semicolon_survives_the_net_notation(password: str) -> None:
    password = password.replace(";", ",")
    text = f"Host=h;Database=d;Username=u;Password={password}"
    assert sa.make_url(_url_of(text)).password == password


@given(st.text(max_size=60) | st.from_regex(r"(postgres|sqlite)(ql)?://.{0,40}", fullmatch=True))
def test_any_text_is_refused_or_becomes_a_url_that_sqlalchemy_understands(text: str) -> None:
    try:
        found = _url_of(text)
    except ValueError as exc:
        assert str(exc).startswith("must ")  # noqa: PT017
    else:
        assert sa.make_url(found).get_backend_name() in ("postgresql", "sqlite")


@pytest.mark.parametrize(
    "text",
    [
        "psql 'postgresql://u:secret@h:5433/d?sslmode=require'",
        'psql "postgresql://u:secret@h:5433/d?sslmode=require"',
        "DATABASE_URL=postgresql://u:secret@h:5433/d?sslmode=require",
        "export DATABASE_URL='postgres://u:secret@h:5433/d?sslmode=require'",
        "Host=h:5433;Database=d;Username=u;Password=secret;SSL Mode=Require",
    ],
)
def test_surplus_characters_from_pasting_are_removed(text: str) -> None:
    url = sa.make_url(_url_of(text))
    assert (url.host, url.port, url.username, url.password) == ("h", 5433, "u", "secret")
    assert (url.database, dict(url.query)) == ("d", {"sslmode": "require"})


def test_parameters_after_the_question_mark_count() -> None:
    text = "postgresql://u:secret@h:1/d?host=other&port=5433&user=v&password=p2&dbname=e"
    address = parse_database(text)
    assert address == DatabaseAddress("other", "e", 5433, "v", "p2")


@pytest.mark.parametrize(
    "text",
    [
        "postgresql://u:hunter2%00@h/d",
        "postgresql://u:hunter2@h%00/d",
        "postgresql://u:hunter2@h/d%00",
        "postgresql://u:hunter2@h/d?application_name=%00",
        "postgresql://u:hunter2@h/d?sslmode=require&sslmode=disable",
        "postgresql://u:hunter2@h/d?host=h1&host=h2",
        "postgresql://u:hunter2@h/d?async=1",
        "postgresql://u:hunter2@h/d?async_=1",
        "postgresql://u:hunter2@h/d?plugin=hunter2",
        "postgresql://u:hunter2@h/d?dsn=host%3Dhunter2",
        "postgresql://u:hunter2@h/d?connection_factory=hunter2",
        "postgresql://u:hunter2@h/d?cursor_factory=hunter2",
        "postgresql://u:hunter2@[fe80::zz]/d",
        "Host=h:hunter2;Database=d",
        "Host=h:1:2;Database=d;Password=hunter2",
        "Host=h:99999;Database=d;Password=hunter2",
    ],
)
def test_a_url_that_no_driver_could_use_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"^must ") as refused:
        parse_database(text)
    assert "hunter2" not in str(refused.value)


@pytest.mark.parametrize("host", ["::1", "fe80::1%eth0", "2001:db8::7"])
def test_ipv6_addresses_are_hosts(host: str) -> None:
    for text in (f"postgresql://u@[{host.replace('%', '%25')}]:5433/d", f"host={host} dbname=d"):
        address = parse_database(text)
        assert address is not None
        assert address.host == host
