"""When a store is taken to be unresponsive, and when it is only busy."""

from __future__ import annotations

import time
from types import SimpleNamespace

import pytest

from helpr_core.adapters import silence
from helpr_core.adapters.silence import Silence


def test_it_begins_with_one_timeout_and_ends_by_itself(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    now = [1000.0]
    monkeypatch.setattr(silence, "time", SimpleNamespace(monotonic=lambda: now[0]))
    one = Silence()
    assert not one.lasts
    one.note_no_answer(now[0])
    now[0] += silence.SECONDS - 0.1
    assert one.lasts
    now[0] += 0.2
    assert not one.lasts


def test_a_store_that_answered_others_meanwhile_is_only_busy() -> None:
    one = Silence()
    asked_at = time.monotonic()
    time.sleep(0.001)
    one.heard()
    one.note_no_answer(asked_at)
    assert not one.lasts


def test_an_answer_ends_it() -> None:
    one = Silence()
    one.note_no_answer(time.monotonic())
    one.heard()
    assert not one.lasts


def test_an_earlier_answer_says_nothing() -> None:
    one = Silence()
    one.heard()
    time.sleep(0.001)
    one.note_no_answer(time.monotonic())
    assert one.lasts
