"""The forms in which people and platforms write a database's address."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import field, replace
from ipaddress import IPv6Address
from urllib.parse import parse_qsl, quote, unquote, urlencode

from helpr_core.configuration.wrong_value import WrongValueError
from helpr_core.domain import concerns, pasted
from helpr_core.frozen import dataclass

DRIVER = "postgresql+psycopg2"
"""Always written out: SQLAlchemy 2.1 takes a bare `postgresql://` to mean psycopg 3."""

_POSTGRESQL = re.compile(r"(?i)(?:jdbc:)?postgres(?:ql)?(?:\+[a-z0-9]+)?")
_SQLITE = re.compile(r"(?i)sqlite(?:\+pysqlite)?")
_SSL_MODES = ("disable", "allow", "prefer", "require", "verify-ca", "verify-full")

# .NET's names (what Azure's portal shows) and libpq's (what its Service Connector writes
# for Python) for the same things, without spaces and in lower case.
_KEYS = {
    "host": "host",
    "server": "host",
    "hostaddr": "host",
    "port": "port",
    "database": "dbname",
    "db": "dbname",
    "dbname": "dbname",
    "username": "user",
    "userid": "user",
    "uid": "user",
    "user": "user",
    "password": "password",
    "pwd": "password",
    "sslmode": "sslmode",
}

# .NET: `Name = value;`, a value with a semicolon in quotes, and quotes inside doubled.
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
# What follows `://`. The password ends at the last "@" that is followed by a host and a database,
# so generated passwords may contain anything unescaped: [ # @ / ? and all.
_REST = re.compile(
    r"(?:(?P<who>.*)@)?(?P<host>\[[^\]@/?]+\]|[^:@/?\[\]]+)?(?::(?P<port>[0-9]*))?"
    r"/(?P<database>[^?]+)(?:\?(?P<query>.*))?",
    re.DOTALL,
)
_HOST_AND_PORT = re.compile(r"(?P<host>\[[^\]]+\]|[^:\[\]/]+):(?P<port>[0-9]+)")
_AZURE_POSTGRESQL = (".postgres.database.azure.com", ".postgres.database.usgovcloudapi.net")
_OF_THE_DRIVER = frozenset(
    ("async", "async_", "connection_factory", "cursor_factory", "dsn", "plugin")
)
"""Options that SQLAlchemy and psycopg2 set themselves, or that no text can express."""


@dataclass(frozen=True, slots=True)
class DatabaseAddress:
    """The address of a PostgreSQL database, and whom to sign in as; `query` is for the driver."""

    host: str
    database: str
    port: int | None = None
    user: str = ""
    password: str = field(default="", repr=False)
    query: Mapping[str, str] = field(default_factory=dict, repr=False)

    def __post_init__(self) -> None:
        texts = (self.host, self.database, self.user, self.password, *self.query.values())
        if any("\0" in text for text in texts):
            raise WrongValueError("has_nul")

    @property
    def sslmode(self) -> str:
        """libpq's sslmode, or "" to leave it to libpq."""
        return self.query.get("sslmode", "")

    def url(self) -> str:
        """The URL for SQLAlchemy: whatever might be misread is escaped as %XX."""
        who = quote(self.user, safe="")
        if self.password:
            who += f":{quote(self.password, safe='')}"
        query, host = dict(self.query), self.host
        if host.startswith("/"):  # a socket's folder cannot take the place of a host name
            query, host = {"host": host} | query, ""
        elif ":" in host:
            host = f"[{host}]"
        port = f":{self.port}" if self.port else ""
        tail = f"?{urlencode(query)}" if query else ""
        name = quote(self.database, safe="")
        return f"{DRIVER}://{who}{'@' if who else ''}{host}{port}/{name}{tail}"


@dataclass(frozen=True, slots=True)
class DatabaseTarget:
    """An SQLAlchemy URL (it may hold a password), how to sign in, and the setting it comes from."""

    url: str = field(repr=False)
    managed_identity: bool
    setting: str = field(default="", compare=False)
    address: DatabaseAddress | None = field(default=None, compare=False)


def parse_database(text: str) -> DatabaseAddress | None:
    """The PostgreSQL database's address, from any of the accepted forms; None for an SQLite file.

    Accepts `postgres://` and `postgresql://` URLs with any driver, `sqlite:///path`,
    `Host=…;Database=…` and `host=… dbname=…`. Raises ValueError with a sentence that repeats
    nothing of the value, since it may contain a password.
    """
    text = pasted.database(text)
    scheme, separator, rest = text.partition("://")
    if not separator or not re.fullmatch(r"[\w+:]+", scheme):
        return postgresql_address(_key_values(text))
    if _POSTGRESQL.fullmatch(scheme):
        return _from_url(rest)
    if not _SQLITE.fullmatch(scheme):
        raise WrongValueError("not_a_database")
    if not rest.startswith("/") or "?" in rest:
        raise WrongValueError("not_sqlite")
    check_sqlite_path(rest[1:])
    return None


def sqlite_url(path: str) -> str:
    """The URL of that file; ValueError if it cannot be a file."""
    check_sqlite_path(path)
    return f"sqlite:///{quote(path, safe='/:')}"


def check_sqlite_path(path: str) -> None:
    """Refuse names that SQLite would not treat as a file."""
    if not path or ":memory:" in path or path.startswith("file:"):
        raise WrongValueError("not_a_path")


def postgresql_address(parts: Mapping[str, str]) -> DatabaseAddress:
    """From host, port, dbname, user, password and sslmode; host and dbname required."""
    if not parts.get("host") or not parts.get("dbname"):
        raise WrongValueError("no_host_and_database")
    host, port = parts["host"], parts.get("port", "")
    together = _HOST_AND_PORT.fullmatch(host)
    if together:  # .NET's way
        host, port = together["host"], together["port"]
    return DatabaseAddress(
        _host(host),
        parts["dbname"],
        _port(port),
        parts.get("user", ""),
        parts.get("password", ""),
        _query({"sslmode": parts["sslmode"]} if parts.get("sslmode") else {}),
    )


def _from_url(rest: str) -> DatabaseAddress:
    match = _REST.fullmatch(rest)
    if match is None:
        raise WrongValueError("not_postgresql")
    user, _, password = (match["who"] or "").partition(":")
    options = parse_qsl(match["query"] or "", keep_blank_values=True)
    query = dict(options)
    if len(query) < len(options):
        raise WrongValueError("option_twice")
    # Java's way, and libpq's: what follows the question mark takes precedence.
    host = query.pop("host", "") or unquote(match["host"] or "")
    user = query.pop("user", "") or unquote(user)
    password = query.pop("password", "") or unquote(password)
    database = query.pop("dbname", "") or unquote(match["database"])
    port = _port(query.pop("port", "") or match["port"] or "")
    if not host:
        raise WrongValueError("not_postgresql")
    return DatabaseAddress(_host(host), database, port, user, password, _query(query))


def _host(text: str) -> str:
    host = text if text.startswith("/") else text.strip("[]")
    of_a_name = host if host.startswith("/") else host.replace("/", " ")
    if not host or any(letter in of_a_name for letter in " @?#[]\\"):
        raise WrongValueError("no_host")
    if ":" in of_a_name:
        _check_ipv6(host)
    return host


def _check_ipv6(host: str) -> None:
    try:
        IPv6Address(host)
    except ValueError:
        raise WrongValueError("no_host") from None


def _port(text: str) -> int | None:
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and len(text) < 6 and 0 < int(text) <= 65535):
        raise WrongValueError("wrong_port")
    return int(text)


def _query(query: Mapping[str, str]) -> dict[str, str]:
    """With sslmode in libpq's spelling: .NET's VerifyFull is its verify-full."""
    if _OF_THE_DRIVER & query.keys():
        raise WrongValueError("foreign_option")
    if "sslmode" not in query:
        return dict(query)
    return {**query, "sslmode": check_ssl_mode(query["sslmode"])}


def check_ssl_mode(text: str) -> str:
    """The mode in libpq's spelling; ValueError for any other."""
    mode = {"verifyca": "verify-ca", "verifyfull": "verify-full"}.get(text.lower(), text.lower())
    if mode not in _SSL_MODES:
        raise WrongValueError("wrong_sslmode", modes=_SSL_MODES)
    return mode


def _key_values(text: str) -> dict[str, str]:
    for pair in (_NET_PAIR, _LIBPQ_PAIR):
        found = _pairs(pair, text.rstrip("; "))
        if "host" in found and "dbname" in found:
            return found
    return {}


def _pairs(pair: re.Pattern[str], text: str) -> dict[str, str]:
    """The known names with their values; none if the text does not have that form."""
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


def target_of(
    setting: str, address: DatabaseAddress, password: str, sslmode: str | None
) -> DatabaseTarget:
    """The address with what libpq would take from its variables, and a token instead of a
    password."""
    if password and not address.password:
        address = replace(address, password=password)
    identity = not address.password and bool(address.user) and _has_identities(setting, address)
    mode = address.sslmode or sslmode or ("require" if identity else "")
    if mode:
        address = replace(address, query={**address.query, "sslmode": mode})
    return DatabaseTarget(
        address.url(), managed_identity=identity, setting=setting, address=address
    )


def _has_identities(setting: str, address: DatabaseAddress) -> bool:
    """Whether an address without a password means an Azure identity.

    Elsewhere it may be a server that trusts every client, or a password in ~/.pgpass.
    """
    if setting == "DATABASE_URL":
        return address.host.lower().endswith(_AZURE_POSTGRESQL)
    return setting == "PGHOST" or not concerns.is_nearby(address.host)
