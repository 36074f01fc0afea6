"""Sharing as plex.tv does it: /api/servers/{machineId} and its shared_servers."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from demo_plex import DemoLibrary, DemoPlex
from tests.demo_plex.client import KIDS, MOVIES, MUSIC, SHOWS, PlexClient, refusal, xml_of

NOT_FOUND = "<errors><error>Not found</error></errors>"


def test_the_server_lists_its_libraries_with_both_ids(plex: DemoPlex, client: PlexClient) -> None:
    root = xml_of(client.get(f"/api/servers/{plex.machine_identifier}"))
    sections = root[0]
    assert root.get("size") == "4"
    assert sections.get("machineIdentifier") == plex.machine_identifier
    assert [(each.get("title"), each.get("type")) for each in sections] == [
        ("Movies", "movie"),
        ("TV Shows", "show"),
        ("Music", "artist"),
        ("Kids", "movie"),
    ]
    assert all(len(each.attrib["id"]) == 9 for each in sections)
    assert [each.get("key") for each in sections] == ["1", "2", "3", "4"]


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_an_unknown_server_is_404(client: PlexClient, method: str) -> None:
    answer = client.ask(method, "/api/servers/not-there/shared_servers", json={})
    assert answer.status_code == 404
    assert answer.text.endswith(NOT_FOUND)


def test_an_invited_username_gets_a_pending_share(plex: DemoPlex, client: PlexClient) -> None:
    answer = client.share("Bob", [MOVIES, KIDS])
    row = xml_of(answer)[0]
    assert answer.status_code == 200
    assert (row.get("username"), row.get("email")) == ("Bob", "Bob@example.com")
    assert row.get("acceptedAt") == ""
    assert int(row.attrib["invitedAt"])
    shared = [each.get("title") for each in row if each.get("shared") == "1"]
    assert shared == ["Movies", "Kids"]
    assert plex.shares[0].library_ids == (MOVIES, KIDS)


def test_an_address_without_an_account_gets_a_share_without_a_user(client: PlexClient) -> None:
    row = xml_of(client.share("nobody-yet@example.org"))[0]
    assert (row.get("username"), row.get("email")) == ("", "nobody-yet@example.org")
    assert "userID" not in row.attrib
    assert row.get("acceptedAt") == ""


def test_a_friend_has_access_at_once() -> None:
    with DemoPlex(people=["alice"]) as plex, PlexClient(plex) as client:
        row = xml_of(client.share("alice@example.com"))[0]
        assert int(row.attrib["acceptedAt"]) > int(row.attrib["invitedAt"])
        assert plex.shares[0].accepted


def test_pending_and_accepted_rows_are_listed(plex: DemoPlex, client: PlexClient) -> None:
    client.share("alice")
    client.share("bob")
    plex.accept("alice")
    rows = client.rows(client.shares_path)
    assert [(row.get("username"), bool(row.get("acceptedAt"))) for row in rows] == [
        ("alice", True),
        ("bob", False),
    ]


@pytest.mark.parametrize("again", ["bob", "BOB", "bob@example.com", "Bob@Example.COM"])
@pytest.mark.parametrize("accepted", [False, True])
def test_sharing_twice_is_refused_in_plexs_words(
    plex: DemoPlex, client: PlexClient, again: str, accepted: bool
) -> None:
    client.share("bob")
    if accepted:
        plex.accept("bob")
    answer = client.share(again)
    assert answer.status_code == 400
    assert refusal(answer).casefold() == (
        "you're already sharing this server with bob. please edit your existing share."
    )
    assert len(plex.shares) == 1


def test_the_error_text_contains_a_raw_apostrophe(client: PlexClient) -> None:
    client.share("nobody@example.com")
    assert client.share("nobody@example.com").text.endswith(
        '<Response code="400" status="You\'re already sharing this server with '
        'nobody@example.com. Please edit your existing share."/>'
    )


@pytest.mark.parametrize(
    "who",
    ["nobody", "Nobody-else", "demo-owner", "Demo-Owner@example.com", "a@b@c.com", "", "x\ty"],
)
def test_somebody_who_cannot_be_invited_is_refused(
    plex: DemoPlex, client: PlexClient, who: str
) -> None:
    answer = client.share(who)
    assert answer.status_code == 400
    assert refusal(answer)
    assert plex.shares == []


def test_a_library_of_another_server_is_refused(plex: DemoPlex, client: PlexClient) -> None:
    answer = client.share("bob", [MOVIES, 1])
    assert answer.status_code == 400
    assert "libraries" in refusal(answer)
    assert plex.shares == []


def test_an_empty_choice_shares_every_library_including_later_ones(
    plex: DemoPlex, client: PlexClient
) -> None:
    client.share("bob", [])
    new = DemoLibrary(118181399, 9, "movie", "Added later")
    plex.stage.plex.world.libraries = (*plex.libraries, new)
    row = client.rows(client.shares_path)[0]
    assert row.get("allLibraries") == "1"
    shared = [int(each.attrib["id"]) for each in row if each.get("shared") == "1"]
    assert shared == [MOVIES, SHOWS, MUSIC, KIDS, new.id]


def test_the_101st_person_is_refused(plex: DemoPlex, client: PlexClient) -> None:
    plex.change(people=99)
    assert client.share("the-hundredth").status_code == 200
    answer = client.share("one-too-many")
    assert answer.status_code == 400
    assert "limit" in refusal(answer)
    assert len(client.rows(client.shares_path)) == 100


@pytest.mark.parametrize(
    "body",
    [b"", b"not json", b"[]", b"{}", b'{"shared_server": {}}', b'{"shared_server": 1}'],
)
def test_an_invalid_body_is_refused(plex: DemoPlex, client: PlexClient, body: bytes) -> None:
    assert client.ask("POST", client.shares_path, data=body).status_code == 400
    assert plex.shares == []


def test_put_replaces_the_libraries(plex: DemoPlex, client: PlexClient) -> None:
    share_id = xml_of(client.share("bob"))[0].get("id")
    plex.accept("bob")
    body = {"shared_server": {"library_section_ids": [MUSIC]}}
    assert client.ask("PUT", f"{client.shares_path}/{share_id}", json=body).status_code == 200
    assert plex.shares[0].library_ids == (MUSIC,)


def test_delete_ends_the_share_but_not_the_friendship(plex: DemoPlex, client: PlexClient) -> None:
    share_id = xml_of(client.share("bob"))[0].get("id")
    plex.accept("bob")
    assert client.ask("DELETE", f"{client.shares_path}/{share_id}").status_code == 204
    assert plex.shares == []
    assert [user.get("username") for user in client.rows("/api/users/")] == ["bob"]


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
@pytest.mark.parametrize("share_id", ["999", "nan"])
def test_an_unknown_share_is_404(client: PlexClient, method: str, share_id: str) -> None:
    body = {"shared_server": {"library_section_ids": [MUSIC]}}
    answer = client.ask(method, f"{client.shares_path}/{share_id}", json=body)
    assert answer.status_code == 404
    assert answer.text.endswith(NOT_FOUND)


def test_of_sixteen_simultaneous_clients_one_creates_the_share(plex: DemoPlex) -> None:
    def invite(number: int) -> int:
        with PlexClient(plex) as client:
            return client.share("bob" if number % 2 else "BOB@example.com").status_code

    with ThreadPoolExecutor(16) as pool:
        statuses = sorted(pool.map(invite, range(16)))
    assert statuses == [200] + [400] * 15
    assert len(plex.shares) == 1


def test_two_runs_give_identical_bytes() -> None:
    bodies = []
    for _ in range(2):
        with DemoPlex(people=["alice"]) as plex, PlexClient(plex) as client:
            bodies.append([client.share(who).content for who in ("alice", "bob", "bob")])
    assert bodies[0] == bodies[1]


def test_what_happens_is_dated_by_a_clock_where_there_is_one() -> None:
    times = iter([1_900_000_000.5, 1_900_000_060.5])
    plex = DemoPlex(clock=lambda: next(times))
    assert plex.share("bob").invited_at == 1_900_000_000
    assert plex.accept("bob").accepted_at == 1_900_000_060
