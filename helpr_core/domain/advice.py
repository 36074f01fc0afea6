"""What the owner is told about a failure, and what to do: the only home of these words."""

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
    "plex_unexpected": (
        "plex.tv, or something between it and Helpr, turned the request away for a reason that "
        "has nothing to do with the friend. It is kept and tried again. If it stays like this, "
        "see that nothing (a proxy, a firewall) stands between Helpr and plex.tv, then choose "
        "Retry."
    ),
    "plex_endpoint_gone": (
        "plex.tv no longer has what Helpr asked for. It is kept and tried again; if it stays "
        "like this, update Helpr. Until then invite people in Plex itself."
    ),
    "already_shared": (
        "Plex says that it shares with this person already, and does not list them under the "
        "name that was typed. Look for them in Plex under Manage Library Access."
    ),
    "has_access": (
        "This person has access already. Nothing to do, or change the existing share in Plex."
    ),
    "is_invited": (
        "An invitation waits for this person's answer: in their e-mail and in Plex. To send it "
        "anew, take it back in Plex first."
    ),
    "server_full": (
        "Plex's limit of 100 people is reached: it counts the people of all your servers and of "
        "your Plex Home together. Remove someone in Plex, then send it again."
    ),
    "plex_refused": (
        "Plex refused this invitation. Most often the username does not exist: ask the friend "
        "for the e-mail address of the Plex account."
    ),
}


GAVE_UP = "Tried for a day without success. The last time: "
"""Stands before the last try's own sentence."""


_SAID_BY = {
    "plex_unexpected": "The answer was",
    "plex_endpoint_gone": "The answer was",
    "plex_unavailable": "What is known",
    "plex_answer_lost": "What is known",
}
"""Who speaks in the words behind the advice; Plex itself where nothing stands here."""


def advise(topic: str, reason: str = "") -> str:
    """The owner's sentence on an error, with the words that came with the answer, if any.

    `topic` is the error's code, or what tells more than the code does.
    """
    advice = _ADVICE.get(topic, "Helpr has no advice for this.")
    if not reason:
        return advice
    return f"{advice} {_SAID_BY.get(topic, 'Plex said')}: {reason}"
