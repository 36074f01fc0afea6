"""A batch: what would happen to each line of a pasted list, and what did."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import field, replace
from datetime import datetime
from uuid import UUID

from helpr_core.domain.identity import Identity, parse_identity
from helpr_core.domain.library_names import resolve_names
from helpr_core.domain.pasted_list import Entry, read_days
from helpr_core.domain.plex import Library
from helpr_core.domain.requests import InviteRequest
from helpr_core.domain.titles import split_names
from helpr_core.domain.vocabulary import Vocabulary
from helpr_core.frozen import dataclass
from helpr_core.texts import Message

MOST_LINES = 500
MOST_DAYS = 3650
LONGEST_NOTE = 500


class Verdict(Vocabulary):
    """What would happen to a line, or what did when the batch was opened."""

    INVITE = "invite"
    HAS_ACCESS = "has_access"
    INVITED = "invited"  # plex.tv has an invitation that waits
    OPEN = "open"  # there is a request that has no outcome yet
    DUPLICATE = "duplicate"
    NOT_AN_ADDRESS = "not_an_address"
    UNKNOWN_LIBRARY = "unknown_library"
    NOT_DAYS = "not_days"
    OVER_SEATS = "over_seats"
    HEADING = "heading"
    UNKNOWN = "unknown"  # a newer version's


@dataclass(frozen=True, slots=True)
class Known:
    """What is known when a list is judged.

    `shares` maps identity keys to whether their invitation was accepted; it and `seats_left` are
    None if plex.tv could not be asked. `open_keys` have a request without an outcome.
    """

    libraries: Sequence[Library]
    shares: Mapping[str, bool] | None
    open_keys: Collection[str]
    seats_left: int | None


@dataclass(frozen=True, slots=True)
class Line:
    """A line with its verdict. `identity`, `libraries` and `days` are what an invite would carry.

    `libraries` is empty if the line gives what is shared at that time; `days` is None for no end.
    `message` says more than the verdict, `suggestion` is the address that was probably meant.
    """

    number: int
    who: str
    verdict: Verdict
    identity: Identity | None = None
    libraries: tuple[Library, ...] = ()
    days: int | None = None
    note: str = ""
    message: Message | None = None
    suggestion: str = ""


@dataclass(frozen=True, slots=True)
class Usual:
    """What a line gets if it does not say otherwise."""

    libraries: tuple[Library, ...] = ()
    days: int | None = None


def judge(entries: Sequence[Entry], known: Known, usual: Usual) -> tuple[Line, ...]:
    """The verdict on each entry, in the list's order."""
    return tuple(_judged(entries, known, usual))


def keys_in(entries: Sequence[Entry]) -> frozenset[str]:
    """The identity keys of the people that the entries name."""
    keys = set()
    for entry in entries:
        try:
            keys.add(parse_identity(entry.who).key)
        except ValueError:
            continue  # it gets its own verdict
    return frozenset(keys)


def counts(lines: Sequence[Line]) -> dict[str, int]:
    """How many lines there are for each verdict that occurs."""
    return dict(Counter(line.verdict.value for line in lines))


def _judged(entries: Sequence[Entry], known: Known, usual: Usual) -> Iterator[Line]:
    first_lines: dict[str, int] = {}
    seats_left = known.seats_left
    for entry in entries:
        line = _read(entry, known.libraries, usual)
        if line.identity is not None:
            line = _compared(line, line.identity, known, first_lines)
        if line.verdict is Verdict.INVITE and seats_left is not None:
            if seats_left == 0:
                line = replace(line, verdict=Verdict.OVER_SEATS)
            seats_left = max(0, seats_left - 1)
        yield line


def _read(entry: Entry, libraries: Sequence[Library], usual: Usual) -> Line:
    """The verdict on the line on its own."""
    line = Line(entry.line, entry.who, Verdict.INVITE, note=entry.note[:LONGEST_NOTE])
    if entry.heading:
        return replace(line, verdict=Verdict.HEADING)
    try:
        identity = parse_identity(entry.who)
    except ValueError as exc:
        return replace(line, verdict=Verdict.NOT_AN_ADDRESS, message=exc.args[0])
    named = resolve_names(_titles(entry.libraries), libraries)
    if named.unclear:
        told = Message("batch.unknown_library", name=", ".join(named.unclear))
        return replace(line, verdict=Verdict.UNKNOWN_LIBRARY, message=told)
    days = read_days(entry.days) if entry.days else usual.days
    if entry.days and (days is None or not 1 <= days <= MOST_DAYS):
        told = Message("batch.not_days", text=entry.days, most=str(MOST_DAYS))
        return replace(line, verdict=Verdict.NOT_DAYS, message=told)
    return replace(
        line,
        who=identity.typed,
        identity=identity,
        libraries=named.libraries or usual.libraries,
        days=days,
        suggestion=identity.likely_meant or "",
    )


def _titles(cell: str) -> tuple[str, ...]:
    """Titles are separated by commas; in a comma-separated list, by one of these instead."""
    for sign in (";", "|", "+"):
        if sign in cell and "," not in cell:
            return tuple(part.strip() for part in cell.split(sign) if part.strip())
    return split_names(cell)


def _compared(line: Line, identity: Identity, known: Known, first_lines: dict[str, int]) -> Line:
    """The verdict in view of the lines before it and the people who are already there."""
    if identity.key in first_lines:
        told = Message("batch.duplicate", line=str(first_lines[identity.key]))
        return replace(line, verdict=Verdict.DUPLICATE, message=told)
    first_lines[identity.key] = line.number
    accepted = (known.shares or {}).get(identity.key)
    if accepted is not None:
        return replace(line, verdict=Verdict.HAS_ACCESS if accepted else Verdict.INVITED)
    if identity.key in known.open_keys:
        return replace(line, verdict=Verdict.OPEN)
    return line


@dataclass(frozen=True, slots=True)
class Batch:
    """A list that was opened at `created_at` (aware UTC), with its outcomes counted.

    `counts` is keyed by `outcome`; `lines` counts all lines, including headings.
    """

    batch_id: UUID
    created_at: datetime
    lines: int
    counts: Mapping[str, int] = field(default_factory=dict)

    @property
    def is_over(self) -> bool:
        """Whether every line that was to be sent has a final outcome."""
        return not any(self.counts.get(name) for name in UNDER_WAY)

    @property
    def to_send(self) -> int:
        """How many lines have, or had, a request."""
        return self.lines - sum(self.counts.get(verdict.value, 0) for verdict in Verdict)


UNDER_WAY = ("pending", "queued")
"""Outcomes that are not final; requests waiting for approval are counted elsewhere."""
DELETED = "deleted"
"""The outcome of a line whose request has been deleted because of its age."""


@dataclass(frozen=True, slots=True)
class BatchLine:
    """A line as it was judged, with its request in its current state, or None if it has none."""

    line: Line
    request_id: UUID | None = None
    request: InviteRequest | None = None

    @property
    def outcome(self) -> str:
        """Its request's status, or the verdict that kept it from having one."""
        if self.request is not None:
            return self.request.status.value
        was_sent = self.request_id is not None or self.line.verdict is Verdict.INVITE
        return DELETED if was_sent else self.line.verdict.value
