"""Whether the links in use admit people as the owner intends."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from helpr_core.domain.checks import Check, Severity
from helpr_core.domain.library_choice import Choice, find
from helpr_core.domain.links import Link, LinkState
from helpr_core.domain.plex import Server
from helpr_core.texts import Message, quoted

NAME = "links"


def links_check(links: Iterable[Link], known: Server | None, now: datetime) -> Check:
    """Checks all links that are not deleted; `known` is what is known about the server, without a
    call."""
    all_of_them = list(links)
    unread = [link for link in all_of_them if not link.code]
    if unread:
        detail = Message("check.links.unread", count=len(unread))
        return Check(NAME, Severity.WARNING, detail, Message("check.links.unread_fix"))
    active = [link for link in all_of_them if link.state(now) is LinkState.ACTIVE]
    lost = [link for link in active if known and _has_lost(link, known)]
    if lost:
        labels = quoted(link.label or link.code[:4] + "…" for link in lost)
        detail = Message("check.links.lost", count=len(lost), links=labels)
        return Check(NAME, Severity.WARNING, detail, Message("check.links.lost_fix"))
    return Check(NAME, Severity.OK, Message("check.links.ok", count=len(active)))


def _has_lost(link: Link, known: Server) -> bool:
    """Whether a library that the link names is no longer on the server."""
    if not link.libraries or link.server_id not in ("", known.machine_identifier):
        return False
    return len(find(Choice(link.libraries), known).libraries) < len(set(link.libraries))
