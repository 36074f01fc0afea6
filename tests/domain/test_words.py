"""The texts for friend and owner, for every state and every error code."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from uuid import UUID

import pytest

from helpr_core import errors
from helpr_core.domain import messages
from helpr_core.domain.advice import advise
from helpr_core.domain.messages import friend_message
from helpr_core.domain.requests import InviteRequest, Source, Status
from helpr_core.services.plex import errors as plex_errors
from helpr_core.texts import say

NOON = datetime(2026, 1, 2, 12, tzinfo=UTC)
FAILURES = ("already_shared", "plex_refused", "server_full")
QUEUED = (
    "plex_unauthorized",
    "plex_unavailable",
    "plex_limited",
    "plex_answer_lost",
    "plex_lists_nothing",
    "plex_server_unknown",
    "plex_servers_alike",
    "plex_unexpected",
    "plex_endpoint_gone",
    "setup_required",
)


def leaves(root: type[errors.HelprError]) -> Iterator[type[errors.HelprError]]:
    for kind in root.__subclasses__():
        yield kind
        yield from leaves(kind)


def row(status: Status, error_code: str | None = None, accepted: bool = False) -> InviteRequest:
    return InviteRequest(
        request_id=UUID(int=1),
        email_or_username="alice@example.com",
        identity_key="alice@example.com",
        timestamp=NOON,
        status=status,
        error_code=error_code,
        error_message="the owner's sentence",
        source=Source.FORM,
        server_name="Demo Plex",
        libraries=(),
        client_key="",
        attempts=1,
        next_attempt_at=None,
        sent_at=None,
        accepted_at=NOON if accepted else None,
        updated_at=NOON,
        duration_ms=1,
    )


@pytest.mark.parametrize("code", [None, "unheard_of", *FAILURES, *QUEUED])
@pytest.mark.parametrize("status", Status)
def test_every_state_has_whole_sentences_and_shows_no_code(
    status: Status, code: str | None
) -> None:
    message = friend_message(row(status, code))
    assert say(message.heading)
    assert say(message.sentence).endswith(".")
    assert message.tone in ("good", "wait", "bad")
    words = " ".join(map(say, (message.heading, message.sentence, *message.steps)))
    assert not code or code not in words
    assert "the owner's sentence" not in words


@pytest.mark.parametrize(
    ("status", "settled"),
    [
        (Status.PENDING, False),
        (Status.QUEUED, False),
        (Status.AWAITING_APPROVAL, False),
        (Status.FAILED, True),
        (Status.DENIED, True),
        (Status.SUCCESS, False),  # it may still be accepted
    ],
)
def test_the_page_keeps_polling_while_something_may_change(status: Status, settled: bool) -> None:
    assert friend_message(row(status)).settled is settled


def test_sent_needs_a_success_and_you_are_in_an_acceptance() -> None:
    sent = {
        status
        for status in Status
        if friend_message(row(status)).heading.code == "friend.sent.heading"
    }
    assert sent == {Status.SUCCESS}
    assert friend_message(row(Status.SUCCESS, accepted=True)) == messages.ACCEPTED
    others = [
        friend_message(row(status, accepted=True)) for status in Status if status != Status.SUCCESS
    ]
    assert messages.ACCEPTED not in others


def test_a_sent_invite_explains_how_to_accept() -> None:
    message = friend_message(row(Status.SUCCESS))
    assert say(message.heading) == "Open the e-mail from Plex and tap Accept"
    assert len(message.steps) == 3


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("already_shared", messages.ALREADY_SHARED),
        ("server_full", messages.SERVER_FULL),
        ("plex_refused", messages.PLEX_REFUSED),
        ("plex_unauthorized", messages.FAILED),
        (None, messages.FAILED),
    ],
)
def test_a_failure_is_explained_by_its_code(
    code: str | None, expected: messages.FriendMessage
) -> None:
    assert friend_message(row(Status.FAILED, code)) == expected


def test_the_codes_in_these_tests_are_those_a_row_can_carry() -> None:
    # Other modules add errors for people's access; no request's row has them.
    kinds = leaves(plex_errors.PlexError)
    plex = {kind.code for kind in kinds if kind.__module__ == plex_errors.__name__}
    assert plex | {errors.SetupRequired.code} == {*FAILURES, *QUEUED}


@pytest.mark.parametrize("code", [*FAILURES, *QUEUED])
def test_the_owner_gets_advice_for_every_code(code: str) -> None:
    assert say(advise(code)) != say(advise("unheard_of"))
    assert say(advise(code)).endswith(".")


@pytest.mark.parametrize("accepted", [True, False])
def test_somebody_with_access_is_distinguished_from_somebody_who_has_not_answered(
    accepted: bool,
) -> None:
    topic = plex_errors.AlreadyShared(accepted=accepted).topic
    told = {say(advise(topic)), say(advise("already_shared")), say(advise("unheard_of"))}
    assert len(told) == 3
    assert ("not answered it yet" in say(advise(topic))) is not accepted


@pytest.mark.parametrize("code", QUEUED)
def test_only_a_slow_plex_is_said_not_to_answer(code: str) -> None:
    slow = code in ("plex_unavailable", "plex_limited", "plex_answer_lost")
    assert (friend_message(row(Status.QUEUED, code)) == messages.QUEUED) is slow


def test_plexs_own_words_follow_the_advice() -> None:
    assert say(advise("plex_refused", "No such user.")).endswith(" Plex said: No such user.")
    assert "Plex said" not in say(advise("plex_refused"))
    sentence = say(advise("plex_unexpected", "status 403: Forbidden"))
    assert sentence.endswith(" The answer was: status 403: Forbidden")


def test_every_error_has_its_own_code_or_its_parents() -> None:
    modules = (errors.__name__, plex_errors.__name__)
    kinds = [one for one in leaves(errors.HelprError) if one.__module__ in modules]
    assert all(kind.code != errors.HelprError.code for kind in kinds)
    shared = {kind for kind in kinds if "code" not in vars(kind)}
    assert shared == {
        errors.AddressInDoubt,
        errors.CeilingReached,
        errors.DailyCapReached,
        errors.LogUnavailable,
        errors.SchemaBehind,
        errors.StateUnavailable,
        plex_errors.PlexUnavailable,
        plex_errors.PlexPaused,
    }
