"""Which names in the environment are taken for misspelt settings, and which are left alone."""

from __future__ import annotations

import pytest

from helpr_core.configuration.misspelt import about_misspelt, misspelt
from helpr_core.configuration.settings import SETTING_NAMES
from helpr_core.texts import say


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("HELPR_NOTIFY_URL", "HELPR_NOTIFY_URLS"),
        ("HELPR_PUBLICURL", "HELPR_PUBLIC_URL"),
        ("HELPR_PUBLIC_ADDRESS", "HELPR_PUBLIC_URL"),
        ("HELPER_PUBLIC_URL", "HELPR_PUBLIC_URL"),
        ("helpr_public_url", "HELPR_PUBLIC_URL"),
        ("HELPR_RATE_INVITE", "HELPR_RATE_INVITES"),
        ("HELPR_SIGNIN", "HELPR_SIGN_IN"),
        ("HELPR_BACKUP_DIR", "HELPR_BACKUP_FOLDER"),
        ("HELPR_BACKUPS_KEEP", "HELPR_BACKUPS_KEPT"),
        ("HELPR_PROXY_HOPS", "HELPR_TRUSTED_PROXY_HOPS"),
        ("HELPR_SMTP", "HELPR_SMTP_URL"),
        ("PLEX_TOKNE", "PLEX_TOKEN"),
        ("plex_token", "PLEX_TOKEN"),
        ("PLEX_LIBRARY", "PLEX_LIBRARIES"),
        ("ADMIN_USERNAM", "ADMIN_USERNAME"),
        ("ADMIN_PASSWORD", "ADMIN_PASSWORD_HASH"),
        ("INVITE_CODES", "INVITE_CODE"),
        ("SECRET_KEYS", "SECRET_KEY"),
        ("SECRETKEY", "SECRET_KEY"),
        ("DATABASE_URI", "DATABASE_URL"),
    ],
)
def test_a_misspelt_name_is_told_with_the_one_that_was_meant(written: str, meant: str) -> None:
    assert list(misspelt({written: "a value", "PATH": "/bin"})) == [(written, meant)]


@pytest.mark.parametrize(
    "name",
    [
        *SETTING_NAMES,
        # A Plex container's, and its neighbours'.
        *("PLEX_CLAIM", "PLEX_UID", "PLEX_GID", "PLEX_URL", "PLEX_SERVER_IP", "PLEX_API_KEY"),
        *("PLEX_MEDIA_SERVER_HOME", "PLEX_PASSWORD", "PLEX_PREFERENCE_1", "PLEX_AUTH_TOKEN"),
        # What Kubernetes and Docker's links add for a service of our name.
        *("HELPR_SERVICE_HOST", "HELPR_SERVICE_PORT", "HELPR_PORT", "HELPR_NAME"),
        *("HELPR_PORT_7071_TCP_ADDR", "HELPR_PORT_7071_TCP_PROTO", "HELPR_SERVICE_PORT_HTTP"),
        # The deployment's own.
        *("HELPR_POSTGRES_MODE", "HELPR_NETWORK_MODE", "HELPR_DATABASE_ACCESS", "HELPR_BIND"),
        # Other programs', and Azure's.
        *("DATABASE_HOST", "DATABASE_USER", "DATABASE_NAME", "DATABASE_PASSWORD", "PGDATA"),
        *("SECRET_KEY_BASE", "ADMIN_EMAIL", "ADMIN_TOKEN", "AZURE_CLIENT_SECRET", "SECRETS"),
        *("APPSETTING_HELPR_NOTIFY_URL", "AZURE_POSTGRESQL_CLIENTID", "WEBSITE_SITE_NAME"),
    ],
)
def test_other_names_are_nobodys_mistake(name: str) -> None:
    assert list(misspelt({name: "a value"})) == []


def test_another_programs_name_is_left_alone_where_the_setting_is_set() -> None:
    both = {"PLEX_TOKENS": "for another", "PLEX_TOKEN": "ours"}
    assert list(misspelt(both)) == []
    twice = {"HELPR_NOTIFY_URL": "one", "HELPR_NOTIFY_URLS": "two"}
    assert list(misspelt(twice)) == [("HELPR_NOTIFY_URL", "HELPR_NOTIFY_URLS")]


def test_a_name_without_a_value_sets_nothing() -> None:
    assert list(misspelt({"HELPR_NOTIFY_URL": " ", "PLEX_TOKNE": ""})) == []


def test_the_value_is_not_told() -> None:
    (concern,) = about_misspelt({"PLEX_TOKNE": "hunter2"})
    told = f"{concern.setting} {say(concern.found)} {say(concern.fix)}"
    assert told == (
        "PLEX_TOKNE is not a setting; did you mean PLEX_TOKEN? "
        "Rename it to PLEX_TOKEN, or remove it."
    )
