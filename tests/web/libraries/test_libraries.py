"""The libraries through the key door: who may change them, the list, and the choice."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from demo_plex import DemoLibrary
from tests.web.conftest import MakeSite
from tests.web.site_under_test import JSON, SiteUnderTest, fields_of, problem

MOVIES, TV_SHOWS, MUSIC, KIDS = 118181361, 118181362, 118181363, 118181364
LIBRARIES = "/api/manage/libraries"


def _shared(site: SiteUnderTest) -> list[int]:
    return [one["id"] for one in site.manage().get_json()["libraries"] if one["shared"]]


@pytest.mark.parametrize("method", ["GET", "PUT"])
def test_the_door_is_closed_without_the_key(site: SiteUnderTest, method: str) -> None:
    right = site.container.installation.function_keys()[0]
    for key in (None, "", "wrong", right[:-1], right + "0", "ключ"):
        headers = {} if key is None else {"x-functions-key": key.encode().decode("latin-1")}
        answer = site.ask(method, LIBRARIES, headers=headers, json={"shared": [KIDS]})
        assert (answer.status_code, answer.get_data()) == (401, b"")
    assert site.plex.calls == []
    assert _shared(site) == [MOVIES, TV_SHOWS]


def test_the_key_is_accepted_in_the_header_and_in_the_query(site: SiteUnderTest) -> None:
    key = site.container.installation.function_keys()[0]
    assert site.ask("GET", LIBRARIES, headers={"x-functions-key": key}).status_code == 200
    assert site.get(f"{LIBRARIES}?code={key}").status_code == 200
    assert site.get(f"{LIBRARIES}?code=wrong").status_code == 401


def test_the_key_of_another_installation_is_refused(make_site: MakeSite) -> None:
    other = make_site(SECRET_KEY="another-not-real-secret-key-0123456789").container
    site = make_site()
    answer = site.ask(
        "GET", LIBRARIES, headers={"x-functions-key": other.installation.function_keys()[0]}
    )
    assert answer.status_code == 401


def test_all_libraries_are_listed_with_the_shared_ones_marked(site: SiteUnderTest) -> None:
    answer = site.manage()
    body = answer.get_json()
    assert (answer.status_code, answer.mimetype) == (200, "application/json")
    assert answer.headers["Cache-Control"] == "no-store"
    assert body["libraries"] == [
        {"id": MOVIES, "title": "Movies", "type": "movie", "shared": True},
        {"id": TV_SHOWS, "title": "TV Shows", "type": "show", "shared": True},
        {"id": MUSIC, "title": "Music", "type": "artist", "shared": False},
        {"id": KIDS, "title": "Kids", "type": "movie", "shared": False},
    ]
    age = datetime.now(UTC) - datetime.fromisoformat(body["fetched_at"])
    assert 0 <= age.total_seconds() < 60


def test_listing_again_asks_plex_only_when_told_to(site: SiteUnderTest) -> None:
    first = site.manage().get_json()
    site.plex.clear_calls()
    assert site.manage().get_json() == first
    assert site.manage(query="?refresh=0").get_json() == first
    assert site.plex.calls == []
    world = site.plex.stage.plex.world
    world.libraries = (*world.libraries[:3], DemoLibrary(KIDS, 4, "movie", "Children"))
    fresh = site.manage(query="?refresh=1").get_json()
    assert [one["title"] for one in fresh["libraries"]] == [
        "Movies",
        "TV Shows",
        "Music",
        "Children",
    ]
    assert fresh["fetched_at"] > first["fetched_at"]
    assert len(site.plex.calls) == 1


def test_a_choice_applies_to_invites_from_then_on(site: SiteUnderTest) -> None:
    answer = site.manage("PUT", json={"shared": [KIDS, MUSIC]})
    assert answer.status_code == 200
    assert [one["id"] for one in answer.get_json()["libraries"] if one["shared"]] == [MUSIC, KIDS]
    site.invite("friend")
    assert set(site.plex.calls[-1].library_ids or ()) == {MUSIC, KIDS}
    titles = [one["title"] for one in site.get("/api/site").get_json()["libraries"]]
    assert sorted(titles) == ["Kids", "Music"]
    assert "TV Shows" not in site.page("/").text


def test_a_choice_survives_the_worker(make_site: MakeSite) -> None:
    make_site().manage("PUT", json={"shared": [KIDS]})
    site = make_site()
    site.invite("friend")
    assert site.plex.calls[-1].library_ids == (KIDS,)


def test_the_same_library_twice_is_shared_once(site: SiteUnderTest) -> None:
    assert site.manage("PUT", json={"shared": [KIDS, KIDS]}).status_code == 200
    site.invite("friend")
    assert site.plex.calls[-1].library_ids == (KIDS,)


def test_a_library_added_a_minute_ago_can_be_chosen(site: SiteUnderTest) -> None:
    site.manage()
    added = DemoLibrary(118181399, 9, "movie", "Brand new")
    site.plex.stage.plex.world.libraries += (added,)
    assert site.manage("PUT", json={"shared": [added.id]}).status_code == 200
    assert _shared(site) == [added.id]


def test_an_unknown_library_is_refused_and_nothing_changes(site: SiteUnderTest) -> None:
    document = problem(site.manage("PUT", json={"shared": [MOVIES, 7]}), 400, "invalid_input")
    assert fields_of(document) == ["shared"]
    assert "7" in document["errors"][0]["message"]
    assert str(MOVIES) not in document["errors"][0]["message"]
    assert _shared(site) == [MOVIES, TV_SHOWS]


def test_no_library_at_all_is_refused(site: SiteUnderTest) -> None:
    document = problem(site.manage("PUT", json={"shared": []}), 400, "invalid_input")
    assert fields_of(document) == ["shared"]
    assert _shared(site) == [MOVIES, TV_SHOWS]


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        (b"", 400, "invalid_input"),
        (b"{", 400, "invalid_input"),
        (b"[118181361]", 400, "invalid_input"),
        (b"{}", 400, "invalid_input"),
        (b'{"shared": null}', 400, "invalid_input"),
        (b'{"shared": 118181361}', 400, "invalid_input"),
        (b'{"shared": "118181361"}', 400, "invalid_input"),
        (b'{"shared": ["118181361"]}', 400, "invalid_input"),
        (b'{"shared": [118181361.0]}', 400, "invalid_input"),
        (b'{"shared": [true]}', 400, "invalid_input"),
        (b'{"shared": [0]}', 400, "invalid_input"),
        (b'{"shared": [-1]}', 400, "invalid_input"),
        (b'{"shared": [9223372036854775808]}', 400, "invalid_input"),
        (b'{"shared": [9223372036854775807]}', 400, "invalid_input"),
        (b'{"shared": [' + b"9" * 5_000 + b"]}", 400, "invalid_input"),
        (b'{"shared": [1e999]}', 400, "invalid_input"),
        (b'{"shared": [NaN]}', 400, "invalid_input"),
        (b'{"shared": [118181361], "shared": []}', 400, "invalid_input"),
        (b'{"shared": [[118181361]]}', 400, "invalid_input"),
        (b'{"shared": [\xff]}', 400, "invalid_input"),
        (b'{"shared": [' + b"1," * 600 + b"1]}", 400, "invalid_input"),
        (b" " * 17_000, 413, "body_too_large"),
    ],
    ids=lambda value: value[:40].decode("latin-1") if isinstance(value, bytes) else str(value),
)
def test_an_invalid_choice_is_a_problem(
    site: SiteUnderTest, body: bytes, status: int, code: str
) -> None:
    problem(site.manage("PUT", data=body, content_type=JSON), status, code)
    assert _shared(site) == [MOVIES, TV_SHOWS]


@pytest.mark.parametrize("kind", ["application/x-www-form-urlencoded", "text/plain", ""])
def test_a_choice_is_accepted_only_as_json(site: SiteUnderTest, kind: str) -> None:
    answer = site.manage("PUT", data=b"shared=118181364", headers={"Content-Type": kind})
    problem(answer, 415, "unsupported_media_type")
    assert _shared(site) == [MOVIES, TV_SHOWS]


def test_while_plex_is_down_the_owner_is_told(site: SiteUnderTest) -> None:
    site.plex.fail("status", status=503, times=0)
    problem(site.manage(), 503, "plex_unreachable")
    problem(site.manage(query="?refresh=1"), 503, "plex_unreachable")


def test_the_friends_rate_limit_does_not_apply_to_the_manage_door(make_site: MakeSite) -> None:
    site = make_site(HELPR_RATE_DEFAULT="1/hour", HELPR_RATE_INVITES="1/hour")
    assert [site.manage().status_code for _ in range(5)] == [200] * 5


def test_a_library_that_vanished_is_not_believed_to_be_gone_at_once(site: SiteUnderTest) -> None:
    site.manage("PUT", json={"shared": [KIDS, MUSIC]})
    site.plex.change(libraries=[{"id": MUSIC, "key": 3, "type": "artist", "title": "Music"}])
    body = site.manage(query="?refresh=1").get_json()
    listed = {one["id"]: one for one in body["libraries"]}
    assert listed[KIDS] == {
        "id": KIDS,
        "title": "Kids",
        "type": "movie",
        "shared": True,
        "missing": True,
    }
    assert "missing" not in listed[MUSIC]
    (told,) = body["notices"]
    assert "“Kids”" in told
    assert "asked again automatically" in told
    # Plex refuses the invite with it and accepts the one without it: the friend does not wait.
    assert site.invite("friend").status_code == 201
    assert [call.library_ids for call in site.plex.calls if call.method == "POST"] == [
        (KIDS, MUSIC),
        (MUSIC,),
    ]


def test_an_empty_choice_is_refused_with_the_reason(site: SiteUnderTest) -> None:
    refusal = problem(site.manage("PUT", json={"shared": []}), 400, "invalid_input")
    assert refusal["errors"][0]["message"] == (
        "Choose at least one: for Plex, none means every library."
    )
