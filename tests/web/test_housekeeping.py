"""The timer's function: registered as Azure needs it, quiet, and never in the way."""

from __future__ import annotations

import pytest

from helpr_core.web import housekeeping
from tests.web.conftest import MakeSite
from tests.web.site_under_test import SiteUnderTest


def test_it_works_off_the_queue_and_logs_one_line(
    site: SiteUnderTest, caplog: pytest.LogCaptureFixture
) -> None:
    site.invite("friend")
    site.plex.accept("friend")
    caplog.clear()
    housekeeping.run("a-reference")
    lines = [one.getMessage() for one in caplog.records if one.name == housekeeping.__name__]
    assert lines == ["housekeeping done accepted=1 failed="]
    assert site.rows()[0]["accepted_at"]


def test_a_second_run_right_afterwards_does_nothing(
    site: SiteUnderTest, caplog: pytest.LogCaptureFixture
) -> None:
    for _ in range(2):
        housekeeping.run("a-reference")
    assert "housekeeping left to another" in caplog.messages


def test_while_settings_are_missing_it_says_so_without_failing(
    make_site: MakeSite, caplog: pytest.LogCaptureFixture
) -> None:
    make_site(SECRET_KEY=None)
    housekeeping.run("a-reference")
    assert any("code=setup_required" in line for line in caplog.messages)


def test_an_unexpected_error_is_logged_without_its_text(
    site: SiteUnderTest, caplog: pytest.LogCaptureFixture
) -> None:
    class Broken:
        def __call__(self) -> None:
            raise RuntimeError("friend@example.com")

    site.container.upkeep.housekeeping = Broken  # type: ignore[assignment, method-assign]
    housekeeping.run("a-reference")
    assert "error=RuntimeError" in caplog.text
    assert "friend@" not in caplog.text
