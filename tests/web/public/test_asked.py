"""A friend's request is read and answered without pydantic, as the shapes say."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpr_core.errors import InvalidInput
from helpr_core.web.bodies import check
from helpr_core.web.public.asked import LONGEST_NOTE, read_asked
from helpr_core.web.public.shapes import InviteIn

_TEXTS = st.one_of(st.text(max_size=8), st.sampled_from([" a ", "\u00a0a\u00a0", "a\nb", "a\tb"]))
_VALUES = st.one_of(_TEXTS, st.none(), st.booleans(), st.integers(), st.lists(st.text()))
_FIELDS = ("email_or_username", "invite_code", "note", "confirmed", "another")


def _told(read: Any, fields: Mapping[str, Any]) -> object:
    try:
        return read(fields)
    except InvalidInput as exc:
        return exc.errors


@given(st.dictionaries(st.sampled_from(_FIELDS), _VALUES))
def test_it_is_read_as_by_the_shape(fields: dict[str, Any]) -> None:
    read = _told(lambda given: asdict(read_asked(given)), fields)
    assert read == _told(lambda given: check(InviteIn, given).model_dump(), fields)


@pytest.mark.parametrize("length", [LONGEST_NOTE, LONGEST_NOTE + 1])
def test_a_note_has_the_same_limit(length: int) -> None:
    fields = {"email_or_username": str(uuid.uuid4()), "note": "a" * length}
    read = _told(lambda given: asdict(read_asked(given)), fields)
    assert read == _told(lambda given: check(InviteIn, given).model_dump(), fields)
