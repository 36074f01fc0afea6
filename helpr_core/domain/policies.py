"""The terms of a request, according to how it came in: one policy for each source."""

from __future__ import annotations

from collections.abc import Sequence

from helpr_core.domain.links import Link
from helpr_core.domain.plex import Library
from helpr_core.domain.requests import Source, Status
from helpr_core.domain.restrictions import to_terms
from helpr_core.domain.terms import Approval, Terms
from helpr_core.frozen import dataclass


@dataclass(frozen=True, slots=True)
class Policy:
    """`asks`: the owner's settings say whether they are asked; `counted` as in the terms."""

    asks: bool
    counted: bool


_FRIENDS = Policy(asks=True, counted=True)
_OWNERS = Policy(asks=False, counted=False)
_POLICIES = {
    Source.FORM: _FRIENDS,
    Source.LINK: _FRIENDS,
    Source.SIGN_IN: _FRIENDS,
    Source.OWNER: _OWNERS,
    Source.BATCH: _OWNERS,
    Source.UNKNOWN: _FRIENDS,
}

LET_OTHERS_PASS = (Source.BATCH,)
"""A list of hundreds must not delay friends who ask on their own."""


def is_ones_own_wish(source: Source) -> bool:
    """Whether the person asked: a line in the owner's list becomes theirs once they ask, too."""
    return source not in LET_OTHERS_PASS


def terms_for(
    source: Source, *, approval_required: bool | None, libraries: Sequence[Library] = ()
) -> Terms:
    """The terms of a request that is opened now.

    `approval_required` is the owner's setting, None while that cannot be read. `libraries` are
    those chosen for this request.
    """
    policy = _POLICIES[source]
    approval = _as_set(approval_required) if policy.asks else Approval.NO
    return Terms(approval, policy.counted, libraries=tuple(libraries) or None)


def terms_of(link: Link, *, approval_required: bool | None) -> Terms:
    """The terms of a request through that link now: changing the link affects only later ones.

    The owner's daily cap counts it like any friend's.
    """
    is_as_set = link.approval is Approval.AS_SET
    return Terms(
        approval=_as_set(approval_required) if is_as_set else link.approval,
        counted=True,
        server=link.server_id,
        libraries=link.libraries,
        restrictions=to_terms(link.restrictions),
        access_days=link.access_days,
    )


def _as_set(approval_required: bool | None) -> Approval:
    if approval_required is None:
        return Approval.AS_SET
    return Approval.YES if approval_required else Approval.NO


def terms_before(source: Source, libraries: Sequence[Library]) -> Terms:
    """The terms of a request from the time when they were not stored.

    One of the owner's own had the libraries named in its row.
    """
    chosen = () if _POLICIES[source].asks else libraries
    return terms_for(source, approval_required=None, libraries=chosen)


_OPENS_AS = {Approval.NO: Status.PENDING, Approval.AS_SET: Status.QUEUED}


def opens_as(terms: Terms) -> Status:
    """The state in which such a request is opened; what is undecided is decided at its turn."""
    return _OPENS_AS.get(terms.approval, Status.AWAITING_APPROVAL)
