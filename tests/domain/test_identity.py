"""What may be typed into the one field, and when two people are one."""

from __future__ import annotations

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpr_core.domain.identity import (
    BAD_EMAIL,
    BAD_USERNAME,
    EMPTY,
    MAX_LENGTH,
    TOO_LONG,
    UNPRINTABLE,
    Identity,
    identity_key,
    parse_identity,
)

ACCEPTED = string.ascii_letters + string.digits + "._-"


@pytest.mark.parametrize(
    ("typed", "key"),
    [
        ("alice", "alice"),
        ("  Alice  ", "alice"),
        ("alice_42", "alice_42"),
        ("_alice", "_alice"),
        ("a", "a"),
        ("al.ice-b+c", "al.ice-b+c"),
        ("a" * MAX_LENGTH, "a" * MAX_LENGTH),
        ("Alice@Example.COM", "alice@example.com"),
        ("a.b+tag@mail.example.co.uk", "a.b+tag@mail.example.co.uk"),
        ("o'brien@example.org", "o'brien@example.org"),
        ("\talice\r\n", "alice"),
        ("\u00a0alice\u2003", "alice"),
    ],
)
def test_a_username_or_address_is_trimmed_and_gets_a_key(typed: str, key: str) -> None:
    assert parse_identity(typed) == Identity(typed.strip(), key)


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("", EMPTY),
        ("   ", EMPTY),
        ("\u2003\u00a0\n\t", EMPTY),
        ("a" * 256, TOO_LONG),
        (f"{'a' * 250}@example.com", TOO_LONG),
        ("\ufdfa" * 20, TOO_LONG),  # one character that NFKC turns into eighteen
        ("ali\x00ce", UNPRINTABLE),
        ("ali\x1bce", UNPRINTABLE),
        ("ali\nce@example.com", UNPRINTABLE),
        ("ali\u200bce", UNPRINTABLE),  # zero width space
        ("\u202eecila", UNPRINTABLE),  # right-to-left override
        ("ali\ud800ce", UNPRINTABLE),  # half a surrogate pair
        ("a@b@example.com", BAD_EMAIL),
        ("alice@", BAD_EMAIL),
        ("@example.com", BAD_EMAIL),
        ("alice@example", BAD_EMAIL),
        ("alice@example..com", BAD_EMAIL),
        ("alice smith@example.com", BAD_EMAIL),
        ("alice@example.com,bob@example.com", BAD_EMAIL),
        ("Alice <alice@example.com>", BAD_EMAIL),
        ("älice@example.com", BAD_EMAIL),
        ("alice smith", BAD_USERNAME),
        ("😀", BAD_USERNAME),
        ("شخص", BAD_USERNAME),
        ("אלמוני", BAD_USERNAME),
        ("ａｌｉｃｅ", BAD_USERNAME),  # full width letters
        ("<script>alert(1)</script>", BAD_USERNAME),
        ("<b>alice</b>", BAD_USERNAME),
        ("'; DROP TABLE invite_requests; --", BAD_USERNAME),
        ("1 OR 1=1", BAD_USERNAME),
        ("alice%00", BAD_USERNAME),
        ("../../etc/passwd", BAD_USERNAME),
        ("-alice", BAD_USERNAME),
    ],
)
def test_bad_input_gets_a_sentence_for_the_friend(typed: str, sentence: str) -> None:
    with pytest.raises(ValueError, match=r".") as refused:
        parse_identity(typed)
    # The UnicodeError of a half surrogate would be a ValueError too.
    assert type(refused.value) is ValueError
    assert str(refused.value) == sentence


def test_an_address_is_told_from_a_username() -> None:
    assert parse_identity("alice@example.com").is_email
    assert not parse_identity("alice").is_email


@given(st.text(max_size=300))
def test_any_text_is_taken_whole_or_refused_with_one_of_our_sentences(text: str) -> None:
    try:
        identity = parse_identity(text)
    except ValueError as exc:
        assert str(exc) in (EMPTY, TOO_LONG, UNPRINTABLE, BAD_EMAIL, BAD_USERNAME)  # noqa: PT017
    else:
        assert identity.typed == text.strip()
        assert 0 < len(identity.key) <= MAX_LENGTH


@given(st.from_regex(r"[A-Za-z0-9_.@<>'\" %+-]{1,40}", fullmatch=True))
def test_what_is_accepted_means_nothing_to_html_or_a_header(text: str) -> None:
    try:
        typed = parse_identity(text).typed
    except ValueError:
        return
    assert not set(typed) & set('<>"\\ \r\n\t;')


@given(st.text(max_size=100))
def test_the_key_of_a_key_is_itself(text: str) -> None:
    key = identity_key(text)
    assert identity_key(key) == key


@given(
    st.text(ACCEPTED, min_size=1, max_size=60).filter(lambda text: text[0] not in ".-"),
    st.text(" \t\u00a0\u2003", max_size=3),
)
def test_case_and_spaces_around_make_no_other_person(name: str, spaces: str) -> None:
    variants = (name, name.upper(), name.lower(), name.swapcase(), spaces + name + spaces)
    assert len({parse_identity(variant).key for variant in variants}) == 1


@given(st.lists(st.text(ACCEPTED, min_size=1, max_size=8), min_size=2, max_size=4))
def test_runs_of_spaces_inside_make_no_other_key(words: list[str]) -> None:
    assert identity_key("  \u2003".join(words)) == identity_key(" ".join(words))


@pytest.mark.parametrize(("one", "other"), [("STRASSE", "straße"), ("é", "e\u0301"), ("ﬁ", "FI")])
def test_unicode_forms_of_one_name_have_one_key(one: str, other: str) -> None:
    assert identity_key(one) == identity_key(other)
