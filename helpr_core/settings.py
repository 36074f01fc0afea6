"""Every setting, read once from the environment: the only reader of it.

Imported at first use, not at start: pydantic and limits take longer to import than a cold
start may cost.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote, urlsplit

import limits
from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError, field_validator

from helpr_core.domain.database_url import normalise_database_url, postgresql_url
from helpr_core.errors import FieldError, SetupRequired

SECRET_KEY_LENGTH = 32
# Werkzeug's format: method, salt and hash (https://werkzeug.palletsprojects.com/utils/).
_HASH_METHODS = ("scrypt:", "pbkdf2:")
_WRITTEN_AS_EMPTY = ("", "<unset>")


class Settings(BaseModel):
    """What the owner decided. Each field's alias is the environment variable's name."""

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
    backup_folder: str | None = Field(None, alias="HELPR_BACKUP_FOLDER")
    backups_kept: int = Field(7, alias="HELPR_BACKUPS_KEPT", ge=1, le=1000)

    @field_validator("plex_libraries", mode="before")
    @classmethod
    def _split(cls, value: Any) -> Any:
        if isinstance(value, str):
            return tuple(name.strip() for name in value.split(",") if name.strip())
        return value

    @field_validator("plex_token")
    @classmethod
    def _fits_a_header(cls, value: SecretStr) -> SecretStr:
        text = value.get_secret_value()
        # Otherwise the first invite would find out, as an error that shows the header.
        if not (text.isascii() and text.isprintable() and " " not in text):
            raise ValueError("must be letters, digits and signs without spaces")
        return value

    @field_validator("secret_key")
    @classmethod
    def _long_enough(cls, value: SecretStr) -> SecretStr:
        if len(value.get_secret_value()) < SECRET_KEY_LENGTH:
            raise ValueError(f"must have at least {SECRET_KEY_LENGTH} characters")
        return value

    @field_validator("admin_password_hash")
    @classmethod
    def _is_a_hash(cls, value: SecretStr | None) -> SecretStr | None:
        text = value.get_secret_value() if value else ""
        if value and not (text.startswith(_HASH_METHODS) and text.count("$") == 2):
            raise ValueError("must be a password hash in Werkzeug's format, not a password")
        return value

    @field_validator("database_url", "azure_postgresql_connectionstring")
    @classmethod
    def _is_a_database(cls, value: SecretStr | None) -> SecretStr | None:
        return SecretStr(normalise_database_url(value.get_secret_value())) if value else value

    @field_validator("plex_api_url", "tables_endpoint", "public_url")
    @classmethod
    def _is_a_url(cls, value: str | None) -> str | None:
        if value is not None and not value.startswith(("https://", "http://")):
            raise ValueError("must start with https:// or http://")
        return value.rstrip("/") if value else value

    @field_validator("rate_invites", "rate_default", "rate_sign_in", "rate_status")
    @classmethod
    def _is_a_rate(cls, value: str) -> str:
        try:
            limits.parse_many(value)
        except ValueError:
            raise ValueError("must be a rate such as 5/minute;20/hour") from None
        return value

    @property
    def database(self) -> DatabaseTarget:
        """Where the record is kept, by the order in which the settings count."""
        url = self.database_url or self.azure_postgresql_connectionstring
        if url:
            return DatabaseTarget(url.get_secret_value(), managed_identity=False)
        if self.pghost and self.pgdatabase and self.pguser:
            parts = {"host": self.pghost, "port": str(self.pgport)}
            parts |= {"dbname": self.pgdatabase, "user": self.pguser, "sslmode": "require"}
            return DatabaseTarget(postgresql_url(parts), managed_identity=True)
        return DatabaseTarget(f"sqlite:///{self.database_path}", managed_identity=False)

    def secrets(self) -> tuple[str, ...]:
        """Every value that must not be seen, the password within a database URL included."""
        given = (value for _, value in self if isinstance(value, SecretStr))
        texts = [value.get_secret_value() for value in given]
        urls = (self.database_url, self.azure_postgresql_connectionstring)
        passwords = (urlsplit(url.get_secret_value()).password for url in urls if url)
        return (*texts, *(unquote(password) for password in passwords if password))


@dataclass(frozen=True, slots=True)
class DatabaseTarget:
    """A SQLAlchemy URL (it may hold a password), and how to sign in."""

    url: str
    managed_identity: bool


SETTING_NAMES = tuple(str(field.alias) for field in Settings.model_fields.values())


def read_settings(environ: Mapping[str, str]) -> Settings:
    """The settings in `environ`.

    Raises SetupRequired with one problem for each setting that is missing or wrong; the
    values themselves are in none of the sentences.
    """
    given = {
        name: environ[name]
        for name in SETTING_NAMES
        if environ.get(name, "").strip() not in _WRITTEN_AS_EMPTY
    }
    on_functions_host = _on_functions_host(environ)
    if on_functions_host:
        given.setdefault("HELPR_TRUSTED_PROXY_HOPS", "1")
    problems = [
        FieldError(name, "is a Key Vault reference that Azure could not resolve")
        for name, value in given.items()
        if value.startswith("@Microsoft.KeyVault(")
    ]
    settings = None
    try:
        settings = Settings.model_validate(given)
    except ValidationError as exc:
        problems += [_problem(error) for error in exc.errors(include_url=False)]
    problems += _half_set(given)
    if on_functions_host and settings and settings.trusted_proxy_hops == 0:
        # Only our own server overwrites the header that names the peer; the host does not.
        problems.append(FieldError("HELPR_TRUSTED_PROXY_HOPS", "must be 1 or more on Azure"))
    if settings is None or problems:
        raise SetupRequired(*problems)
    return settings


def _on_functions_host(environ: Mapping[str, str]) -> bool:
    # Set by the host and by Azure, never by local.settings.json.
    return any(environ.get(n) for n in ("WEBSITE_SITE_NAME", "FUNCTIONS_EXTENSION_VERSION"))


def _problem(error: Mapping[str, Any]) -> FieldError:
    name = str(error["loc"][0])
    if error["type"] == "missing":
        return FieldError(name, "is missing")
    # Only sentences written in this file, or pydantic's about a type: no input in either.
    return FieldError(name, str(error["msg"]).removeprefix("Value error, "))


_PAIRS = (("ADMIN_USERNAME", "ADMIN_PASSWORD_HASH"),)
_DATABASE_URLS = ("DATABASE_URL", "AZURE_POSTGRESQL_CONNECTIONSTRING")
_DATABASE_PARTS = ("PGHOST", "PGDATABASE", "PGUSER")


def _half_set(given: Mapping[str, str]) -> list[FieldError]:
    problems = []
    for one, other in _PAIRS:
        if (one in given) != (other in given):
            missing, present = (other, one) if one in given else (one, other)
            problems.append(FieldError(missing, f"is missing, while {present} is set"))
    chosen = [name for name in _DATABASE_PARTS if name in given]
    url_given = any(name in given for name in _DATABASE_URLS)
    if chosen and len(chosen) < len(_DATABASE_PARTS) and not url_given:
        problems += [
            FieldError(name, f"is missing, while {chosen[0]} is set")
            for name in _DATABASE_PARTS
            if name not in given
        ]
    return problems
