"""Rows of plex.tv's lists of shares, in every shape that was seen of them.

`accessToken` and `inviteToken` stand in these rows. They are never read, so that nothing of
them can be kept.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import unquote
from xml.etree.ElementTree import Element

from helpr_core.domain.people import Listed, LiveTv, Restrictions
from helpr_core.domain.plex import Library

_LIVE_TV = {0: LiveTv.NONE, 1: LiveTv.WATCH, 2: LiveTv.RECORD}


class Unreadable(Exception):
    """A row that does not say who has access to which server."""


def listed(row: object, *, accepted: bool) -> Listed | None:
    """A row of `owned/accepted` or `owned/pending`; None for an ended one.

    Raises Unreadable.
    """
    if not isinstance(row, Mapping):
        raise Unreadable
    if row.get("deletedAt") or row.get("leftAt"):
        return None
    share_id, server_id = text(row.get("id")), text(row.get("machineIdentifier"))
    invited = _object(row.get("invited"))
    account_id = number(row.get("invitedId")) or number(invited.get("id"))
    email = text(invited.get("email")) or text(row.get("invitedEmail"))
    if not share_id or not server_id or not (account_id or email):
        raise Unreadable
    says = row.get("accepted")
    return Listed(
        share_id=share_id,
        server_id=server_id,
        server_name=text(row.get("name")),
        accepted=says if isinstance(says, bool) else accepted,
        account_id=account_id,
        username=text(invited.get("username")),
        email=email,
        title=text(invited.get("title")) or text(invited.get("friendlyName")),
        home=is_on(invited.get("home")),
        libraries=_libraries(row.get("libraries")),
        all_libraries=is_on(row.get("allLibraries")),
        invited_at=moment(row.get("invitedAt") or row.get("createdAt")),
        accepted_at=moment(row.get("acceptedAt")),
        restrictions=_restrictions_of(row, invited),
    )


def listed_v1(row: Element, server_id: str) -> Listed | None:
    """A `SharedServer` of one server's own list. Raises Unreadable.

    The list names the server once, above its rows. An address without an account has neither
    `userID` nor `username`; an invitation's id is the address itself.
    """
    if row.get("deletedAt") or row.get("leftAt"):
        return None
    accepted_at = row.get("acceptedAt", "")
    account_id, email = number(row.get("userID")), row.get("email", "")
    if "@" in row.get("invitedId", ""):
        email = email or row.get("invitedId", "")
    if not row.get("id") or not (account_id or email):
        raise Unreadable
    sections = row.findall("Section")
    return Listed(
        share_id=row.get("id", ""),
        server_id=server_id,
        server_name=row.get("name", ""),
        accepted=accepted_at not in ("", "0") and row.get("accepted") != "0",
        account_id=account_id,
        username=row.get("username", ""),
        email=email,
        title=row.get("title", "") or row.get("username", ""),
        home=is_on(row.get("home")),
        # It lists every section of the server, with which of them are shared.
        libraries=tuple(_section(one) for one in sections if one.get("shared", "1") == "1"),
        all_libraries=is_on(row.get("allLibraries")),
        invited_at=moment(row.get("invitedAt")),
        accepted_at=moment(accepted_at),
    )


def of_invitations(answer: object) -> Iterator[object]:
    """The rows inside `invites/owned/pending`, where each invitation contains its own."""
    for invitation in answer if isinstance(answer, list) else ():
        held = invitation.get("sharedServers") if isinstance(invitation, Mapping) else None
        if not isinstance(held, list):
            yield None  # unreadable, and counted as such
            continue
        yield from held


def restrictions(settings: Mapping[str, Any]) -> Restrictions:
    """Plex's ten settings, JSON or XML, as far as Helpr offers them."""
    return Restrictions(
        downloads=is_on(settings.get("allowSync")),
        live_tv=_LIVE_TV.get(number(settings.get("allowTuners")) or 0, LiveTv.NONE),
        subtitles=is_on(settings.get("allowSubtitleAdmin")),
        movies=_filter(settings.get("filterMovies")),
        television=_filter(settings.get("filterTelevision")),
        music=_filter(settings.get("filterMusic")),
    )


def _restrictions_of(row: Mapping[str, Any], invited: Mapping[str, Any]) -> Restrictions | None:
    # The person's own copy: the row's copy differs from it in recorded answers.
    for holder in (invited, row):
        settings = holder.get("sharingSettings")
        if isinstance(settings, Mapping):
            return restrictions(settings)
    return None


def _object(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _libraries(listed_libraries: object) -> tuple[Library, ...] | None:
    if not isinstance(listed_libraries, list):
        return None
    rows: Iterable[object] = listed_libraries
    found = [one for one in rows if isinstance(one, Mapping) and number(one.get("id"))]
    return tuple(
        Library(number(one.get("id")) or 0, text(one.get("title")), text(one.get("type")))
        for one in found
    )


def _section(section: Element) -> Library:
    return Library(
        number(section.get("id")) or 0, section.get("title", ""), section.get("type", "")
    )


def _filter(value: object) -> str:
    """A filter in readable form: answers have it percent-encoded."""
    return unquote(text(value))


def text(value: object) -> str:
    """Text or a number as text; "" for anything else."""
    if isinstance(value, bool) or not isinstance(value, str | int):
        return ""
    return str(value).strip()


def number(value: object) -> int | None:
    """A whole number, or digits; None for anything else."""
    if isinstance(value, bool):
        return None
    if isinstance(value, int):
        return value
    return int(value) if isinstance(value, str) and value.isascii() and value.isdigit() else None


def is_on(value: object) -> bool:
    """Whether a setting is on: `true` in JSON, "1" in XML."""
    return value is True or value in (1, "1", "true")


def moment(value: object) -> datetime | None:
    """Aware UTC, from ISO 8601 or seconds since 1970; None for anything else."""
    seconds = number(value)
    try:
        if seconds:
            return datetime.fromtimestamp(seconds, UTC)
        at = datetime.fromisoformat(value) if isinstance(value, str) and value else None
    except (ValueError, OverflowError, OSError):
        return None
    if at is None:
        return None
    return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
