"""A friend's page before and after the end of their access."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from helpr_core.services.people.ports import PeopleFilter
from helpr_core.texts import Message, in_english
from tests.web.site_under_test import SiteUnderTest


class Friend:
    """Somebody who asked, was invited and accepted, and whom the owner can find."""

    def __init__(self, site: SiteUnderTest) -> None:
        self.site = site
        self.request_id = site.invite("anna").get_json()["request_id"]
        site.plex.accept("anna")
        self.owner("POST", "people/refresh")
        (person,) = self.owner("GET", "people?search=anna").get_json()["people"]
        assert person["shares"][0]["request_id"] == self.request_id
        self.person_id = person["person_id"]

    def owner(self, method: str, path: str, **request: Any) -> Any:
        return self.site.owner(method, path, **request)

    def page(self) -> str:
        return self.site.page(f"/invited/{self.request_id}").get_data(as_text=True)

    def standing(self) -> dict[str, Any]:
        found: dict[str, Any] = self.site.get(f"/api/invites/{self.request_id}").get_json()
        return found


@pytest.fixture
def friend(site: SiteUnderTest) -> Friend:
    return Friend(site)


def test_without_an_end_none_is_mentioned(friend: Friend) -> None:
    assert "Access lasts until" not in friend.page()
    assert "access_until" not in friend.standing()


def test_before_the_end_the_page_says_until_when(friend: Friend) -> None:
    until = datetime.now(UTC) + timedelta(days=20)
    friend.owner("PUT", f"people/{friend.person_id}/access", json={"until": until.isoformat()})
    assert "Access lasts until" in friend.page()
    day = in_english(Message("format.day_in_utc", day=until.date()))
    iso = until.isoformat(timespec="seconds")
    said = f'<time datetime="{iso}" data-shown="day">{day}</time>'
    assert f">Access lasts until {said}.</p>" in friend.page()
    assert datetime.fromisoformat(friend.standing()["access_until"]) == until

    friend.owner("PATCH", f"people/{friend.person_id}", json={"exempt": True})
    assert "Access lasts until" not in friend.page()


def test_after_the_end_the_page_says_why_and_how_to_return(friend: Friend) -> None:
    past = datetime.now(UTC) - timedelta(hours=1)
    friend.owner("PUT", f"people/{friend.person_id}/access", json={"until": past.isoformat()})
    friend.site.container.upkeep.housekeeping().run()
    page = friend.page()
    assert "Your access has ended" in page
    assert 'Your access was for a limited time, until <time datetime="' in page
    assert "ask for an invitation again" in page
    assert 'data-settled="true"' in page
    assert "Open Plex" not in page
    told = friend.standing()["message"]  # a program has no heading above it
    assert told.startswith("Your access was for a limited time")
    assert "access_until" not in friend.standing()

    again = friend.site.invite("anna")
    assert again.status_code in (201, 202), again.get_data()


def test_if_no_requests_are_accepted_the_friend_is_sent_to_the_owner(friend: Friend) -> None:
    friend.owner("DELETE", f"people/{friend.person_id}")
    friend.site.save(paused=True)
    page = friend.page()
    assert "The owner of this server ended your access" in page
    assert "write to the owner" in page
    assert "Try again" not in page


def test_somebody_who_left_is_told_so(friend: Friend) -> None:
    friend.site.plex.leave("anna")
    people = friend.site.container.people()
    person = people.log().get(people.log().page(PeopleFilter(), 1).rows[0].person_id)
    assert person is not None
    server_id = person.shares[0].server_id
    values = {"state": "gone", "gone_at": datetime.now(UTC), "gone_reason": "left"}
    people.log().change_share(person.person_id, server_id, values)
    assert "You left the server in Plex" in friend.page()
