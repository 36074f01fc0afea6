"""Every combination of the modes can be evaluated without a warning."""

from __future__ import annotations

import json
import os
from itertools import product
from pathlib import Path

import pytest

from tests.infra.template import INFRA, Json, bicep, needs_bicep

MODES = {
    "postgresMode": ("flexible", "external"),
    "databaseAccess": ("grantSql", "administrator"),
    "networkMode": ("public", "private"),
    "alertEmail": ("", "owner@example.com"),
}
SERVER = "Microsoft.DBforPostgreSQL/flexibleServers"
COMBINATIONS = [dict(zip(MODES, chosen, strict=True)) for chosen in product(*MODES.values())]


def _using(folder: Path) -> str:
    # Bicep requires a path relative to the file.
    return f"using '{os.path.relpath(INFRA / 'main.bicep', folder)}'"


def _evaluated(chosen: dict[str, str], folder: Path) -> list[Json]:
    given = chosen | {"deployerPrincipalId": "1" * 8, "deployerPrincipalName": "owners"}
    lines = [_using(folder), *(f"param {n} = '{v}'" for n, v in given.items())]
    file = folder / "chosen.bicepparam"
    file.write_text("\n".join(lines) + "\n", "utf-8")
    for command in ("build-params", "lint"):
        done = bicep(command, file, *(("--stdout",) if command == "build-params" else ()))
        assert (done.returncode, done.stderr) == (0, "")
    where = (
        "--subscription-id=00000000-0000-0000-0000-000000000000",
        "--resource-group=helpr",
        "--location=westeurope",
    )
    done = bicep("snapshot", "--mode=overwrite", *where, file)
    assert (done.returncode, done.stderr) == (0, "")
    snapshot: Json = json.loads(file.with_suffix(".snapshot.json").read_text("utf-8"))
    assert snapshot["diagnostics"] == []
    resources: list[Json] = snapshot["predictedResources"]
    return resources


@needs_bicep
@pytest.mark.timeout(300)
@pytest.mark.parametrize("chosen", COMBINATIONS, ids=lambda chosen: "-".join(chosen.values()))
def test_a_combination_is_what_was_chosen(chosen: dict[str, str], tmp_path: Path) -> None:
    resources = _evaluated(chosen, tmp_path)
    count = [one["type"] for one in resources].count
    flexible, private = chosen["postgresMode"] == "flexible", chosen["networkMode"] == "private"
    both = chosen["databaseAccess"] == "administrator"
    assert count(SERVER) == count(f"{SERVER}/databases") == int(flexible)
    assert count(f"{SERVER}/administrators") == (1 + both if flexible else 0)
    assert count("Microsoft.Network/privateEndpoints") == (4 + flexible if private else 0)
    assert count("Microsoft.Insights/scheduledQueryRules") == int(bool(chosen["alertEmail"]))
    assert count("Microsoft.Insights/metricAlerts") == 0


@needs_bicep
def test_a_server_without_an_administrator_is_refused_before_anything_is_deployed(
    tmp_path: Path,
) -> None:
    file = tmp_path / "nobody.bicepparam"
    file.write_text(f"{_using(tmp_path)}\n", "utf-8")
    where = (
        "--subscription-id=00000000-0000-0000-0000-000000000000",
        "--resource-group=helpr",
        "--location=westeurope",
    )
    done = bicep("snapshot", "--mode=overwrite", *where, file)
    assert done.returncode == 1
    assert "flexibleServers/administrators" in done.stderr
