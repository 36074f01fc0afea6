"""The overview, the daily numbers, the connection check."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, Field

from helpr_core.domain.checks import SIGN_IN_TO_PLEX, Check, Severity
from helpr_core.domain.history import DayCount
from helpr_core.domain.people import ShareState
from helpr_core.domain.people_reading import Verdict
from helpr_core.domain.requests import KNOWN, InviteRequest, Status
from helpr_core.services.people.ports import PeopleSummary
from helpr_core.services.site.standing import Standing
from helpr_core.services.upkeep.first_steps import Place, Step, StepName
from helpr_core.services.upkeep.overview import SOON_DAYS, Summary
from helpr_core.texts import Words, say, text
from helpr_core.web.queries import LENIENT
from helpr_core.web.requests.shapes import Row, row_out
from helpr_core.web.whole import shown


class StatsQuery(BaseModel):
    """How far back, including today."""

    model_config = LENIENT

    days: Annotated[int, Field(ge=1, le=365)] = 30


class CheckOut(BaseModel):
    """A layer: what was found, how long it took, and the one thing to do."""

    name: str
    ok: bool
    severity: Severity
    detail: str
    fix: str
    action: Literal["sign_in_to_plex"] | None = Field(
        None, description="What the dashboard has a button for."
    )
    ms: int


class ConnectionOut(BaseModel):
    """Every layer. `ok`: none is broken; warnings do not count."""

    ok: bool
    checks: list[CheckOut]


class SeatsOut(BaseModel):
    """Plex's seats as plex.tv listed them at `read_at`."""

    used: int
    pending: int
    limit: int
    read_at: datetime


class EndingOut(BaseModel):
    """A person whose access ends soon, or should have ended."""

    person_id: UUID
    name: str
    server_name: str
    until: datetime


class PeopleSummaryOut(BaseModel):
    """People in a few numbers. `ends_soon` names the first of `ends_soon_count`."""

    ends_soon: list[EndingOut]
    ends_soon_count: int
    ends_soon_days: int
    drift_count: int = Field(description="People with something to look at.")
    failed_count: int = Field(description="Operations that were given up.")
    reading: Verdict
    reading_code: str | None = None
    read_at: datetime | None = None


class PulseOut(BaseModel):
    """How many requests are waiting for approval; the answer's ETag changes with every request."""

    awaiting: int


class StandingOut(BaseModel):
    """What a friend would experience now, also as a sentence for the owner."""

    state: Standing | None = Field(None, description="Absent where nobody can tell.")
    line: str
    tone: Literal["good", "wait", "bad"]


class NoticeOut(BaseModel):
    """The owner's notices, sent or not."""

    at: datetime
    kind: str
    text: str


class StepOut(BaseModel):
    """A step of the first run: how it stands, and the view in which it is done."""

    name: StepName
    done: bool
    text: str
    fix: str = ""
    place: Place | None = None


class OverviewOut(BaseModel):
    """The overview. A part that cannot be read is left out, and a check says why."""

    status: Severity
    friends: StandingOut
    checks: list[CheckOut]
    seats: SeatsOut | None = None
    counts: dict[str, int] | None = Field(None, description="By status, and `total`.")
    awaiting: list[Row] | None = Field(None, description="The newest that wait for the owner.")
    recent: list[Row] | None = None
    people: PeopleSummaryOut | None = None
    notices: list[NoticeOut] | None = Field(None, description="Of the last week, newest first.")
    server_name: str
    demo: bool
    public_url: str | None = None
    first_steps: list[StepOut] | None = Field(
        None, description="What is set up and what is not; absent once somebody has asked."
    )
    link: str = Field(
        description="What friends get, with the invite code in it where they need one; a path"
        " where HELPR_PUBLIC_URL is not set."
    )


class DayOut(BaseModel):
    """One UTC day's requests by their current state."""

    date: date
    total: int
    counts: dict[Status, int]


class StatsOut(BaseModel):
    """Every day, oldest first, including those without requests."""

    days: list[DayOut]
    people: dict[ShareState, int] = Field(
        description="How many shares are in which state now, on all servers."
    )


def connection_out(checks: Iterable[Check]) -> ConnectionOut:
    """Every layer; a warning leaves it ok."""
    found = list(checks)
    return ConnectionOut(
        ok=all(check.severity is not Severity.ERROR for check in found),
        checks=[_check(check) for check in found],
    )


def overview_out(
    summary: Summary,
    newest: Iterable[tuple[datetime, str, Words]] | None,
    *,
    server_name: str,
    demo: bool,
    public_url: str | None,
    steps: Iterable[Step],
    link: str,
) -> OverviewOut:
    """The overview."""
    return OverviewOut(
        status=summary.status,
        friends=_standing_out(summary.standing),
        checks=[_check(check) for check in summary.checks],
        seats=shown(SeatsOut, summary.seats) if summary.seats else None,
        counts=_counts(summary.counts),
        awaiting=_rows(summary.awaiting),
        recent=_rows(summary.recent),
        people=_people(summary.people) if summary.people else None,
        notices=None
        if newest is None
        else [NoticeOut(at=at, kind=str(kind), text=say(words)) for at, kind, words in newest],
        server_name=server_name,
        demo=demo,
        public_url=public_url,
        first_steps=[shown(StepOut, one, text=say(one.told), fix=say(one.fix)) for one in steps]
        or None,
        link=link,
    )


def _counts(counted: Mapping[Status, int] | None) -> dict[str, int] | None:
    if counted is None:
        return None
    by_status = {status.value: number for status, number in counted.items()}
    return {"total": sum(by_status.values())} | by_status


def _people(summary: PeopleSummary) -> PeopleSummaryOut:
    return shown(
        PeopleSummaryOut,
        summary,
        ends_soon=[shown(EndingOut, one) for one in summary.ends_soon],
        ends_soon_days=SOON_DAYS,
        reading=summary.reading.verdict,
        reading_code=summary.reading.code or None,
        read_at=summary.reading.read_at,
    )


def _rows(rows: Iterable[InviteRequest] | None) -> list[Row] | None:
    return None if rows is None else [row_out(row) for row in rows]


def stats_out(
    counted: Iterable[DayCount], people: Mapping[ShareState, int], first: date, days: int
) -> StatsOut:
    """Every day from `first` on, and people's access, with a count for every state."""
    table = {first + timedelta(days=number): dict.fromkeys(KNOWN, 0) for number in range(days)}
    for one in counted:
        table[one.day][one.status] = table[one.day].get(one.status, 0) + one.count
    return StatsOut(
        days=[
            DayOut(date=day, total=sum(counts.values()), counts=counts)
            for day, counts in table.items()
        ],
        people={state: people.get(state, 0) for state in ShareState},
    )


_TONES: dict[Standing | None, Literal["good", "wait", "bad"]] = {
    Standing.OPEN: "good",
    Standing.APPROVAL: "good",
    Standing.PAUSED: "wait",
    Standing.PLEX_SILENT: "wait",
    None: "wait",
}


def _standing_out(standing: Standing | None) -> StandingOut:
    line = text(f"standing.{standing or 'unknown'}")
    return StandingOut(state=standing, line=line, tone=_TONES.get(standing, "bad"))


def _check(check: Check) -> CheckOut:
    action = SIGN_IN_TO_PLEX if check.action == SIGN_IN_TO_PLEX else None
    return shown(CheckOut, check, detail=say(check.detail), fix=say(check.fix), action=action)
