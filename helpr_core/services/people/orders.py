"""Orders by the owner, or by an end date, to change somebody's access."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import asdict, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from helpr_core.clock import Clock
from helpr_core.domain.people import Person, Restrictions, Share, ShareState
from helpr_core.domain.people_drift import ABOUT_LIBRARIES, DriftKind
from helpr_core.domain.people_operations import Kind, Operation, State
from helpr_core.domain.people_time import LONGEST_DAYS, extended
from helpr_core.errors import FieldError, InvalidInput, NotFound, NotPossible
from helpr_core.frozen import dataclass
from helpr_core.services.people.ports import OperationKeeper, PersonKeeper
from helpr_core.texts import Message

OWNER, ENDED, STALE = "owner", "ended", "stale"
_HOME = Message("people.in_home")
_WITH_LIBRARIES = (ShareState.ACTIVE, ShareState.PENDING)
_OPEN = (State.QUEUED, State.WORKING)


@dataclass(frozen=True, slots=True)
class Ordered:
    """The share it is about, and the operation; None if nothing has to be done."""

    person: Person
    operation: Operation | None = None


class PeopleOrders:
    """Each order is stored, and carried out later by OperationsRun. `announce` is called before
    something is written that housekeeping must come back to. `require_libraries` raises
    InvalidInput if a server is known to lack one of these libraries.

    All raise NotFound for an unknown person or server, and NotPossible if the share's state does
    not allow it. `server_id` may be left out for somebody with access to one server.
    """

    def __init__(
        self,
        people: PersonKeeper,
        operations: OperationKeeper,
        clock: Clock,
        announce: Callable[[], None] = lambda: None,
        require_libraries: Callable[[Sequence[int], str], None] = lambda ids, server_id: None,
    ) -> None:
        self._people = people
        self._operations = operations
        self._clock = clock
        self._announce = announce
        self._require_libraries = require_libraries

    def remove(self, person_id: UUID, server_id: str | None = None, reason: str = OWNER) -> Ordered:
        """End the share; a pending invitation is taken back."""
        person, share = self._find(person_id, server_id)
        self._refuse_home(person)
        if share.state is ShareState.GONE:
            raise NotPossible(Message("people.gone_already"))
        operation = self._add(Kind.REMOVE, person, share.server_id, {"reason": reason})
        self._change(person, share, state=ShareState.REMOVING)
        return Ordered(person, operation)

    def cancel_stale(self, person_id: UUID, server_id: str) -> Ordered:
        """Take back an invitation that nobody has accepted for too long."""
        person, share = self._find(person_id, server_id)
        if share.state is not ShareState.PENDING:
            raise NotPossible(Message("people.nothing_waits"))
        return Ordered(person, self._add(Kind.CANCEL, person, share.server_id, {"reason": STALE}))

    def resend(self, person_id: UUID, server_id: str | None = None) -> Ordered:
        """Take back the pending invitation, if there is one, and invite again with the same
        libraries."""
        person, share = self._find(person_id, server_id)
        if share.state is ShareState.ACTIVE:
            raise NotPossible(Message("people.accepted_already"))
        return Ordered(person, self._invite_again(person, share))

    def set_libraries(
        self, person_id: UUID, library_ids: Collection[int], server_id: str | None = None
    ) -> Ordered:
        """Exactly these libraries; a pending invitation is replaced by another one."""
        wanted = sorted(set(library_ids))
        if not wanted:
            raise InvalidInput(FieldError("libraries", Message("people.choose_library")))
        person, share = self._find(person_id, server_id)
        if share.state not in _WITH_LIBRARIES:
            raise NotPossible(Message("people.no_libraries_to_change"))
        # Plex would refuse an unknown one for two days, and a pending invitation would be lost.
        new = [one for one in wanted if one not in _listed(share)]
        if new:
            self._require_libraries(new, share.server_id)
        operation = self._add(Kind.SET_LIBRARIES, person, share.server_id, {"libraries": wanted})
        self._change(person, share, promised=tuple(wanted))
        return Ordered(person, operation)

    def take_library(
        self, person_id: UUID, library_id: int, server_id: str | None = None
    ) -> Ordered:
        """The person's libraries without this one; the last one is not taken away."""
        person, share = self._find(person_id, server_id)
        has = self._libraries(person, share)
        if library_id not in has:
            raise NotPossible(Message("people.library_not_there"))
        if len(has) == 1:
            raise NotPossible(Message("people.last_library"))
        return self.set_libraries(person_id, has - {library_id}, share.server_id)

    def give_library(
        self, person_id: UUID, library_id: int, server_id: str | None = None
    ) -> Ordered:
        """The person's libraries plus this one."""
        person, share = self._find(person_id, server_id)
        has = self._libraries(person, share)
        if library_id in has or share.all_libraries:
            raise NotPossible(Message("people.library_there"))
        return self.set_libraries(person_id, has | {library_id}, share.server_id)

    def set_until(
        self, person_id: UUID, until: datetime | None, server_id: str | None = None
    ) -> Ordered:
        """End at that moment, or never. After the end it invites again with the old terms."""
        person, share = self._find(person_id, server_id)
        self._refuse_home(person)
        now = self._clock()
        if until is not None and until > now + timedelta(days=LONGEST_DAYS):
            raise InvalidInput(FieldError("until", Message("people.until_too_far")))
        self._announce()
        self._change(person, share, access_until=until, access_days=None)
        over = share.state in (ShareState.GONE, ShareState.REMOVING)
        if not over or (until is not None and until <= now):
            return Ordered(person)
        self._let_go_of_removals(person, share)
        if share.state is ShareState.REMOVING:
            self._change(person, share, state=ShareState.UNKNOWN)
        return Ordered(person, self._invite_again(person, replace(share, access_days=None)))

    def extend(self, person_id: UUID, days: int, server_id: str | None = None) -> Ordered:
        """Move the end by whole days, from the end or from now, whichever is later."""
        if not 1 <= days <= LONGEST_DAYS:
            raise InvalidInput(FieldError("extend_days", Message("people.days_range")))
        _, share = self._find(person_id, server_id)
        if share.access_until is None and share.state is not ShareState.GONE:
            raise NotPossible(Message("people.no_end"))
        return self.set_until(person_id, extended(share, days, self._clock()), share.server_id)

    def set_restrictions(self, person_id: UUID, fields: Mapping[str, Any]) -> Ordered:
        """Set these fields on all servers; others stay."""
        person = self._person(person_id)
        if person.account_id is None:
            raise NotPossible(Message("people.no_account"))
        self._people.describe(
            person_id, {"promised": {**person.promised, **fields}, "restrictions_due": False}
        )
        target = {"restrictions": dict(fields)}
        return Ordered(person, self._add(Kind.SET_RESTRICTIONS, person, "", target))

    def describe(
        self, person_id: UUID, *, note: str | None = None, exempt: bool | None = None
    ) -> Person:
        """The owner's note and exemption. An exempt person's access never ends on a date."""
        values = {"note": note, "exempt": exempt}
        sent = {name: value for name, value in values.items() if value is not None}
        person = self._people.describe(person_id, sent) if sent else self._people.get(person_id)
        if person is None:
            raise NotFound
        return person

    def let_go(self, operation: Operation) -> None:
        """An operation was cancelled: a share that was to be removed no longer is."""
        person = self._people.get(operation.person_id)
        share = person.share_on(operation.server_id) if person else None
        if person and share and share.state is ShareState.REMOVING:
            self._change(person, share, state=ShareState.UNKNOWN)

    def settle_drift(self, person_id: UUID, server_id: str, kind: str, action: str) -> Ordered:
        """Adopt plex.tv's state, restore what was promised, remove, or ignore."""
        person, share = self._find(person_id, server_id)
        if all(one.kind != kind for one in share.drift):
            raise NotFound
        if action == "remove":
            return self.remove(person_id, server_id)
        if action == "put_right":
            return self._put_right(person, share, kind)
        if action == "ignore":
            drift = tuple(
                replace(one, ignored=one.ignored or one.kind == kind) for one in share.drift
            )
            self._change(person, share, drift=drift)
            return Ordered(person)
        self._adopt(person, share, kind)
        return Ordered(person)

    def _put_right(self, person: Person, share: Share, kind: str) -> Ordered:
        if kind == DriftKind.RESTRICTIONS and person.promised:
            return self.set_restrictions(person.person_id, person.promised)
        if share.promised is None or kind not in ABOUT_LIBRARIES:
            raise NotPossible(Message("people.nothing_promised"))
        detail = next((one.detail for one in share.drift if one.kind == kind), {})
        known = detail.get("ids")
        new_ids = known if isinstance(known, Mapping) else {}
        ids = [int(new_ids.get(str(one), one)) for one in share.promised]
        return self.set_libraries(person.person_id, ids, share.server_id)

    def _adopt(self, person: Person, share: Share, kind: str) -> None:
        """From now on, plex.tv's state is what is promised."""
        values: dict[str, Any] = {
            "drift": tuple(one for one in share.drift if one.kind not in _with(kind))
        }
        if kind in ABOUT_LIBRARIES:
            ids = tuple(one.id for one in share.libraries)
            values["promised"] = None if share.all_libraries else ids
        if kind == DriftKind.RESTRICTIONS and person.restrictions and person.promised:
            there = asdict(person.restrictions)
            adopted = {name: there[name] for name in person.promised}
            self._people.describe(person.person_id, {"promised": adopted})
        self._change(person, share, **values)

    def _invite_again(self, person: Person, share: Share) -> Operation:
        ids = list(share.promised or (one.id for one in share.libraries))
        if not ids or not person.invitee:
            raise NotPossible(Message("people.libraries_unknown"))
        target: dict[str, Any] = {"libraries": ids}
        allowed = dict(person.promised)
        if person.restrictions is not None:
            allowed = asdict(person.restrictions) | allowed
        if allowed != asdict(Restrictions()):
            target["restrictions"] = allowed
        if share.access_days is not None:
            target["access_days"] = share.access_days
        return self._add(Kind.RESEND, person, share.server_id, target)

    def _libraries(self, person: Person, share: Share) -> frozenset[int]:
        """What the person has, or will have once pending orders are done."""
        if share.state not in _WITH_LIBRARIES:
            raise NotPossible(Message("people.no_libraries_to_change"))
        for one in self._operations.page(20, person_id=person.person_id, states=_OPEN).rows:
            if one.server_id == share.server_id and "libraries" in one.target:
                return frozenset(one.target["libraries"])
        has = _listed(share) or frozenset(share.promised or ())
        if not has:
            raise NotPossible(Message("people.libraries_not_told"))
        return has

    def _let_go_of_removals(self, person: Person, share: Share) -> None:
        for one in self._operations.page(20, person_id=person.person_id).rows:
            if one.kind is Kind.REMOVE and one.server_id == share.server_id:
                self._operations.cancel(one.operation_id)

    def _add(
        self, kind: Kind, person: Person, server_id: str, target: Mapping[str, Any]
    ) -> Operation:
        now = self._clock()
        self._announce()
        return self._operations.add(
            Operation(uuid4(), kind, person.person_id, server_id, target, State.QUEUED, now, now)
        )

    def _change(self, person: Person, share: Share, **values: Any) -> None:
        self._people.change_share(person.person_id, share.server_id, values)

    def _person(self, person_id: UUID) -> Person:
        person = self._people.get(person_id)
        if person is None:
            raise NotFound
        return person

    def _find(self, person_id: UUID, server_id: str | None) -> tuple[Person, Share]:
        person = self._person(person_id)
        if server_id is not None:
            share = person.share_on(server_id)
            if share is None:
                raise NotFound
            return person, share
        if len(person.shares) != 1:
            raise InvalidInput(FieldError("server_id", Message("people.name_server")))
        return person, person.shares[0]

    @staticmethod
    def _refuse_home(person: Person) -> None:
        if person.home:
            raise NotPossible(_HOME)


def _listed(share: Share) -> frozenset[int]:
    return frozenset(one.id for one in share.libraries)


def _with(kind: str) -> frozenset[str]:
    """All kinds of drift that are settled together with this one."""
    return frozenset(map(str, ABOUT_LIBRARIES)) if kind in ABOUT_LIBRARIES else frozenset({kind})
