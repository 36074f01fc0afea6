"""README and the example file describe the settings that the code reads."""

from __future__ import annotations

import json
import re
from dataclasses import MISSING, fields
from pathlib import Path

from helpr_core.configuration.setting import name_of
from helpr_core.configuration.settings import SETTING_NAMES, Settings

ROOT = Path(__file__).resolve().parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
# Needed by the Functions tools in local.settings.json, and not read by Helpr itself.
OF_THE_TOOLS = {"FUNCTIONS_WORKER_RUNTIME", "AzureWebJobsStorage"}


def documented() -> dict[str, str]:
    """The default of each setting in README's table."""
    table = README.split("## Settings")[1].split("\n## ")[0]
    return dict(re.findall(r"^\| `([A-Z_]+)` \| (.*?) \|", table, re.MULTILINE))


def test_readme_lists_the_settings_that_the_code_reads_in_its_order() -> None:
    assert tuple(documented()) == SETTING_NAMES


def test_readme_says_which_settings_are_required() -> None:
    required = {name_of(one) for one in fields(Settings) if one.default is MISSING}
    assert {name for name, default in documented().items() if default == "required"} == required


def test_readme_has_the_defaults_of_the_code() -> None:
    written = {name: text.strip("`") for name, text in documented().items() if "`" in text}
    defaults = {
        name_of(one): str(one.default)
        for one in fields(Settings)
        if one.default not in (None, (), MISSING)
    }
    # It depends on the place, and the table says so in words.
    assert written.pop("HELPR_TRUSTED_PROXY_HOPS") == "1` on Azure, else `0"
    assert defaults.pop("HELPR_TRUSTED_PROXY_HOPS") == "0"
    assert written == defaults


def test_the_example_file_has_every_setting_as_text() -> None:
    example = json.loads((ROOT / "local.settings.json.example").read_text(encoding="utf-8"))
    values = example["Values"]
    assert set(values) == set(SETTING_NAMES) | OF_THE_TOOLS
    assert all(isinstance(value, str) for value in values.values())


def test_every_link_into_the_project_resolves() -> None:
    pages = [ROOT / "README.md", *(ROOT / "docs").rglob("*.md")]
    links = [
        (page, target)
        for page in pages
        for target in re.findall(r"\]\(([^)#:]+)\)|src=\"([^\":]+)\"", page.read_text("utf-8"))
        for target in target
        if target
    ]
    assert links
    assert [(p.name, t) for p, t in links if not (p.parent / t).exists()] == []
