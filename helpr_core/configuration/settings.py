"""Every setting, read once from the environment: the only reader of it.

Imported at first use, not at start: pydantic takes longer to import than a cold
start may cost.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import field, replace
from typing import Any

from pydantic import ConfigDict, Field, SecretStr, ValidationError, field_validator

from helpr_core.configuration.database_url import (
    DatabaseAddress,
    check_ssl_mode,
    parse_database,
    postgresql_address,
    sqlite_url,
)
from helpr_core.configuration.mail_address import is_mail_server, is_sender, mail_password
from helpr_core.configuration.sign_in_settings import SignInSettings, in_front_problems
from helpr_core.configuration.tables_address import check_connection, check_endpoint
from helpr_core.configuration.wrong_value import WrongValueError
from helpr_core.configuration.wrong_values import (
    DATABASE_PARTS,
    half_set,
    is_a_host,
    on_functions_host,
    problem,
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
_AZURE_POSTGRESQL = (".postgres.database.azure.com", ".postgres.database.usgovcloudapi.net")
_SIGNS_IN_AS_IDENTITY = "AZURE_POSTGRESQL_CONNECTIONSTRING"


class Settings(SignInSettings):
    """The owner's settings. Each field's alias is the environment variable's name."""

    model_config = ConfigDict(frozen=True, hide_input_in_errors=True, str_strip_whitespace=True)

    plex_token: SecretStr = Field(alias="PLEX_TOKEN")
    plex_server_name: str = Field(alias="PLEX_SERVER_NAME")
    plex_libraries: tuple[str, ...] = Field((), alias="PLEX_LIBRARIES")
    secret_key: SecretStr = Field(alias="SECRET_KEY")
    admin_username: str | None = Field(None, alias="ADMIN_USERNAME")
    admin_password_hash: SecretStr | None = Field(None, alias="ADMIN_PASSWORD_HASH")
    invite_code: SecretStr | None = Field(None, alias="INVITE_CODE")
    database_url: SecretStr | None = Field(None, alias="DATABASE_URL")
    azure_postgresql_connectionstring: SecretStr | None = Field(
        None, alias="AZURE_POSTGRESQL_CONNECTIONSTRING"
    )
    pghost: str | None = Field(None, alias="PGHOST")
    pgport: int = Field(5432, alias="PGPORT", ge=1, le=65535)
    pgdatabase: str | None = Field(None, alias="PGDATABASE")
    pguser: str | None = Field(None, alias="PGUSER")
    pgpassword: SecretStr | None = Field(None, alias="PGPASSWORD")
    pgsslmode: str | None = Field(None, alias="PGSSLMODE")
    database_path: str = Field("helpr.db", alias="DATABASE_PATH")
    tables_endpoint: str | None = Field(None, alias="HELPR_TABLES_ENDPOINT")
    tables_connection: SecretStr | None = Field(None, alias="HELPR_TABLES_CONNECTION")
    azure_client_id: str | None = Field(None, alias="AZURE_CLIENT_ID")
    plex_api_url: str = Field("https://plex.tv", alias="PLEX_API_URL")
    trusted_proxy_hops: int = Field(0, alias="HELPR_TRUSTED_PROXY_HOPS", ge=0, le=10)
    rate_invites: str = Field("5/minute;20/hour", alias="HELPR_RATE_INVITES")
    rate_default: str = Field("50/hour;200/day", alias="HELPR_RATE_DEFAULT")
    rate_sign_in: str = Field("5/minute;20/hour", alias="HELPR_RATE_SIGN_IN")
    rate_status: str = Field("60/minute", alias="HELPR_RATE_STATUS")
    public_url: str | None = Field(None, alias="HELPR_PUBLIC_URL")
    smtp_url: SecretStr | None = Field(None, alias="HELPR_SMTP_URL")
    mail_from: str | None = Field(None, alias="HELPR_MAIL_FROM")
    notify_urls: SecretStr | None = Field(None, alias="HELPR_NOTIFY_URLS")
    notify_private_wish: str = Field("no", alias="HELPR_NOTIFY_PRIVATE")
    backup_folder: str | None = Field(None, alias="HELPR_BACKUP_FOLDER")
    backups_kept: int = Field(7, alias="HELPR_BACKUPS_KEPT", ge=1, le=1000)

    @field_validator("plex_libraries", mode="before")
    @classmethod
    def _split(cls, value: Any) -> Any:
        if isinstance(value, str):
            return split_names(value)
        return value

    @field_validator("plex_token", mode="before")
    @classmethod
    def _taken_out(cls, value: Any) -> Any:
        return plex_token(value) if isinstance(value, str) else value

    @field_validator("plex_token")
    @classmethod
    def _fits_a_header(cls, value: SecretStr) -> SecretStr:
        text = value.get_secret_value()
        if "://" in text:
            raise WrongValueError("token_is_address")
        # Otherwise the first invite would fail with an error that shows the header.
        if not (text and text.isascii() and text.isprintable() and " " not in text):
            raise WrongValueError("token_signs")
        return value

    @field_validator("secret_key")
    @classmethod
    def _long_enough(cls, value: SecretStr) -> SecretStr:
        text = value.get_secret_value()
        if len(text) < SECRET_KEY_LENGTH:
            raise WrongValueError("too_short", count=SECRET_KEY_LENGTH)
        if guessable.bits(text) < _USELESS_KEY_BITS:
            raise WrongValueError("repeats")
        return value

    @field_validator("admin_password_hash")
    @classmethod
    def _is_a_hash(cls, value: SecretStr | None) -> SecretStr | None:
        text = value.get_secret_value() if value else ""
        if value and not (text.startswith(_HASH_METHODS) and text.count("$") == 2):
            raise WrongValueError("not_a_hash")
        return value

    @field_validator("invite_code")
    @classmethod
    def _can_be_typed(cls, value: SecretStr | None) -> SecretStr | None:
        if value and not any(letter.isalnum() for letter in value.get_secret_value()):
            raise WrongValueError("no_letters")
        return value

    @field_validator("database_url", "azure_postgresql_connectionstring")
    @classmethod
    def _is_a_database(cls, value: SecretStr | None) -> SecretStr | None:
        if value:
            parse_database(value.get_secret_value())
        return value

    @field_validator("pgsslmode")
    @classmethod
    def _is_an_ssl_mode(cls, value: str | None) -> str | None:
        return check_ssl_mode(value) if value else value

    @field_validator("plex_api_url", "tables_endpoint", "public_url")
    @classmethod
    def _is_a_url(cls, value: str | None) -> str | None:
        if value is None:
            return None
        if not value.lower().startswith(("https://", "http://")):
            raise WrongValueError("not_http")
        scheme, _, rest = value.partition("://")
        address = f"{scheme.lower()}://{rest.rstrip('/')}"
        match = _WEB_ADDRESS.fullmatch(address)
        if match is None or not is_a_host(match["host"]) or int(match["port"] or 0) > 65535:
            raise WrongValueError("not_an_address")
        return address

    @field_validator("tables_endpoint", mode="before")
    @classmethod
    def _is_an_account_s_tables(cls, value: Any) -> Any:
        if isinstance(value, str):
            check_endpoint(value.strip())
        return value

    @field_validator("tables_connection")
    @classmethod
    def _is_a_connection_string(cls, value: SecretStr | None) -> SecretStr | None:
        if value:
            check_connection(value.get_secret_value())
        return value

    @field_validator("smtp_url")
    @classmethod
    def _is_a_mail_server(cls, value: SecretStr | None) -> SecretStr | None:
        if value and not is_mail_server(value.get_secret_value()):
            raise WrongValueError("not_a_mail_server")
        return value

    @field_validator("mail_from")
    @classmethod
    def _is_a_mailbox(cls, value: str | None) -> str | None:
        if value and not is_sender(value):
            raise WrongValueError("not_a_mailbox")
        return value

    @field_validator("notify_private_wish")
    @classmethod
    def _is_yes_or_no(cls, value: str) -> str:
        if value.lower() not in _YES_OR_NO:
            raise WrongValueError("not_yes_or_no")
        return value

    @property
    def notify_private(self) -> bool:
        """Whether notices may go to addresses in a private network."""
        return _YES_OR_NO[self.notify_private_wish.lower()]

    @field_validator("rate_invites", "rate_default", "rate_sign_in", "rate_status")
    @classmethod
    def _is_a_rate(cls, value: str) -> str:
        try:
            rates = parse_rates(value)
        except ValueError:
            raise WrongValueError("not_a_rate") from None
        for rate in rates:
            if not 0 < rate.amount <= _MOST_IN_A_WINDOW:
                raise WrongValueError("rate_amount")
            if not 0 < rate.seconds <= _LONGEST_WINDOW_SECONDS:
                raise WrongValueError("rate_window")
        return value

    @property
    def database(self) -> DatabaseTarget:
        """Where requests are stored, by the precedence of the settings.

        Raises ValueError, starting with the target setting's name, for parts that do not fit
        together; `read_settings` has tried it.
        """
        urls = (
            ("DATABASE_URL", self.database_url),
            (_SIGNS_IN_AS_IDENTITY, self.azure_postgresql_connectionstring),
        )
        for setting, given in urls:
            if given:
                address = parse_database(given.get_secret_value())
                if address is None:
                    path = given.get_secret_value().partition(":///")[2]
                    return DatabaseTarget(sqlite_url(path), managed_identity=False, setting=setting)
                return self._target(setting, address)
        if self.pghost and self.pgdatabase and self.pguser:
            parts = {"host": self.pghost, "port": str(self.pgport)}
            parts |= {"dbname": self.pgdatabase, "user": self.pguser}
            return self._target("PGHOST", postgresql_address(parts))
        url = sqlite_url(self.database_path)
        return DatabaseTarget(url, managed_identity=False, setting="DATABASE_PATH")

    def _target(self, setting: str, address: DatabaseAddress) -> DatabaseTarget:
        """With what libpq would take from its variables, and a token instead of a password."""
        if self.pgpassword and not address.password:
            address = replace(address, password=self.pgpassword.get_secret_value())
        identity = not address.password and bool(address.user) and _has_identities(setting, address)
        sslmode = address.sslmode or self.pgsslmode or ("require" if identity else "")
        if sslmode:
            address = replace(address, query={**address.query, "sslmode": sslmode})
        return DatabaseTarget(
            address.url(), managed_identity=identity, setting=setting, address=address
        )

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
        for setting, address, sends in addresses:
            if address:
                found += concerns.about_web_address(setting, address, sends=sends)
        target = self.database
        if target.address:
            at = target.address
            found += concerns.about_database(target.setting, at.host, at.sslmode)
        return found

    def secrets(self) -> tuple[str, ...]:
        """Every value that must not be shown, including the password in a database URL."""
        given = (value for _, value in self if isinstance(value, SecretStr))
        texts = [value.get_secret_value() for value in given]
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


@dataclass(frozen=True, slots=True)
class DatabaseTarget:
    """An SQLAlchemy URL (it may hold a password), how to sign in, and the setting it comes from."""

    url: str = field(repr=False)
    managed_identity: bool
    setting: str = field(default="", compare=False)
    address: DatabaseAddress | None = field(default=None, compare=False)


def _has_identities(setting: str, address: DatabaseAddress) -> bool:
    """Whether an address without a password means an Azure identity.

    Elsewhere it may be a server that trusts every client, or a password in ~/.pgpass.
    """
    if setting == "DATABASE_URL":
        return address.host.lower().endswith(_AZURE_POSTGRESQL)
    return setting == "PGHOST" or not concerns.is_nearby(address.host)


_SIGN_IN_LAST = sorted(Settings.model_fields, key=lambda name: name in SignInSettings.model_fields)
SETTING_NAMES = tuple(str(Settings.model_fields[name].alias) for name in _SIGN_IN_LAST)


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
    settings = None
    try:
        settings = Settings.model_validate(given)
        if not problems:
            settings.database  # noqa: B018 - parts that are right may not be so together
    except ValidationError as exc:
        found = (problem(error) for error in exc.errors(include_url=False))
        problems += [one for one in found if one.field not in named]
    except WrongValueError as exc:
        setting = "PGHOST" if given.keys() & set(DATABASE_PARTS) else "DATABASE_PATH"
        problems.append(FieldError(setting, exc.words))
    problems += half_set(given)
    if is_hosted and settings and settings.trusted_proxy_hops == 0:
        # Only our own server overwrites the header with the peer's address; the host does not.
        problems.append(FieldError("HELPR_TRUSTED_PROXY_HOPS", Message("setting.proxies_on_azure")))
    problems += in_front_problems(settings, given, is_hosted=is_hosted)
    if settings is None or problems:
        raise SetupRequired(*problems)
    return settings
