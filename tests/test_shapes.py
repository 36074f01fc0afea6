"""JSON of this version, the previous one and a newer one becomes the same dataclasses."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, is_dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpr_core.domain.library_choice import Choice
from helpr_core.domain.plex import Library, Server
from helpr_core.domain.requests import NewRequest, Note, Source, Status
from helpr_core.domain.server_list import Doubt
from helpr_core.services.plex.catalog import Known
from helpr_core.services.plex.seats import SeatCount
from helpr_core.services.site.settings import Change, Saved, SiteSettings
from helpr_core.shapes import FLAT, Unreadable, read, write

NOON = datetime(2026, 1, 2, 12, tzinfo=UTC)


class Colour(StrEnum):
    RED = "red"


@dataclass(frozen=True)
class Inner:
    a: int
    b: str = ""


@dataclass(frozen=True)
class Outer:
    inner: Inner
    at: datetime
    wait: timedelta = timedelta(seconds=30)
    share: float = 0.5
    on: bool = False
    colour: Colour | None = None
    ids: frozenset[int] = frozenset()
    many: tuple[Inner, ...] = ()
    told: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    anything: Any = None
    request: UUID | None = None


@dataclass(frozen=True)
class Beside:
    inner: Inner = field(metadata=FLAT)
    more: int = 0


WHOLE = Outer(
    Inner(1, "x"), NOON, timedelta(seconds=1.5), 0.25, True, Colour.RED, frozenset({3, 1}),
    (Inner(2),), {"step": ("found", "fix")}, {"any": [1]}, UUID(int=7),
)  # fmt: skip


def test_a_value_is_read_back_unchanged() -> None:
    written = json.loads(json.dumps(write(WHOLE)))
    assert read(Outer, written) == WHOLE
    assert written["ids"] == [1, 3]


def test_none_is_not_written() -> None:
    assert write(Outer(Inner(1), NOON)).keys() == {
        "inner", "at", "wait", "share", "on", "ids", "many", "told"
    }  # fmt: skip


def test_missing_keys_get_their_default_and_extra_ones_are_ignored() -> None:
    stored = {"inner": {"a": 1, "new": [1]}, "at": NOON.isoformat(), "later": {}}
    assert read(Outer, stored) == Outer(Inner(1), NOON)


def test_keys_of_a_newer_version_survive_a_change_by_this_one() -> None:
    stored = {"inner": {"a": 1, "new": [1]}, "at": NOON.isoformat(), "later": {"x": 2}}
    written = write(Outer(Inner(5), NOON), stored)
    assert written["later"] == {"x": 2}
    assert written["inner"] == {"a": 5, "b": "", "new": [1]}


def test_a_key_that_became_none_does_not_survive() -> None:
    assert "colour" not in write(Outer(Inner(5), NOON), write(WHOLE))


def test_flattened_fields_are_read_and_written() -> None:
    assert write(Beside(Inner(1, "x"), 2)) == {"a": 1, "b": "x", "more": 2}
    assert read(Beside, {"a": 1, "other": 3}) == Beside(Inner(1))
    assert write(Beside(Inner(1)), {"a": 5, "b": "gone", "other": 3})["other"] == 3


def test_an_unreadable_element_hides_none_of_the_others() -> None:
    many = [{"a": 1}, {"b": "no a"}, "no object", {"a": "2"}, {"a": 3}]
    stored = {"inner": {"a": 1}, "at": NOON.isoformat(), "many": many}
    assert read(Outer, stored).many == (Inner(1), Inner(3))


@pytest.mark.parametrize(
    "wrong",
    [
        {"at": "no time"},
        {"at": "2026-01-02T12:00:00"},  # in which time zone?
        {"at": 5},
        {"inner": None},
        {"inner": []},
        {"inner": {"a": True}},
        {"on": 1},
        {"wait": "long"},
        {"wait": True},
        {"colour": "blue"},
        {"many": "text"},
        {"told": {"step": ["found"]}},
        {"request": 7},
        {"request": "no id"},
    ],
)
def test_a_value_of_another_type_makes_the_whole_unreadable(wrong: dict[str, Any]) -> None:
    with pytest.raises(Unreadable):
        read(Outer, {"inner": {"a": 1}, "at": NOON.isoformat()} | wrong)


@pytest.mark.parametrize("stored", [None, [], "text", 1, {}])
def test_a_value_that_is_not_an_object_is_unreadable(stored: object) -> None:
    with pytest.raises(Unreadable):
        read(Outer, stored)


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner),
    max_leaves=8,
)
NAMES = st.sampled_from([one.name for shape in (Outer, Known, Saved) for one in fields(shape)])


@given(st.dictionaries(NAMES | st.text(max_size=6), anything) | anything)
def test_any_stored_value_is_read_or_unreadable(stored: object) -> None:
    for shape in (Outer, Known, Saved, Choice, SeatCount, NewRequest):
        try:
            found = read(shape, stored)
        except Unreadable:
            continue
        assert is_dataclass(found)


MOVIES = {"id": 1, "title": "Movies", "type": "movie"}


def test_stored_documents_keep_the_keys_that_the_previous_version_reads() -> None:
    """0.1.0 raises KeyError if one of these is missing, and both run during a roll-out."""
    server = Server("f" * 40, "Home", (Library(1, "Movies", "movie"),), NOON)
    at = NOON.isoformat()
    known = {"machine_identifier": "f" * 40, "name": "Home", "libraries": [MOVIES]}
    assert write(Known(server)) == known | {"fetched_at": at}
    doubt = {"missing": [1], "since": at, "last": at, "answers": 1, "nothing": False}
    assert write(Known(server, Doubt((1,), NOON, NOON)))["doubt"] == doubt
    assert write(SeatCount(3, 1, NOON)).items() >= {"used": 3, "pending": 1, "read_at": at}.items()
    saved = Saved(SiteSettings("Film"), (Change(1, "anna", NOON, ("title",)),), version=1)
    assert write(saved)["settings"]["title"] == "Film"
    assert write(saved)["version"] == 1
    assert write(saved)["changes"] == [{"version": 1, "by": "anna", "at": at, "fields": ["title"]}]
    assert write(Choice((Library(1, "Movies", "movie"),), ("Movies",)))["libraries"] == [MOVIES]


def test_a_state_from_a_newer_version_is_read_as_unknown() -> None:
    new = NewRequest(UUID(int=1), "a", "a", NOON, Source.FORM, "Home", (), "")
    stored = write(new) | {"status": "sleeping", "source": "pigeon"}
    assert read(NewRequest, stored).status is Status.UNKNOWN
    assert read(NewRequest, stored).source is Source.UNKNOWN
    assert read(Note, write(Note(NOON, "hi", True))) == Note(NOON, "hi", True)
