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
COMBINATIONS = [
    dict(zip(MODES, chosen, strict=True))
    for chosen in product(*MODES.values())
    if sum(one == modes[0] for one, modes in zip(chosen, MODES.values(), strict=True)) % 2 == 0
]
"""Half of all: whatever three modes are chosen, they are together in one of these."""
WHERE = (
    "--subscription-id=00000000-0000-0000-0000-000000000000",
    "--resource-group=helpr",
    "--location=westeurope",
)


def _named(chosen: dict[str, str]) -> str:
    return "-".join(chosen.values())


def _using(folder: Path) -> str:
    # Bicep requires a path relative to the file.
    return f"using '{os.path.relpath(INFRA / 'main.bicep', folder)}'"


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the parameters of each combination, all of them free of warnings."""
    folder = tmp_path_factory.mktemp("combinations")
    for chosen in COMBINATIONS:
        given = chosen | {"deployerPrincipalId": "1" * 8, "deployerPrincipalName": "owners"}
        lines = [_using(folder), *(f"param {n} = '{v}'" for n, v in given.items())]
        text = "\n".join(lines) + "\n"
        (folder / f"{_named(chosen)}.bicepparam").write_text(text, "utf-8")
    for command in ("build-params", "lint"):  # all in one process: starting takes the longest
        done = bicep(command, "--pattern", "*.bicepparam", cwd=folder)
        assert (done.returncode, done.stderr) == (0, "")
    return folder


def _evaluated(file: Path) -> list[Json]:
    done = bicep("snapshot", "--mode=overwrite", *WHERE, file)
    assert (done.returncode, done.stderr) == (0, "")
    snapshot: Json = json.loads(file.with_suffix(".snapshot.json").read_text("utf-8"))
    assert snapshot["diagnostics"] == []
    resources: list[Json] = snapshot["predictedResources"]
    return resources


@needs_bicep
@pytest.mark.timeout(300)
@pytest.mark.parametrize("chosen", COMBINATIONS, ids=_named)
def test_a_combination_is_what_was_chosen(chosen: dict[str, str], files: Path) -> None:
    resources = _evaluated(files / f"{_named(chosen)}.bicepparam")
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
    done = bicep("snapshot", "--mode=overwrite", *WHERE, file)
    assert done.returncode == 1
    assert "flexibleServers/administrators" in done.stderr
