"""Settings on one's own computer: local.settings.json and .env, read into the environment."""

from __future__ import annotations

import json
import os
from pathlib import Path

from dotenv import dotenv_values

ROOT = Path(__file__).resolve().parents[1]
LOCAL_SETTINGS = "local.settings.json"


def load_local_settings(root: Path = ROOT) -> None:
    """Add what the two files say; what the environment has already wins, then the JSON.

    Raises ValueError when local.settings.json cannot be read as one.
    """
    for found in (_from_json(root), _from_dotenv(root)):
        for name, value in found.items():
            if value:  # an empty one stands in the example, and means that nothing is set
                os.environ.setdefault(name, value)


def _from_json(root: Path) -> dict[str, str]:
    path = root / LOCAL_SETTINGS
    if not path.exists():
        return {}
    try:
        values = dict(json.loads(path.read_text("utf-8-sig"))["Values"].items())
    except (ValueError, KeyError, TypeError, AttributeError) as exc:
        raise ValueError(f"{LOCAL_SETTINGS} is not JSON with an object 'Values'") from exc
    # func start takes nothing but text; so that one file works for both, neither do we.
    wrong = sorted(name for name, value in values.items() if not isinstance(value, str))
    if wrong:
        raise ValueError(f"{LOCAL_SETTINGS}: must be text in quotes: {', '.join(wrong)}")
    return values


def _from_dotenv(root: Path) -> dict[str, str]:
    found = dotenv_values(root / ".env")
    return {name: value for name, value in found.items() if value is not None}
