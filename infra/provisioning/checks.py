"""The checks before anything is created: tools, person, regions, a deleted vault."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from infra.provisioning.azure import AzFailed, Stopped, az, az_or_none, rest, said

OLDEST_AZ = (2, 60, 0)
"""Supports Flex Consumption and parameter files; older versions were not tested."""
OLDEST_BICEP = (0, 44, 1)
LONGEST_NAME = 63
"""In bytes: PostgreSQL truncates anything longer."""
SERVERS = "2025-08-01"
_ELSEWHERE = (
    "westeurope", "northeurope", "swedencentral", "uksouth", "francecentral", "centralus",
    "canadacentral", "westus3", "australiaeast", "southeastasia",
)  # fmt: skip
_OFFERED = 3

TOO_LONG = """\
Entra calls you {name}, and PostgreSQL takes names of {longest} bytes at most.
Make a group of one, and let that be the administrator:
  az ad group create --display-name helpr-owners --mail-nickname helpr-owners
  az ad group member add --group helpr-owners --member-id {id}
  export AZURE_PRINCIPAL_TYPE=Group
  export AZURE_PRINCIPAL_ID="$(az ad group show --group helpr-owners --query id --output tsv)"
Then run this again. (Where you may not make groups: HELPR_POSTGRES_MODE=external.)"""
NOT_NAMED = """\
Entra does not tell who you are ({said}). Say it: AZURE_PRINCIPAL_ID (the object id),
AZURE_PRINCIPAL_NAME (exactly as Entra shows it) and AZURE_PRINCIPAL_TYPE (User, Group or
ServicePrincipal) of whoever is to be the database's administrator."""
NO_POSTGRES = """\
Azure does not offer PostgreSQL to your subscription in {region}{why}. Nothing was made. {others}
Or bring a PostgreSQL of your own: HELPR_POSTGRES_MODE=external."""


def _version(text: str) -> tuple[int, ...]:
    found = re.search(r"(\d+)\.(\d+)\.(\d+)", text)
    return tuple(int(part) for part in found.groups()) if found else (0, 0, 0)


def _told(version: tuple[int, ...]) -> str:
    return ".".join(str(part) for part in version)


def tools() -> None:
    """Raise Stopped if `az` or its Bicep is too old to understand the template."""
    here = _version(str(az("version").get("azure-cli", "")))
    if here < OLDEST_AZ:
        raise Stopped(
            f"The Azure CLI is {_told(here)}; {_told(OLDEST_AZ)} or later is needed: az upgrade"
        )
    bicep = _bicep()
    if bicep < OLDEST_BICEP:
        raise Stopped(
            f"Bicep is {_told(bicep)}; {_told(OLDEST_BICEP)} or later is needed: az bicep upgrade"
        )


def _bicep() -> tuple[int, ...]:
    """Bicep's version; it is installed if missing."""
    # `az bicep version` has no JSON: it writes a sentence.
    try:
        return _version(said("bicep", "version"))
    except AzFailed:
        said("bicep", "install")
        return _version(said("bicep", "version"))


def administrator(choices: Mapping[str, str]) -> dict[str, str]:
    """The database's administrator, as named by Microsoft Graph.

    The person signed in, unless the choices name somebody. Raises Stopped.
    """
    given_id, kind = choices["AZURE_PRINCIPAL_ID"], choices["AZURE_PRINCIPAL_TYPE"]
    try:
        found = _in_graph(given_id, kind) if given_id else _signed_in()
    except AzFailed as exc:
        if not (given_id and choices["AZURE_PRINCIPAL_NAME"]):
            raise Stopped(NOT_NAMED.format(said=exc.said.splitlines()[0])) from exc
        # A service principal may not read the directory: the given values have to do.
        found = (given_id, choices["AZURE_PRINCIPAL_NAME"], kind)
    found_id, name, kind = found
    if len(name.encode()) > LONGEST_NAME:
        raise Stopped(TOO_LONG.format(name=name, longest=LONGEST_NAME, id=found_id))
    return {
        "AZURE_PRINCIPAL_ID": found_id,
        "AZURE_PRINCIPAL_NAME": name,
        "AZURE_PRINCIPAL_TYPE": kind,
    }


def _signed_in() -> tuple[str, str, str]:
    user: dict[str, Any] = az("account", "show")["user"]
    if user["type"] == "servicePrincipal":
        found = az("ad", "sp", "show", "--id", user["name"])
        return found["id"], found["displayName"], "ServicePrincipal"
    # Not the name in `az account show`: for a personal account that differs.
    found = az("ad", "signed-in-user", "show")
    return found["id"], found["userPrincipalName"], "User"


def _in_graph(object_id: str, kind: str) -> tuple[str, str, str]:
    if kind == "Group":
        found = az("ad", "group", "show", "--group", object_id)
        return found["id"], found["displayName"], kind
    if kind == "ServicePrincipal":
        found = az("ad", "sp", "show", "--id", object_id)
        return found["id"], found["displayName"], kind
    found = az("ad", "user", "show", "--id", object_id)
    return found["id"], found["userPrincipalName"], kind


def region_has_postgres(subscription: str, region: str) -> None:
    """Raise Stopped, naming other regions, if Azure would refuse the server."""
    refused = _refusal(subscription, region)
    if refused is None:
        return
    others = []
    for other in _ELSEWHERE:
        if other != region and _refusal(subscription, other) is None:
            others.append(other)
        if len(others) == _OFFERED:
            break
    offered = f"It does in {', '.join(others)}: take another group there." if others else ""
    why = f" ({refused})" if refused else ""
    raise Stopped(NO_POSTGRES.format(region=region, why=why, others=offered).replace("  ", " "))


def _refusal(subscription: str, region: str) -> str | None:
    """Why there is no B1ms in a region, possibly empty; None if there is one."""
    path = (
        f"/subscriptions/{subscription}/providers/Microsoft.DBforPostgreSQL"
        f"/locations/{region}/capabilities"
    )
    try:
        told = rest("get", path, SERVERS)["value"]
    except AzFailed as exc:
        if "MissingSubscriptionRegistration" in exc.said:
            return None  # nobody has asked yet; the deployment registers the provider
        return exc.said.splitlines()[-1]
    for one in told:
        if one.get("restricted") == "Enabled":
            return str(one.get("reason") or "")
    names = {
        sku["name"].lower()
        for one in told
        for edition in one.get("supportedServerEditions") or []
        for sku in edition.get("supportedServerSkus") or []
    }
    return None if "standard_b1ms" in names else "there is no Standard_B1ms"


def deleted_vault(group: str, environment: str) -> dict[str, str] | None:
    """Name and region of this set-up's vault, if it was deleted and its name is still taken."""
    told = az_or_none("keyvault", "list-deleted", "--resource-type", "vault") or []
    ours = f"/resourcegroups/{group}/providers/".lower()
    for one in told:
        properties = one.get("properties") or {}
        if ours in str(properties.get("vaultId", "")).lower() and re.fullmatch(
            rf"kv-{environment.lower()}-\w{{13}}", one["name"]
        ):
            return {"name": one["name"], "location": properties["location"]}
    return None
