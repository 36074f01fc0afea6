"""What the owner is told about a failure, and what to do."""

from __future__ import annotations

from helpr_core.texts import Message, Words

_TOPICS = {
    "plex_unauthorized",
    "plex_unavailable",
    "plex_limited",
    "plex_answer_lost",
    "plex_server_unknown",
    "plex_servers_alike",
    "plex_lists_nothing",
    "setup_required",
    "unavailable",
    "plex_unexpected",
    "plex_endpoint_gone",
    "already_shared",
    "has_access",
    "is_invited",
    "server_full",
    "plex_refused",
    "link_expired",
    "link_used_up",
    "link_disabled",
}
_SAID_BY = {
    "plex_unexpected": "answer_was",
    "plex_endpoint_gone": "answer_was",
    "plex_unavailable": "known",
    "plex_answer_lost": "known",
}
"""How the quoted text is introduced after the advice; by default it is Plex's own."""


def advise(topic: str, reason: Words = "") -> Message:
    """The owner's sentence about an error, followed by the text of the answer, if any.

    `topic` is the error's code, or something more specific.
    """
    advice = Message(f"advice.{topic if topic in _TOPICS else 'none'}")
    if not reason:
        return advice
    return Message(f"advice.{_SAID_BY.get(topic, 'plex_said')}", advice=advice, reason=reason)


def gave_up(last: Words) -> Message:
    """After a day of tries; `last` is the outcome of the last one."""
    return Message("advice.gave_up", last=last)
