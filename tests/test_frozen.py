"""Frozen dataclasses that share their methods behave like the standard library's."""

from __future__ import annotations

import copy
import dataclasses
import importlib
import inspect
import pickle
import pkgutil
from collections.abc import Iterator
from dataclasses import FrozenInstanceError, field, fields, replace
from functools import cached_property
from typing import Any

import pytest

import helpr_core
from helpr_core import frozen
from helpr_core.frozen import dataclass


@dataclass(frozen=True, slots=True)
class Point:
    x: int
    y: int = 0
    tags: dict[str, int] = field(default_factory=dict, compare=False)
    secret: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Based(Point):
    late: int = field(default=5, kw_only=True)
    z: int = 3


@dataclass(frozen=True)
class Remembering:
    text: str

    def __post_init__(self) -> None:
        if not self.text:
            raise ValueError("empty")

    @cached_property
    def length(self) -> int:
        return len(self.text)


@dataclass(frozen=True, slots=True, eq=False)
class Itself:
    number: int


@dataclass(frozen=True, slots=True)
class Nothing:
    pass


def test_an_object_takes_its_fields_by_place_and_by_name() -> None:
    assert (Point(1, 2).x, Point(x=1).y, Point(1).tags) == (1, 0, {})
    assert Point(1).tags is not Point(1).tags
    based = Based(1, 2, {}, "s", 4, late=6)
    assert (based.z, based.late, Based(1).late) == (4, 6, 5)
    Nothing()


@pytest.mark.parametrize("given", [((), {}), ((1, 2, {}, "", 9), {}), ((1,), {"w": 2})])
def test_wrong_arguments_are_a_type_error(given: tuple[Any, Any]) -> None:
    for _ in range(2):  # the first object of a class is made in another way
        with pytest.raises(TypeError):
            Point(*given[0], **given[1])


def test_objects_with_equal_fields_are_equal_and_hash_alike() -> None:
    assert Point(1, 2, {"a": 1}) == Point(1, 2, {"b": 2})
    assert hash(Point(1, 2, {"a": 1})) == hash(Point(1, 2, {"b": 2}))
    assert Point(1, 2) != Point(1, 3)
    assert Point(1, 2).__eq__((1, 2, "")) is NotImplemented
    assert Point(1, secret="a") != Point(1, secret="b")
    assert Point(1) != Based(1)
    assert Nothing() == Nothing()
    assert hash(Nothing()) == hash(Nothing())
    assert Itself(1) != Itself(1)


def test_the_text_names_the_class_and_hides_what_is_to_be_hidden() -> None:
    assert repr(Point(1, secret="hush")) == "Point(x=1, y=0, tags={})"
    assert repr(Nothing()) == "Nothing()"


@pytest.mark.parametrize("one", [Point(1), Based(1), Remembering("a"), Itself(1)])
def test_nothing_of_an_object_can_be_changed(one: object) -> None:
    name = fields(one)[0].name  # type: ignore[arg-type]
    for attempt in (name, "another"):
        with pytest.raises(FrozenInstanceError):
            setattr(one, attempt, 2)
        with pytest.raises(FrozenInstanceError):
            delattr(one, attempt)


def test_slots_and_cached_properties_work() -> None:
    assert not hasattr(Point(1), "__dict__")
    assert Remembering("four").length == 4
    with pytest.raises(ValueError, match="empty"):
        Remembering("")


def test_copies_and_replacements_are_objects_of_their_own() -> None:
    one = Based(1, 2, {"a": 1}, late=7)
    for other in (copy.copy(one), copy.deepcopy(one), pickle.loads(pickle.dumps(one))):
        assert other == one
        assert other.tags == one.tags
    assert replace(one, y=9) == Based(1, 9, late=7)
    match one:
        case Based(x, y):
            assert (x, y) == (1, 2)


def test_a_class_that_is_not_frozen_is_an_ordinary_dataclass() -> None:
    @dataclass(slots=True)
    class Counter:
        number: int = 0

    one = Counter()
    one.number += 1
    assert one == Counter(1)


_NOT_HERE = ("helpr_core.__main__", "helpr_core.wsgi", "helpr_core.local.", ".migrations")


def _frozen_classes() -> Iterator[type[Any]]:
    for module in pkgutil.walk_packages(helpr_core.__path__, "helpr_core."):
        if any(part in module.name for part in _NOT_HERE):
            continue
        for one in vars(importlib.import_module(module.name)).values():
            if isinstance(one, type) and hasattr(one, "_compared"):
                yield one


def test_every_class_takes_what_the_standard_decorator_would_have_it_take() -> None:
    classes = {*_frozen_classes()}
    assert len(classes) > 150
    for one in classes:
        if "__init__" in vars(one) and vars(one)["__init__"].__module__ == one.__module__:
            continue  # written by hand
        standard = dataclasses.make_dataclass(
            one.__name__,
            [
                (each.name, Any, field(**{name: getattr(each, name) for name in _KEPT}))
                for each in fields(one)
            ],
        )
        wanted = inspect.signature(standard)
        given = inspect.signature(frozen._init(one)).parameters.values()
        taken = [(each.name, each.kind, each.default is each.empty) for each in given]
        assert taken[1:] == [
            (each.name, each.kind, each.default is each.empty)
            for each in wanted.parameters.values()
        ], one


_KEPT = ("default", "default_factory", "kw_only")
