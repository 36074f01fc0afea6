"""Plex's addresses for signing in; in a demo, the same ones there."""

from __future__ import annotations

from urllib.parse import urlencode

PLEX_TV = "https://plex.tv"
PRODUCT = "Helpr"
_CLIENTS = "https://clients.plex.tv"
_APP = "https://app.plex.tv"


def pins_origin(api_url: str) -> str:
    """Where browsers create PINs. Not plex.tv: it has no IPv6, and Plex warns people who come back
    from an address other than the one that created the PIN."""
    return _CLIENTS if api_url == PLEX_TV else api_url


def pins_address(api_url: str) -> str:
    """Where browsers make them."""
    return f"{pins_origin(api_url)}/api/v2/pins"


def server_address(machine_identifier: str) -> str:
    """Plex in a browser, at that server."""
    return f"{_APP}/desktop/#!/media/{machine_identifier}/com.plexapp.plugins.library"


def auth_address(api_url: str, client_identifier: str, code: str, forward_url: str) -> str:
    """Plex's own page for signing in with that PIN."""
    query = urlencode(
        {
            "clientID": client_identifier,
            "code": code,
            "context[device][product]": PRODUCT,
            "forwardUrl": forward_url,
        }
    )
    return f"{_APP if api_url == PLEX_TV else api_url}/auth#?{query}"
