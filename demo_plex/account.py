"""The demo owner's account at plex.tv, with three kinds of devices.

The same facts are sent as XML (attributes) and, to callers that accept it, as JSON; names as
in https://plex.tv/api/v2/user and /api/v2/resources.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from demo_plex.people import HOME_DOMAIN, OWNER_USERNAME

OWNER_ID = 1_000_001
OWNER_EMAIL = f"{OWNER_USERNAME}@{HOME_DOMAIN}"
SERVER_PORT = 32400
FEATURES = ("pass", "home", "sync", "dvr", "content_filter")
"""What a Plex Pass allows; without one the list is short, and restrictions are not available."""
VERSION = "1.41.0.8992-8463ad060"


@dataclass(frozen=True, slots=True)
class Connection:
    """An address that a server announces for itself."""

    uri: str
    address: str
    port: int
    local: bool = False
    relay: bool = False

    def as_facts(self) -> dict[str, Any]:
        """The attributes of a `<connection>`."""
        return {
            "protocol": self.uri.partition(":")[0],
            "address": self.address,
            "port": self.port,
            "uri": self.uri,
            "local": self.local,
            "relay": self.relay,
            "IPv6": ":" in self.address,
        }


def own_connection(own_port: int) -> tuple[Connection, ...]:
    """Only the demo itself, which answers as the media server too."""
    return (Connection(f"http://127.0.0.1:{own_port}", "127.0.0.1", own_port),)


def default_connections(own_port: int) -> tuple[Connection, ...]:
    """A LAN address and a relay that do not answer, and the demo itself, which does.

    All on loopback: trying the demo must not send anything to a real network.
    """
    lan, relay = "127.0.10.1", "127.0.20.1"
    return (
        Connection(f"http://{lan}:{SERVER_PORT}", lan, SERVER_PORT, local=True),
        *own_connection(own_port),
        Connection(f"https://{relay}:8443", relay, 8443, relay=True),
    )


_SUBSCRIPTION = {
    "subscribedAt": "2015-01-01 00:00:00 UTC",
    "status": "Active",
    "paymentService": None,
    "plan": "lifetime",
}
_PROFILE = {
    "autoSelectAudio": True,
    "defaultAudioLanguage": "en",
    "defaultSubtitleLanguage": "en",
    "autoSelectSubtitle": 0,
    "defaultSubtitleAccessibility": 0,
    "defaultSubtitleForced": 0,
}


def user_facts(token: str, features: Sequence[str] = FEATURES) -> dict[str, Any]:
    """The account; lists and objects are child elements in XML."""
    return {
        "id": OWNER_ID,
        "uuid": "demo0000owner001",
        "username": OWNER_USERNAME,
        "title": OWNER_USERNAME,
        "friendlyName": "",
        "email": OWNER_EMAIL,
        "locale": None,
        "confirmed": True,
        "joinedAt": 1_420_070_400,
        "emailOnlyAuth": False,
        "hasPassword": True,
        "protected": False,
        "thumb": f"https://plex.tv/users/demo0000owner001/avatar?c={OWNER_ID}",
        "authToken": token,
        "mailingListStatus": "unsubscribed",
        "mailingListActive": False,
        "scrobbleTypes": "",
        "country": "US",
        "subscriptionDescription": "Lifetime Plex Pass",
        "restricted": False,
        "anonymous": False,
        "home": False,
        "guest": False,
        "homeSize": 1,
        "homeAdmin": False,
        "maxHomeSize": 15,
        "rememberExpiresAt": None,
        **dict.fromkeys(("adsConsent", "adsConsentSetAt", "adsConsentReminderAt")),
        "experimentalFeatures": False,
        "twoFactorEnabled": False,
        "backupCodesCreated": False,
        "subscription": {**_SUBSCRIPTION, "active": "pass" in features, "features": list(features)},
        "profile": _PROFILE,
        "entitlements": ["all"],
        "roles": ["plexpass"],
    }


def resource_facts(
    servers: Mapping[str, str],
    server_token: str,
    connections: tuple[Connection, ...],
) -> list[dict[str, Any]]:
    """The owned servers, a player, and a server that somebody else shares with the owner.

    `servers` are names by machine identifier.
    """
    foreign = Connection("https://203.0.113.20:32400", "203.0.113.20", SERVER_PORT)
    server, player = "Plex Media Server", "Plex for Android"
    return [
        _device("Demo phone", "demo-player-0001", player, "client,player")
        | {"owned": True, "connections": []},
        *(
            _device(name, identifier, server, "server")
            | {"owned": True, "accessToken": server_token, "relay": True}
            | {"connections": [connection.as_facts() for connection in connections]}
            for identifier, name in servers.items()
        ),
        _device("Somebody else's Plex", "f0e1" * 10, server, "server")
        | {"owned": False, "ownerId": 2_000_002, "sourceTitle": "somebody-else"}
        | {"accessToken": "demo-guest-token", "connections": [foreign.as_facts()]},
    ]


def _device(name: str, identifier: str, product: str, provides: str) -> dict[str, Any]:
    return {
        "name": name,
        "product": product,
        "productVersion": VERSION,
        "platform": "Linux",
        "platformVersion": "6.8",
        "device": "PC",
        "clientIdentifier": identifier,
        "createdAt": "2020-01-01T00:00:00Z",
        "lastSeenAt": "2025-06-15T15:06:40Z",
        "provides": provides,
        "ownerId": None,
        "sourceTitle": None,
        "publicAddress": "203.0.113.10",
        "accessToken": None,
        "owned": False,
        "home": False,
        "synced": False,
        "relay": False,
        "presence": True,
        "httpsRequired": False,
        "publicAddressMatches": False,
        "dnsRebindingProtection": False,
        "natLoopbackSupported": False,
    }
