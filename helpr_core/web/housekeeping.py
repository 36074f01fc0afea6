"""The timer: housekeeping every five minutes."""

from __future__ import annotations

import logging
from functools import partial

import azure.functions as func

from helpr_core import container
from helpr_core.web.endpoint import run_timer

log = logging.getLogger(__name__)

SCHEDULE = "0 */5 * * * *"
"""Seconds, minutes, hours, day, month, day of the week; UTC."""

blueprint = func.Blueprint()


@blueprint.function_name("housekeeping")
@blueprint.timer_trigger(
    schedule=SCHEDULE, arg_name="timer", use_monitor=True, run_on_startup=False
)
def housekeeping(timer: func.TimerRequest, context: func.Context) -> None:
    """One run; nothing when another process is at it."""
    run_timer("housekeeping", partial(_run, timer), context.invocation_id)


def _run(timer: func.TimerRequest) -> None:
    parts = container.current()
    report = parts.housekeeping()()
    if report is None:
        log.info("housekeeping left to another")
        return
    # Our own timers ask for it (see host/timers.py); Azure's come every five minutes.
    if report.next_at is not None and hasattr(timer, "again_after_seconds"):
        timer.again_after_seconds = (report.next_at - parts.utc_now()).total_seconds()
    counts = " ".join(f"{name}={count}" for name, count in sorted(report.counts.items()) if count)
    log.info("housekeeping done %s failed=%s", counts or "nothing=0", ",".join(report.failures))
