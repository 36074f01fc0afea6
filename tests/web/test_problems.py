"""How a refusal states the waiting time: true for a limit of a minute, an hour or a day."""

from __future__ import annotations

import pytest

from helpr_core.errors import CeilingReached, DailyCapReached, RateLimited
from helpr_core.texts import say, speaking
from helpr_core.web.problems import trouble_of
from tests.web.conftest import MakeSite
from tests.web.site_under_test import problem

WAITS = {
    1: "less than a minute",
    59: "less than a minute",
    60: "1 minute",
    61: "2 minutes",
    2_990: "50 minutes",
    3_600: "60 minutes",
    7_199: "2 hours",
    7_200: "2 hours",
    7_201: "3 hours",
    86_400: "24 hours",
    172_801: "3 days",
}


def _limits(seconds: int) -> list[RateLimited]:
    ceilings = ("wrong_codes", "failed_sign_ins", "all_invites")
    return [
        RateLimited(seconds),
        DailyCapReached(seconds),
        *(CeilingReached(what, seconds) for what in ceilings),
    ]


@pytest.mark.parametrize(("seconds", "wait"), WAITS.items())
def test_a_limit_says_how_long_it_lasts_and_never_too_little(seconds: int, wait: str) -> None:
    for error in _limits(seconds):
        trouble = trouble_of(error)
        assert f"in {wait}" in say(trouble.kind.detail), type(error).__name__
        assert trouble.retry_after_seconds == seconds


def test_the_wait_is_named_in_every_language() -> None:
    for error in _limits(2_990):
        with speaking("de"):
            assert "50 Minuten" in say(trouble_of(error).kind.detail)


@pytest.mark.parametrize(("rate", "wait"), [("1/minute", "minute"), ("1/hour", " minutes")])
def test_a_friend_over_the_limit_is_told_when_to_come_back(
    make_site: MakeSite, rate: str, wait: str
) -> None:
    site = make_site(HELPR_RATE_INVITES=rate)
    site.invite("first")
    answer = site.invite("second")
    detail = problem(answer, 429, "rate_limited")["detail"]
    assert wait in detail
    assert "a moment" not in detail
    assert detail in site.fill_in("third").text
