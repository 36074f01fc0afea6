"""The pages of a friend's sign-in: before Plex's warning, and when it ends without a request."""

from __future__ import annotations

from typing import TYPE_CHECKING

from werkzeug.wrappers import Response

from helpr_core import container, web
from helpr_core.domain.plex_addresses import pins_address, pins_origin
from helpr_core.errors import HelprError, Unavailable
from helpr_core.services.plex.errors import PlexError
from helpr_core.texts import Message
from helpr_core.web.endpoint import Purpose
from helpr_core.web.problems import trouble_of
from helpr_core.web.responses import NO_STORE, document_response, may_connect_to, retry_after

if TYPE_CHECKING:
    from uuid import UUID

    from helpr_core.web.call import Call

_ANEW = frozenset({"sign_in_over", "sign_in_elsewhere", "email_not_confirmed", "managed_user"})
"""Endings after which another sign-in may lead further."""
_MAY_PASS = frozenset({"sign_in_waiting", "plex_unreachable", Unavailable.code})
"""Nothing has ended: the same address can be tried again."""
_OWN_WORDS = _ANEW | {"sign_in_waiting", "plex_unreachable", "is_owner"}


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


def has_own_page(error: HelprError) -> bool:
    """Whether there is another step here; otherwise the error is shown as on any page."""
    return _code(error) in _OWN_WORDS | _MAY_PASS


def _code(error: HelprError) -> str:
    return "plex_unreachable" if isinstance(error, PlexError) else error.code


def ending(call: Call, error: HelprError, *, auth_url: str, sign_in_id: UUID | None) -> Response:
    """Why it ended, with the next step: Plex's page again, the same address again if the problem
    may pass, or a new sign-in."""
    code = _code(error)
    waits = code == "sign_in_waiting"
    trouble = trouble_of(error, Purpose.ASK)
    own = code in _OWN_WORDS
    response = page(
        call,
        202 if waits else trouble.kind.status,
        heading=Message(f"sign_in.{code}.heading") if own else trouble.kind.title,
        sentence=Message(f"sign_in.{code}.sentence") if own else trouble.kind.detail,
        tone="wait" if waits else "bad",
        auth_url=auth_url,
        retry=f"/signed-in/{sign_in_id}"
        if code in _MAY_PASS and sign_in_id and not auth_url
        else "",
        again=str(sign_in_id) if code in _ANEW and sign_in_id else "",
        dashboard=code == "is_owner",
    )
    response.headers.update(retry_after(trouble))
    return response


def page(call: Call, status: int, **shown: object) -> Response:
    """The page of a sign-in with these words and ways on; `owners` leads to the dashboard alone."""
    parts = container.current()
    nothing = {"auth_url": "", "retry": "", "again": "", "dashboard": False, "owners": False}
    api_url = parts.installation.base().plex_api_url
    rendered = web.pages.render(
        "sign_in.html",
        **(nothing | shown),
        pins_url=pins_address(api_url),
        face=parts.site.face(),
        demo=parts.installation.is_demo(),
    )
    response = document_response(call.request, rendered, NO_STORE, status)
    if shown.get("again"):
        may_connect_to(response, pins_origin(api_url))  # the browser makes that PIN too
    return response
