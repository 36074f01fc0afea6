"""When two invite codes are the same."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from helpr_core.domain.codes import code_key


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("open-sesame", "OPEN SESAME"),
        ("O0-1IL", "00-111"),
        ("ＡＢＣ", "abc"),
        ("caf\u00e9", "CAFE\u0301"),
        ("a–b—c−d‑e_f", "abcdef"),
        ("a\u200bb\u00a0c\n", "abc"),
        ("“open-sesame”.", "open sesame"),
        ("'abc',", "abc"),
        ("\u041e\u03bf|\u0456\u0131\u0130", "OO1IIi"),
    ],
)
def test_codes_that_look_alike_have_one_key(one: str, other: str) -> None:
    assert code_key(one) == code_key(other)


@pytest.mark.parametrize(("one", "other"), [("abc", "abd"), ("é", "e"), ("a!", "a"), ("-", "")])
def test_codes_that_differ_have_different_keys(one: str, other: str) -> None:
    assert code_key(one) != code_key(other)


@example("K´")
@given(st.text(max_size=40))
@example("A´")
@example("'.")
@example("İ´")
def test_the_key_of_a_key_is_itself(text: str) -> None:
    assert code_key(code_key(text)) == code_key(text)
