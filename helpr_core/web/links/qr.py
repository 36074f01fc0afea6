"""A link's address for a phone's camera."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, Field, StringConstraints
from werkzeug.wrappers import Response

from helpr_core import container
from helpr_core.errors import NotPossible
from helpr_core.texts import Message, say
from helpr_core.web import qr
from helpr_core.web.call import Call
from helpr_core.web.endpoint import SVG
from helpr_core.web.links.shapes import url_of
from helpr_core.web.queries import LENIENT
from helpr_core.web.reading import path_id, read_query
from helpr_core.web.responses import NO_STORE


class QrQuery(BaseModel):
    """The site's address."""

    model_config = LENIENT

    origin: Annotated[
        str, StringConstraints(max_length=255, pattern=r"^https?://[A-Za-z0-9.:\[\]-]+$")
    ] = Field("", description="Scheme and host, while HELPR_PUBLIC_URL is not set.")


def show_qr(call: Call) -> Response:
    """GET links/{link_id}/qr.svg: NotPossible if the site's address is not known."""
    origin = read_query(call, QrQuery).origin
    parts = container.current()
    link = parts.links().book().get(path_id(call, "link_id")).link
    if not link.code:
        raise NotPossible(Message("not_possible.link_unreadable"))
    base = parts.installation.settings().public_url or origin
    if not base:
        raise NotPossible(Message("not_possible.no_public_url"))
    title = say(Message("link.qr_title", label=link.label or link.code))
    return Response(
        qr.as_svg(url_of(link.code, base), title),
        mimetype=SVG,
        # Anyone who has the picture has the code.
        headers={"Cache-Control": NO_STORE},
    )
