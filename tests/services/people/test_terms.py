"""The terms of a request travel with the invitation, and are enforced from then on."""

from __future__ import annotations

from datetime import timedelta

import pytest

from helpr_core.domain.audit import FRIEND
from helpr_core.domain.people import LiveTv
from helpr_core.domain.plex import Library
from helpr_core.domain.requests import Outcome, Status
from helpr_core.domain.restrictions import to_terms
from helpr_core.domain.terms import Approval, Terms
from tests.services.people.helpr import KIDS, MOVIES, Helpr

FIVE = [f"person-{number}" for number in range(5)]
KIDS_ONLY = (Library(KIDS, "Kids", "movie"),)


def terms(days: int | None = None, **restrictions: object) -> Terms:
    return Terms(
        Approval.NO, libraries=KIDS_ONLY, access_days=days, restrictions=to_terms(restrictions)
    )


def test_days_count_from_sending_and_then_from_acceptance(helpr: Helpr) -> None:
    request_id = helpr.invite("bob", terms(14))
    sent_at = helpr.clock.now
    helpr.read()
    share = helpr.share("bob")
    assert (share.state, share.access_until) == ("pending", sent_at + timedelta(days=14))
    assert (share.request_id, share.promised, share.source) == (request_id, (KIDS,), "link")
    helpr.clock.forward(days=5)
    helpr.accept("bob")
    helpr.read()
    share = helpr.share("bob")
    assert share.accepted_at is not None
    assert share.access_until == share.accepted_at + timedelta(days=14)
    assert share.drift == ()


def test_an_end_set_by_hand_is_not_recalculated(helpr: Helpr) -> None:
    helpr.invite("bob", terms(14))
    helpr.read()
    until = helpr.clock.now + timedelta(days=90)
    helpr.orders.set_until(helpr.id_of("bob"), until)
    helpr.accept("bob")
    helpr.read()
    assert helpr.share("bob").access_until == until
    helpr.orders.set_until(helpr.id_of("bob"), None)
    helpr.read()
    assert helpr.share("bob").access_until is None


def test_terms_without_days_have_no_end(helpr: Helpr) -> None:
    helpr.invite("bob", terms(None), accept=True)
    helpr.read()
    assert helpr.share("bob").access_until is None
    assert helpr.due() == {}


def test_a_request_recorded_after_a_reading_is_matched_by_the_next(helpr: Helpr) -> None:
    """The worker that sends it has not finished when another one reads the lists."""
    row = helpr.ask("bob", terms(14))
    helpr.send(row)
    helpr.read()
    assert helpr.share("bob").request_id is None
    assert [kind for kind, _, _ in helpr.happened()] == []
    helpr.requests.record(row, Outcome(Status.SUCCESS, helpr.clock(), 0), FRIEND)
    helpr.read()
    share = helpr.share("bob")
    assert (share.request_id, share.access_days) == (row.request_id, 14)


def test_somebody_who_returns_by_another_request_has_its_terms(helpr: Helpr) -> None:
    helpr.settle(*FIVE)
    helpr.invite("bob", terms(14), accept=True)
    helpr.read()
    helpr.orders.remove(helpr.id_of("bob"))
    helpr.work()
    assert helpr.share("bob").state == "gone"
    helpr.clock.forward(days=3)
    second = helpr.invite("bob", terms(30), accept=True)
    sent_at = helpr.clock.now
    helpr.read()
    share = helpr.share("bob")
    assert share.request_id == second
    assert share.access_until == sent_at + timedelta(days=30)


def test_a_share_made_by_hand_after_the_end_has_no_end(helpr: Helpr) -> None:
    helpr.settle(*FIVE)
    helpr.invite("bob", terms(14), accept=True)
    helpr.read()
    helpr.orders.remove(helpr.id_of("bob"))
    helpr.work()
    helpr.clock.forward(days=99)
    helpr.plex.share("bob", [MOVIES])
    helpr.read()
    share = helpr.share("bob")
    assert (share.state, share.access_until, share.access_days) == ("active", None, None)


def test_restrictions_are_sent_with_the_invitation(helpr: Helpr) -> None:
    fields = {"downloads": True, "live_tv": "watch", "movies": "contentRating=gb/U,gb/PG"}
    helpr.invite("bob", terms(None, **fields), accept=True)
    settings = helpr.plex.stage.plex.world.settings_of(helpr.plex.shares[0].person)
    assert (settings["allowSync"], settings["allowTuners"]) == (True, 1)
    assert settings["filterMovies"] == "contentRating=gb/U%2Cgb/PG"
    helpr.read()
    person = helpr.person("bob")
    assert person.promised == fields
    assert not person.restrictions_due
    assert helpr.due() == {}


def test_an_invitation_keeps_restrictions_set_by_other_programs(helpr: Helpr) -> None:
    helpr.plex.share("bob")
    bob = helpr.plex.accept("bob").person
    world = helpr.plex.stage.plex.world
    world.restrict(bob, {"filterMusic": "label=Calm", "allowCameraUpload": True})
    helpr.plex.stage.plex.world.end_share(helpr.plex.shares[0].id)
    helpr.invite("bob", terms(None, downloads=True), accept=True)
    settings = world.settings_of(bob)
    assert (settings["allowSync"], settings["filterMusic"]) == (True, "label=Calm")
    assert settings["allowCameraUpload"] is True


def test_restrictions_that_plex_dropped_are_set_again(helpr: Helpr) -> None:
    helpr.settle(*FIVE)
    helpr.invite("bob", terms(None, downloads=True), accept=True)
    world = helpr.plex.stage.plex.world
    bob = helpr.plex.share_of("bob")
    assert bob is not None
    world.restrict(bob.person, {})
    helpr.read()
    assert helpr.person("bob").restrictions_due
    assert helpr.due()["restrictions_ordered"] == 1
    assert helpr.due() == {}
    helpr.work()
    assert world.settings_of(bob.person)["allowSync"] is True
    helpr.read()
    assert helpr.share("bob").drift == ()


def test_extending_after_the_end_restores_access_with_the_old_terms(helpr: Helpr) -> None:
    helpr.settle(*FIVE)
    helpr.invite("bob", terms(14, live_tv="record"), accept=True)
    helpr.read()
    helpr.clock.forward(days=14)
    assert helpr.due()["access_ended"] == 1
    helpr.work()
    assert helpr.share("bob").gone_reason == "ended"
    bob = helpr.person("bob")
    helpr.plex.stage.plex.world.restrict(helpr.plex.stage.plex.world.person_of("person-1"), {})
    helpr.orders.extend(bob.person_id, 30)
    helpr.work()
    share = helpr.share("bob")
    assert (share.state, [one.id for one in share.libraries]) == ("active", [KIDS])
    assert share.access_until == helpr.clock.now + timedelta(days=30)
    now = helpr.person("bob").restrictions
    assert now is not None
    assert now.live_tv is LiveTv.RECORD


def test_a_resent_invitation_restarts_its_days(helpr: Helpr) -> None:
    helpr.settle(*FIVE)
    helpr.invite("nobody@example.org", terms(60))
    helpr.read()
    helpr.clock.forward(days=30)
    assert helpr.due()["stale_cancelled"] == 1
    helpr.work()
    helpr.orders.resend(helpr.id_of("nobody@example.org"))
    helpr.work()
    share = helpr.share("nobody@example.org")
    assert share.state == "pending"
    assert share.access_until is not None
    left = share.access_until - helpr.clock.now
    assert timedelta(days=59) < left <= timedelta(days=60)


@pytest.mark.parametrize(
    ("fields", "kept"),
    [
        ({"downloads": True, "movies": ""}, (("downloads", "true"), ("movies", ""))),
        ({"live_tv": LiveTv.WATCH, "subtitles": None}, (("live_tv", "watch"),)),
        ({"unknown": 1}, ()),
    ],
)
def test_terms_keep_the_fields_that_were_named(
    fields: dict[str, object], kept: tuple[tuple[str, str], ...]
) -> None:
    assert to_terms(fields) == kept


def test_an_acceptance_before_sending_shortens_nothing(helpr: Helpr) -> None:
    helpr.invite("bob", terms(14))
    helpr.plex.accept("bob")  # by the demo's clock, which is months behind
    sent_at = helpr.clock.now
    helpr.read()
    assert helpr.share("bob").access_until == sent_at + timedelta(days=14)
    assert helpr.due() == {}
