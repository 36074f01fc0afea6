"""The overview lists what is left to do before the first friend asks."""

from __future__ import annotations

from typing import Any

import pytest

from tests.web.conftest import INVITE_CODE, MakeSite
from tests.web.settings.test_site_code import save
from tests.web.site_under_test import SiteUnderTest

ADDRESS = "https://films.example.net"
ORDER = ["token", "server", "libraries", "way_in", "link"]


def steps(site: SiteUnderTest) -> dict[str, dict[str, Any]]:
    found = site.owner("GET", "overview").get_json().get("first_steps", [])
    return {one["name"]: one for one in found}


def undone(site: SiteUnderTest) -> list[str]:
    return [name for name, one in steps(site).items() if not one["done"]]


def test_a_site_that_is_set_up_only_has_to_hand_out_its_link(
    make_site: MakeSite,
) -> None:
    site = make_site(INVITE_CODE=INVITE_CODE, HELPR_PUBLIC_URL=ADDRESS)
    assert list(steps(site)) == ORDER
    assert undone(site) == []
    assert steps(site)["server"]["text"] == "Demo Plex"
    assert steps(site)["way_in"]["text"] == "Friends need the invite code, which is in your link."


def test_the_steps_are_gone_once_somebody_has_asked(site: SiteUnderTest) -> None:
    assert list(steps(site)) == ORDER
    site.invite("friend")
    assert steps(site) == {}


@pytest.mark.parametrize(
    ("wrong", "step", "place", "expected"),
    [
        ({"PLEX_TOKEN": "not-the-token"}, "token", "check", "Put a new token"),
        ({"PLEX_SERVER_NAME": "Livingroom"}, "server", "check", "it owns “Demo Plex”"),
        ({"PLEX_LIBRARIES": None}, "libraries", "libraries", "The server has: “Movies”"),
        ({"PLEX_LIBRARIES": "Moovies"}, "libraries", "libraries", "did you mean “Movies”?"),
        ({}, "way_in", "settings", "Anybody who finds your form gets an invitation."),
        ({}, "link", None, "HELPR_PUBLIC_URL"),
    ],
)
def test_an_open_step_says_what_is_wrong_and_links_to_where_it_is_fixed(
    make_site: MakeSite, wrong: dict[str, str | None], step: str, place: str | None, expected: str
) -> None:
    site = make_site(**wrong)
    site.owner("GET", "connection")  # as the Check view asks plex.tv
    assert step in undone(site)
    found = steps(site)[step]
    assert found.get("place") == place
    assert expected in found["text"] + found["fix"]


def test_who_can_ask_is_settled_by_a_code_a_link_or_approval(site: SiteUnderTest) -> None:
    assert "way_in" in undone(site)
    save(site, approval_required=True)
    assert "way_in" not in undone(site)
    save(site, links_only=True)
    assert steps(site)["way_in"]["place"] == "links"
    assert "way_in" in undone(site)
    site.owner("POST", "links", json={"label": "family"})
    assert "way_in" not in undone(site)
    save(site, invite_code=INVITE_CODE)
    assert steps(site)["way_in"]["text"] == "Friends need the invite code, which is in your link."
