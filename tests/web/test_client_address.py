"""Which address a request is counted for, in the forms that Azure's front end sends."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpr_core.domain.clients import Doubt
from helpr_core.web.client_address import (
    PEER_HEADER,
    UNKNOWN,
    client_bucket,
    client_groups,
    divided,
    doubt_about,
)


def behind(hops: int, forwarded: str) -> str:
    return client_bucket({"x-forwarded-for": forwarded}, hops)


@pytest.mark.parametrize(
    ("entry", "bucket"),
    [
        ("136.143.177.62:50690", "136.143.177.62"),
        ("136.143.177.62", "136.143.177.62"),
        ("  136.143.177.62:50690 ", "136.143.177.62"),
        ("[2001:db8:1:2:3:4:5:6]:50690", "2001:db8:1:2::/64"),
        ("[2001:db8:1:2:3:4:5:6]", "2001:db8:1:2::/64"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("::1", "::/64"),
        ("::ffff:198.51.100.7", "198.51.100.7"),
        ("[::ffff:198.51.100.7]:443", "198.51.100.7"),
        ("fe80::1%eth0", "fe80::/64"),
        ("", UNKNOWN),
        ("unknown", UNKNOWN),
        ("not an address", UNKNOWN),
        ("999.1.1.1:80", UNKNOWN),
        ("1.2.3", UNKNOWN),
        ("[2001:db8::1", "2001:db8::/64"),
        ("[]:80", UNKNOWN),
        ("localhost:80", UNKNOWN),
        ("<script>", UNKNOWN),
    ],
)
def test_with_one_hop_the_front_ends_entry_counts(entry: str, bucket: str) -> None:
    assert behind(1, entry) == bucket


@pytest.mark.parametrize(
    ("entry", "inner"),
    [
        ("2002:c633:6407:1:2:3:4:5", "198.51.100.7"),
        ("[2002:c633:6407:ffff::1]:443", "198.51.100.7"),
        ("2001:0:4136:e378:8000:63bf:39cc:9bf8", "198.51.100.7"),
        ("64:ff9b::198.51.100.7", "198.51.100.7"),
        ("64:ff9b:1::c633:6407", "198.51.100.7"),
        ("::ffff:0:198.51.100.7", "198.51.100.7"),
    ],
)
def test_a_tunnelled_or_translated_client_counts_by_its_inner_ipv4_address(
    entry: str, inner: str
) -> None:
    assert behind(1, entry) == inner


def test_an_ipv6_client_counts_in_three_networks_with_growing_limits() -> None:
    headers = {"x-forwarded-for": "[2001:db8:1:2345::1]:443"}
    assert client_groups(headers, 1) == (
        ("2001:db8:1:2345::/64", 1),
        ("2001:db8:1:2300::/56", 2),
        ("2001:db8:1::/48", 4),
    )
    assert client_groups({"x-forwarded-for": "198.51.100.7"}, 1) == (("198.51.100.7", 1),)


@pytest.mark.parametrize(
    ("forwarded", "hops", "doubt"),
    [
        ("", 0, None),
        (" ", 0, None),
        ("203.0.113.9", 0, Doubt.IGNORED),
        ("203.0.113.9", 1, None),
        ("203.0.113.9, 198.51.100.1", 1, None),
        ("", 1, Doubt.MISSING),
        ("203.0.113.9", 2, Doubt.MISSING),
    ],
)
def test_a_suspicion_that_many_clients_are_counted_as_one_is_reported(
    forwarded: str, hops: int, doubt: Doubt | None
) -> None:
    headers = {"x-forwarded-for": forwarded} if forwarded else {}
    assert doubt_about(headers, hops) is doubt


def test_behind_an_untrusted_proxy_each_claimed_address_has_a_part_of_the_owners_limit() -> None:
    def at(claimed: str) -> tuple[tuple[str, int], ...]:
        return divided({"x-forwarded-for": claimed, PEER_HEADER: "10.0.0.1"}, 0)

    assert at("203.0.113.9")[0] != at("203.0.113.8")[0]
    assert at("203.0.113.9")[0] == at("forged, 203.0.113.9")[0]
    assert at("203.0.113.9")[1] == at("203.0.113.8")[1] == ("10.0.0.1 in doubt", 4)
    assert divided({PEER_HEADER: "10.0.0.1"}, 0) == (("10.0.0.1", 1),)


def test_two_addresses_of_one_household_share_a_bucket() -> None:
    assert behind(1, "2001:db8:1:2::1") == behind(1, "[2001:db8:1:2:ffff::9]:4711")
    assert behind(1, "2001:db8:1:2::1") != behind(1, "2001:db8:1:3::1")


def test_with_two_hops_the_second_from_the_right_counts() -> None:
    assert behind(2, "89.5.1.9:53940, 20.124.165.191:60364") == "89.5.1.9"


@pytest.mark.parametrize(("hops", "own"), [(1, "203.0.113.9:1"), (2, "203.0.113.9:1, 192.0.2.1:2")])
def test_entries_that_a_client_prepends_change_nothing(hops: int, own: str) -> None:
    for forged in ("198.51.100.1", "198.51.100.1, 198.51.100.2", "garbage, [::1]:1, ,"):
        assert behind(hops, f"{forged}, {own}") == "203.0.113.9"


def test_fewer_entries_than_hops_identify_nobody() -> None:
    assert behind(2, "89.5.1.9:53940") == UNKNOWN
    assert client_bucket({}, 1) == UNKNOWN


def test_without_a_proxy_only_the_socket_counts() -> None:
    headers = {"x-forwarded-for": "198.51.100.1", "client-ip": "198.51.100.2"}
    assert client_bucket(headers, 0) == UNKNOWN
    assert client_bucket({**headers, PEER_HEADER: "127.0.0.1"}, 0) == "127.0.0.1"
    assert client_bucket({**headers, PEER_HEADER: "::1"}, 0) == "::/64"


def test_behind_a_proxy_the_socket_does_not_count() -> None:
    headers = {"x-forwarded-for": "198.51.100.1", PEER_HEADER: "127.0.0.1"}
    assert client_bucket(headers, 1) == "198.51.100.1"


@given(st.text(max_size=80), st.integers(0, 3))
def test_no_header_can_break_it_or_choose_a_bucket_name(text: str, hops: int) -> None:
    bucket = client_bucket({"x-forwarded-for": text, PEER_HEADER: text}, hops)
    assert bucket == UNKNOWN or set(bucket) <= set("0123456789abcdef.:/")


@given(st.ip_addresses(v=4), st.integers(1, 65535))
def test_every_ipv4_address_counts_separately_whatever_the_port(address: object, port: int) -> None:
    assert behind(1, f"{address}:{port}") == str(address)
