"""What a deployment would change for the worse: what it deletes, opens or makes more expensive."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Change:
    """`kind` is one of deletes, opens, costs, loses."""

    kind: str
    sentence: str


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return 0.0


def _more(before: str, after: str) -> bool:
    return _number(after) > _number(before)


def _gone(before: str, after: str) -> bool:
    return bool(before) and not after


def _from(old: str) -> Callable[[str, str], bool]:
    return lambda before, after: before == old and after != old


# For each variable: when a change is for the worse, in which way, and what that means.
_WORSE: tuple[tuple[str, Callable[[str, str], bool], str, str], ...] = (
    ("HELPR_POSTGRES_MODE", _from("external"), "costs",
     "a PostgreSQL server is made, the dearest part of the bill, and the app leaves your database "
     "for an empty one"),
    ("HELPR_POSTGRES_MODE", _from("flexible"), "loses",
     "the app leaves Azure's PostgreSQL server and what is recorded there for DATABASE_URL; the "
     "server stays, and costs until you delete it"),
    ("HELPR_NETWORK_MODE", _from("private"), "opens",
     "storage, vault and database are reached from the internet again, behind Entra sign-in alone; "
     "the private endpoints stay, and cost until you delete them"),
    ("HELPR_NETWORK_MODE", _from("public"), "costs", "private endpoints cost by the hour, each"),
    ("HELPR_DATABASE_ACCESS", _from("grantSql"), "opens",
     "the app becomes an administrator of the database server"),
    ("HELPR_ENVIRONMENT_NAME", lambda before, after: before != after, "costs",
     "everything is made a second time, empty, under other names; the old ones stay and cost"),
    ("HELPR_ALERT_EMAIL", _gone, "loses", "no alert is kept up any more"),
    ("HELPR_BUDGET", lambda before, after: before != "0" and after == "0", "loses",
     "no budget is kept up any more"),
    ("HELPR_BUDGET", _more, "loses", "the warning before the bill comes later"),
    ("HELPR_ALWAYS_READY", _more, "costs", "instances that never sleep cost day and night"),
    ("HELPR_INSTANCE_MEMORY", _more, "costs", "each second of work costs more"),
    ("HELPR_MAXIMUM_INSTANCES", _more, "costs", "a flood of requests can cost more"),
    ("HELPR_HOST_LOG", _from("false"), "costs", "the host's log is taken in as well"),
    ("HELPR_TRUSTED_PROXY_HOPS", lambda before, after: before != after, "opens",
     "rate limits count by another entry of X-Forwarded-For; a wrong one lets each client choose "
     "its address, or makes all friends one"),
    ("HELPR_RATE_INVITES", lambda before, after: before != after, "opens", "another limit"),
    ("HELPR_RATE_DEFAULT", lambda before, after: before != after, "opens", "another limit"),
    ("HELPR_RATE_SIGN_IN", lambda before, after: before != after, "opens", "another limit"),
    ("HELPR_RATE_STATUS", lambda before, after: before != after, "opens", "another limit"),
    ("ADMIN_USERNAME", _gone, "loses", "nobody signs in to the dashboard any more"),
    ("PLEX_SERVER_NAME", _gone, "loses", "the app knows no Plex server and shows its setup page"),
    ("PLEX_LIBRARIES", _gone, "loses",
     "no library is shared until one is chosen on the dashboard"),
    ("HELPR_PUBLIC_URL", _gone, "loses", "links lead to the address on azurewebsites.net again"),
    ("AZURE_PRINCIPAL_ID", lambda before, after: bool(before) and before != after, "opens",
     "the database gets another administrator beside the one it has"),
)  # fmt: skip


def of_choices(before: Mapping[str, str], after: Mapping[str, str]) -> list[Change]:
    """Changes to the last deployment's choices."""
    return [
        Change(kind, f"{name} was {before[name] or 'empty'}, is {after[name] or 'empty'}: {means}")
        for name, is_worse, kind, means in _WORSE
        if name in before and before[name] != after[name] and is_worse(before[name], after[name])
    ]


_TAKEN_AWAY = {
    "INVITE_CODE": ("opens", "the form opens to everybody who has its address"),
    "ADMIN_PASSWORD_HASH": ("loses", "nobody signs in to the dashboard any more"),
}


def of_secrets(environ: Mapping[str, str]) -> list[Change]:
    """Changes that remove something from the vault."""
    return [
        Change(kind, f"{name} is taken away: {means}")
        for name, (kind, means) in _TAKEN_AWAY.items()
        if environ.get(name) == "<unset>"
    ]


_COSTS = {
    "Microsoft.DBforPostgreSQL/flexibleServers": "a PostgreSQL server",
    "Microsoft.Network/privateEndpoints": "a private endpoint",
    "Microsoft.Network/privateDnsZones": "a private DNS zone",
    "Microsoft.Insights/scheduledQueryRules": "an alert rule",
}
_OPENS = {
    "Microsoft.DBforPostgreSQL/flexibleServers/firewallRules": "addresses let in to the database",
    "Microsoft.Authorization/roleAssignments": "rights given",
    "Microsoft.DBforPostgreSQL/flexibleServers/administrators": "an administrator of the database",
}
# For properties with this ending, these values are the open ones.
_OPEN_VALUES = {
    "publicNetworkAccess": {"Enabled"},
    "networkAcls.defaultAction": {"Allow"},
    "passwordAuth": {"Enabled"},
    "allowSharedKeyAccess": {"True"},
    "allowBlobPublicAccess": {"True"},
    "publicAccess": {"Blob", "Container"},
    "supportsHttpsTrafficOnly": {"False"},
    "httpsOnly": {"False"},
    "disableLocalAuth": {"False"},
    "DisableLocalAuth": {"False"},
    "enablePurgeProtection": {"False"},
    "properties.allow": {"True"},
}
_DEARER = re.compile(
    r"sku(\.name|\.tier|\.capacity)?$|storageSizeGB$|instanceCount$|instanceMemoryMB$"
    r"|maximumInstanceCount$|dailyQuotaGb$|highAvailability\.mode$|geoRedundantBackup$"
)
_SHORTER = re.compile(r"(retentionInDays|RetentionInDays|RetentionDays|etentionPolicy\.days)$")


def of_what_if(changes: Sequence[Json]) -> list[Change]:
    """Changes that Azure itself predicts."""
    return [change for one in changes for change in _foreseen(one)]


def _foreseen(one: Json) -> Iterator[Change]:
    kind, name = _kind_and_name(one["resourceId"])
    did = one["changeType"]
    if did == "Delete":
        yield Change("deletes", f"{kind} {name}")
    elif did == "Create" and kind in _COSTS:
        yield Change("costs", f"{_COSTS[kind]} is made: {name}")
    elif did == "Create" and kind in _OPENS:
        yield Change("opens", f"{_OPENS[kind]}: {name}")
    elif did == "Modify":
        for path, before, after, how in _deltas(one.get("delta") or []):
            yield from _modified(f"{kind} {name}", path, before, after, how)


def _modified(what: str, path: str, before: Any, after: Any, how: str) -> Iterator[Change]:
    told = f"{what}: {path} from {before} to {after}"
    if any(path.endswith(end) and str(after) in open_ for end, open_ in _OPEN_VALUES.items()):
        yield Change("opens", told)
    elif _DEARER.search(path) and before != after:
        yield Change("costs", told)
    elif _SHORTER.search(path) and _number(str(after)) < _number(str(before)):
        yield Change("deletes", told)
    elif how == "Delete" and isinstance(before, dict | list):
        yield Change("deletes", f"{what}: {path} loses {_short(before)}")


def _deltas(deltas: Sequence[Json], inside: str = "") -> Iterator[tuple[str, Any, Any, str]]:
    for one in deltas:
        path = f"{inside}.{one['path']}".lstrip(".")
        if one.get("children"):
            yield from _deltas(one["children"], path)
        else:
            yield path, one.get("before"), one.get("after"), one["propertyChangeType"]


def _kind_and_name(resource_id: str) -> tuple[str, str]:
    provider, *rest = resource_id.rpartition("/providers/")[2].split("/")
    return "/".join([provider, *rest[::2]]), "/".join(rest[1::2])


def _short(value: Any) -> str:
    text = str(value.get("name") if isinstance(value, dict) and "name" in value else value)
    return text if len(text) <= 60 else f"{text[:60]}…"
