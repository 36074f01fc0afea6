"""Imports at first use, and what they leave to the garbage collector."""

from __future__ import annotations

import gc
import sys
from pathlib import Path

import pytest

from helpr_core import first_use


def test_what_an_import_makes_is_left_out_of_later_collections(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "imported_by_a_test.py").write_text("SOMETHING = [{}]\n")
    monkeypatch.syspath_prepend(tmp_path)
    gc.unfreeze()
    first_use.module("imported_by_a_test")
    assert gc.get_freeze_count() > 0
    assert gc.isenabled()
    del sys.modules["imported_by_a_test"]
    gc.unfreeze()


def test_a_block_that_imports_nothing_keeps_nothing_alive() -> None:
    """Requests enter such blocks again and again: what they leave behind must be collected."""
    gc.unfreeze()
    for _ in range(100):
        first_use.module("helpr_core.errors")
    assert gc.get_freeze_count() == 0


def test_a_hidden_package_is_back_afterwards(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, "colorsys", raising=False)
    with first_use.as_if_not_installed("colorsys", "json"):
        import json  # noqa: PLC0415 - was there before, so it is not hidden

        with pytest.raises(ImportError):
            first_use.module("colorsys")
    assert json.dumps([]) == "[]"
    assert first_use.module("colorsys").rgb_to_hsv(0, 0, 0) == (0, 0, 0)
