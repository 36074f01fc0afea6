"""How tests are shared among workers."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from _pytest.nodeid import NodeId

from tests.processes import PROJECT
from tests.shares_of_work import PARTS, named_apart


def item(nodeid: str, **more: str) -> Any:
    return SimpleNamespace(nodeid=nodeid, id=NodeId.parse(nodeid), **more)


def test_every_long_file_is_there() -> None:
    assert [name for name in PARTS if not (PROJECT / name).exists()] == []


def test_two_tests_with_the_same_id_are_refused() -> None:
    with pytest.raises(pytest.UsageError, match=r"same id: a\.py::test_one"):
        named_apart([item("a.py::test_one"), item("a.py::test_two"), item("a.py::test_one")])


def test_each_operation_of_a_document_has_an_id_of_its_own() -> None:
    test = item("a.py::test_answers", operation_label="GET /api/site")
    named_apart([test])
    assert str(test._id) == "a.py::test_answers[GET /api/site]"
