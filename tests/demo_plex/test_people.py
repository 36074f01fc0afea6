"""Which names and addresses the demo knows."""

from __future__ import annotations

import pytest

from demo_plex.people import find_person


@pytest.mark.parametrize("identity", ["alice", "ALICE", " alice ", "Alice@Example.com"])
def test_a_person_is_the_same_however_typed(identity: str) -> None:
    person = find_person(identity)
    assert person is not None
    assert person.key == "alice@example.com"
    assert person.user_id == 73_554_601


def test_the_same_name_at_two_domains_is_two_people() -> None:
    here, there = find_person("alice@example.com"), find_person("alice@example.org")
    assert here is not None
    assert there is not None
    assert (here.username, there.username) == ("alice", "alice.example.org")
    assert here.user_id != there.user_id


def test_a_username_that_begins_with_nobody_is_unknown() -> None:
    assert find_person("Nobody-at-all") is None


def test_an_address_that_begins_with_nobody_has_no_account() -> None:
    person = find_person("nobody@example.org")
    assert person is not None
    assert (person.username, person.user_id) == ("", None)
    assert (person.name, person.invite_id) == ("nobody@example.org", "nobody@example.org")


@pytest.mark.parametrize("identity", ["", "  ", "a\tb", "a@", "@b.com", "a@b", "a@b@c.de"])
def test_an_impossible_name_is_refused(identity: str) -> None:
    with pytest.raises(ValueError, match="neither"):
        find_person(identity)


def test_a_username_may_contain_spaces_and_other_characters() -> None:
    for name in ("first last", "O'Brien", "bart!2017", "müller", "ユーザー"):
        person = find_person(name)
        assert person is not None
        assert person.username == name
