"""The invite code: right, wrong, guessed; and never revealed."""

from __future__ import annotations

import hmac

import pytest

from helpr_core.services.requests import invite_code
from helpr_core.texts import text
from tests.web.conftest import INVITE_CODE, MakeSite
from tests.web.site_under_test import SiteUnderTest, problem

GUESSER, FRIEND = "198.51.100.1", "198.51.100.2"
PÄSSWORD = "sésame-öffne-dich-🍿"


@pytest.fixture
def guarded(make_site: MakeSite) -> SiteUnderTest:
    """A site that requires a code, with the usual limit on wrong ones."""
    return make_site(INVITE_CODE=INVITE_CODE, HELPR_RATE_SIGN_IN="5/minute;20/hour")


@pytest.mark.parametrize(
    "given",
    [
        INVITE_CODE,
        f"  {INVITE_CODE}\n",
        INVITE_CODE.upper(),
        "Open Sesame 77",
        "opensesame77",
        "0pen-sesame–77",
        "open—sesame−77",
        "ｏｐｅｎ－ｓｅｓａｍｅ－７７",
        "open\u00a0sesame\u200b77",
        "o-p-e-n-s-e-s-a-m-e-7-7",
    ],
)
def test_the_right_code_is_accepted(guarded: SiteUnderTest, given: str) -> None:
    assert guarded.invite("friend", invite_code=given).status_code == 201


@pytest.mark.parametrize(
    "given",
    ["", " ", "-", "wrong", INVITE_CODE[:-1], INVITE_CODE + "x", "open-sesame-77-77", "é", "🍿"],
)
def test_a_wrong_code_is_refused(guarded: SiteUnderTest, given: str) -> None:
    answer = guarded.invite("friend", invite_code=given)
    problem(answer, 403, "invite_code_invalid")
    assert INVITE_CODE not in answer.text
    assert guarded.plex.calls == []
    assert guarded.rows() == []


def test_a_missing_code_is_refused(guarded: SiteUnderTest) -> None:
    problem(guarded.invite("friend"), 403, "invite_code_invalid")
    assert guarded.plex.calls == []


def test_a_code_may_have_any_letters(make_site: MakeSite) -> None:
    site = make_site(INVITE_CODE=PÄSSWORD)
    problem(site.invite("friend", invite_code="sesame"), 403, "invite_code_invalid")
    assert site.invite("friend", invite_code=PÄSSWORD).status_code == 201


@pytest.mark.parametrize(
    ("expected", "given"),
    [
        ("O0-1IL", "00-111"),
        ("00111", "ooill"),
        ("Straße", "STRASSE"),
        ("caf\u00e9", "cafe\u0301"),
    ],
)
def test_lookalike_codes_are_one_code(make_site: MakeSite, expected: str, given: str) -> None:
    site = make_site(INVITE_CODE=expected)
    problem(site.invite("friend", invite_code=""), 403, "invite_code_invalid")
    assert site.invite("friend", invite_code=given).status_code == 201


def test_a_wrong_code_is_refused_and_counted_even_if_none_is_needed(make_site: MakeSite) -> None:
    site = make_site(HELPR_RATE_SIGN_IN="5/minute;20/hour")
    for number in range(4):
        answer = site.invite("friend", invite_code=f"whatever-{number}", peer=GUESSER)
        problem(answer, 403, "invite_code_invalid")
    page = site.fill_in("friend", "whatever", peer=GUESSER)
    assert page.status_code == 403
    assert text("problem.invite_code_invalid.detail") in page.text
    assert 'value="whatever"' in page.text
    problem(site.invite("friend", invite_code="once-more", peer=GUESSER), 429, "rate_limited")
    assert site.rows() == []
    assert site.invite("friend", invite_code=" ", peer=FRIEND).status_code == 201


def test_codes_are_compared_in_constant_time(
    guarded: SiteUnderTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    compared: list[tuple[bytes, bytes]] = []

    def watched(one: bytes, other: bytes) -> bool:
        compared.append((one, other))
        return hmac.compare_digest(one, other)

    monkeypatch.setattr(invite_code, "compare_digest", watched)
    guarded.invite("friend", invite_code="wrong")
    assert compared == [(b"wr0ng", b"0pensesame77")]


def test_wrong_codes_have_their_own_limit(guarded: SiteUnderTest) -> None:
    for number in range(5):
        answer = guarded.invite("friend", invite_code=f"guess-{number}", peer=GUESSER)
        problem(answer, 403, "invite_code_invalid")
    answer = guarded.invite("friend", invite_code="guess-5", peer=GUESSER)
    problem(answer, 429, "rate_limited")
    assert 1 <= int(answer.headers["Retry-After"]) <= 60


def test_the_right_code_does_not_help_a_guesser_over_the_limit(guarded: SiteUnderTest) -> None:
    for number in range(6):
        guarded.invite("friend", invite_code=f"guess-{number}", peer=GUESSER)
    answer = guarded.invite("friend", invite_code=INVITE_CODE, peer=GUESSER)
    problem(answer, 429, "rate_limited")
    assert guarded.plex.calls == []


def test_a_guesser_affects_nobody_else(guarded: SiteUnderTest) -> None:
    for number in range(6):
        guarded.invite("friend", invite_code=f"guess-{number}", peer=GUESSER)
    assert guarded.invite("friend", invite_code=INVITE_CODE, peer=FRIEND).status_code == 201


def test_right_codes_do_not_count_as_guesses(guarded: SiteUnderTest) -> None:
    statuses = [
        guarded.invite(f"friend-{n}", invite_code=INVITE_CODE).status_code for n in range(8)
    ]
    assert statuses == [201] * 8


def test_the_code_is_in_no_answer_and_no_log(
    guarded: SiteUnderTest, caplog: pytest.LogCaptureFixture
) -> None:
    wrong = [
        guarded.invite("friend", invite_code="wrong"),
        guarded.fill_in("friend", "wrong"),
        guarded.get("/api/site"),
        guarded.page("/"),
        guarded.page("/join/wrong"),
        guarded.get("/api/openapi.json"),
    ]
    right = guarded.invite("friend", invite_code=INVITE_CODE)
    right_link = guarded.page(f"/join/{INVITE_CODE}")
    assert [INVITE_CODE in answer.text for answer in wrong] == [False] * len(wrong)
    assert (right.status_code, right_link.status_code) == (201, 200)
    assert len(caplog.messages) > len(wrong)
    assert not [line for line in caplog.messages if INVITE_CODE in line]


def test_a_join_link_carries_a_code_with_a_slash(make_site: MakeSite) -> None:
    site = make_site(INVITE_CODE="blue/door")
    assert 'value="blue/door"' in site.page("/join/blue%2Fdoor").text
