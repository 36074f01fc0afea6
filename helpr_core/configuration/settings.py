"""Every setting, read once from the environment: the only reader of it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import fields

from helpr_core.configuration.database_url import (
    DatabaseTarget,
    check_ssl_mode,
    parse_database,
    postgresql_address,
    sqlite_url,
    target_of,
)
from helpr_core.configuration.mail_address import is_mail_server, is_sender, mail_password
from helpr_core.configuration.setting import (
    Secret,
    name_of,
    read_values,
    setting,
    whole_number,
)
from helpr_core.configuration.sign_in_settings import SignInSettings, in_front_problems
from helpr_core.configuration.tables_address import check_connection, check_endpoint
from helpr_core.configuration.wrong_value import WrongValueError
from helpr_core.configuration.wrong_values import (
    DATABASE_PARTS,
    half_set,
    is_a_host,
    on_functions_host,
    unusable,
)
from helpr_core.domain import concerns, guessable
from helpr_core.domain.concerns import Concern
from helpr_core.domain.pasted import plex_token, unquoted
from helpr_core.domain.rates import parse_rates
from helpr_core.domain.titles import split_names
from helpr_core.errors import FieldError, SetupRequired
from helpr_core.frozen import dataclass
from helpr_core.texts import Message

SECRET_KEY_LENGTH = 32
_USELESS_KEY_BITS = 32.0
"""With fewer bits of information, a key of any length just repeats a character or a word."""
_LONGEST_WINDOW_SECONDS = 366 * 24 * 3600
_MOST_IN_A_WINDOW = 1_000_000_000
# Werkzeug's format: method, salt and hash (https://werkzeug.palletsprojects.com/utils/).
_HASH_METHODS = ("scrypt:", "pbkdf2:")
_WRITTEN_AS_EMPTY = ("", "<unset>")
_WEB_ADDRESS = re.compile(
    r"https?://(?P<host>[A-Za-z0-9._~-]+|\[[0-9A-Fa-f:.]+\])(?::(?P<port>[0-9]{1,5}))?"
    r"(?:/[A-Za-z0-9._~%!$&'()*+,;=:@/-]*)?"
)
_YES_OR_NO = {"yes": True, "true": True, "1": True, "no": False, "false": False, "0": False}
_SIGNS_IN_AS_IDENTITY = "AZURE_POSTGRESQL_CONNECTIONSTRING"


def _token(text: str) -> str:
    if "://" in text:
        raise WrongValueError("token_is_address")
    # Otherwise the first invite would fail with an error that shows the header.
    if not (text and text.isascii() and text.isprintable() and " " not in text):
        raise WrongValueError("token_signs")
    return text


def _key(text: str) -> str:
    if len(text) < SECRET_KEY_LENGTH:
        raise WrongValueError("too_short", count=SECRET_KEY_LENGTH)
    if guessable.bits(text) < _USELESS_KEY_BITS:
        raise WrongValueError("repeats")
    return text


def _password_hash(text: str) -> str:
    if not text.startswith(_HASH_METHODS) or text.count("$") != 2:
        raise WrongValueError("not_a_hash")
    return text


def _code(text: str) -> str:
    if not any(letter.isalnum() for letter in text):
        raise WrongValueError("no_letters")
    return text


def _database(text: str) -> str:
    parse_database(text)
    return text


def _web_address(text: str) -> str:
    if not text.lower().startswith(("https://", "http://")):
        raise WrongValueError("not_http")
    scheme, _, rest = text.partition("://")
    address = f"{scheme.lower()}://{rest.rstrip('/')}"
    match = _WEB_ADDRESS.fullmatch(address)
    if match is None or not is_a_host(match["host"]) or int(match["port"] or 0) > 65535:
        raise WrongValueError("not_an_address")
    return address


def _tables_endpoint(text: str) -> str:
    check_endpoint(text)
    return _web_address(text)


def _tables_connection(text: str) -> str:
    check_connection(text)
    return text


def _mail_server(text: str) -> str:
    if not is_mail_server(text):
        raise WrongValueError("not_a_mail_server")
    return text


def _sender(text: str) -> str:
    if not is_sender(text):
        raise WrongValueError("not_a_mailbox")
    return text


def _yes_or_no(text: str) -> str:
    if text.lower() not in _YES_OR_NO:
        raise WrongValueError("not_yes_or_no")
    return text


def _rates(text: str) -> str:
    try:
        rates = parse_rates(text)
    except ValueError:
        raise WrongValueError("not_a_rate") from None
    for rate in rates:
        if not 0 < rate.amount <= _MOST_IN_A_WINDOW:
            raise WrongValueError("rate_amount")
        if not 0 < rate.seconds <= _LONGEST_WINDOW_SECONDS:
            raise WrongValueError("rate_window")
    return text


@dataclass(frozen=True, slots=True)
class Settings(SignInSettings):
    """The owner's settings."""

    plex_token: Secret = setting("PLEX_TOKEN", plex_token, _token, Secret)
    plex_server_name: str = setting("PLEX_SERVER_NAME")
    plex_libraries: tuple[str, ...] = setting("PLEX_LIBRARIES", split_names, default=())
    secret_key: Secret = setting("SECRET_KEY", _key, Secret)
    admin_username: str | None = setting("ADMIN_USERNAME", default=None)
    admin_password_hash: Secret | None = setting(
        "ADMIN_PASSWORD_HASH", _password_hash, Secret, default=None
    )
    invite_code: Secret | None = setting("INVITE_CODE", _code, Secret, default=None)
    database_url: Secret | None = setting("DATABASE_URL", _database, Secret, default=None)
    azure_postgresql_connectionstring: Secret | None = setting(
        "AZURE_POSTGRESQL_CONNECTIONSTRING", _database, Secret, default=None
    )
    pghost: str | None = setting("PGHOST", default=None)
    pgport: int = setting("PGPORT", whole_number(1, 65535), default=5432)
    pgdatabase: str | None = setting("PGDATABASE", default=None)
    pguser: str | None = setting("PGUSER", default=None)
    pgpassword: Secret | None = setting("PGPASSWORD", Secret, default=None)
    pgsslmode: str | None = setting("PGSSLMODE", check_ssl_mode, default=None)
    database_path: str = setting("DATABASE_PATH", default="helpr.db")
    tables_endpoint: str | None = setting("HELPR_TABLES_ENDPOINT", _tables_endpoint, default=None)
    tables_connection: Secret | None = setting(
        "HELPR_TABLES_CONNECTION", _tables_connection, Secret, default=None
    )
    azure_client_id: str | None = setting("AZURE_CLIENT_ID", default=None)
    plex_api_url: str = setting("PLEX_API_URL", _web_address, default="https://plex.tv")
    trusted_proxy_hops: int = setting("HELPR_TRUSTED_PROXY_HOPS", whole_number(0, 10), default=0)
    rate_invites: str = setting("HELPR_RATE_INVITES", _rates, default="5/minute;20/hour")
    rate_default: str = setting("HELPR_RATE_DEFAULT", _rates, default="50/hour;200/day")
    rate_sign_in: str = setting("HELPR_RATE_SIGN_IN", _rates, default="5/minute;20/hour")
    rate_status: str = setting("HELPR_RATE_STATUS", _rates, default="60/minute")
    public_url: str | None = setting("HELPR_PUBLIC_URL", _web_address, default=None)
    smtp_url: Secret | None = setting("HELPR_SMTP_URL", _mail_server, Secret, default=None)
    mail_from: str | None = setting("HELPR_MAIL_FROM", _sender, default=None)
    notify_urls: Secret | None = setting("HELPR_NOTIFY_URLS", Secret, default=None)
    notify_private_wish: str = setting("HELPR_NOTIFY_PRIVATE", _yes_or_no, default="no")
    backup_folder: str | None = setting("HELPR_BACKUP_FOLDER", default=None)
    backups_kept: int = setting("HELPR_BACKUPS_KEPT", whole_number(1, 1000), default=7)

    @property
    def notify_private(self) -> bool:
        """Whether notices may go to addresses in a private network."""
        return _YES_OR_NO[self.notify_private_wish.lower()]

    @property
    def database(self) -> DatabaseTarget:
        """Where requests are stored, by the precedence of the settings.

        Raises ValueError, starting with the target setting's name, for parts that do not fit
        together; `read_settings` has tried it.
        """
        password = self.pgpassword.get_secret_value() if self.pgpassword else ""
        urls = (
            ("DATABASE_URL", self.database_url),
            (_SIGNS_IN_AS_IDENTITY, self.azure_postgresql_connectionstring),
        )
        for name, given in urls:
            if given:
                address = parse_database(given.get_secret_value())
                if address is None:
                    path = given.get_secret_value().partition(":///")[2]
                    return DatabaseTarget(sqlite_url(path), managed_identity=False, setting=name)
                return target_of(name, address, password, self.pgsslmode)
        if self.pghost and self.pgdatabase and self.pguser:
            parts = {"host": self.pghost, "port": str(self.pgport)}
            parts |= {"dbname": self.pgdatabase, "user": self.pguser}
            return target_of("PGHOST", postgresql_address(parts), password, self.pgsslmode)
        url = sqlite_url(self.database_path)
        return DatabaseTarget(url, managed_identity=False, setting="DATABASE_PATH")

    def concerns(self) -> list[Concern]:
        """Weaknesses in settings that work."""
        found = concerns.about_key("SECRET_KEY", self.secret_key.get_secret_value())
        if self.invite_code:
            found += concerns.about_code("INVITE_CODE", self.invite_code.get_secret_value())
        addresses = (
            ("PLEX_API_URL", self.plex_api_url, "token"),
            ("HELPR_TABLES_ENDPOINT", self.tables_endpoint, "state"),
            ("HELPR_PUBLIC_URL", self.public_url, "public"),
        )
        for name, address, sends in addresses:
            if address:
                found += concerns.about_web_address(name, address, sends=sends)
        target = self.database
        if target.address:
            at = target.address
            found += concerns.about_database(target.setting, at.host, at.sslmode)
        return found

    def secrets(self) -> tuple[str, ...]:
        """Every value that must not be shown, including the password in a database URL."""
        values = (getattr(self, one.name) for one in fields(self))
        texts = [value.get_secret_value() for value in values if isinstance(value, Secret)]
        urls = (self.database_url, self.azure_postgresql_connectionstring)
        for url in urls:
            address = parse_database(url.get_secret_value()) if url else None
            if address and address.password:
                texts.append(address.password)
        texts += self.notify_addresses
        if self.smtp_url:
            texts.append(mail_password(self.smtp_url.get_secret_value()))
        return tuple(texts)

    @property
    def notify_addresses(self) -> tuple[str, ...]:
        """The addresses in HELPR_NOTIFY_URLS, which are separated by spaces."""
        given = self.notify_urls.get_secret_value() if self.notify_urls else ""
        return tuple(dict.fromkeys(filter(None, (one.strip(",") for one in given.split()))))


_SIGN_IN = tuple(map(name_of, fields(SignInSettings)))
SETTING_NAMES = tuple(sorted(map(name_of, fields(Settings)), key=lambda name: name in _SIGN_IN))


def read_settings(environ: Mapping[str, str]) -> Settings:
    """The settings in `environ`.

    Raises SetupRequired with one problem for each setting that is missing or wrong; no sentence
    contains a value.
    """
    given = {
        name: value
        for name in SETTING_NAMES
        if (value := unquoted(environ.get(name, ""))) not in _WRITTEN_AS_EMPTY
    }
    if "AZURE_POSTGRESQL_CLIENTID" in environ:  # Azure's Service Connector's name for it
        given.setdefault("AZURE_CLIENT_ID", unquoted(environ["AZURE_POSTGRESQL_CLIENTID"]))
    is_hosted = on_functions_host(environ)
    if is_hosted:
        given.setdefault("HELPR_TRUSTED_PROXY_HOPS", "1")
    problems = list(unusable(given))
    named = {one.field for one in problems}
    values, wrong = read_values(Settings, given)
    settings = None if wrong else Settings(**values)
    try:
        if settings and not problems:
            settings.database  # noqa: B018 - parts that are right may not be so together
        problems += [one for one in wrong if one.field not in named]
    except WrongValueError as exc:
        target = "PGHOST" if given.keys() & set(DATABASE_PARTS) else "DATABASE_PATH"
        problems.append(FieldError(target, exc.words))
    problems += half_set(given)
    if is_hosted and settings and settings.trusted_proxy_hops == 0:
        # Only our own server overwrites the header with the peer's address; the host does not.
        problems.append(FieldError("HELPR_TRUSTED_PROXY_HOPS", Message("setting.proxies_on_azure")))
    problems += in_front_problems(settings, given, is_hosted=is_hosted)
    if settings is None or problems:
        raise SetupRequired(*problems)
    return settings
