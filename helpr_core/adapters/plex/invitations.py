"""The POST that shares a server with somebody, including restrictions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from xml.etree.ElementTree import Element

from helpr_core.adapters.plex.account import Account
from helpr_core.adapters.plex.addresses import shares_url
from helpr_core.adapters.plex.sharing_settings import ALL_TEN, in_v1, settings_of, with_ours

_PLAIN = (
    *("allowSync", "allowCameraUpload", "allowChannels"),
    *("filterMovies", "filterTelevision", "filterMusic"),
)
"""The settings of an invitation without restrictions: what PlexAPI has always sent."""


def post_invitation(
    account: Account,
    server_id: str,
    library_ids: Sequence[int],
    invitee: str | int,
    restrictions: Mapping[str, Any] | None = None,
) -> Element | None:
    """Invite; returns the answer. ValueError for no libraries: that would share all of them.

    `restrictions` are the named fields (domain/restrictions.py). If there are any, plex.tv's
    current ones for that person are read first, since it merges nothing: one more call. A number is
    an account's id: unlike a name, it cannot change hands while a request waits.
    """
    if not library_ids:
        raise ValueError("an empty list of libraries would share every library")
    settings = in_v1(ALL_TEN)
    if restrictions:
        field = "invitedId" if isinstance(invitee, int) else "invitedEmail"
        there = settings_of(account, **{field: invitee}) or ALL_TEN
        settings = in_v1(with_ours(there, restrictions))
    else:
        settings = {name: settings[name] for name in _PLAIN}
    key = "invited_id" if isinstance(invitee, int) else "invited_email"
    body = {
        "server_id": server_id,
        "shared_server": {"library_section_ids": [*library_ids], key: invitee},
        "sharing_settings": settings,
    }
    return account.query(shares_url(server_id), "POST", body)
