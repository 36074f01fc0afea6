"""The dashboard's types are those of the API: `make check` checks the scripts against them."""

from __future__ import annotations

import re
from pathlib import Path

from tests.web import api_types

ROOT = Path(__file__).resolve().parents[2]


def test_they_are_generated_from_the_document() -> None:
    assert api_types.FILE.read_text("utf-8") == api_types.text(), "run `make types`"


def test_handwritten_types_repeat_none_of_them() -> None:
    made = set(re.findall(r"^export (?:interface|type) (\w+)", api_types.text(), re.M))
    by_hand = (ROOT / "static/dashboard/types.d.ts").read_text("utf-8")
    assert made & set(re.findall(r"^export (?:interface|type) (\w+)", by_hand, re.M)) == set()
