"""The timer's work: one run of housekeeping."""

from __future__ import annotations

import logging

from helpr_core import container
from helpr_core.errors import HelprError
from helpr_core.web.answering import log_unexpected

log = logging.getLogger(__name__)


def run(reference: str) -> float | None:
    """One run, or nothing while another process does one. Errors become one line in the log.

    Returns in how many seconds it should be called again, if that cannot wait for its next time.
    Azure's timer keeps to its schedule.
    """
    try:
        return _run()
    except HelprError as exc:
        log.warning("not done timer=housekeeping code=%s reference=%s", exc.code, reference)
    except Exception as exc:  # noqa: BLE001 - nobody is there to answer; the next time comes
        log_unexpected("housekeeping", reference, exc)
    return None


def _run() -> float | None:
    parts = container.current()
    report = parts.upkeep.housekeeping()()
    if report is None:
        log.info("housekeeping left to another")
        return None
    counts = " ".join(f"{name}={count}" for name, count in sorted(report.counts.items()) if count)
    log.info("housekeeping done %s failed=%s", counts or "nothing=0", ",".join(report.failures))
    if report.next_at is None:
        return None
    return (report.next_at - parts.installation.utc_now()).total_seconds()
