"""The oldest browsers are the same everywhere; `make check` compares what the pages use."""

from __future__ import annotations

import json
from pathlib import Path

from helpr_core.texts import text

ROOT = Path(__file__).resolve().parents[2]


def test_the_readme_names_the_browsers_that_are_checked() -> None:
    oldest = json.loads((ROOT / "package.json").read_text())["oldestBrowsers"]
    readme = (ROOT / "README.md").read_text()

    named = (
        f"Safari {oldest['safari']}, Chrome or Edge {oldest['chrome']}, Firefox {oldest['firefox']}"
    )
    assert named in readme
    assert named in text("ui.not_started.detail")
    assert oldest["safari"] == oldest["safari_ios"]
    assert oldest["chrome"] == oldest["edge"] == oldest["chrome_android"]
