"""What may be typed into the one field, and when two identities are the same person."""

from __future__ import annotations

import string
import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from helpr_core.domain.identity import (
    BAD_ADDRESS,
    EMPTY,
    MAX_LENGTH,
    SEVERAL,
    TOO_LONG,
    UNPRINTABLE,
    Identity,
    likely_address,
    parse_identity,
)
from helpr_core.domain.identity_key import identity_key
from helpr_core.domain.mail_domains import WELL_KNOWN

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
        ("\ufdfa" * 20, TOO_LONG),  # one character that NFKC expands into eighteen
        ("ali\x00ce", UNPRINTABLE),
        ("ali\x1bce", UNPRINTABLE),
        ("ali\nce@example.com", UNPRINTABLE),
        ("ali\ud800ce", UNPRINTABLE),  # half of a surrogate pair
        ("a@b@example.com", BAD_ADDRESS),
        ("alice@", BAD_ADDRESS),
        ("@example.com", BAD_ADDRESS),
        ("alice@example", BAD_ADDRESS),
        ("alice@example..com", BAD_ADDRESS),
        ("alice smith@example.com", BAD_ADDRESS),
        ("alice@example.com,bob@example.com", SEVERAL),
        ("a@example.com; b@example.com", SEVERAL),
        ("a@example.com b@example.com", SEVERAL),
        ("a@example.com\nb@example.com", SEVERAL),
        ("A <a@example.com>, B <b@example.com>", SEVERAL),
        ("@alice@mastodon.example", BAD_ADDRESS),
        ("alice@-example.com", BAD_ADDRESS),
        (f"alice@{'x' * 64}.com", BAD_ADDRESS),
        ("ali\ufffece", UNPRINTABLE),  # not a character, according to Unicode
        ("ali\x85ce", UNPRINTABLE),  # a Latin-1 control character
        ("ali\u2028ce", UNPRINTABLE),  # line separator
        ("\u200b\u2060", EMPTY),
        (",", EMPTY),
        ("x" * 5000, TOO_LONG),
    ],
)
def test_bad_input_gets_a_sentence_for_the_friend(typed: str, sentence: str) -> None:
    with pytest.raises(ValueError, match=r".") as refused:
        parse_identity(typed)
    # The UnicodeError of a lone surrogate would be a ValueError too.
    assert type(refused.value) is ValueError
    assert refused.value.args[0] == sentence


USERNAMES = (
    "müller",
    "ユーザー",
    "пользователь",
    "شخص",
    "אלמוני",
    "bart!2017",
    "first last",
    "O'Brien",
    "-alice",
    "alice.",
    "😀",
    "👨\u200d👩\u200d👧",
    "نام\u200cها",
    "<b>alice</b>",
    "'; DROP TABLE invite_requests; --",
    "../../etc/passwd",
    "alice%00",
    "=1+1",
    "{{ 7 * 7 }}",
    "\ue000",
)


@pytest.mark.parametrize("username", USERNAMES)
def test_which_usernames_exist_is_for_plex_to_say(username: str) -> None:
    assert parse_identity(username).typed == username


@pytest.mark.parametrize(
    "pasted",
    [
        "mailto:bob@example.com",
        "MAILTO:bob%40example.com?subject=Hi",
        "<bob@example.com>",
        "<mailto:bob@example.com>",
        "<mailto:bob@example.com|bob@example.com>",
        "[bob@example.com](mailto:bob@example.com)",
        "Bob <bob@example.com>",
        '"Builder, Bob" <bob@example.com>',
        "Bob Builder <bob@example.com>;",
        "bob@example.com (Bob)",
        "Bob Smith (bob@example.com)",
        "Smith Bob [bob@example.com]",
        "Bob ( bob@example.com )",
        "(bob@example.com)",
        "E-Mail: bob@example.com",
        "mailto://bob@example.com",
        "bob@example.com…",
        "bob@example.com、",
        "bob@example.com.",
        "bob@example.com,",
        "bob@example.com;",
        "bob@example.com!",
        "“bob@example.com”",
        "'bob@example.com'",
        "bob @example.com",
        "bob@ example.com",
        "bob@example .com",
        "b\u200bob@example.com",
        "\ufeffbob@example.com",
        "\u202abob@example.com\u202c",
        "\u2068bob@example.com\u2069",
        "bob\u200d@example.com",
        "bo\u00adb@example.com",
        "bob＠example．com",
        "ｂｏｂ＠ｅｘａｍｐｌｅ。ｃｏｍ",
    ],
)
def test_an_address_is_extracted_from_the_text_around_it(pasted: str) -> None:
    assert parse_identity(pasted) == Identity("bob@example.com", "bob@example.com")


@pytest.mark.parametrize(
    ("pasted", "meant"),
    [
        ("@alice", "alice"),
        ("＠alice", "alice"),
        ("@al.ice", "al.ice"),
        ("alice,", "alice"),
        ("“alice”", "alice"),
        ("ali\u200bce", "alice"),
        ("alice\u200e", "alice"),
        ("\u202ealice", "alice"),
        ("ａｌｉｃｅ", "alice"),
        ("O’Brien", "O'Brien"),
        ("o’brien@example.com", "o'brien@example.com"),
        ("first\u00a0 last", "first last"),
        ("mu\u0308ller", "müller"),
    ],
)
def test_what_is_plainly_meant_is_accepted(pasted: str, meant: str) -> None:
    assert parse_identity(pasted).typed == meant


@pytest.mark.parametrize(
    "address",
    [
        "älice@example.com",
        "alice@bücher.example",
        "alice@xn--bcher-kva.example",
        "उदाहरण@उदाहरण.परीक्षा",
        "用户@例子.广告",
        "alice@i❤.example",
    ],
)
def test_international_addresses_are_addresses(address: str) -> None:
    assert parse_identity(address).typed == address


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("alice@bücher.example", "Alice@XN--BCHER-KVA.example"),
        ("alice@BÜCHER.example", "alice@bücher.example"),
        ("MÜLLER", "mu\u0308ller"),
        ("نام\u200cها", "نامها"),
        ("First  Last", "first last"),
    ],
)
def test_one_person_has_one_key(one: str, other: str) -> None:
    assert parse_identity(one).key == parse_identity(other).key


@pytest.mark.parametrize("label", ["xn--", "xn--a", "xn--99zzzzzzzz", "xn--xn--a-ssa", "xn---"])
def test_what_only_looks_like_an_international_label_keeps_its_key(label: str) -> None:
    key = identity_key(f"alice@{label}.example")
    assert identity_key(key) == key


@pytest.mark.parametrize(
    ("domain", "meant"),
    [
        ("gmial.com", "gmail.com"),
        ("gmal.com", "gmail.com"),
        ("gmaill.com", "gmail.com"),
        ("gnail.com", "gmail.com"),
        ("gmail.con", "gmail.com"),
        ("gmail.co", "gmail.com"),
        ("gmial.con", "gmail.com"),
        ("GMIAL.COM", "gmail.com"),
        ("hotmial.com", "hotmail.com"),
        ("hotmai.com", "hotmail.com"),
        ("yahooo.com", "yahoo.com"),
        ("outlok.com", "outlook.com"),
        ("iclould.com", "icloud.com"),
        ("googlemial.com", "googlemail.com"),
        ("gmail.com.com", "gmail.com"),
        ("aol.con", "aol.com"),
        ("mail.cmo", "mail.com"),
    ],
)
def test_a_typo_in_a_well_known_domain_is_noticed(domain: str, meant: str) -> None:
    assert parse_identity(f"Bob@{domain}").likely_meant == f"Bob@{meant}"


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("bob@gmail", "bob@gmail.com"),
        ("bob@gmial", "bob@gmail.com"),
        ("bob@gmailcom", "bob@gmail.com"),
        ("bob@gmail,com", "bob@gmail.com"),
        ("bob@gmail..com", "bob@gmail.com"),
        ("bob@aol", "bob@aol.com"),
        ("bob@example", None),
        ("bob@localhost", None),
        ("@gmail", None),
        ("bob smith@gmail", None),
        ("a@gmail,b@gmail", None),
        ("bob", None),
    ],
)
def test_an_incomplete_address_can_be_a_typo_too(typed: str, meant: str | None) -> None:
    assert likely_address(typed) == meant


@pytest.mark.parametrize(
    "domain",
    [
        *sorted(WELL_KNOWN),
        "mail.com",
        "email.com",
        "ymail.com",
        "example.com",
        "hotmail.es",
        "x.co",
    ],
)
def test_a_domain_that_exists_is_not_questioned(domain: str) -> None:
    assert parse_identity(f"bob@{domain}").likely_meant is None
    assert parse_identity("gmial").likely_meant is None


SENTENCES = (EMPTY, TOO_LONG, UNPRINTABLE, BAD_ADDRESS, SEVERAL)


@example("«¡\u200c»")
@given(st.text(max_size=300) | st.text("<>@().,;:'\"[]|? abmailto\u200b\u200d“”", max_size=40))
def test_any_text_is_accepted_or_refused_with_one_of_our_sentences(text: str) -> None:
    try:
        identity = parse_identity(text)
    except ValueError as exc:
        assert exc.args[0] in SENTENCES  # noqa: PT017
    else:
        assert 0 < len(identity.typed) <= MAX_LENGTH
        assert len(identity.key) <= MAX_LENGTH
        assert not any(unicodedata.category(char) in ("Cc", "Cs") for char in identity.typed)
        assert parse_identity(identity.typed) == identity


@given(st.text(max_size=100))
def test_the_key_of_a_key_is_itself(text: str) -> None:
    key = identity_key(text)
    assert identity_key(key) == key


@given(
    st.text(ACCEPTED, min_size=1, max_size=60).filter(lambda text: text[0] not in ".-"),
    st.text(" \t\u00a0\u2003", max_size=3),
)
def test_case_and_surrounding_spaces_make_no_other_person(name: str, spaces: str) -> None:
    variants = (name, name.upper(), name.lower(), name.swapcase(), spaces + name + spaces)
    assert len({parse_identity(variant).key for variant in variants}) == 1


@given(st.lists(st.text(ACCEPTED, min_size=1, max_size=8), min_size=2, max_size=4))
def test_runs_of_spaces_inside_make_no_other_key(words: list[str]) -> None:
    assert identity_key("  \u2003".join(words)) == identity_key(" ".join(words))


@pytest.mark.parametrize(("one", "other"), [("STRASSE", "straße"), ("é", "e\u0301"), ("ﬁ", "FI")])
def test_unicode_forms_of_one_name_have_one_key(one: str, other: str) -> None:
    assert identity_key(one) == identity_key(other)
