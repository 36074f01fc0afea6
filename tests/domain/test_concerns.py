"""Warnings about settings that work but are weak."""

from __future__ import annotations

import pytest

from helpr_core.domain import concerns
from helpr_core.domain.concerns import is_nearby
from helpr_core.texts import say


@pytest.mark.parametrize(
    "host",
    [
        *("", "/var/run/postgresql", "localhost", "127.0.0.1", "127.9.9.9", "::1", "10.1.2.3"),
        *("172.16.0.1", "172.31.255.255", "192.168.1.2", "169.254.1.1", "100.64.0.1", "fd00::1"),
        *("fe80::1", "::ffff:192.168.1.2", "database", "plex.local", "nas.lan", "db.internal"),
    ],
)
def test_this_computer_and_private_networks_are_local(host: str) -> None:
    assert is_nearby(host)


@pytest.mark.parametrize(
    "host",
    [
        *("plex.example.com", "203.0.113.7", "8.8.8.8", "172.32.0.1", "172.15.0.1", "2001:db8::1"),
        *("100.128.0.1", "::ffff:8.8.8.8", "local.example.com", "127.0.0.1.example.com"),
    ],
)
def test_every_other_host_is_across_a_network(host: str) -> None:
    assert not is_nearby(host)


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("http://plex.example.com", True),
        ("http://203.0.113.7:8080/plex", True),
        ("http://127.0.0.1@plex.example.com", True),
        ("http://[2001:db8::1]:8080", True),
        ("http://127.0.0.1:7071", False),
        ("http://[::1]:7071", False),
        ("http://proxy:8080", False),
        ("https://plex.tv", False),
    ],
)
def test_a_token_that_travels_unencrypted_is_reported(address: str, expected: bool) -> None:
    found = concerns.about_web_address("PLEX_API_URL", address, sends="your Plex token travels")
    assert [one.setting for one in found] == ["PLEX_API_URL"] * expected


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        *(
            (code, True)
            for code in ("a", "12", "1234", "aaaaaaaa", "12345678", "qwertz", "abcdefgh")
        ),
        *((code, False) for code in ("open-sesame-77", "k7Qp2x", "grey heron")),
    ],
)
def test_an_invite_code_that_is_easy_to_guess_is_reported(code: str, expected: bool) -> None:
    found = concerns.about_code("INVITE_CODE", code)
    assert len(found) == expected
    assert all(code not in say(one.found) + say(one.fix) for one in found if len(code) > 2)
