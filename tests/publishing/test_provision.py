"""infra/provision.sh keeps what was chosen, checks before it creates anything, and asks."""

from __future__ import annotations

import json
import os
import pty
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from infra.provisioning import choices
from tests.processes import PROJECT
from tests.publishing import stand_in_az
from tests.publishing.stand_in_az import ME, PERSONAL, START

SCRIPT = PROJECT / "infra/provision.sh"
EXTERNAL = {"HELPR_POSTGRES_MODE": "external", "DATABASE_URL": "postgresql://u:p@db.example/helpr"}


class Clone:
    """A clean clone of the project, and a simulated Azure."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.state_file, self.log = folder / "state.json", folder / "asked.log"
        (folder / "bin").mkdir()
        az = folder / "bin" / "az"
        az.write_text(f'#!/bin/sh\nexec {sys.executable} -S -I {stand_in_az.__file__} "$@"\n')
        az.chmod(0o755)
        (folder / "infra").symlink_to(PROJECT / "infra")
        (folder / ".venv" / "bin").mkdir(parents=True)
        (folder / ".venv" / "bin" / "python").symlink_to(sys.executable)
        self.set(**START)

    def set(self, **state: Any) -> None:
        kept = json.loads(self.state_file.read_text()) if self.state_file.exists() else {}
        self.state_file.write_text(json.dumps(kept | state))

    def run(self, *words: str, **environ: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-S", "-m", "infra.provisioning", "--pause", "0", *words],
            env=self.environ(environ), cwd=self.folder, stdin=subprocess.DEVNULL,
            capture_output=True, text=True, timeout=100, check=False,
        )  # fmt: skip

    def environ(self, more: dict[str, str]) -> dict[str, str]:
        path = f"{self.folder / 'bin'}:{os.environ['PATH']}"
        return {"PATH": path, "STAND_IN": str(self.folder), "PYTHONSAFEPATH": ""} | more

    def asked(self, *beginning: str) -> list[list[str]]:
        """The recorded commands that begin like this."""
        lines = self.log.read_text().splitlines() if self.log.exists() else []
        commands = [json.loads(line) for line in lines]
        return [one for one in commands if one[: len(beginning)] == list(beginning)]

    def parameters(self) -> dict[str, str]:
        """The parameters of the last deployment."""
        state = json.loads(self.state_file.read_text())
        given = state["deployments"]["helpr"]["properties"]["parameters"]
        return {name: one["value"] for name, one in given.items() if "value" in one}

    def forget(self) -> None:
        """Simulate another computer: neither file nor log."""
        self.log.unlink()
        (self.folder / choices.FILE).unlink()


@pytest.fixture
def clone(tmp_path: Path) -> Clone:
    return Clone(tmp_path)


def _well(done: subprocess.CompletedProcess[str]) -> str:
    assert (done.returncode, done.stderr) == (0, ""), done.stdout
    return done.stdout


def test_the_first_run_creates_the_group_deploys_and_waits_for_the_vault(clone: Clone) -> None:
    output = _well(clone.run("helpr", "northeurope", **EXTERNAL))
    (group,) = clone.asked("group", "create")
    assert group[2:6] == ["--name", "helpr", "--location", "northeurope"]
    assert len(clone.asked("deployment", "group", "create")) == 1
    assert clone.asked("deployment", "group", "what-if") == []
    assert "Waiting for the vault: PLEX_TOKEN" not in output  # the first refresh was enough
    assert "func azure functionapp publish func-helpr-abc --python" in output
    refresh, state = clone.asked("rest")[-2:]
    assert refresh[2] == "post"
    assert refresh[4].endswith(
        "/config/configreferences/appsettings/refresh?api-version=2024-04-01"
    )
    assert state[2] == "get"


CHOSEN = {
    "HELPR_NETWORK_MODE": "private",
    "HELPR_DATABASE_ACCESS": "administrator",
    "HELPR_ALERT_EMAIL": "owner@example.com",
    "HELPR_BUDGET": "12",
    "HELPR_TRUSTED_PROXY_HOPS": "2",
    "HELPR_TAGS": '{"owner": "me"}',
    "HELPR_RATE_STATUS": "30/minute",
    "HELPR_HOST_LOG": "true",
    "HELPR_PUBLIC_URL": "https://invite.example.com",
    "ADMIN_USERNAME": "owner",
    "PLEX_SERVER_NAME": "It's $HOME, `really`",
    "PLEX_LIBRARIES": "Movies, TV Shows",
}


@pytest.mark.parametrize("mode", ["external", "flexible"])
@pytest.mark.parametrize("what_is_left", ["the file", "the deployment"])
def test_a_new_shell_changes_nothing(clone: Clone, mode: str, what_is_left: str) -> None:
    given = CHOSEN | {"HELPR_POSTGRES_MODE": mode}
    _well(clone.run(**given, DATABASE_URL="postgresql://u:p@db.example/helpr"))
    before = clone.parameters()
    assert before["postgresMode"] == mode
    assert before["plexServerName"] == CHOSEN["PLEX_SERVER_NAME"]
    if what_is_left == "the deployment":
        clone.forget()
    output = _well(clone.run())
    assert clone.parameters() == before
    assert "for the worse" not in output


def test_every_choice_of_the_template_is_kept(clone: Clone) -> None:
    text = (PROJECT / "infra/main.bicepparam").read_text("utf-8")
    variables = set(__import__("re").findall(r"readEnvironmentVariable\('(\w+)'", text))
    assert {one.variable for one in choices.CHOICES} == variables - choices.SECRETS
    bicep = (PROJECT / "infra/main.bicep").read_text("utf-8")
    secure = bicep.count("@secure()") - 1  # nobody chooses firstSecretKey
    assert len(choices.SECRETS) == secure
    _well(clone.run(**EXTERNAL))
    kept = choices.read(clone.folder / choices.FILE)
    assert set(kept) == {one.variable for one in choices.CHOICES}


def test_no_secret_is_written_to_the_file(clone: Clone) -> None:
    secrets = {name: "not-a-real-secret-of-a-test" for name in choices.SECRETS}
    _well(clone.run(**{**EXTERNAL, **secrets}))
    file = clone.folder / choices.FILE
    assert "not-a-real-secret" not in file.read_text()
    assert file.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("export PLEX_TOKEN=not-a-real-token", "is a secret"),
        (
            'export HELPR_DEPLOYER_IP="$(curl -4s https://api.example.com)"',
            "for a shell to fill in",
        ),
        ("export HELPR_ALERT_EMAIL=`whoami`@example.com", "for a shell to fill in"),
        ("rm -rf /", "is not NAME=value"),
        ("export PLEX_LIBRARIES='Movies", "is not NAME=value"),
    ],
)
def test_a_line_that_only_a_shell_understands_is_reported(
    clone: Clone, line: str, said: str
) -> None:
    (clone.folder / ".azure").mkdir()
    (clone.folder / choices.FILE).write_text(f"# mine\n{line}\n")
    done = clone.run(**EXTERNAL)
    assert done.returncode == 1
    assert said in done.stderr
    assert "line 2" in done.stderr
    assert clone.asked("deployment", "group", "create") == []


WORSE: list[tuple[dict[str, str], dict[str, str], str]] = [
    (EXTERNAL, {"HELPR_POSTGRES_MODE": "flexible"}, "costs"),
    ({"HELPR_POSTGRES_MODE": "flexible"}, EXTERNAL, "loses"),
    ({**EXTERNAL, "HELPR_NETWORK_MODE": "private"}, {"HELPR_NETWORK_MODE": "public"}, "opens"),
    (EXTERNAL, {"HELPR_NETWORK_MODE": "private"}, "costs"),
    (EXTERNAL, {"HELPR_DATABASE_ACCESS": "administrator"}, "opens"),
    (EXTERNAL, {"HELPR_ENVIRONMENT_NAME": "second"}, "costs"),
    ({**EXTERNAL, "HELPR_ALERT_EMAIL": "o@example.com"}, {"HELPR_ALERT_EMAIL": ""}, "loses"),
    (EXTERNAL, {"HELPR_BUDGET": "0"}, "loses"),
    (EXTERNAL, {"HELPR_BUDGET": "300"}, "loses"),
    (EXTERNAL, {"HELPR_ALWAYS_READY": "1"}, "costs"),
    (EXTERNAL, {"HELPR_INSTANCE_MEMORY": "4096"}, "costs"),
    (EXTERNAL, {"HELPR_MAXIMUM_INSTANCES": "100"}, "costs"),
    (EXTERNAL, {"HELPR_TRUSTED_PROXY_HOPS": "2"}, "opens"),
    (EXTERNAL, {"HELPR_RATE_INVITES": "5000/minute"}, "opens"),
    ({**EXTERNAL, "ADMIN_USERNAME": "owner"}, {"ADMIN_USERNAME": ""}, "loses"),
    (EXTERNAL, {"INVITE_CODE": "<unset>"}, "opens"),
]


@pytest.mark.parametrize(("before", "after", "kind"), WORSE, ids=lambda one: str(one)[:40])
def test_a_change_for_the_worse_is_named_and_needs_confirmation(
    clone: Clone, before: dict[str, str], after: dict[str, str], kind: str
) -> None:
    _well(clone.run(**before))
    clone.forget()
    done = clone.run(**after)
    assert done.returncode == 1
    assert "nobody to ask" in done.stderr
    (name,) = [one for one in after if one != "DATABASE_URL"]
    assert f"  {kind:8} {name} " in done.stdout
    assert clone.asked("deployment", "group", "create") == []
    assert not (clone.folder / choices.FILE).exists()
    _well(clone.run("--yes", **after))
    assert len(clone.asked("deployment", "group", "create")) == 1


def _delta(path: str, before: Any, after: Any, how: str = "Modify") -> dict[str, Any]:
    return {"path": path, "before": before, "after": after, "propertyChangeType": how}


def _modified(kind: str, *deltas: dict[str, Any]) -> dict[str, Any]:
    where = f"/subscriptions/x/resourceGroups/helpr/providers/{kind}"
    return {"resourceId": where, "changeType": "Modify", "delta": list(deltas)}


STORAGE, SERVER = (
    "Microsoft.Storage/storageAccounts/st",
    "Microsoft.DBforPostgreSQL/flexibleServers/p",
)
FORESEEN = [
    ("opens", _modified(STORAGE, _delta("properties.publicNetworkAccess", "Disabled", "Enabled"))),
    ("opens", _modified(STORAGE, {"path": "properties.networkAcls", "propertyChangeType": "Modify",
                                  "children": [_delta("defaultAction", "Deny", "Allow")]})),
    ("opens", _modified(STORAGE, _delta("properties.allowSharedKeyAccess", False, True))),
    ("opens", _modified("Microsoft.Web/sites/f", _delta("properties.httpsOnly", True, False))),
    ("opens", {"resourceId": f"/x/providers/{SERVER}/firewallRules/all", "changeType": "Create"}),
    ("costs", {"resourceId": f"/x/providers/{SERVER}", "changeType": "Create"}),
    ("costs", _modified(SERVER, _delta("properties.storage.storageSizeGB", 32, 128))),
    ("costs", _modified(SERVER, _delta("sku.name", "Standard_B1ms", "Standard_D2s_v3"))),
    ("deletes", _modified(SERVER, _delta("properties.backup.backupRetentionDays", 7, 1))),
    ("deletes", {"resourceId": f"/x/providers/{SERVER}", "changeType": "Delete"}),
    ("deletes", _modified("Microsoft.Network/virtualNetworks/v",
                          _delta("properties.subnets.1", {"name": "mine"}, None, "Delete"))),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "change"), FORESEEN, ids=str)
def test_a_predicted_deletion_or_change_is_named(
    clone: Clone, kind: str, change: dict[str, Any]
) -> None:
    _well(clone.run(**EXTERNAL))
    clone.set(what_if=[change])
    done = clone.run()
    assert done.returncode == 1
    assert f"  {kind:8} " in done.stdout
    output = _well(clone.run("--look"))
    assert "Nothing was changed" in output


def test_a_harmless_change_needs_no_confirmation(clone: Clone) -> None:
    _well(clone.run(**EXTERNAL))
    fine = [
        _modified(STORAGE, _delta("properties.publicNetworkAccess", "Enabled", "Disabled")),
        _modified(STORAGE, _delta("tags.a", "b", "c")),
        {"resourceId": f"/x/providers/{STORAGE}", "changeType": "NoChange"},
    ]
    clone.set(what_if=fine)
    assert "for the worse" not in _well(clone.run(HELPR_BUDGET="10", PLEX_LIBRARIES="Movies"))


@pytest.mark.parametrize(("typed", "deployments"), [(b"y\n", 2), (b"\n", 1), (b"no\n", 1)])
def test_the_owner_is_asked(clone: Clone, typed: bytes, deployments: int) -> None:
    _well(clone.run(**EXTERNAL))
    ours, theirs = pty.openpty()
    os.write(ours, typed)
    done = subprocess.run(
        [sys.executable, "-S", "-m", "infra.provisioning", "--pause", "0"],
        env=clone.environ({"HELPR_ALWAYS_READY": "1"}), cwd=clone.folder, stdin=theirs,
        capture_output=True, text=True, timeout=100, check=False,
    )  # fmt: skip
    os.close(ours)
    os.close(theirs)
    assert "Go on? [y/N]" in done.stdout
    assert len(clone.asked("deployment", "group", "create")) == deployments


def test_a_personal_account_is_named_as_graph_names_it(clone: Clone) -> None:
    _well(clone.run())
    given = clone.parameters()
    assert (given["deployerPrincipalId"], given["deployerPrincipalName"]) == (ME, PERSONAL)
    assert given["deployerPrincipalType"] == "User"


def test_a_service_principal_and_a_group_are_named_as_graph_names_them(clone: Clone) -> None:
    app = {"id": "5" * 8, "displayName": "publisher", "kind": "ServicePrincipal"}
    group = {"id": "6" * 8, "displayName": "helpr-owners", "kind": "Group"}
    user = {"type": "servicePrincipal", "name": "app-id"}
    clone.set(principals={"app-id": app, "5" * 8: app, "6" * 8: group}, user=user)
    _well(clone.run())
    assert clone.parameters()["deployerPrincipalName"] == "publisher"
    _well(clone.run("--yes", AZURE_PRINCIPAL_ID="6" * 8, AZURE_PRINCIPAL_TYPE="Group"))
    assert clone.parameters()["deployerPrincipalName"] == "helpr-owners"
    assert clone.parameters()["deployerPrincipalType"] == "Group"
    _well(clone.run())  # and stays the administrator
    assert clone.parameters()["deployerPrincipalName"] == "helpr-owners"


def test_a_name_that_is_too_long_is_reported_with_advice(clone: Clone) -> None:
    name = "a.rather.long.name_gmail.example#EXT#@arather_long_tenant.example"
    clone.set(me={"id": ME, "userPrincipalName": name + "x" * (64 - len(name))})
    done = clone.run()
    assert done.returncode == 1
    assert "az ad group create" in done.stderr
    assert ME in done.stderr
    assert clone.asked("group", "create") == []
    clone.set(me={"id": ME, "userPrincipalName": "ä" * 31})  # 62 bytes
    _well(clone.run())


def test_an_administrator_who_cannot_be_looked_up_must_be_named(clone: Clone) -> None:
    clone.set(user={"type": "servicePrincipal", "name": "unknown"})
    done = clone.run()
    assert done.returncode == 1
    assert "AZURE_PRINCIPAL_NAME" in done.stderr
    named = {"AZURE_PRINCIPAL_ID": "7" * 8, "AZURE_PRINCIPAL_NAME": "robot"}
    _well(clone.run(**named, AZURE_PRINCIPAL_TYPE="ServicePrincipal"))
    assert clone.parameters()["deployerPrincipalName"] == "robot"


def test_a_region_without_postgresql_is_reported_before_anything_is_created(clone: Clone) -> None:
    clone.set(restricted=["eastus", "westeurope"])
    done = clone.run("helpr", "eastus")
    assert done.returncode == 1
    assert "does not offer PostgreSQL" in done.stderr
    assert "northeurope" in done.stderr
    assert "westeurope" not in done.stderr
    assert "HELPR_POSTGRES_MODE=external" in done.stderr
    assert clone.asked("group", "create") == []
    _well(clone.run("helpr", "eastus", **EXTERNAL))


@pytest.mark.parametrize(
    ("state", "said"),
    [
        ({"az": "2.40.0"}, "az upgrade"),
        ({"bicep": "0.20.4"}, "az bicep upgrade"),
        ({"user": None}, "az login"),
    ],
)
def test_outdated_tools_and_a_missing_sign_in_are_reported_at_once(
    clone: Clone, state: dict[str, Any], said: str
) -> None:
    clone.set(**state)
    done = clone.run()
    assert (done.returncode, done.stdout) == (1, "")
    assert said in done.stderr
    assert clone.asked("group") == []


def test_bicep_is_installed_if_it_is_missing(clone: Clone) -> None:
    clone.set(bicep="")
    _well(clone.run())
    assert len(clone.asked("bicep", "install")) == 1


def test_a_deleted_vault_is_recovered(clone: Clone) -> None:
    def vault(name: str, group: str) -> dict[str, Any]:
        where = (
            f"/subscriptions/x/resourceGroups/{group}/providers/Microsoft.KeyVault/vaults/{name}"
        )
        return {"name": name, "properties": {"location": "westeurope", "vaultId": where}}

    ours = "kv-helpr-abcdefghijklm"
    clone.set(deleted_vaults=[vault("kv-helpr-zyxwvutsrqpon", "other"), vault(ours, "HELPR"),
                              vault("kv-helpr", "helpr")])  # fmt: skip
    output = _well(clone.run(**EXTERNAL))
    (command,) = clone.asked("keyvault", "recover")
    assert command[3] == ours
    assert "was deleted and is recovered" in output


def test_a_region_with_a_minimum_of_instances_gets_them_and_says_so(clone: Clone) -> None:
    clone.set(fewest_instances=40)
    output = _well(clone.run(**EXTERNAL))
    assert "HELPR_MAXIMUM_INSTANCES is 40 now" in output
    assert clone.parameters()["maximumInstanceCount"] == "40"
    clone.log.unlink()
    _well(clone.run())
    assert len(clone.asked("deployment", "group", "create")) == 1


def test_an_external_database_has_to_be_given_once(clone: Clone) -> None:
    done = clone.run(HELPR_POSTGRES_MODE="external")
    assert done.returncode == 1
    assert "DATABASE_URL" in done.stderr
    assert clone.asked("group", "create") == []
    _well(clone.run(**EXTERNAL))
    _well(clone.run())


def test_the_vault_is_waited_for_and_refreshed_again(clone: Clone) -> None:
    clone.set(refreshes_needed=3)
    output = _well(clone.run(**EXTERNAL))
    assert "Waiting for the vault: PLEX_TOKEN" in output
    refreshed = [one for one in clone.asked("rest") if "post" in one]
    assert len(refreshed) == 3
    clone.log.unlink()
    assert "as the vault has it" in _well(clone.run("--refresh"))
    assert [one[2] for one in clone.asked("rest")] == ["post", "get"]
    assert clone.asked("deployment", "group", "create") == []


def test_a_missing_secret_is_named_and_not_waited_for(clone: Clone) -> None:
    _well(clone.run(**EXTERNAL))
    clone.set(references={"DATABASE_URL": "SecretNotFound"}, refreshes_needed=9, refreshes=0)
    done = clone.run("--refresh")
    assert done.returncode == 1
    assert "The vault has no DATABASE_URL" in done.stderr


def test_a_failed_deployment_ends_it(clone: Clone) -> None:
    clone.set(fewest_instances=1000)
    done = clone.run(**EXTERNAL)
    assert done.returncode == 1
    assert "az deployment group create failed" in done.stderr
    assert "Now publish" not in done.stdout


@pytest.mark.parametrize("version", ["3.11", "3.12"])
def test_the_script_runs_on_older_pythons(
    clone: Clone, version: str, find_python: Callable[[str], str | None]
) -> None:
    python = find_python(version)
    if python is None:
        pytest.skip(f"Python {version} is not here")
    (clone.folder / ".venv/bin/python").unlink()
    (clone.folder / "bin/python3").symlink_to(python)
    done = subprocess.run(
        [clone.folder / "infra/provision.sh", "--help"],
        env={"PATH": f"{clone.folder / 'bin'}:/usr/bin:/bin"},
        capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "infra/provision.sh" in done.stdout


@pytest.fixture
def find_python() -> Callable[[str], str | None]:
    """The newest installed Python of a minor version."""

    def find(version: str) -> str | None:
        folders = sorted(Path.home().glob(f".pyenv/versions/{version}.*/bin/python"))
        return str(folders[-1]) if folders else None

    return find
