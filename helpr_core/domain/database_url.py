"""The forms in which people and platforms write down where the database is."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from urllib.parse import quote, urlencode

DRIVER = "postgresql+psycopg2"
"""Always written out: SQLAlchemy 2.1 takes a bare `postgresql://` to mean psycopg 3."""

_SCHEMES = ("postgres", "postgresql", DRIVER)

# .NET's names (what Azure's portal shows) and libpq's (what its Service Connector writes
# for Python) for the same five things, without spaces and in lower case.
_KEYS = {
    "host": "host",
    "server": "host",
    "hostaddr": "host",
    "port": "port",
    "database": "dbname",
    "dbname": "dbname",
    "username": "user",
    "userid": "user",
    "user": "user",
    "password": "password",
    "sslmode": "sslmode",
}


def normalise_database_url(text: str) -> str:
    """One SQLAlchemy URL for any of the accepted forms.

    Accepts `postgres://`, `postgresql://`, `postgresql+psycopg2://` and `sqlite:///path`
    URLs, `Host=…;Database=…` and `host=… dbname=…`. Raises ValueError with a sentence
    that holds nothing of the value, since a password may be in it.
    """
    text = text.strip()
    scheme, separator, rest = text.partition("://")
    if separator:
        if scheme.lower() in _SCHEMES:
            return f"{DRIVER}://{rest}"
        if scheme.lower() == "sqlite" and rest.startswith("/") and len(rest) > 1:
            return text
        raise ValueError("must be a postgresql:// or sqlite:/// URL")
    return postgresql_url(_key_values(text))


def postgresql_url(parts: Mapping[str, str]) -> str:
    """A URL from host, port, dbname, user, password and sslmode; host and dbname required."""
    if not parts.get("host") or not parts.get("dbname"):
        raise ValueError("must name at least a host and a database")
    user = quote(parts.get("user", ""), safe="")
    password = f":{quote(parts['password'], safe='')}" if parts.get("password") else ""
    at = "@" if user else ""
    port = f":{parts['port']}" if parts.get("port") else ""
    query = {"sslmode": parts["sslmode"].lower()} if parts.get("sslmode") else {}
    host = parts["host"]
    if host.startswith("/"):  # a socket's folder cannot stand where a host name stands
        query["host"], host, port = host, "", ""
    tail = f"?{urlencode(query)}" if query else ""
    return f"{DRIVER}://{user}{password}{at}{host}{port}/{quote(parts['dbname'], safe='')}{tail}"


def _key_values(text: str) -> dict[str, str]:
    separator = ";" if ";" in text else None
    try:
        pieces = text.split(";") if separator else shlex.split(text)
    except ValueError:
        pieces = []
    found: dict[str, str] = {}
    for piece in pieces:
        name, equals, value = piece.partition("=")
        known = _KEYS.get(name.strip().replace(" ", "").lower())
        if equals and known:
            found[known] = value.strip()
    return found
