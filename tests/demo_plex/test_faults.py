"""Faults over a real socket: what the client sees, and whether the call was carried out."""

from __future__ import annotations

import json
import socket
from http.client import BadStatusLine, HTTPConnection
from typing import Any
from xml.etree import ElementTree as ET

import pytest
import requests

from demo_plex import DemoPlex, FaultRule
from tests.demo_plex.client import PlexClient
from tests.waiting import never_too_early, soon


def test_a_status_is_answered_instead_and_used_up(plex: DemoPlex, client: PlexClient) -> None:
    plex.fail("status", status=503, body=b"busy", headers={"Retry-After": "7"}, times=2)
    answers = [client.share("bob") for _ in range(3)]
    assert [answer.status_code for answer in answers] == [503, 503, 200]
    assert (answers[0].text, answers[0].headers["Retry-After"]) == ("busy", "7")
    assert plex.count("POST") == 3


@pytest.mark.parametrize(
    ("status", "words"),
    [
        (401, "<errors><error>Invalid token</error></errors>"),
        (404, "The page you were looking for doesn't exist (404)"),
        (422, "<errors><error>Invalid token</error></errors>"),
        (429, "API rate limit exceeded"),
        (502, "We're sorry, but something went wrong (500)"),
        (520, "We're sorry, but something went wrong (500)"),
    ],
)
def test_a_status_without_a_body_gets_plexs_own(
    plex: DemoPlex, client: PlexClient, status: int, words: str
) -> None:
    plex.fail("status", status=status)
    answer = client.get("/api/users/")
    assert answer.status_code == status
    assert words in answer.text


def test_a_rule_meets_only_its_method_and_path(plex: DemoPlex, client: PlexClient) -> None:
    plex.fail("status", status=500, method="post", path_prefix="/api/servers/")
    assert client.get("/api/users/").status_code == 200
    assert client.get(client.shares_path).status_code == 200
    assert client.share("bob").status_code == 500


def test_a_rule_of_zero_times_stays_until_it_is_cleared(plex: DemoPlex, client: PlexClient) -> None:
    plex.fail("invalid_token", times=0)
    assert [client.get("/api/users/").status_code for _ in range(3)] == [422] * 3
    plex.clear_faults()
    assert client.get("/api/users/").status_code == 200


def test_a_dropped_call_was_not_carried_out(plex: DemoPlex, client: PlexClient) -> None:
    plex.fail("drop", method="POST")
    with pytest.raises(requests.ConnectionError):
        client.share("bob")
    assert plex.shares == []
    assert plex.count("POST") == 1


def test_a_lost_answer_was_carried_out(plex: DemoPlex, client: PlexClient) -> None:
    plex.fail("drop_after", method="POST")
    with pytest.raises(requests.ConnectionError):
        client.share("bob")
    assert [share.person.username for share in plex.shares] == ["bob"]


def test_a_delay_answers_properly_and_late(plex: DemoPlex, client: PlexClient) -> None:
    plex.fail("delay", delay_seconds=0.2)
    with never_too_early(0.2):
        assert client.share("bob").status_code == 200


def test_a_hang_answers_nothing_and_ends_when_the_demo_stops(plex: DemoPlex) -> None:
    plex.fail("hang")
    with PlexClient(plex) as client, pytest.raises(requests.ReadTimeout):
        client.get("/api/users/", timeout=0.2)
    with soon(2):
        plex.stop()


def test_a_hang_with_a_length_closes_after_it(plex: DemoPlex, client: PlexClient) -> None:
    plex.fail("hang", delay_seconds=0.1, method="POST")
    with pytest.raises(requests.ConnectionError):
        client.share("bob")
    assert plex.shares == []


def test_raw_bytes_are_sent_as_they_are(plex: DemoPlex) -> None:
    plex.fail("raw", body=b"\x00\xffnot http\r\n\r\n")
    with socket.create_connection(("127.0.0.1", plex.port), timeout=5) as raw:
        raw.sendall(b"GET /api/users/ HTTP/1.1\r\nHost: x\r\n\r\n")
        assert raw.makefile("rb").read() == b"\x00\xffnot http\r\n\r\n"


def test_raw_bytes_are_no_http_to_a_client(plex: DemoPlex) -> None:
    plex.fail("raw", body=b"\x00\xffnot http\r\n\r\n")
    connection = HTTPConnection("127.0.0.1", plex.port, timeout=5)
    connection.request("GET", "/api/users/")
    with pytest.raises(BadStatusLine):
        connection.getresponse()
    connection.close()


def test_malformed_is_a_200_with_xml_that_breaks_off(plex: DemoPlex, client: PlexClient) -> None:
    plex.fail("malformed")
    answer = client.share("bob")
    assert answer.status_code == 200
    with pytest.raises(ET.ParseError):
        ET.fromstring(answer.content)
    assert plex.shares == []


def test_big_is_that_many_bytes_of_well_formed_xml(plex: DemoPlex, client: PlexClient) -> None:
    plex.fail("big", size_bytes=3_000_000)
    answer = client.get("/api/users/")
    assert len(answer.content) == 3_000_000
    assert ET.fromstring(answer.content).tag == "MediaContainer"


def test_a_redirect_leads_to_where_one_sees_who_followed(
    plex: DemoPlex, client: PlexClient
) -> None:
    plex.fail("redirect")
    answer = client.get("/api/users/", allow_redirects=True)
    assert answer.history[0].status_code == 302
    assert [call.path for call in plex.calls] == ["/api/users/", "/redirected"]


@pytest.mark.parametrize(
    "rule",
    [
        {"kind": "explode"},
        {"kind": "status"},
        {"kind": "delay", "delay_seconds": 61},
        {"kind": "drop", "times": -1},
        {"kind": "big", "size_bytes": 10**12},
    ],
)
def test_a_rule_that_cannot_be_meant_is_refused(rule: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"kind|status|delay_seconds|times|size_bytes"):
        FaultRule(**rule)


def test_rules_are_ordered_over_http_too(plex: DemoPlex, client: PlexClient) -> None:
    rules = [
        {"kind": "status", "status": 429, "headers": {"Retry-After": "3"}},
        {"kind": "malformed", "body_base64": "/w=="},
    ]
    listed = client.ask("POST", "/_demo/faults", data=json.dumps(rules)).json()["faults"]
    assert [rule["kind"] for rule in listed] == ["status", "malformed"]
    assert client.get("/api/users/").headers["Retry-After"] == "3"
    assert client.get("/api/users/").content == b"\xff"
    assert client.get("/_demo/faults").json() == {"faults": []}


@pytest.mark.parametrize(
    "given", [1, [1], {}, {"kind": "drop", "colour": 1}, {"kind": "drop", "times": "x"}]
)
def test_a_wrong_rule_over_http_is_a_400(plex: DemoPlex, client: PlexClient, given: Any) -> None:
    answer = client.ask("POST", "/_demo/faults", json=given)
    assert answer.status_code == 400
    assert answer.json()["error"]
    assert client.get("/_demo/faults").json() == {"faults": []}


def test_rules_over_http_are_replaced_and_cleared(client: PlexClient) -> None:
    client.ask("POST", "/_demo/faults", json={"kind": "drop"})
    listed = client.ask("PUT", "/_demo/faults", json=[{"kind": "hang", "times": 0}]).json()
    assert [rule["kind"] for rule in listed["faults"]] == ["hang"]
    assert client.ask("DELETE", "/_demo/faults").status_code == 204
    assert client.get("/api/users/").status_code == 200
