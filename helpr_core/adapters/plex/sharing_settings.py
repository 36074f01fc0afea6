"""A person's ten sharing settings in Plex: read, merged with ours, and written.

They apply to all the owner's servers, and other programs write them, too.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote, urlencode

from helpr_core.adapters.plex.account import Account
from helpr_core.adapters.plex.addresses import CLIENTS_PLEX_TV
from helpr_core.adapters.plex.people_rows import restrictions
from helpr_core.domain.people import LiveTv, Restrictions
from helpr_core.domain.restrictions import merged
from helpr_core.services.plex.errors import PlexRefused, PlexServerUnknown, PlexUnexpected
from helpr_core.texts import Message

SETTINGS = f"{CLIENTS_PLEX_TV}/api/v2/sharing_settings"
_TUNERS = {LiveTv.NONE: 0, LiveTv.WATCH: 1, LiveTv.RECORD: 2}
ALL_TEN: Mapping[str, Any] = {
    "allowSync": False,
    "allowChannels": False,
    "allowCameraUpload": False,
    "allowSubtitleAdmin": False,
    "allowTuners": 0,
    "filterMovies": "",
    "filterTelevision": "",
    "filterMusic": "",
    "filterPhotos": None,
    "filterAll": None,
}
"""plex.tv merges nothing: a setting that is not sent is unrestricted afterwards."""


def settings_of(account: Account, **who: Any) -> Mapping[str, Any] | None:
    """A person's ten settings, identified by `invitedId` or `invitedEmail`; None if unknown to
    plex.tv. Raises PlexError's leaves."""
    try:
        answer, _ = account.query_json(f"{SETTINGS}?{urlencode(who)}")
    except (PlexServerUnknown, PlexRefused):  # nothing was ever shared with that name
        return None
    if not isinstance(answer, Mapping) or "allowSync" not in answer:
        raise PlexUnexpected(Message("plex.not_the_settings"))
    return {name: answer.get(name, usual) for name, usual in ALL_TEN.items()}


def with_ours(settings: Mapping[str, Any], fields: Mapping[str, Any]) -> Mapping[str, Any]:
    """All ten with the named restrictions replaced; other fields stay untouched."""
    before = restrictions(settings)
    after = merged(before, fields)
    plain, wanted = to_settings(before), to_settings(after)
    changed = {name: value for name, value in wanted.items() if value != plain[name]}
    return {**settings, **changed}


def to_settings(wanted: Restrictions) -> dict[str, Any]:
    """Plex's names for ours."""
    return {
        "allowSync": wanted.downloads,
        "allowTuners": _TUNERS[wanted.live_tv],
        "allowSubtitleAdmin": wanted.subtitles,
        "filterMovies": _encoded(wanted.movies),
        "filterTelevision": _encoded(wanted.television),
        "filterMusic": _encoded(wanted.music),
    }


def in_v1(settings: Mapping[str, Any]) -> Mapping[str, Any]:
    """In the older calls' format: switches as "0" and "1", no filter as an empty one."""
    return {name: _v1(value) for name, value in settings.items()}


def _v1(value: object) -> object:
    if isinstance(value, bool):
        return "1" if value else "0"
    return "" if value is None else value


def _encoded(filter_text: str) -> str:
    """`|`, `&`, `=` and `!=` are part of Plex's syntax; commas and spaces are encoded."""
    return quote(filter_text, safe="=|&!/")
