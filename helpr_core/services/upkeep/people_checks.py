"""What the owner should know about the list of people, and about what was promised to them."""

from __future__ import annotations

from datetime import datetime, timedelta

from helpr_core.domain.advice import advise
from helpr_core.domain.checks import Check, Severity
from helpr_core.domain.people_reading import Verdict
from helpr_core.services.people.ports import LastReading, PeopleSummary
from helpr_core.texts import Message, Words, clauses, sentences

PEOPLE = "people"
"""The check's name."""


def people_check(people: PeopleSummary, now: datetime) -> Check:
    """Whether plex.tv's list can be trusted, and whether everything promised was done."""
    last = people.reading
    found: list[Words] = []
    fixes: list[Words] = []
    if last.began_at is not None and last.verdict is not Verdict.OK:
        found.append(Message(f"check.people.{last.verdict}", age=_age(last, now)))
        fixes.append(_fix(last))
    if last.paths_gone:
        found.append(Message("check.people.list_gone", names=last.paths_gone))
        fixes.append(Message("check.people.list_gone_fix"))
    if people.failed_count:
        found.append(Message("check.people.not_done", count=people.failed_count))
        fixes.append(Message("check.people.not_done_fix"))
    if found:
        return Check(PEOPLE, Severity.WARNING, clauses(*found), sentences(*fixes))
    if last.read_at is None:
        return Check(PEOPLE, Severity.OK, Message("check.people.not_yet"))
    return Check(PEOPLE, Severity.OK, Message("check.people.ok", age=_age(last, now)))


def _age(last: LastReading, now: datetime) -> timedelta:
    return max(timedelta(), now - (last.read_at or last.began_at or now))


def _fix(last: LastReading) -> Words:
    if last.verdict is Verdict.FAILED:
        return advise(last.code)
    return sentences(Message(f"check.people.{last.code}"), Message("check.people.suspicious_fix"))
