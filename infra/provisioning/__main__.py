"""Provision, in an order that creates nothing that would have to be undone."""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from infra.provisioning import changes, checks, choices
from infra.provisioning.azure import AzFailed, Stopped, az, az_or_none
from infra.provisioning.references import refresh_and_wait

DEPLOYMENT = "helpr"
TEMPLATE = ("--template-file", "infra/main.bicep", "--parameters", "infra/main.bicepparam")
MOST_INSTANCES = "40"
"""What every region accepts; some refuse a smaller number."""

NO_DATABASE = """\
HELPR_POSTGRES_MODE is external and DATABASE_URL is not set, so the app would have no database:
  read -rs DATABASE_URL && export DATABASE_URL"""
NOT_ASKED = """\
There is nobody to ask here. Look at the list, and run it again with --yes, or with the choices that
you meant: they are in {file}."""


@dataclass
class Plan:
    """What is known before anything is created."""

    group: str
    region: str
    subscription: str
    group_exists: bool
    last: dict[str, Any] | None
    chosen: dict[str, str] = field(default_factory=dict)

    @property
    def outputs(self) -> dict[str, str]:
        """The last deployment's outputs, by name."""
        told = ((self.last or {}).get("properties") or {}).get("outputs") or {}
        return {name: str(one["value"]) for name, one in told.items()}

    @property
    def before(self) -> dict[str, str]:
        """The last deployment's choices."""
        properties = (self.last or {}).get("properties") or {}
        return choices.deployed(properties.get("parameters") or {})


def look(options: argparse.Namespace) -> Plan:
    """Ask Azure, and change nothing. Raises Stopped."""
    checks.tools()
    try:
        subscription = az("account", "show")["id"]
    except AzFailed as exc:
        raise Stopped("Sign in first: az login") from exc
    found = az_or_none("group", "show", "--name", options.group)
    # An existing group keeps its region.
    plan = Plan(
        options.group, found["location"] if found else options.region, subscription, bool(found),
        _last(options.group) if found else None,
    )  # fmt: skip
    plan.chosen = choices.chosen(os.environ, choices.read(choices.FILE), plan.before)
    if plan.chosen["HELPR_POSTGRES_MODE"] == "external":
        if "DATABASE_URL" not in os.environ and not _was_external(plan):
            raise Stopped(NO_DATABASE)
        return plan
    plan.chosen |= checks.administrator(plan.chosen)
    if not plan.outputs.get("postgresHost"):
        checks.region_has_postgres(subscription, plan.region)
    return plan


def _last(group: str) -> dict[str, Any] | None:
    found = az_or_none("deployment", "group", "show", "--resource-group", group,
                       "--name", DEPLOYMENT)  # fmt: skip
    return found if isinstance(found, dict) else None


def _was_external(plan: Plan) -> bool:
    return plan.before.get("HELPR_POSTGRES_MODE") == "external"


def foreseen(plan: Plan) -> list[changes.Change]:
    """What would change for the worse; nothing before the first deployment."""
    if plan.last is None:
        return []
    told = changes.of_choices(plan.before, plan.chosen) + changes.of_secrets(os.environ)
    try:
        answer = az(
            "deployment", "group", "what-if", "--resource-group", plan.group,
            "--name", DEPLOYMENT, *TEMPLATE, "--no-pretty-print", environ=plan.chosen,
        )  # fmt: skip
    except AzFailed as exc:
        return [*told, changes.Change("loses", f"Azure does not foresee what happens: {exc.said}")]
    return told + changes.of_what_if((answer or {}).get("changes") or [])


def agreed(worse: Sequence[changes.Change], *, yes: bool) -> bool:
    """Whether the owner wants it anyway. Raises Stopped if there is nobody to ask."""
    if not worse:
        return True
    sys.stdout.write("This changes for the worse:\n")
    sys.stdout.writelines(f"  {one.kind:8} {one.sentence}\n" for one in worse)
    if yes:
        return True
    if not sys.stdin.isatty():
        raise Stopped(NOT_ASKED.format(file=choices.FILE))
    sys.stdout.write("Go on? [y/N] ")
    sys.stdout.flush()
    return sys.stdin.readline().strip().lower() in ("y", "yes")


def make(plan: Plan) -> dict[str, str]:
    """Deploy; returns the outputs. Raises Stopped."""
    if not plan.group_exists:
        az("group", "create", "--name", plan.group, "--location", plan.region)
    vault = checks.deleted_vault(plan.group, plan.chosen["HELPR_ENVIRONMENT_NAME"])
    if vault is not None:
        sys.stdout.write(
            f"The vault {vault['name']} was deleted and is recovered, secrets and all.\n"
        )
        az("keyvault", "recover", "--name", vault["name"], "--location", vault["location"],
           "--resource-group", plan.group)  # fmt: skip
    choices.write(choices.FILE, plan.chosen)
    try:
        _deploy(plan)
    except AzFailed as exc:
        if "maximumInstanceCount" not in exc.said.replace(" ", ""):
            raise
        plan.chosen["HELPR_MAXIMUM_INSTANCES"] = MOST_INSTANCES
        sys.stdout.write(
            f"{plan.region} does not take so few instances: HELPR_MAXIMUM_INSTANCES is "
            f"{MOST_INSTANCES} now, and a flood can cost more (docs/security.md).\n"
        )
        choices.write(choices.FILE, plan.chosen)
        _deploy(plan)
    return plan.outputs


def _deploy(plan: Plan) -> None:
    """Deploy, and make this the plan's last deployment. Raises AzFailed."""
    sys.stdout.write("Provisioning; this takes some minutes.\n")
    sys.stdout.flush()
    plan.last = az(
        "deployment", "group", "create", "--resource-group", plan.group,
        "--name", DEPLOYMENT, *TEMPLATE, environ=plan.chosen,
    )  # fmt: skip


def let_in(plan: Plan) -> None:
    """Give the app access to its database. Raises Stopped if that fails."""
    if not plan.outputs.get("postgresHost") or plan.chosen["HELPR_DATABASE_ACCESS"] != "grantSql":
        return
    grant = ("infra/sql/grant.py", "--group", plan.group, "--deployment", DEPLOYMENT)
    if subprocess.run([sys.executable, *grant], check=False).returncode != 0:  # noqa: S603
        raise Stopped(
            "All is there, but the app is not in its database yet. Mend that, and repeat."
        )


def provision(options: argparse.Namespace) -> int:
    """The whole run; returns 0, or 1 if the owner declined."""
    plan = look(options)
    worse = foreseen(plan)
    if options.look:
        sys.stdout.writelines(f"  {one.kind:8} {one.sentence}\n" for one in worse)
        sys.stdout.write("Nothing was changed.\n")
        return 0
    if not agreed(worse, yes=options.yes):
        sys.stdout.write(f"Nothing was changed. Your choices are in {choices.FILE}.\n")
        return 1
    outputs = make(plan)
    let_in(plan)
    refresh_and_wait(plan.subscription, plan.group, outputs["functionAppName"], options.pause)
    sys.stdout.write(
        "Provisioned. Now publish:\n"
        f"  func azure functionapp publish {outputs['functionAppName']} --python\n"
    )
    return 0


def refresh(options: argparse.Namespace) -> int:
    """Have the secrets read again."""
    last = _last(options.group)
    if last is None:
        raise Stopped(f"There is no deployment {DEPLOYMENT} in the group {options.group}.")
    app = last["properties"]["outputs"]["functionAppName"]["value"]
    refresh_and_wait(az("account", "show")["id"], options.group, app, options.pause)
    sys.stdout.write("The app has every secret as the vault has it.\n")
    return 0


def main() -> int:
    """Parse the command line, and do what it says."""
    parser = argparse.ArgumentParser(prog="infra/provision.sh", description=__doc__)
    parser.add_argument("group", nargs="?", default="helpr", help="the resource group (helpr)")
    where = "where a group that is not there yet is made (westeurope)"
    parser.add_argument("region", nargs="?", default="westeurope", help=where)
    parser.add_argument("--look", action="store_true", help="say what would change for the worse")
    parser.add_argument("--yes", action="store_true", help="do not ask")
    parser.add_argument("--refresh", action="store_true", help="only have the secrets read again")
    parser.add_argument("--pause", type=float, default=10.0, help="seconds between two looks (10)")
    options = parser.parse_args()
    if shutil.which("az") is None:
        sys.stderr.write("The Azure CLI is missing: https://aka.ms/installazurecli\n")
        return 1
    try:
        return refresh(options) if options.refresh else provision(options)
    except Stopped as exc:
        sys.stderr.write(f"{exc}\n")
        return 1


if __name__ == "__main__":
    sys.exit(main())
