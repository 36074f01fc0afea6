"""The page behind "no more of these mails": looking changes nothing, and a press does."""

from __future__ import annotations

from pydantic import BaseModel, Field
from werkzeug.wrappers import Response

from helpr_core import container, web
from helpr_core.errors import NotFound
from helpr_core.texts import Message
from helpr_core.web.call import Call
from helpr_core.web.queries import LENIENT
from helpr_core.web.reading import read_query
from helpr_core.web.responses import NO_STORE, document_response


class UnsubscribeQuery(BaseModel):
    """Which way the press goes."""

    model_config = LENIENT

    again: bool = Field(False, description="1 turns the mails on again.")


def show_unsubscribe(call: Call) -> Response:
    """GET /unsubscribe/{token}: whether mails are sent, and a button. It changes nothing."""
    try:
        subscribed = container.current().notices().unsubscribing().is_subscribed(_token(call))
    except NotFound:
        return _nothing(call)
    return _page(call, subscribed=subscribed)


def post_unsubscribe(call: Call) -> Response:
    """POST /unsubscribe/{token}: turn the mails off, or on again.

    A mail program's one click (RFC 8058) arrives here too, with a body of its own choice that says
    nothing: the token says everything, and the body is not read.
    """
    again = read_query(call, UnsubscribeQuery).again
    try:
        container.current().notices().unsubscribing().set(_token(call), subscribed=again)
    except NotFound:
        return _nothing(call)
    return _page(call, subscribed=again)


def _token(call: Call) -> str:
    return call.path_params.get("token", "")


def _page(call: Call, *, subscribed: bool) -> Response:
    parts = container.current()
    page = web.pages.render(
        "unsubscribe.html",
        subscribed=subscribed,
        face=parts.site.face(),
        server_name=parts.site.server_name(),
        demo=parts.installation.is_demo(),
    )
    return document_response(call.request, page, NO_STORE)


def _nothing(call: Call) -> Response:
    parts = container.current()
    page = web.pages.render(
        "problem.html",
        heading=Message("approval.foreign.heading"),
        sentence=Message("unsubscribe.foreign"),
        reference="",
        typed=None,
        ask=False,
        face=parts.site.face(),
        demo=parts.installation.is_demo(),
    )
    return document_response(call.request, page, NO_STORE, 404)
