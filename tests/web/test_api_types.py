"""The dashboard's types are those of the API: `make check` checks the scripts against them."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.web import api_types

ROOT = Path(__file__).resolve().parents[2]
TSC = ROOT / "node_modules/.bin/tsc"


def test_they_are_generated_from_the_document() -> None:
    assert api_types.FILE.read_text("utf-8") == api_types.text(), "run `make types`"


def test_handwritten_types_repeat_none_of_them() -> None:
    made = set(re.findall(r"^export (?:interface|type) (\w+)", api_types.text(), re.M))
    by_hand = (ROOT / "static/dashboard/types.d.ts").read_text("utf-8")
    assert made & set(re.findall(r"^export (?:interface|type) (\w+)", by_hand, re.M)) == set()


@pytest.mark.skipif(not TSC.exists(), reason="TypeScript is not installed (npm install)")
def test_a_script_that_misspells_a_field_is_found(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "static/dashboard", tmp_path / "static/dashboard")
    shutil.copy(ROOT / "tsconfig.json", tmp_path)
    include = json.loads((tmp_path / "tsconfig.json").read_text("utf-8"))
    include["include"] = ["static/dashboard/wrong.js"]
    (tmp_path / "tsconfig.json").write_text(json.dumps(include), "utf-8")
    (tmp_path / "static/dashboard/wrong.js").write_text(
        '/** @param {import("./types.js").Row} row */\n'
        "export const shown = (row) => row.freind_sees;\n",
        "utf-8",
    )
    done = subprocess.run(
        [TSC], cwd=tmp_path, capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode != 0
    assert "'freind_sees' does not exist on type 'Row'" in done.stdout
