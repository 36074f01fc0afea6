"""What the owner may choose from: restrictions, presets of them, and servers."""

from __future__ import annotations

from uuid import uuid4

import pytest

from demo_plex.shares import OTHER_LIBRARIES, OTHER_MACHINE_IDENTIFIER, OTHER_SERVER_NAME
from helpr_core.domain.audit import FRIEND
from helpr_core.domain.identity_key import identity_key
from helpr_core.domain.plex import Library
from helpr_core.domain.requests import NewRequest, Source
from helpr_core.domain.terms import Approval, Terms
from tests.web.people.test_people import Owner, owner
from tests.web.site_under_test import problem

__all__ = ["owner"]


def test_only_what_the_subscription_allows_is_offered(owner: Owner) -> None:
    offered = owner.get("restrictions")
    assert offered["plex_pass"] is True
    assert set(offered["offered"].values()) == {True}
    owner.plex.clear_calls()
    assert owner.get("restrictions") == offered
    assert owner.plex.calls == []


def test_without_a_plex_pass_nothing_is_offered_or_set(owner: Owner) -> None:
    owner.plex.stage.plex.features = ("home",)
    offered = owner.get("restrictions")
    assert offered["plex_pass"] is False
    assert set(offered["offered"].values()) == {False}
    path = f"people/{owner.id_of('anna')}/restrictions"
    problem(owner.ask("PUT", path, json={"subtitles": True}), 409, "plex_pass_needed")
    assert owner.ask("PUT", path, json={"downloads": False}).status_code in (200, 202)


def test_a_plex_pass_bought_a_minute_ago_counts(owner: Owner) -> None:
    owner.plex.stage.plex.features = ()
    assert owner.get("restrictions")["plex_pass"] is False
    owner.plex.stage.plex.features = ("pass", "sync")
    path = f"people/{owner.id_of('anna')}/restrictions"
    assert owner.ask("PUT", path, json={"downloads": True}).status_code == 200


def test_there_are_presets_for_children_by_country(owner: Owner) -> None:
    by_country = {one["country"]: one for one in owner.get("presets")["presets"]}
    assert by_country["us"]["restrictions"]["movies"] == "contentRating=G,PG"
    assert by_country["de"]["restrictions"]["television"] == "contentRating=de/0,de/6"
    assert all("music" not in one["restrictions"] for one in by_country.values())


def test_a_preset_is_saved_under_a_name_replaced_and_deleted(owner: Owner) -> None:
    first = {"name": "Grandparents", "restrictions": {"downloads": True}}
    assert owner.ask("POST", "presets", json=first).status_code == 201
    second = {"name": "grandparents", "restrictions": {"live_tv": "watch", "movies": "label=Old"}}
    added = owner.ask("POST", "presets", json=second).get_json()
    mine = [one for one in owner.get("presets")["presets"] if "country" not in one]
    assert mine == [added]
    assert added["restrictions"] == {"live_tv": "watch", "movies": "label=Old"}
    assert owner.ask("DELETE", f"presets/{added['preset_id']}").status_code == 204
    problem(owner.ask("DELETE", f"presets/{added['preset_id']}"), 404, "not_found")
    problem(owner.ask("DELETE", "presets/kids-us"), 404, "not_found")


@pytest.mark.parametrize(
    "wrong", [{"name": "", "restrictions": {"downloads": True}}, {"name": "A", "restrictions": {}}]
)
def test_a_preset_has_a_name_and_restrictions(owner: Owner, wrong: dict[str, object]) -> None:
    problem(owner.ask("POST", "presets", json=wrong), 400, "invalid_input")


def test_only_the_default_server_is_managed_at_first(owner: Owner) -> None:
    owner.plex.change(other_servers={OTHER_MACHINE_IDENTIFIER: OTHER_SERVER_NAME})
    servers = owner.get("servers")["servers"]
    assert [(one["name"], one["managed"], one["default"]) for one in servers] == [
        (owner.plex.server_name, True, True),
        (OTHER_SERVER_NAME, False, False),
    ]


def test_people_of_another_server_appear_once_it_is_managed(owner: Owner) -> None:
    owner.plex.change(other_servers={OTHER_MACHINE_IDENTIFIER: OTHER_SERVER_NAME})
    owner.plex.stage.plex.world.share_elsewhere("dora", accepted=True)
    owner.ask("POST", "people/refresh")
    assert owner.get("people?search=dora")["people"] == []
    own = owner.plex.machine_identifier
    answer = owner.ask("PUT", "servers", json={"managed": [own, OTHER_MACHINE_IDENTIFIER]})
    assert [one["managed"] for one in answer.get_json()["servers"]] == [True, True]
    owner.ask("POST", "people/refresh")
    assert owner.share("dora")["server_name"] == OTHER_SERVER_NAME
    # On every page: the filters on offer do not depend on who is on it.
    names = owner.get("people?search=anna")["servers"]
    assert names == {own: owner.plex.server_name, OTHER_MACHINE_IDENTIFIER: OTHER_SERVER_NAME}
    removed = owner.ask("DELETE", f"people/{owner.id_of('dora')}")
    assert removed.status_code == 200
    assert owner.plex.stage.plex.world.shares(OTHER_MACHINE_IDENTIFIER) == []


@pytest.mark.parametrize("managed", [[], ["strange"], [OTHER_MACHINE_IDENTIFIER]])
def test_only_owned_servers_can_be_managed_and_the_default_must_be(
    owner: Owner, managed: list[str]
) -> None:
    owner.plex.change(other_servers={OTHER_MACHINE_IDENTIFIER: OTHER_SERVER_NAME})
    problem(owner.ask("PUT", "servers", json={"managed": managed}), 400, "invalid_input")


def test_a_request_goes_to_the_server_of_its_terms(owner: Owner) -> None:
    owner.plex.change(other_servers={OTHER_MACHINE_IDENTIFIER: OTHER_SERVER_NAME})
    parts = owner.site.container
    library = OTHER_LIBRARIES[0]
    terms = Terms(
        Approval.NO,
        server=OTHER_MACHINE_IDENTIFIER,
        libraries=(Library(library.id, library.title, library.type),),
        access_days=7,
    )
    now = parts.installation.utc_now()
    new = NewRequest(
        *(uuid4(), "dora", identity_key("dora"), now, Source.LINK),
        *("", (), ""),
        terms=terms,
    )
    row = parts.stores.invite_log().open(new, FRIEND).row
    settled = parts.requests.attempt()(row)
    assert (settled.status, settled.server_name) == ("success", OTHER_SERVER_NAME)
    (share,) = owner.plex.stage.plex.world.shares(OTHER_MACHINE_IDENTIFIER)
    assert share.library_ids == (library.id,)
    own = owner.plex.machine_identifier
    owner.ask("PUT", "servers", json={"managed": [own, OTHER_MACHINE_IDENTIFIER]})
    owner.ask("POST", "people/refresh")
    kept = owner.share("dora")
    assert (kept["server_id"], kept["request_id"]) == (
        OTHER_MACHINE_IDENTIFIER,
        str(row.request_id),
    )
    assert "access_until" in kept
