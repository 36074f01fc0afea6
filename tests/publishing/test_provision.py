"""The script that provisions asks Azure for what docs/deploy.md says, in that order."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.processes import PROJECT

# Answers as the Azure CLI does, and writes down what it was asked.
FAKE_AZ = """#!{python}
import json, os, sys
asked = sys.argv[1:]
with open({log!r}, "a") as log:
    log.write(" ".join(asked) + "\\n")
if asked[:2] == ["group", "exists"]:
    print({exists!r})
elif asked[:3] == ["deployment", "group", "create"] and {fails}:
    sys.exit("ERROR: no rights")
elif asked[:3] == ["deployment", "group", "show"]:
    if "tsv" in asked:
        print("func-helpr-abc")
    else:
        names = ("postgresHost", "postgresDatabase", "identityName", "identityPrincipalId")
        print(json.dumps({{name: {{"value": ""}} for name in names}}))
"""


class Provisioning:
    """The script in a copy of infra/, with an `az` that answers and remembers."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.log = folder / "asked.log"
        (folder / "bin").mkdir()
        (folder / "infra" / "sql").mkdir(parents=True)
        for name in ("infra/provision.sh", "infra/sql/grant.py", "infra/sql/grant.sql"):
            (folder / name).write_bytes((PROJECT / name).read_bytes())
            (folder / name).chmod(0o755)
        (folder / ".venv" / "bin").mkdir(parents=True)
        python = folder / ".venv" / "bin" / "python"
        python.write_text(f'#!/bin/sh\nexec {sys.executable} "$@"\n')
        python.chmod(0o755)

    def run(
        self, *arguments: str, exists: bool = False, fails: bool = False, **settings: str
    ) -> subprocess.CompletedProcess[str]:
        az = self.folder / "bin" / "az"
        text = FAKE_AZ.format(
            python=sys.executable, log=str(self.log), exists=str(exists).lower(), fails=fails
        )
        az.write_text(text)
        az.chmod(0o755)
        path = f"{self.folder / 'bin'}:{os.environ['PATH']}"
        return subprocess.run(
            [str(self.folder / "infra" / "provision.sh"), *arguments],
            env={"PATH": path, **settings},
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    def asked(self) -> list[str]:
        """What Azure was asked, each cut to its verb."""
        lines = self.log.read_text().splitlines()
        return [
            " ".join(line.split()[: 3 if line.startswith("deployment") else 2]) for line in lines
        ]


@pytest.fixture
def provisioning(tmp_path: Path) -> Provisioning:
    return Provisioning(tmp_path)


def test_it_makes_the_group_deploys_and_lets_the_app_into_its_database(
    provisioning: Provisioning,
) -> None:
    done = provisioning.run("films", "northeurope")
    assert done.returncode == 0, done.stderr
    assert provisioning.asked() == [
        "group exists",
        "group create",
        "deployment group create",
        "deployment group show",
        "deployment group show",
    ]
    told = provisioning.log.read_text()
    assert "group create --name films --location northeurope" in told
    assert "--template-file infra/main.bicep --parameters infra/main.bicepparam" in told
    assert "func azure functionapp publish func-helpr-abc --python" in done.stdout


def test_a_group_that_is_there_stays_where_it_is(provisioning: Provisioning) -> None:
    provisioning.run(exists=True)
    assert "group create" not in provisioning.asked()
    assert "--resource-group helpr" in provisioning.log.read_text()


def test_an_app_that_administrates_needs_no_grant(provisioning: Provisioning) -> None:
    provisioning.run(HELPR_DATABASE_ACCESS="administrator")
    assert provisioning.asked().count("deployment group show") == 1


def test_a_deployment_that_fails_ends_it(provisioning: Provisioning) -> None:
    done = provisioning.run(fails=True)
    assert done.returncode != 0
    assert "no rights" in done.stderr
    assert "Now publish" not in done.stdout
    assert provisioning.asked()[-1] == "deployment group create"
