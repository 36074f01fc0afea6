"""The timer's function: registered as Azure needs it, quiet, and never in the way."""

from __future__ import annotations

import pytest

from helpr_core.local.application import HostedApplication, run_timer
from helpr_core.local.functions import TimerFunction
from helpr_core.web import housekeeping
from tests.web.conftest import MakeSite
from tests.web.site_under_test import SiteUnderTest


@pytest.fixture
def timer(application: HostedApplication) -> TimerFunction:
    (found,) = application.timers
    return found


def test_it_is_called_every_five_minutes(timer: TimerFunction) -> None:
    assert (timer.name, timer.schedule) == ("housekeeping", "0 */5 * * * *")


def test_the_host_remembers_its_runs_and_does_not_begin_with_one() -> None:
    (built,) = housekeeping.blueprint._function_builders
    trigger = built._function.get_trigger()
    assert trigger is not None
    told = trigger.get_dict_repr()
    assert (told["useMonitor"], told["runOnStartup"]) == (True, False)


def test_it_works_the_queue_and_says_so_in_one_line(
    site: SiteUnderTest, timer: TimerFunction, caplog: pytest.LogCaptureFixture
) -> None:
    site.invite("friend")
    site.plex.accept("friend")
    caplog.clear()
    run_timer(timer)
    lines = [one.getMessage() for one in caplog.records if one.name == housekeeping.__name__]
    assert lines == ["housekeeping done accepted=1 failed="]
    assert site.rows()[0]["accepted_at"]


def test_a_second_one_right_after_it_does_nothing(
    site: SiteUnderTest, timer: TimerFunction, caplog: pytest.LogCaptureFixture
) -> None:
    for _ in range(2):
        run_timer(timer)
    assert "housekeeping left to another" in caplog.messages


def test_while_settings_are_missing_it_says_so_and_fails_nowhere(
    make_site: MakeSite, timer: TimerFunction, caplog: pytest.LogCaptureFixture
) -> None:
    make_site(PLEX_TOKEN=None)
    run_timer(timer)
    assert any("code=setup_required" in line for line in caplog.messages)
    assert "timer failed" not in caplog.text


def test_what_nobody_expected_is_logged_without_its_words(
    site: SiteUnderTest, timer: TimerFunction, caplog: pytest.LogCaptureFixture
) -> None:
    class Broken:
        def __call__(self) -> None:
            raise RuntimeError("friend@example.com")

    site.container.housekeeping = Broken  # type: ignore[assignment, method-assign]
    run_timer(timer)
    assert "error=RuntimeError" in caplog.text
    assert "friend@" not in caplog.text
