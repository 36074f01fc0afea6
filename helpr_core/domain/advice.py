"""What the owner is told about a failure, and what to do: one sentence for each code."""

from __future__ import annotations

_ADVICE = {
    "plex_unauthorized": (
        "Plex refused the token. Sign in to Plex again, then replace PLEX_TOKEN."
    ),
    "plex_unavailable": "plex.tv could not be reached. Nothing to do: it is tried again.",
    "plex_limited": "plex.tv asked for fewer calls. Nothing to do: it is tried again later.",
    "plex_answer_lost": (
        "The request reached plex.tv and its answer did not arrive. Plex's list is read "
        "before anything is sent again."
    ),
    "plex_server_unknown": (
        "This Plex account owns no server of the name in PLEX_SERVER_NAME. Write the name as "
        "Plex shows it under Settings, General, or the server's machine identifier."
    ),
    "plex_servers_alike": (
        "This Plex account owns several servers of the name in PLEX_SERVER_NAME. Put the machine "
        "identifier of the one you mean there: Check lists them."
    ),
    "plex_lists_nothing": (
        "plex.tv listed no library on this server. It is asked again by itself. If the server "
        "has libraries, there is nothing to do; if it has none yet, make one in Plex."
    ),
    "setup_required": (
        "None of the chosen libraries is on the server. Choose libraries again, or correct "
        "PLEX_LIBRARIES."
    ),
    "unavailable": "The state store did not answer. Nothing to do: it is tried again.",
    "already_shared": (
        "Plex lists this person already: a friend, or an invitation that waits. Nothing to do, "
        "or change the existing share in Plex."
    ),
    "server_full": (
        "Plex's limit of 100 people is reached. Remove someone in Plex, then send it again."
    ),
    "plex_refused": (
        "Plex refused this invitation. Most often the username does not exist: ask the friend "
        "for the e-mail address of the Plex account."
    ),
}


GAVE_UP = "Tried for a day without success. The last time: "
"""Stands before the last try's own sentence."""


def advise(code: str, reason: str = "") -> str:
    """The owner's sentence for an error code, with Plex's own words where it has said some."""
    advice = _ADVICE.get(code, "Helpr has no advice for this.")
    return f"{advice} Plex said: {reason}" if reason else advice
