"""What the owner reads about the list of people and about drift."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from helpr_core.domain.people_reading import Verdict
from helpr_core.services.people.ports import LastReading, PeopleSummary
from helpr_core.services.upkeep.people_checks import people_check
from helpr_core.texts import say

NOON = datetime(2026, 1, 2, 12, tzinfo=UTC)
READ = LastReading(began_at=NOON, read_at=NOON, verdict=Verdict.OK)
LATER = NOON + timedelta(hours=3)


def check_texts(last: LastReading, failed: int = 0) -> tuple[str, str, str]:
    check = people_check(PeopleSummary(last, (), 0, 0, failed), LATER)
    return str(check.severity), say(check.detail), say(check.fix)


def test_a_plausible_list_is_ok() -> None:
    assert check_texts(READ) == ("ok", "read from Plex 3 hours ago", "")
    assert check_texts(LastReading())[0] == "ok"


@pytest.mark.parametrize(
    "code", ["list_empty", "list_shorter", "list_malformed", "list_partial", "list_late"]
)
def test_a_suspicious_list_says_what_is_wrong_with_it(code: str) -> None:
    severity, detail, fix = check_texts(replace(READ, verdict=Verdict.SUSPICIOUS, code=code))
    assert severity == "warning"
    assert "3 hours old" in detail
    assert "People page" in fix
    assert len(fix.split(". ")) >= 3


def test_an_unreadable_list_says_what_to_do() -> None:
    severity, detail, fix = check_texts(
        replace(READ, verdict=Verdict.FAILED, code="plex_unauthorized")
    )
    assert (severity, "could not be read" in detail) == ("warning", True)
    assert fix


def test_missing_lists_and_failed_changes_are_reported() -> None:
    severity, detail, fix = check_texts(replace(READ, paths_gone=("owned/pending",)), failed=2)
    assert severity == "warning"
    assert "owned/pending" in detail
    assert "2 changes" in detail
    assert "tried again" in fix
