"""Refreshes the app's references to secrets in the vault, and waits until they resolve."""

from __future__ import annotations

import sys
import time

from infra.provisioning.azure import AzFailed, Stopped, rest

API = "2024-04-01"
_ASKED = 60
"""How many times, with a pause in between: a new role takes up to ten minutes."""
_REFRESHED_EVERY = 6
_FINAL = frozenset({"SecretNotFound", "SecretVersionNotFound", "InvalidSyntax", "VaultNotFound"})

NOT_RESOLVED = """\
The app does not get {names} from the vault ({said}). A role that is new takes up to
ten minutes, and in a private network its endpoint as long. Look again with:
  infra/provision.sh --refresh {group}"""
MISSING = """\
The vault has no {names}: give it a value (`read -rs {names} && export {names}`) and
run this again."""


def refresh_and_wait(subscription: str, group: str, app: str, pause: float) -> None:
    """Have Azure read every reference again, until each is resolved.

    A restart would not do it: values are cached for a day. Raises Stopped if one stays
    unresolved.
    """
    path = (
        f"/subscriptions/{subscription}/resourceGroups/{group}"
        f"/providers/Microsoft.Web/sites/{app}/config/configreferences/appsettings"
    )
    waiting: dict[str, str] = {}
    for number in range(_ASKED):
        if number % _REFRESHED_EVERY == 0:
            _refresh(path)
        waiting = _unresolved(path)
        missing = [name for name, status in waiting.items() if status in _FINAL]
        if missing:
            raise Stopped(MISSING.format(names=", ".join(missing)))
        if not waiting:
            return
        if number == 0:
            sys.stdout.write(f"Waiting for the vault: {', '.join(sorted(waiting))}\n")
            sys.stdout.flush()
        time.sleep(pause)
    said = ", ".join(sorted(set(waiting.values())))
    raise Stopped(NOT_RESOLVED.format(names=", ".join(sorted(waiting)), said=said, group=group))


def _refresh(path: str) -> None:
    try:
        rest("post", f"{path}/refresh", API)
    except AzFailed as exc:
        sys.stdout.write(f"Azure did not refresh the references yet: {exc.said}\n")


def _unresolved(path: str) -> dict[str, str]:
    told = rest("get", path, API)["value"]
    states = {one["name"]: str(one["properties"].get("status", "")) for one in told}
    return {name: status for name, status in states.items() if status != "Resolved"}
