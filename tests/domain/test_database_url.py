"""Each form in which a database is written down becomes a URL that SQLAlchemy reads."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st

from helpr_core.domain.database_url import DRIVER, normalise_database_url, postgresql_url

# What a person or a generator may put into a password; NUL cannot be sent to PostgreSQL.
PASSWORDS = st.text(
    st.characters(codec="utf-8", exclude_categories=("Cc", "Cs")), min_size=1, max_size=30
)
ODD = "p@ss:w/o#r?d%&=+[]é;' \"x"


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
def test_every_form_is_the_same_database(text: str) -> None:
    url = sa.make_url(normalise_database_url(text))
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
def test_the_kind_of_encryption_is_kept(text: str, mode: str) -> None:
    assert sa.make_url(normalise_database_url(text)).query == {"sslmode": mode}


def test_what_is_left_out_stays_out() -> None:
    url = sa.make_url(normalise_database_url("Host=h;Database=d"))
    assert (url.username, url.password, url.port, dict(url.query)) == (None, None, None, {})


def test_words_that_are_not_known_are_left_out() -> None:
    text = "Host=h;Database=d;Pooling=true;Trust Server Certificate=true"
    assert normalise_database_url(text) == f"{DRIVER}://h/d"


def test_a_socket_folder_is_a_host_too() -> None:
    url = sa.make_url(normalise_database_url("host=/var/run/postgresql dbname=d user=u"))
    assert dict(url.query) == {"host": "/var/run/postgresql"}
    assert (url.host, url.database, url.username) == (None, "d", "u")


@pytest.mark.parametrize("text", ["sqlite:///helpr.db", "sqlite:////var/lib/helpr.db"])
def test_sqlite_stays_as_it_is(text: str) -> None:
    assert normalise_database_url(text) == text


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
def test_what_cannot_be_a_database_is_refused_without_repeating_it(text: str) -> None:
    with pytest.raises(ValueError, match=r"^must ") as refused:
        normalise_database_url(text)
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
def test_a_quoted_password_may_hold_what_separates_the_parts(text: str) -> None:
    assert sa.make_url(normalise_database_url(text)).password == ODD


@given(PASSWORDS, PASSWORDS)
def test_any_password_and_user_come_through_a_url(password: str, user: str) -> None:
    parts = {"host": "h", "dbname": "d", "user": user, "password": password}
    url = sa.make_url(normalise_database_url(postgresql_url(parts)))
    assert (url.username, url.password, url.host, url.database) == (user, password, "h", "d")


@given(PASSWORDS.map(str.strip).filter(lambda text: text[:1] not in ("", "'", '"')))
def test_any_password_without_a_semicolon_comes_through_nets_form(password: str) -> None:
    password = password.replace(";", ",")
    text = f"Host=h;Database=d;Username=u;Password={password}"
    assert sa.make_url(normalise_database_url(text)).password == password


@given(st.text(max_size=60) | st.from_regex(r"(postgres|sqlite)(ql)?://.{0,40}", fullmatch=True))
def test_any_text_is_refused_or_becomes_a_url_that_sqlalchemy_reads(text: str) -> None:
    try:
        found = normalise_database_url(text)
    except ValueError as exc:
        assert str(exc).startswith("must ")  # noqa: PT017
    else:
        assert sa.make_url(found).get_backend_name() in ("postgresql", "sqlite")
