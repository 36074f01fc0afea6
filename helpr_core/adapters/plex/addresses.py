"""The addresses of the calls to plex.tv. A test compares PlexAPI's own with these."""

from __future__ import annotations

PLEX_TV = "https://plex.tv"
CLIENTS_PLEX_TV = "https://clients.plex.tv"
"""The paths under which plex.tv answers for all of an owner's servers."""

USER = f"{PLEX_TV}/api/v2/user"
"""The account that asks."""
USERS = f"{PLEX_TV}/api/users/"
"""The account's friends and the members of its Plex Home."""
REQUESTED = f"{PLEX_TV}/api/invites/requested"
"""Invitations that the account has sent; they give only the servers' names."""
# `includeHttps` and the like only add connections, which an invite does not need.
RESOURCES = f"{PLEX_TV}/api/v2/resources"
ALL_ADDRESSES = f"{RESOURCES}?includeHttps=1&includeRelay=1"
# For all the owner's servers: plex.tv/api/v2 has no such list, and the host differs.
ACCEPTED = f"{CLIENTS_PLEX_TV}/api/v2/shared_servers/owned/accepted"
PENDING = f"{CLIENTS_PLEX_TV}/api/v2/shared_servers/owned/pending"


def server_url(server_id: str) -> str:
    """A server with its libraries."""
    return f"{PLEX_TV}/api/servers/{server_id}"


def shares_url(server_id: str) -> str:
    """A server's shares: listed by GET, added by POST."""
    return f"{server_url(server_id)}/shared_servers"
