"""Who Azure's claims or a proxy's header name, and when they are not believed."""

from __future__ import annotations

import base64
import json
from ipaddress import ip_network
from typing import Any

import pytest

from helpr_core.domain.browsers import Way
from helpr_core.domain.in_front import Person, from_claims, from_proxy

OID = "0f0f0f0f-1111-4222-8333-444444444444"
NAMES = {
    "oid": "http://schemas.microsoft.com/identity/claims/objectidentifier",
    "id": "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/nameidentifier",
}
NETWORKS = (ip_network("172.18.0.0/16"), ip_network("fd00::/8"), ip_network("127.0.0.1"))


def claims(provider: object = "aad", **values: object) -> str:
    given = {"oid": OID, "name": "Olga", "preferred_username": "olga@home.example"} | values
    listed = [{"typ": NAMES.get(name, name), "val": one} for name, one in given.items()]
    return encoded({"auth_typ": provider, "claims": listed, "name_typ": "name"})


def encoded(document: Any) -> str:
    return base64.b64encode(json.dumps(document).encode()).decode()


def test_the_owner_is_recognised_by_the_object_id() -> None:
    assert from_claims(claims(), [OID.upper()]) == Person(Way.AZURE, OID, "Olga")


@pytest.mark.parametrize(
    "header",
    [
        claims(oid="ffffffff-1111-4222-8333-444444444444"),
        claims(oid=""),
        claims(oid="", preferred_username=OID),
        claims(oid="", email=OID, name=OID),
        claims("google"),
        claims(""),
        claims(7),
        claims(oid=[OID]),
        encoded({"auth_typ": "aad", "claims": None}),
        encoded({"auth_typ": "aad", "claims": ["x", {"typ": 1, "val": OID}]}),
        encoded({"claims": [{"typ": NAMES["oid"], "val": OID}]}),
        encoded([OID]),
        encoded(OID),
        OID,
        "",
        "%%%",
        "é",
        "e30",
        claims()[:-4] + "!!!!",
        base64.b64encode(b"[" * 30_000).decode(),
    ],
)
def test_nobody_else_is(header: str) -> None:
    assert from_claims(header, [OID]) is None


def test_a_name_that_users_can_choose_lets_nobody_in() -> None:
    assert from_claims(claims(), ["olga@home.example", "Olga"]) is None


def test_outside_entra_the_provider_is_part_of_the_id() -> None:
    header = claims("google", oid="", id="1234567890")
    assert from_claims(header, ["google:1234567890"]) == Person(
        Way.AZURE, "google:1234567890", "Olga"
    )
    assert from_claims(header, ["1234567890", "facebook:1234567890"]) is None


def test_nobody_is_allowed_where_nobody_is_named() -> None:
    assert from_claims(claims(), []) is None
    assert from_proxy("olga", "172.18.0.2", NETWORKS, []) is None


@pytest.mark.parametrize("peer", ["172.18.0.2", "::ffff:172.18.0.2", "fd12::1", "127.0.0.1"])
def test_a_trusted_proxy_is_believed(peer: str) -> None:
    assert from_proxy(" Olga ", peer, NETWORKS, ["olga"]) == Person(Way.PROXY, "Olga", "Olga")


@pytest.mark.parametrize(
    ("given", "peer"),
    [
        ("olga", "172.19.0.2"),
        ("olga", "203.0.113.7"),
        ("olga", "2001:db8::1"),
        ("olga", ""),
        ("olga", "unknown"),
        ("olga", "172.18.0.2, 203.0.113.7"),
        ("otto", "172.18.0.2"),
        ("olga,otto", "172.18.0.2"),
        ("olga, olga", "172.18.0.2"),
        ("", "172.18.0.2"),
    ],
)
def test_no_other_peer_is_believed(given: str, peer: str) -> None:
    assert from_proxy(given, peer, NETWORKS, ["olga"]) is None


@pytest.mark.parametrize(
    "given", ["\u017fam-k", "sam-\u212a", "sam\u2010k", "sam-k\u00a0", "\u2003sam-k", "s\u00e4m-k"]
)
def test_letters_that_only_look_or_fold_alike_are_somebody_else(given: str) -> None:
    """A long s and the Kelvin sign become s and k in lower case; names can be chosen with them."""
    assert from_proxy("SAM-k", "172.18.0.2", NETWORKS, ["Sam-K"]) is not None
    assert from_proxy(given, "172.18.0.2", NETWORKS, ["sam-k"]) is None
    header = claims("oidc", oid="", id=given)
    assert from_claims(header, ["oidc:sam-k"]) is None
