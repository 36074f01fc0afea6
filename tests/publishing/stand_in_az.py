"""A fake `az`: records what it is asked, and answers as the Azure CLI does.

Run as a program. The folder in STAND_IN has `state.json` (what exists on this Azure) and
`asked.log` (a line for each command). It knows the commands of Helpr's scripts and documents, and
refuses everything else, so that a mistyped command fails here as it would there.
"""

from __future__ import annotations

import json
import os
import re
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
SUBSCRIPTION = "00000000-0000-0000-0000-000000000000"
ME = "22222222-2222-2222-2222-222222222222"
PERSONAL = "me_outlook.example#EXT#@meoutlook.example.com"
START: dict[str, Any] = {
    "az": "2.80.0",
    "bicep": "0.49.2",
    "user": {"type": "user", "name": "me@outlook.example"},
    "me": {"id": ME, "userPrincipalName": PERSONAL},
    "principals": {},
    "groups": {},
    "deployments": {},
    "what_if": [],
    "restricted": [],
    "fewest_instances": 1,
    "deleted_vaults": [],
    "references": {},
    "refreshes_needed": 1,
    "refreshes": 0,
    "postgres_host": "",
}


class Refused(Exception):
    """What `az` writes to standard error before it exits with 1."""


class StandIn:
    """One call of `az`."""

    def __init__(self, folder: Path, words: list[str]) -> None:
        self._file = folder / "state.json"
        self.state: dict[str, Any] = json.loads(self._file.read_text("utf-8"))
        self.words = [one for one in words if not one.startswith("-")]
        self.options = self._options(words)

    @staticmethod
    def _options(words: list[str]) -> dict[str, str]:
        short = {
            "-g": "--resource-group",
            "-n": "--name",
            "-o": "--output",
            "-f": "--template-file",
        }
        pairs = zip(words, [*words[1:], ""], strict=True)
        return {
            short.get(name, name): "" if value.startswith("-") else value
            for name, value in pairs
            if name.startswith("-")
        }

    def answer(self, words: list[str]) -> Any:
        """What is written to standard output, before --query."""
        for length in (4, 3, 2, 1):
            method = getattr(self, "_".join(["do", *self.words[:length]]).replace("-", "_"), None)
            if method is not None:
                told = method()
                self._file.write_text(json.dumps(self.state), "utf-8")
                return told
        raise Refused(f"'{' '.join(words)}' is misspelled or not recognized by the system.")

    def do_version(self) -> Any:
        return {"azure-cli": self.state["az"]}

    def do_bicep_version(self) -> Any:
        if not self.state["bicep"]:
            raise Refused("Bicep CLI not found. Install it now by running 'az bicep install'.")
        return f"Bicep CLI version {self.state['bicep']} (0123456789)"

    def do_bicep_install(self) -> Any:
        self.state["bicep"] = "0.49.2"

    def do_login(self) -> Any:
        return [self.do_account_show()]

    def do_account_set(self) -> Any:
        return None

    def do_account_show(self) -> Any:
        if not self.state["user"]:
            raise Refused("Please run 'az login' to setup account.")
        return {"id": SUBSCRIPTION, "tenantId": "t" * 8, "user": self.state["user"]}

    def do_account_get_access_token(self) -> Any:
        return {"accessToken": "not-a-real-token"}

    def do_provider_register(self) -> Any:
        return None

    def do_ad_signed_in_user_show(self) -> Any:
        return self.state["me"]

    def _principal(self, kind: str, option: str) -> Any:
        found = self.state["principals"].get(self.options[option])
        if found is None or found["kind"] != kind:
            raise Refused("Insufficient privileges to complete the operation.")
        return found

    def do_ad_sp_show(self) -> Any:
        return self._principal("ServicePrincipal", "--id")

    def do_ad_group_show(self) -> Any:
        return self._principal("Group", "--group")

    def do_ad_user_show(self) -> Any:
        if self.options["--id"] == self.state["me"]["id"]:
            return self.state["me"]
        return self._principal("User", "--id")

    def do_ad_app_create(self) -> Any:
        return {"appId": "33333333-3333-3333-3333-333333333333"}

    def do_ad_sp_create(self) -> Any:
        return {}

    def do_ad_app_federated_credential_create(self) -> Any:
        self.state["federated"] = json.loads(self.options["--parameters"])

    do_ad_app_federated_credential = do_ad_app_federated_credential_create

    def do_role_assignment_create(self) -> Any:
        return {}

    def do_group_show(self) -> Any:
        name = self.options["--name"]
        if name not in self.state["groups"]:
            raise Refused(f"(ResourceGroupNotFound) Resource group '{name}' could not be found.")
        return {"name": name, "location": self.state["groups"][name]}

    def do_group_create(self) -> Any:
        self.state["groups"][self.options["--name"]] = self.options["--location"]
        return self.do_group_show()

    def do_group_delete(self) -> Any:
        self.state["groups"].pop(self.options["--name"], None)

    def do_deployment_group_show(self) -> Any:
        found = self.state["deployments"].get(self.options["--resource-group"])
        if found is None:
            raise Refused("(DeploymentNotFound) Deployment 'helpr' could not be found.")
        return found

    def do_deployment_group_what_if(self) -> Any:
        return {"status": "Succeeded", "changes": self.state["what_if"]}

    def do_deployment_group_create(self) -> Any:
        group = self.options["--resource-group"]
        if group not in self.state["groups"]:
            raise Refused("(ResourceGroupNotFound)")
        given = self._parameters()
        if int(given["maximumInstanceCount"]["value"]) < self.state["fewest_instances"]:
            raise Refused("BadRequest: The value of 'maximumInstanceCount' is invalid: min 40.")
        host = self.state["postgres_host"] if given["postgresMode"]["value"] == "flexible" else ""
        outputs = {
            "functionAppName": "func-helpr-abc", "resourceGroupName": group,
            "functionAppUrl": self.state.get("url", "https://func-helpr-abc.azurewebsites.net"),
            "keyVaultName": "kv-helpr-abcdefghijklm", "postgresHost": host,
            "postgresDatabase": "helpr" if host else "", "identityName": "id-helpr-abc",
            "identityPrincipalId": "44444444-4444-4444-4444-444444444444",
        }  # fmt: skip
        self.state["references"] = {
            "PLEX_TOKEN": "AccessToKeyVaultDenied",
            "SECRET_KEY": "Resolved",
        }
        self.state["deployments"][group] = {
            "properties": {
                "parameters": given,
                "outputs": {
                    name: {"type": "String", "value": one} for name, one in outputs.items()
                },
            }
        }
        return self.state["deployments"][group]

    def _parameters(self) -> dict[str, Any]:
        text = (ROOT / "infra/main.bicepparam").read_text("utf-8")
        pattern = r"^param (\w+) = (?:\w+[(\[])?readEnvironmentVariable\('(\w+)', '([^']*)'\)"
        secrets = {"plexToken", "secretKey", "inviteCode", "adminPasswordHash", "databaseUrl"}
        return {
            name: {"type": "SecureString"}
            if name in secrets
            else {"type": "String", "value": os.environ.get(variable, default)}
            for name, variable, default in re.findall(pattern, text, re.MULTILINE)
        }

    def do_keyvault_list_deleted(self) -> Any:
        return self.state["deleted_vaults"]

    def do_keyvault_recover(self) -> Any:
        name = self.options["--name"]
        kept = [one for one in self.state["deleted_vaults"] if one["name"] != name]
        self.state["deleted_vaults"] = kept

    def do_keyvault_secret_set(self) -> Any:
        return {}

    def do_functionapp_show(self) -> Any:
        return {
            "id": f"/subscriptions/{SUBSCRIPTION}/resourceGroups/helpr",
            "name": "func-helpr-abc",
        }

    def do_functionapp_list_flexconsumption_locations(self) -> Any:
        return [{"name": "westeurope"}]

    def do_functionapp_function_list(self) -> Any:
        return []

    def do_functionapp_stop(self) -> Any:
        return None

    def do_rest(self) -> Any:
        url = self.options["--url"]
        if "/capabilities" in url:
            region = url.partition("/locations/")[2].partition("/")[0]
            if region in self.state["restricted"]:
                return {"value": [{"restricted": "Enabled", "reason": "offer restricted"}]}
            skus = [{"name": "Standard_B1ms"}]
            editions = [{"name": "Burstable", "supportedServerSkus": skus}]
            return {"value": [{"restricted": "Disabled", "supportedServerEditions": editions}]}
        if "/refresh" in url:
            self.state["refreshes"] += 1
            if self.state["refreshes"] >= self.state["refreshes_needed"]:
                self.state["references"] = dict.fromkeys(self.state["references"], "Resolved")
            return None
        states = self.state["references"].items()
        return {"value": [{"name": name, "properties": {"status": one}} for name, one in states]}


def queried(told: Any, query: str) -> Any:
    """The few forms of --query that scripts and documents use."""
    if not query or told is None:
        return told
    if query.startswith("[]."):
        return [one[query[3:]] for one in told]
    shape = re.fullmatch(r"([\w.]*)\.?\{(.+)\}", query)
    if shape:
        inside = queried(told, shape[1].strip("."))
        pairs = (part.split(":") for part in shape[2].split(","))
        return {name.strip(): queried(inside, path.strip()) for name, path in pairs}
    for part in query.split("."):
        told = (told or {}).get(part)
    return told


def main() -> int:
    """Answer one command."""
    folder, words = Path(os.environ["STAND_IN"]), sys.argv[1:]
    with (folder / "asked.log").open("a", encoding="utf-8") as log:
        log.write(json.dumps(words) + "\n")
    one = StandIn(folder, words)
    try:
        told = queried(one.answer(words), one.options.get("--query", ""))
    except Refused as exc:
        sys.stderr.write(f"ERROR: {exc}\n")
        return 1
    if isinstance(told, str) and (
        one.options.get("--output") == "tsv" or "--output" not in one.options
    ):
        sys.stdout.write(f"{told}\n")
    elif told is not None and one.options.get("--output") != "none":
        sys.stdout.write(f"{json.dumps(told)}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
