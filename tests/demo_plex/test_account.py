"""Authentication, and what the owner has: /api/v2/user, /api/v2/resources, dead paths."""

from __future__ import annotations

import pytest
import requests

from demo_plex import OWNER_USERNAME, DemoPlex
from tests.demo_plex.client import PlexClient, xml_of

V1_PATHS = ["/api/users/", "/api/invites/requested"]
V2_PATHS = ["/api/v2/user", "/api/v2/resources"]


@pytest.mark.parametrize("token", ["", "a-wrong-token"])
@pytest.mark.parametrize("path", V2_PATHS)
def test_v2_refuses_a_bad_token_with_code_1001(client: PlexClient, path: str, token: str) -> None:
    answer = client.get(path, headers={"X-Plex-Token": token})
    assert answer.status_code == 401
    assert answer.text.endswith(
        '<errors><error code="1001" message="User could not be authenticated"'
        ' status="401"/></errors>'
    )


@pytest.mark.parametrize("path", V2_PATHS)
def test_v2_refuses_in_json_when_json_is_accepted(client: PlexClient, path: str) -> None:
    answer = client.get(path, headers={"X-Plex-Token": "wrong", "Accept": "application/json"})
    assert answer.status_code == 401
    assert answer.json() == {
        "errors": [{"code": 1001, "message": "User could not be authenticated", "status": 401}]
    }


@pytest.mark.parametrize("token", ["", "a-wrong-token"])
@pytest.mark.parametrize("path", V1_PATHS)
def test_v1_refuses_a_bad_token_in_its_own_form(client: PlexClient, path: str, token: str) -> None:
    answer = client.get(path, headers={"X-Plex-Token": token})
    assert answer.status_code == 401
    assert answer.text.endswith("<errors><error>Invalid token</error></errors>")


@pytest.mark.parametrize("path", V1_PATHS + V2_PATHS)
def test_a_deauthorized_token_gets_422(plex: DemoPlex, client: PlexClient, path: str) -> None:
    plex.change(deauthorized=True)
    answer = client.get(path)
    assert answer.status_code == 422
    assert answer.text.endswith("<errors><error>Invalid token</error></errors>")


def test_a_token_may_be_in_the_query_and_is_not_recorded(plex: DemoPlex) -> None:
    query = {"X-Plex-Token": plex.token, "page": "1"}
    answer = requests.get(f"{plex.url}/api/users/", params=query, timeout=120)
    assert answer.status_code == 200
    assert plex.token not in repr(plex.calls)
    assert plex.calls[0].query == {"page": "1"}


def test_v2_requires_a_client_identifier(client: PlexClient) -> None:
    del client.session.headers["X-Plex-Client-Identifier"]
    answer = client.get("/api/v2/user")
    assert answer.status_code == 400
    assert xml_of(answer)[0].get("code") == "1000"
    assert client.get("/api/users/").status_code == 200


def test_the_servers_own_token_works_at_plex_tv_too(plex: DemoPlex, client: PlexClient) -> None:
    resources = xml_of(client.get("/api/v2/resources"))
    owned = next(each for each in resources if each.get("name") == plex.server_name)
    client.session.headers["X-Plex-Token"] = owned.attrib["accessToken"]
    assert client.get("/api/v2/user").status_code == 200


def test_the_account_is_the_owners_in_xml_and_json(client: PlexClient) -> None:
    as_xml = xml_of(client.get("/api/v2/user"))
    as_json = client.get("/api/v2/user", headers={"Accept": "application/json"}).json()
    assert as_xml.tag == "user"
    assert as_xml.get("username") == as_json["username"] == OWNER_USERNAME
    assert {each.tag for each in as_xml} == {"subscription", "profile", "entitlements", "roles"}
    assert as_json["subscription"]["active"] is True


def test_resources_hold_a_player_the_owned_server_and_a_foreign_one(
    plex: DemoPlex, client: PlexClient
) -> None:
    resources = xml_of(client.get("/api/v2/resources?includeHttps=1&includeRelay=1"))
    kinds = [(each.get("provides"), each.get("owned")) for each in resources]
    assert kinds == [("client,player", "1"), ("server", "1"), ("server", "0")]
    owned, foreign = resources[1], resources[2]
    assert owned.get("clientIdentifier") == plex.machine_identifier
    places = [(c.get("local"), c.get("relay")) for c in owned.iter("connection")]
    assert places == [("1", "0"), ("0", "0"), ("0", "1")]
    assert foreign.get("sourceTitle")
    assert int(foreign.attrib["ownerId"])


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/api/invites/requests"),
        ("PUT", "/api/invites/requests/12"),
        ("DELETE", "/api/friends/12"),
        ("GET", "/api/v2/friends"),
    ],
)
def test_dead_paths_answer_410(client: PlexClient, method: str, path: str) -> None:
    answer = client.ask(method, path)
    assert answer.status_code == 410
    assert answer.text.endswith(
        '<Response code="410" status="This endpoint was deprecated and removed"/>'
    )


def test_an_unknown_path_is_a_page_in_v1_and_code_1002_in_v2(client: PlexClient) -> None:
    page, error = client.get("/api/nothing"), client.get("/api/v2/nothing")
    assert page.status_code == error.status_code == 404
    assert page.headers["Content-Type"].startswith("text/html")
    assert "The page you were looking for doesn't exist (404)" in page.text
    assert xml_of(error)[0].attrib == {
        "code": "1002",
        "message": "The requested resource or endpoint could not be found",
        "status": "404",
    }


def test_the_media_server_identifies_itself_without_a_token(plex: DemoPlex) -> None:
    answer = requests.get(f"{plex.url}/identity", timeout=120)
    assert xml_of(answer).get("machineIdentifier") == plex.machine_identifier


def test_the_rest_of_the_media_server_requires_a_token(plex: DemoPlex) -> None:
    answer = requests.get(f"{plex.url}/library/sections", timeout=120)
    assert answer.status_code == 401
    assert "<h1>401 Unauthorized</h1>" in answer.text
