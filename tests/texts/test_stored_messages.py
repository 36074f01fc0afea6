"""A message is stored as JSON and read back by this version and its neighbours."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from helpr_core import shapes
from helpr_core.texts import Message, Words, in_english

NOON = datetime(2026, 1, 2, 12, tzinfo=UTC)


@dataclass(frozen=True)
class Holder:
    words: Words
    more: Words | None = None


@pytest.mark.parametrize(
    "words",
    [
        "plain words",
        Message("a.b"),
        Message("a.b", count=3, share=0.5, name="Ännchen", port="5432"),
        Message("a.b", at=NOON, day=date(2026, 1, 2), wait=timedelta(minutes=90)),
        Message("a.b", names=("x", Message("join.quoted", name="y")), inner=Message("c.d", n=1)),
    ],
)
def test_stored_messages_are_read_back_unchanged(words: Words) -> None:
    stored = json.loads(json.dumps(shapes.write(Holder(words, words))))
    assert shapes.read(Holder, stored) == Holder(words, words)


@pytest.mark.parametrize("stored", [{"words": 3}, {"words": {"code": 3}}, {"words": {}}, {}])
def test_an_invalid_message_is_unreadable(stored: Any) -> None:
    with pytest.raises(shapes.Unreadable):
        shapes.read(Holder, stored)


@pytest.mark.parametrize(
    "param", [None, {}, {"newer": 1}, {"seconds": "x"}, {"time": "noon"}, {"seconds": 1e300}]
)
def test_a_parameter_of_an_unknown_kind_leaves_a_gap(param: Any) -> None:
    read = Message.from_json({"code": "advice.gave_up", "params": {"last": param}})
    assert read == Message("advice.gave_up")
    assert in_english(read).endswith("…")


@pytest.mark.parametrize("params", [None, {}, {"parts": "text"}, {"parts": 3}])
def test_a_joined_message_without_its_parts_is_empty(params: Any) -> None:
    assert in_english(Message.from_json({"code": "join.sentences", "params": params})) == ""
