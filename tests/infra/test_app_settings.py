"""The app settings are the settings that the code reads, in both directions."""

from __future__ import annotations

import re
from dataclasses import fields

import pytest

from helpr_core.configuration.setting import name_of
from helpr_core.configuration.settings import SETTING_NAMES, Settings, read_settings
from helpr_core.errors import SetupRequired
from tests.infra.template import PARAMETER_FILES, app_settings, resources

# What the Functions host reads.
OF_THE_PLATFORM = {
    "AzureWebJobsStorage__credential",
    "AzureWebJobsStorage__clientId",
    "AzureWebJobsStorage__blobServiceUri",
    "AzureWebJobsStorage__queueServiceUri",
    "AzureWebJobsStorage__tableServiceUri",
    "AzureWebJobsDisableHomepage",
    "APPLICATIONINSIGHTS_CONNECTION_STRING",
    "APPLICATIONINSIGHTS_AUTHENTICATION_STRING",
    "PYTHON_THREADPOOL_THREAD_COUNT",
}
# What the code reads but Azure does not set, each with the reason.
NOT_ON_AZURE = {
    "AZURE_POSTGRESQL_CONNECTIONSTRING": "DATABASE_URL or PGHOST and its like say it already",
    "DATABASE_PATH": "a file would be gone with the instance",
    "HELPR_TABLES_CONNECTION": "HELPR_TABLES_ENDPOINT by identity; shared keys are off",
    "HELPR_BACKUP_FOLDER": "Azure's PostgreSQL backs itself up, and files go with the instance",
    "HELPR_BACKUPS_KEPT": "of that folder",
    "HELPR_SIGN_IN": "added in the portal by whoever wants other ways in than most",
    "HELPR_SIGN_IN_USERS": "of those ways",
    "HELPR_SIGN_IN_HEADER": "of a proxy, which is not believed on Azure",
    "HELPR_SIGN_IN_PROXIES": "of that proxy",
    "HELPR_SMTP_URL": "named in the portal by whoever has a mail server; most have none",
    "HELPR_MAIL_FROM": "of that mail server",
    "HELPR_NOTIFY_URLS": "channels are added on the dashboard, and kept encrypted",
    "HELPR_NOTIFY_PRIVATE": "a function app stands in no home network",
    "PGPASSWORD": "the identity needs none, and DATABASE_URL has its own",
    "PGSSLMODE": "the identity's is require, and DATABASE_URL has its own",
    "PLEX_API_URL": "only the demo and proxies differ from the default",
}
FORBIDDEN = re.compile(
    r"FUNCTIONS_WORKER_RUNTIME(_VERSION)?|FUNCTIONS_EXTENSION_VERSION"
    r"|FUNCTIONS_WORKER_PROCESS_COUNT|SCM_DO_BUILD_DURING_DEPLOYMENT|ENABLE_ORYX_BUILD"
    r"|WEBSITE_RUN_FROM_PACKAGE|WEBSITE_CONTENT.*|AzureWebJobsStorage|WEBSITE_NODE.*"
)
SECRET = {name_of(one) for one in fields(Settings) if "Secret" in str(one.type)}
SECRET_KEY = "not-a-real-secret-key-0123456789abcdef"
MADE_UP = {"PLEX_TOKEN": "token-of-a-test", "SECRET_KEY": SECRET_KEY}


def _environment(name: str, vault: dict[str, str]) -> dict[str, str]:
    """The app's environment when the vault holds these secrets."""
    environment = {"WEBSITE_SITE_NAME": "func-helpr"}
    for setting, value in app_settings(name).items():
        if "@Microsoft.KeyVault(" in value:
            environment[setting] = vault.get(setting, "@Microsoft.KeyVault(not resolved)")
        elif value.startswith("["):
            azure_knows = "https://x.example" if "HELPR_" in setting else "of-azure"
            environment[setting] = azure_knows
        else:
            environment[setting] = value
    return environment


@pytest.mark.parametrize("name", PARAMETER_FILES)
def test_every_setting_is_read_by_the_code_or_by_the_platform(name: str) -> None:
    assert set(app_settings(name)) - set(SETTING_NAMES) == OF_THE_PLATFORM


@pytest.mark.parametrize("name", PARAMETER_FILES)
def test_every_setting_that_the_code_reads_is_set_or_has_a_reason_not_to_be(name: str) -> None:
    assert set(SETTING_NAMES) - set(app_settings(name)) == set(NOT_ON_AZURE)


@pytest.mark.parametrize("name", PARAMETER_FILES)
def test_no_setting_is_one_that_flex_consumption_forbids(name: str) -> None:
    assert [one for one in app_settings(name) if FORBIDDEN.fullmatch(one)] == []


@pytest.mark.parametrize("name", PARAMETER_FILES)
def test_whatever_the_code_treats_as_a_secret_comes_from_the_vault(name: str) -> None:
    written = {
        one["name"].partition("/")[2]
        for one in resources(name, "Microsoft.KeyVault/vaults/secrets")
    }
    settings = app_settings(name)
    for setting in SECRET & settings.keys():
        secret = setting.replace("_", "-")
        assert secret in written
        reference = f"@Microsoft.KeyVault(SecretUri={{0}}secrets/{secret})"
        assert not settings[setting] or reference in settings[setting]


@pytest.mark.parametrize("name", PARAMETER_FILES)
def test_no_setting_contains_a_secret_parameter(name: str) -> None:
    assert "parameters('" not in "".join(app_settings(name).values())


@pytest.mark.parametrize("name", PARAMETER_FILES)
def test_settings_are_text_as_azure_requires(name: str) -> None:
    assert {type(value) for value in app_settings(name).values()} == {str}


@pytest.mark.parametrize("name", ["private", "external"])
def test_helpr_is_configured_with_them(name: str) -> None:
    vault = MADE_UP | {
        "INVITE_CODE": "<unset>",
        "ADMIN_PASSWORD_HASH": "scrypt:32768:8:1$salt$hash",
        "DATABASE_URL": "postgresql://helpr:secret@db.example/helpr",
    }
    settings = read_settings(_environment(name, vault))
    assert settings.invite_code is None
    assert settings.plex_libraries[0] == "Movies"
    assert settings.tables_endpoint == "https://x.example"
    assert settings.trusted_proxy_hops == 1
    assert settings.database.managed_identity == (name == "private")
    assert settings.database.url.startswith("postgresql+psycopg2://")
    assert (settings.admin_username == "owner") == (name == "private")


def test_a_first_deployment_without_parameters_lacks_only_the_plex_settings() -> None:
    made = {"SECRET_KEY": SECRET_KEY} | dict.fromkeys(("PLEX_TOKEN", "INVITE_CODE"), "<unset>")
    with pytest.raises(SetupRequired) as caught:
        read_settings(_environment("main", made))
    assert {one.field for one in caught.value.problems} == {"PLEX_TOKEN", "PLEX_SERVER_NAME"}


def test_an_external_database_without_its_url_does_not_become_sqlite() -> None:
    with pytest.raises(SetupRequired) as caught:
        read_settings(_environment("external", MADE_UP | {"INVITE_CODE": "<unset>"}))
    assert {one.field for one in caught.value.problems} == {"DATABASE_URL"}
