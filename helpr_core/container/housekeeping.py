"""Housekeeping: the list of its steps, and what each step gets."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from helpr_core.services.upkeep.housekeeping import Housekeeping
from helpr_core.services.upkeep.steps.acceptances import NoteAcceptances
from helpr_core.services.upkeep.steps.backup import MakeBackup
from helpr_core.services.upkeep.steps.decisions import SettleDecisions
from helpr_core.services.upkeep.steps.expiry import PurgeExpired
from helpr_core.services.upkeep.steps.inbox import DrainInbox
from helpr_core.services.upkeep.steps.interrupted import SettleInterrupted
from helpr_core.services.upkeep.steps.notices import TellNotices
from helpr_core.services.upkeep.steps.past_tokens import SignOutPastTokens
from helpr_core.services.upkeep.steps.people import LookAfterPeople
from helpr_core.services.upkeep.steps.reading import ReadPeople
from helpr_core.services.upkeep.steps.retention import DeleteOld
from helpr_core.services.upkeep.steps.server import LookAtServer
from helpr_core.services.upkeep.turn import Step

if TYPE_CHECKING:
    from helpr_core.container import Container


def steps(parts: Container) -> tuple[Step, ...]:
    """The steps in order, each with its seconds.

    Together they must finish before the Functions host ends the run (functionTimeout in host.json;
    a test adds them up). Rows of dead workers come after everything that was promised: a row that
    kills its worker stops only its own step and the reading of people after it. That reading comes
    last, because nothing that plex.tv answers to it may delay a friend's request.
    """
    now = parts.installation.utc_now
    plex, stores, requests, people = parts.plex, parts.stores, parts.requests, parts.people
    return (
        Step("inbox", 15, lambda: DrainInbox(requests.inbox()), opens_database=False),
        Step("decisions", 2, lambda: SettleDecisions(stores.settle_decisions)),
        Step("past_tokens", 5, lambda: SignOutPastTokens(lambda: parts.set_up().past_tokens()())),
        Step("server", 5, lambda: LookAtServer(plex.catalog(), plex.breaker())),
        Step("queue", 65, parts.batches.queue),
        Step("acceptances", 5, lambda: NoteAcceptances(
            stores.invite_queue(), plex.media(), plex.catalog_of, plex.breaker(), now)),
        Step("people", 15, lambda: LookAfterPeople(
            people().due(), people().run(), people().next_due, plex.breaker(), now,
            people().operations())),
        Step("retention", 10, lambda: DeleteOld(
            stores.invite_queue(), parts.people().erasing(), parts.batches.log(),
            stores.audit_log(), parts.site.settings(), now)),
        Step("notices", 15, lambda: TellNotices(
            parts.notices().tell, parts.notices().outbox(), now)),
        Step("expiry", 10, lambda: PurgeExpired(stores.state()), opens_database=False),
        Step("backup", 30, lambda: MakeBackup(parts.backup.folder())),
        Step("interrupted", 15, lambda: SettleInterrupted(
            stores.invite_queue(), requests.attempt(), now)),
        Step("reading", 5, lambda: ReadPeople(people().reading(), people().next_due, now)),
    )  # fmt: skip


def housekeeping(parts: Container) -> Housekeeping:
    """What runs them."""
    return Housekeeping(
        steps(parts),
        parts.upkeep.runs(),
        parts.stores.database_due(),
        parts.installation.utc_now,
        upgrade=parts.stores.upgrade_database,
        next_due=lambda: _next_due(parts),
    )


def _next_due(parts: Container) -> datetime | None:
    moments = (
        parts.notices().outbox().next_due(),
        parts.stores.invite_queue().next_due(),
        parts.people().next_due(),
    )
    return min((one for one in moments if one), default=None)
