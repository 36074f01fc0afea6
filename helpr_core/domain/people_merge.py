"""What a reading changes about the known people."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from uuid import UUID

from helpr_core.domain.people import Listed, Person, Share, ShareState
from helpr_core.domain.people_drift import drift_of
from helpr_core.domain.people_reading import Reading
from helpr_core.domain.people_time import until_of
from helpr_core.domain.restrictions import holds

GONE_AFTER = timedelta(minutes=2)
"""Two plausible readings at least this far apart must lack a share before it is gone."""

LEFT = "left"
REMOVED = "removed"
REMOVED_ELSEWHERE = "removed_elsewhere"


@dataclass(slots=True)
class Merged:
    """What to write. `joined` maps people who turned out to be somebody else to that person.

    `before` is everybody as known until now.
    """

    before: Mapping[UUID, Person] = field(default_factory=dict)
    changed: list[Person] = field(default_factory=list)
    added: list[Person] = field(default_factory=list)
    joined: dict[UUID, UUID] = field(default_factory=dict)


def merge(
    people: Sequence[Person],
    reading: Reading,
    managed: Collection[str],
    new_id: Callable[[], UUID],
    *,
    is_first: bool,
) -> Merged:
    """Compare everybody with a reading. An implausible one changes nothing.

    `managed` are the machine identifiers of the servers that Helpr looks after; shares of others
    are ignored. In the very first reading (`is_first`) nothing is drift.
    """
    merged = Merged({one.person_id: one for one in people})
    if not reading.is_plausible:
        return merged
    rows = _by_person(row for row in reading.lists.rows if row.server_id in managed)
    known = _Known(people)
    seen: set[UUID] = set()
    for group in rows.values():
        person = known.find(group[0], merged)
        if person is None:
            added = _new(group, reading, new_id(), is_first=is_first)
            merged.added.append(added)
            continue
        seen.add(person.person_id)
        _note(merged, person, _updated(person, group, reading))
    for person in known.others(seen, merged):
        _note(merged, person, _updated(person, (), reading))
    return merged


def _note(merged: Merged, before: Person, after: Person) -> None:
    if after != before or before.person_id in merged.joined.values():
        merged.changed.append(after)


class _Known:
    """The people by account id and by address."""

    def __init__(self, people: Sequence[Person]) -> None:
        self._people = {one.person_id: one for one in people}
        self._by_account = {one.account_id: one for one in people if one.account_id}
        self._by_address: dict[str, Person] = {}
        for one in people:
            if one.address_key and (one.account_id is None or one.address_key not in self):
                self._by_address[one.address_key] = one

    def __contains__(self, address_key: str) -> bool:
        return address_key in self._by_address

    def find(self, row: Listed, merged: Merged) -> Person | None:
        """The person in a row; one known by address is merged into the account that took it
        over."""
        by_address = self._by_address.get(row.address_key) if row.address_key else None
        if row.account_id is None:
            return by_address
        by_account = self._by_account.get(row.account_id)
        if by_address is None or by_address.account_id is not None:
            return by_account
        if by_account is None:
            return by_address
        merged.joined[by_address.person_id] = by_account.person_id
        return _with_promises_of(by_account, by_address)

    def others(self, seen: Collection[UUID], merged: Merged) -> Iterable[Person]:
        """Everybody missing from the reading."""
        return (
            one for key, one in self._people.items() if key not in seen and key not in merged.joined
        )


def _with_promises_of(person: Person, other: Person) -> Person:
    """Everything that was promised to the address applies to the account."""
    taken = {share.server_id for share in person.shares if share.state is not ShareState.GONE}
    more = tuple(share for share in other.shares if share.server_id not in taken)
    names = {share.server_id for share in more}
    kept = tuple(share for share in person.shares if share.server_id not in names)
    note = person.note or other.note
    return replace(person, shares=kept + more, note=note, exempt=person.exempt or other.exempt)


def _by_person(rows: Iterable[Listed]) -> Mapping[str, list[Listed]]:
    groups: dict[str, list[Listed]] = {}
    for row in rows:
        groups.setdefault(row.who, []).append(row)
    return groups


def _new(rows: Sequence[Listed], reading: Reading, person_id: UUID, *, is_first: bool) -> Person:
    row = rows[0]
    person = Person(
        person_id,
        account_id=row.account_id,
        username=row.username,
        email=row.email,
        title=row.title,
        home=row.home,
        restrictions=row.restrictions,
    )
    shares = tuple(_new_share(row, reading, is_first=is_first) for row in rows)
    return replace(person, shares=shares)


def _new_share(row: Listed, reading: Reading, *, is_first: bool) -> Share:
    share = Share(row.server_id, row.server_name, ShareState.UNKNOWN)
    share = _listed(share, row, reading)
    return share if is_first else replace(share, drift=drift_of(share, row, None, reading.ended_at))


def _updated(person: Person, rows: Sequence[Listed], reading: Reading) -> Person:
    by_server = {row.server_id: row for row in rows}
    shares = []
    for share in person.shares:
        row = by_server.pop(share.server_id, None)
        if row is None:
            shares.append(_missing(share, reading))
            continue
        after = _listed(share, row, reading)
        shares.append(replace(after, drift=drift_of(after, row, person, reading.ended_at)))
    shares += [_new_share(row, reading, is_first=False) for row in by_server.values()]
    return _described(replace(person, shares=tuple(shares)), rows)


def _described(person: Person, rows: Sequence[Listed]) -> Person:
    """Names as plex.tv has them now; names that an answer leaves out stay."""
    for row in rows:
        person = replace(
            person,
            account_id=row.account_id or person.account_id,
            home=row.home,
            restrictions=row.restrictions or person.restrictions,
        )
        person = _named(person, row)
        if row.restrictions is not None and holds(row.restrictions, person.promised):
            person = replace(person, restrictions_due=False)
    return person


def _named(person: Person, row: Listed) -> Person:
    """With the person's names; without them if the person was erased."""
    if person.erased:
        return person
    return replace(
        person,
        username=row.username or person.username,
        email=row.email or person.email,
        title=row.title or person.title,
    )


def _listed(share: Share, row: Listed, reading: Reading) -> Share:
    state = ShareState.ACTIVE if row.accepted else ShareState.PENDING
    if share.state is ShareState.REMOVING:
        state = ShareState.REMOVING  # promised, but not shown yet
    again = share.state is ShareState.GONE
    # What was known about an earlier share says nothing about the one that replaced it.
    before = Share("", "", state) if again or share.share_id != row.share_id else share
    listed = replace(
        share,
        server_name=row.server_name or share.server_name,
        share_id=row.share_id,
        state=state,
        libraries=share.libraries if row.libraries is None else row.libraries,
        all_libraries=row.all_libraries,
        invited_at=row.invited_at or before.invited_at or _first(row, reading),
        accepted_at=_accepted_at(before, row, reading),
        gone_at=None,
        gone_reason="" if again else share.gone_reason,
        missing_since=None,
        removed_at=None if again else share.removed_at,
        access_days=None if again else share.access_days,
    )
    return with_end(listed, _access_until(share, row, reading))


def with_end(share: Share, until: datetime | None) -> Share:
    """The share with its end: calculated if its terms have days, otherwise the given one."""
    if share.access_days is not None:
        until = until_of(share.access_days, share.invited_at, share.accepted_at)
    told = share.told_days if until == share.access_until else None
    return replace(share, access_until=until, told_days=told)


def _access_until(share: Share, row: Listed, reading: Reading) -> datetime | None:
    """A past end belonged to the previous share; for the same share it still applies."""
    until = share.access_until
    is_another = share.state is ShareState.GONE and row.share_id != share.share_id
    return None if is_another and until is not None and until <= reading.ended_at else until


def _first(row: Listed, reading: Reading) -> datetime | None:
    return None if row.accepted else reading.began_at


def _accepted_at(share: Share, row: Listed, reading: Reading) -> datetime | None:
    if not row.accepted:
        return None
    return row.accepted_at or share.accepted_at or reading.began_at


def _missing(share: Share, reading: Reading) -> Share:
    """A share that a plausible reading lacks."""
    covered = reading.lists.servers
    if share.state is ShareState.GONE or (covered is not None and share.server_id not in covered):
        return share
    by_us = share.removed_at is not None and share.removed_at <= reading.began_at
    if share.missing_since is None and not by_us:
        # It is not yet known which of the two it is.
        return replace(share, state=_unsure(share), missing_since=reading.began_at)
    if not by_us and not _long_enough(share.missing_since, reading.began_at):
        return share
    reason = REMOVED if by_us else _reason(share, reading)
    return replace(
        share,
        state=ShareState.GONE,
        gone_at=reading.ended_at,
        gone_reason=share.gone_reason or reason,
        missing_since=None,
    )


def _unsure(share: Share) -> ShareState:
    return share.state if share.state is ShareState.REMOVING else ShareState.UNKNOWN


def _long_enough(since: datetime | None, now: datetime) -> bool:
    return since is not None and now - since >= GONE_AFTER


def _reason(share: Share, reading: Reading) -> str:
    return LEFT if share.share_id in reading.lists.left else REMOVED_ELSEWHERE
