"""On Azure the check distinguishes vault, identity, state store and database."""

from __future__ import annotations

from pathlib import Path

import pytest
from azure.core.credentials import AccessToken
from azure.core.exceptions import ClientAuthenticationError, HttpResponseError

from helpr_core.adapters.azure_identity import STORAGE_SCOPE, AzureIdentity
from helpr_core.adapters.sql.database import ENTRA_SCOPE
from helpr_core.domain.checks import Check
from helpr_core.errors import Unavailable
from helpr_core.texts import say
from tests.processes import command
from tests.services.conftest import NewWorker
from tests.services.worker import Worker

SCOPES = {"state_store": STORAGE_SCOPE, "database": ENTRA_SCOPE}
SETTINGS = {
    "WEBSITE_SITE_NAME": "func-helpr",
    "PLEX_TOKEN": "not-a-real-token",
    "PLEX_SERVER_NAME": "Home",
    "SECRET_KEY": "not-a-real-secret-key-0123456789abcdef",
    "PGHOST": "psql.example.com",
    "PGDATABASE": "helpr",
    "PGUSER": "id-helpr",
    "AZURE_CLIENT_ID": "11111111-1111-1111-1111-111111111111",
    "HELPR_TABLES_ENDPOINT": "https://st.table.core.windows.net/",
}


class Credential:
    """Gives a token for these scopes and no others."""

    def __init__(self, *given: str) -> None:
        self._given = given

    def get_token(self, *scopes: str, **_options: object) -> AccessToken:
        if scopes[0] in self._given:
            return AccessToken("not-a-real-token", 2_000_000_000)
        raise ClientAuthenticationError("the identity 1234 is not assigned at https://x.example")


def _checks(worker: Worker, monkeypatch: pytest.MonkeyPatch, *given: str) -> dict[str, Check]:
    identity = AzureIdentity(Credential(*given), SCOPES)
    monkeypatch.setattr(worker.parts.stores, "identity", lambda: identity)
    return {one.name: one for one in worker.parts.upkeep.connection_check()()}


def test_an_identity_that_gets_tokens_is_fine(
    new_worker: NewWorker, monkeypatch: pytest.MonkeyPatch
) -> None:
    checks = _checks(new_worker(), monkeypatch, *SCOPES.values())
    assert [checks[name].ok for name in ("identity", "database", "state_store")] == [True] * 3


def test_an_identity_without_tokens_is_the_only_fault(
    new_worker: NewWorker, monkeypatch: pytest.MonkeyPatch
) -> None:
    checks = _checks(new_worker(), monkeypatch)
    assert [one.name for one in checks.values() if one.severity == "error"] == ["identity"]
    assert "AZURE_CLIENT_ID" in say(checks["identity"].fix)
    assert "x.example" not in say(checks["identity"].detail)
    assert "not checked" in say(checks["database"].detail)
    assert "not checked" in say(checks["state_store"].detail)


def test_a_database_that_rejects_the_identity_is_checked_all_the_same(
    new_worker: NewWorker, monkeypatch: pytest.MonkeyPatch
) -> None:
    worker = new_worker()
    identity = AzureIdentity(Credential(), {"state_store": STORAGE_SCOPE})
    monkeypatch.setattr(worker.parts.stores, "identity", lambda: identity)
    checks = {one.name: one for one in worker.parts.upkeep.connection_check()()}
    assert not checks["identity"].ok
    assert checks["database"].ok


@pytest.mark.parametrize("broken", ["database", "state_store"])
def test_a_store_that_refuses_is_distinguished_from_the_identity(
    new_worker: NewWorker, monkeypatch: pytest.MonkeyPatch, broken: str
) -> None:
    worker = new_worker()

    def refuse() -> None:
        raise Unavailable("it refuses us")

    part = worker.parts.stores.invite_log() if broken == "database" else worker.state
    monkeypatch.setattr(part, "ping", refuse)
    checks = _checks(worker, monkeypatch, *SCOPES.values())
    faulty = {one.name for one in checks.values() if one.severity == "error"}
    assert faulty == {broken}


def test_without_azure_there_is_no_identity_to_ask(new_worker: NewWorker) -> None:
    worker = new_worker()
    assert worker.parts.stores.identity() is None
    assert "identity" not in {one.name for one in worker.parts.upkeep.connection_check()()}


def test_a_token_that_fails_in_another_way_is_reported_too() -> None:
    class Failing:
        def get_token(self, *_scopes: str, **_options: object) -> AccessToken:
            raise HttpResponseError("500")

    with pytest.raises(Unavailable, match="state store: HttpResponseError"):
        AzureIdentity(Failing(), SCOPES).ping()


def test_an_unresolved_vault_reference_is_the_vaults_fault(tmp_path: Path) -> None:
    reference = "@Microsoft.KeyVault(SecretUri=https://kv.example/secrets/PLEX-TOKEN)"
    done = command("check", settings=SETTINGS | {"PLEX_TOKEN": reference}, cwd=tmp_path)
    assert done.returncode == 1
    lines = done.stdout.splitlines()
    assert "WRONG  PLEX_TOKEN: is a Key Vault reference that Azure could not resolve" in lines
    assert any(line.startswith("WRONG  vault: ") for line in lines)
    assert "infra/provision.sh --refresh" in done.stdout
    assert "kv.example" not in done.stdout
