"""The template: compiled by the Bicep CLI, or as its committed snapshots evaluate it.

A snapshot is what `bicep snapshot` makes of a parameter file: one flat list of resources.
Whatever only Azure knows stays an expression in brackets. With the CLI at hand a test checks
that the snapshots are up to date, so the others may read them without it.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

PROJECT = Path(__file__).resolve().parents[2]
INFRA = PROJECT / "infra"
VARIANTS = Path(__file__).parent / "variants"
# The name of each parameter file in these tests.
PARAMETER_FILES = {
    "main": INFRA / "main.bicepparam",
    "private": VARIANTS / "private.bicepparam",
    "external": VARIANTS / "external.bicepparam",
    "laptop": VARIANTS / "laptop.bicepparam",
}

# The template cannot be evaluated without one.
ADMINISTRATOR = {
    "AZURE_PRINCIPAL_ID": "22222222-2222-2222-2222-222222222222",
    "AZURE_PRINCIPAL_NAME": "me_outlook.example#EXT#@meoutlook.example.com",
}

Json = dict[str, Any]


def bicep_cli() -> Path | None:
    """The Bicep CLI in BICEP, else on PATH, else None."""
    named = os.environ.get("BICEP")
    found = shutil.which(named) if named else shutil.which("bicep")
    return Path(found).absolute() if found else None


needs_bicep = pytest.mark.skipif(
    bicep_cli() is None,
    reason="the Bicep CLI is neither in BICEP nor on PATH: https://aka.ms/bicep-install",
)


def bicep(*arguments: str | Path, cwd: Path = PROJECT) -> subprocess.CompletedProcess[str]:
    """Run the CLI in an environment that contains only the database's administrator."""
    cli = bicep_cli()
    assert cli is not None
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "TMPDIR") if name in os.environ}
    kept |= ADMINISTRATOR
    # Without it the CLI needs ICU, which a small image does not have.
    kept["DOTNET_SYSTEM_GLOBALIZATION_INVARIANT"] = "1"
    return subprocess.run(
        [cli, *arguments],
        env=kept,
        cwd=cwd,
        capture_output=True,
        text=True,
        check=False,
        timeout=100,
    )


def built(file: Path) -> Json:
    """The ARM template that a Bicep file compiles to; fails on the first warning."""
    done = bicep("build", "--stdout", file)
    # Warnings leave the exit code at 0.
    assert (done.returncode, done.stderr) == (0, "")
    template: Json = json.loads(done.stdout)
    return template


def snapshot_of(name: str) -> Json:
    """The committed snapshot of one of PARAMETER_FILES."""
    text = PARAMETER_FILES[name].with_suffix(".snapshot.json").read_text("utf-8")
    snapshot: Json = json.loads(text)
    return snapshot


def resources(name: str, resource_type: str = "") -> list[Json]:
    """What a parameter file deploys, of one type or all."""
    every: list[Json] = snapshot_of(name)["predictedResources"]
    return [one for one in every if resource_type in ("", one["type"])]


def the(name: str, resource_type: str) -> Json:
    """The only resource of that type."""
    (only,) = resources(name, resource_type)
    return only


def app_settings(name: str) -> dict[str, str]:
    """The app settings that a parameter file leads to; what Azure fills in is in brackets."""
    settings: dict[str, str] = the(name, "Microsoft.Web/sites/config")["properties"]
    return settings


def declared(template: Json) -> list[Json]:
    """The resources of a compiled template, without those of nested ones."""
    inside = template["resources"]
    return list(inside.values() if isinstance(inside, dict) else inside)


def templates(template: Json) -> Iterator[Json]:
    """A compiled template and every one nested in it."""
    yield template
    for resource in declared(template):
        if resource["type"] == "Microsoft.Resources/deployments":
            yield from templates(resource["properties"]["template"])


def keys(value: Any) -> Iterator[str]:
    """Every property name anywhere in a value."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield key
            yield from keys(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from keys(inner)
