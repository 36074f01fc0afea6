"""The forms in which people and platforms write down where the database is."""

from __future__ import annotations

import re
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

# .NET: `Name = value;`, a value with a semicolon in quotes, and a quote in quotes doubled.
_NET_PAIR = re.compile(
    r"""[;\s]*(?P<name>[^=;]+)=\s*(?:"(?P<double>(?:[^"]|"")*)"|'(?P<single>(?:[^']|'')*)'"""
    r"""|(?P<bare>[^;]*))\s*(?:;|$)"""
)
# libpq: `name=value`, a value with a space in single quotes, a backslash before a quote.
# https://www.postgresql.org/docs/current/libpq-connect.html#LIBPQ-CONNSTRING-KEYWORD-VALUE
_LIBPQ_PAIR = re.compile(
    r"""(?P<name>\w+)\s*=\s*(?:'(?P<single>(?:[^'\\]|\\.)*)'"""
    r"""|(?P<bare>(?!')(?:[^\s\\]|\\.)*))(?:\s+|$)"""
)
# What SQLAlchemy reads as user, host, port and database; an "@" of a password would be read
# as the end of it.
_REST = re.compile(
    r"(?:[^@/?]*@)?(?P<host>\[[^\]@/?]+\]|[^:@/?\[\]]+)?(?::(?P<port>[0-9]{1,5}))?"
    r"/(?P<database>[^?]+)(?:\?(?P<query>.*))?"
)


def normalise_database_url(text: str) -> str:
    """One SQLAlchemy URL for any of the accepted forms.

    Accepts `postgres://`, `postgresql://`, `postgresql+psycopg2://` and `sqlite:///path`
    URLs, `Host=…;Database=…` and `host=… dbname=…`. Raises ValueError with a sentence
    that holds nothing of the value, since a password may be in it.
    """
    text = text.strip()
    scheme, separator, rest = text.partition("://")
    if separator and scheme.replace("+", "").isalnum():
        if scheme.lower() in _SCHEMES:
            return _checked(f"{DRIVER}://{rest}")
        if scheme.lower() == "sqlite" and rest.startswith("/") and rest[1:].partition("?")[0]:
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
    elif ":" in host:
        host = f"[{host.strip('[]')}]"
    tail = f"?{urlencode(query)}" if query else ""
    name = quote(parts["dbname"], safe="")
    return _checked(f"{DRIVER}://{user}{password}{at}{host}{port}/{name}{tail}")


def _checked(url: str) -> str:
    """The URL, when SQLAlchemy can read it: found out at once, not by the first friend."""
    match = _REST.fullmatch(url.partition("://")[2])
    host = match and (match["host"] or "host=" in (match["query"] or ""))
    if match is None or not host or int(match["port"] or 0) > 65535:
        raise ValueError(
            "must be like postgresql://user:password@host:5432/database, "
            "with an @ or / in the password written as %40 or %2F"
        )
    return url


def _key_values(text: str) -> dict[str, str]:
    for pair in (_NET_PAIR, _LIBPQ_PAIR):
        found = _pairs(pair, text.rstrip("; "))
        if "host" in found and "dbname" in found:
            return found
    return {}


def _pairs(pair: re.Pattern[str], text: str) -> dict[str, str]:
    """The known names with their values; none at all when the text is not of that form."""
    found: dict[str, str] = {}
    at = 0
    while at < len(text):
        match = pair.match(text, at)
        if match is None:
            return {}
        known = _KEYS.get(match["name"].strip().replace(" ", "").lower())
        if known:
            found[known] = _value(pair, match)
        at = match.end()
    return found


def _value(pair: re.Pattern[str], match: re.Match[str]) -> str:
    groups = match.groupdict()
    if pair is _LIBPQ_PAIR:
        quoted = groups["single"]
        return re.sub(r"\\(.)", r"\1", groups["bare"] if quoted is None else quoted)
    if groups["double"] is not None:
        return str(groups["double"]).replace('""', '"')
    if groups["single"] is not None:
        return str(groups["single"]).replace("''", "'")
    return str(groups["bare"]).strip()
