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
from tests.services.people.town import KIDS, MOVIES, Town

FIVE = [f"person-{number}" for number in range(5)]
KIDS_ONLY = (Library(KIDS, "Kids", "movie"),)


def terms(days: int | None = None, **restrictions: object) -> Terms:
    return Terms(
        Approval.NO, libraries=KIDS_ONLY, access_days=days, restrictions=to_terms(restrictions)
    )


def test_days_count_from_sending_and_then_from_acceptance(town: Town) -> None:
    request_id = town.invite("bob", terms(14))
    sent_at = town.clock.now
    town.read()
    share = town.share("bob")
    assert (share.state, share.access_until) == ("pending", sent_at + timedelta(days=14))
    assert (share.request_id, share.promised, share.source) == (request_id, (KIDS,), "link")
    town.clock.forward(days=5)
    town.accept("bob")
    town.read()
    share = town.share("bob")
    assert share.accepted_at is not None
    assert share.access_until == share.accepted_at + timedelta(days=14)
    assert share.drift == ()


def test_an_end_set_by_hand_is_not_recalculated(town: Town) -> None:
    town.invite("bob", terms(14))
    town.read()
    until = town.clock.now + timedelta(days=90)
    town.orders.set_until(town.id_of("bob"), until)
    town.accept("bob")
    town.read()
    assert town.share("bob").access_until == until
    town.orders.set_until(town.id_of("bob"), None)
    town.read()
    assert town.share("bob").access_until is None


def test_terms_without_days_have_no_end(town: Town) -> None:
    town.invite("bob", terms(None), accept=True)
    town.read()
    assert town.share("bob").access_until is None
    assert town.due() == {}


def test_a_request_recorded_after_a_reading_is_matched_by_the_next(town: Town) -> None:
    """The worker that sends it has not finished when another one reads the lists."""
    row = town.ask("bob", terms(14))
    town.send(row)
    town.read()
    assert town.share("bob").request_id is None
    assert [kind for kind, _, _ in town.happened()] == []
    town.requests.record(row, Outcome(Status.SUCCESS, town.clock(), 0), FRIEND)
    town.read()
    share = town.share("bob")
    assert (share.request_id, share.access_days) == (row.request_id, 14)


def test_somebody_who_returns_by_another_request_has_its_terms(town: Town) -> None:
    town.settle(*FIVE)
    town.invite("bob", terms(14), accept=True)
    town.read()
    town.orders.remove(town.id_of("bob"))
    town.work()
    assert town.share("bob").state == "gone"
    town.clock.forward(days=3)
    second = town.invite("bob", terms(30), accept=True)
    sent_at = town.clock.now
    town.read()
    share = town.share("bob")
    assert share.request_id == second
    assert share.access_until == sent_at + timedelta(days=30)


def test_a_share_made_by_hand_after_the_end_has_no_end(town: Town) -> None:
    town.settle(*FIVE)
    town.invite("bob", terms(14), accept=True)
    town.read()
    town.orders.remove(town.id_of("bob"))
    town.work()
    town.clock.forward(days=99)
    town.plex.share("bob", [MOVIES])
    town.read()
    share = town.share("bob")
    assert (share.state, share.access_until, share.access_days) == ("active", None, None)


def test_restrictions_are_sent_with_the_invitation(town: Town) -> None:
    fields = {"downloads": True, "live_tv": "watch", "movies": "contentRating=gb/U,gb/PG"}
    town.invite("bob", terms(None, **fields), accept=True)
    settings = town.plex.stage.plex.world.settings_of(town.plex.shares[0].person)
    assert (settings["allowSync"], settings["allowTuners"]) == (True, 1)
    assert settings["filterMovies"] == "contentRating=gb/U%2Cgb/PG"
    town.read()
    person = town.person("bob")
    assert person.promised == fields
    assert not person.restrictions_due
    assert town.due() == {}


def test_an_invitation_keeps_restrictions_set_by_other_programs(town: Town) -> None:
    town.plex.share("bob")
    bob = town.plex.accept("bob").person
    world = town.plex.stage.plex.world
    world.restrict(bob, {"filterMusic": "label=Calm", "allowCameraUpload": True})
    town.plex.stage.plex.world.end_share(town.plex.shares[0].id)
    town.invite("bob", terms(None, downloads=True), accept=True)
    settings = world.settings_of(bob)
    assert (settings["allowSync"], settings["filterMusic"]) == (True, "label=Calm")
    assert settings["allowCameraUpload"] is True


def test_restrictions_that_plex_dropped_are_set_again(town: Town) -> None:
    town.settle(*FIVE)
    town.invite("bob", terms(None, downloads=True), accept=True)
    world = town.plex.stage.plex.world
    bob = town.plex.share_of("bob")
    assert bob is not None
    world.restrict(bob.person, {})
    town.read()
    assert town.person("bob").restrictions_due
    assert town.due()["restrictions_ordered"] == 1
    assert town.due() == {}
    town.work()
    assert world.settings_of(bob.person)["allowSync"] is True
    town.read()
    assert town.share("bob").drift == ()


def test_extending_after_the_end_restores_access_with_the_old_terms(town: Town) -> None:
    town.settle(*FIVE)
    town.invite("bob", terms(14, live_tv="record"), accept=True)
    town.read()
    town.clock.forward(days=14)
    assert town.due()["access_ended"] == 1
    town.work()
    assert town.share("bob").gone_reason == "ended"
    bob = town.person("bob")
    town.plex.stage.plex.world.restrict(town.plex.stage.plex.world.person_of("person-1"), {})
    town.orders.extend(bob.person_id, 30)
    town.work()
    share = town.share("bob")
    assert (share.state, [one.id for one in share.libraries]) == ("active", [KIDS])
    assert share.access_until == town.clock.now + timedelta(days=30)
    now = town.person("bob").restrictions
    assert now is not None
    assert now.live_tv is LiveTv.RECORD


def test_a_resent_invitation_restarts_its_days(town: Town) -> None:
    town.settle(*FIVE)
    town.invite("nobody@example.org", terms(60))
    town.read()
    town.clock.forward(days=30)
    assert town.due()["stale_cancelled"] == 1
    town.work()
    town.orders.resend(town.id_of("nobody@example.org"))
    town.work()
    share = town.share("nobody@example.org")
    assert share.state == "pending"
    assert share.access_until is not None
    left = share.access_until - town.clock.now
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


def test_an_acceptance_before_sending_shortens_nothing(town: Town) -> None:
    town.invite("bob", terms(14))
    town.plex.accept("bob")  # by the demo's clock, which is months behind
    sent_at = town.clock.now
    town.read()
    assert town.share("bob").access_until == sent_at + timedelta(days=14)
    assert town.due() == {}
