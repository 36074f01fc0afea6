"""The pages of a friend's sign-in: before Plex's warning, and when it ends without a request."""

from __future__ import annotations

from typing import TYPE_CHECKING

from werkzeug.wrappers import Response

from helpr_core import container, web
from helpr_core.errors import HelprError, PlexError
from helpr_core.texts import Message
from helpr_core.web.endpoint import Purpose
from helpr_core.web.problems import trouble_of
from helpr_core.web.responses import NO_STORE, document_response, retry_after

if TYPE_CHECKING:
    from uuid import UUID

    from helpr_core.web.call import Call

_OWN_WORDS = (
    *("sign_in_over", "sign_in_elsewhere", "sign_in_waiting"),
    *("email_not_confirmed", "managed_user", "is_owner", "plex_unreachable"),
)
"""Endings with their own texts; the others are shown as on any page."""


def alert(call: Call, auth_url: str) -> Response:
    """Before Plex's red warning: what it is, and that it is expected."""
    return page(
        call,
        200,
        heading=Message("sign_in.alert.heading"),
        sentence=Message("sign_in.alert.sentence"),
        tone="wait",
        auth_url=auth_url,
    )


def ending(call: Call, error: HelprError, *, auth_url: str, sign_in_id: UUID | None) -> Response:
    """Why it ended, with the next step: Plex's page again, the same address again if the problem
    may pass, or a new sign-in."""
    code = "plex_unreachable" if isinstance(error, PlexError) else error.code
    waits = code == "sign_in_waiting"
    trouble = trouble_of(error, Purpose.ASK)
    own = code in _OWN_WORDS
    may_pass = code in ("plex_unreachable", "sign_in_waiting")
    response = page(
        call,
        202 if waits else trouble.kind.status,
        heading=Message(f"sign_in.{code}.heading") if own else trouble.kind.title,
        sentence=Message(f"sign_in.{code}.sentence") if own else trouble.kind.detail,
        tone="wait" if waits else "bad",
        auth_url=auth_url,
        retry=f"/signed-in/{sign_in_id}" if may_pass and sign_in_id and not auth_url else "",
        again=str(sign_in_id) if sign_in_id and not may_pass and code != "is_owner" else "",
        dashboard=code == "is_owner",
    )
    response.headers.update(retry_after(trouble))
    return response


def page(call: Call, status: int, **shown: object) -> Response:
    """The page of a sign-in with these words and ways on; `owners` leads to the dashboard alone."""
    parts = container.current()
    nothing = {"auth_url": "", "retry": "", "again": "", "dashboard": False, "owners": False}
    rendered = web.pages.render(
        "sign_in.html",
        **(nothing | shown),
        face=parts.site.face(),
        demo=parts.installation.is_demo(),
    )
    return document_response(call.request, rendered, NO_STORE, status)
