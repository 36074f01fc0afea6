"""One policy for each source makes the terms; nothing else depends on how a request came in."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import helpr_core
from helpr_core.domain.plex import Library
from helpr_core.domain.policies import opens_as, terms_before, terms_for
from helpr_core.domain.requests import Source, Status
from helpr_core.domain.terms import UNREADABLE, Approval

MUSIC = Library(3, "Music", "artist")
FRIENDS = (Source.FORM, Source.LINK, Source.SIGN_IN, Source.UNKNOWN)
OWNERS = (Source.OWNER, Source.BATCH)


def test_every_source_has_a_policy() -> None:
    assert {*FRIENDS, *OWNERS} == set(Source)


@pytest.mark.parametrize("source", FRIENDS)
@pytest.mark.parametrize(
    ("required", "approval", "status"),
    [
        (True, Approval.YES, Status.AWAITING_APPROVAL),
        (False, Approval.NO, Status.PENDING),
        (None, Approval.AS_SET, Status.QUEUED),
    ],
)
def test_a_friends_request_asks_an_owner_who_wants_to_approve(
    source: Source, required: bool | None, approval: Approval, status: Status
) -> None:
    terms = terms_for(source, approval_required=required)
    assert (terms.approval, terms.counted, terms.libraries) == (approval, True, None)
    assert opens_as(terms) is status


@pytest.mark.parametrize("source", OWNERS)
@pytest.mark.parametrize("required", [True, False, None])
def test_the_owners_own_request_needs_no_approval_and_is_not_counted(
    source: Source, required: bool | None
) -> None:
    terms = terms_for(source, approval_required=required, libraries=[MUSIC])
    assert (terms.approval, terms.counted, terms.libraries) == (Approval.NO, False, (MUSIC,))
    assert opens_as(terms) is Status.PENDING


def test_an_unreadable_source_waits_for_the_owner() -> None:
    assert opens_as(UNREADABLE) is Status.AWAITING_APPROVAL


def test_older_requests_by_the_owner_keep_the_libraries_of_their_row() -> None:
    assert terms_before(Source.OWNER, [MUSIC]).libraries == (MUSIC,)
    assert terms_before(Source.OWNER, []).libraries is None
    assert terms_before(Source.FORM, [MUSIC]).libraries is None
    assert terms_before(Source.FORM, []).approval is Approval.AS_SET


def test_no_other_code_decides_by_the_source() -> None:
    package = Path(helpr_core.__file__).parent
    compared = re.compile(r"(is|is not|==|!=|in) \(?Source\.|Source\.\w+ (is|==|!=|in) ")
    assert [
        f"{path.relative_to(package)}: {line.strip()}"
        for path in package.rglob("*.py")
        if path.name != "policies.py"
        for line in path.read_text().splitlines()
        if compared.search(line)
    ] == []
