"""What any program may look at: the site, a link, a request's state."""

from __future__ import annotations

from werkzeug.wrappers import Response

from helpr_core import container, web
from helpr_core.domain.access_messages import access_until
from helpr_core.web.call import Call
from helpr_core.web.public import shapes
from helpr_core.web.public.links import asked_link, site_of
from helpr_core.web.public.lookup import asked_row, share_of, status_message
from helpr_core.web.responses import REVALIDATE, document_response, json_response


def get_site(_call: Call) -> Response:
    """GET /api/site."""
    return json_response(shapes.site_out(container.current().site.summary()))


def get_openapi(call: Call) -> Response:
    """GET /api/openapi.json."""
    return document_response(call.request, web.openapi.document(), REVALIDATE)


def get_invite(call: Call) -> Response:
    """GET /api/invites/{request_id}."""
    row = asked_row(call)
    share = share_of(row)
    return json_response(shapes.invite_status(row, status_message(row, share), access_until(share)))


def get_link(call: Call) -> Response:
    """GET /api/links/{code}: what a link gives."""
    link = asked_link(call)
    parts = container.current()
    return json_response(shapes.link_out(link, site_of(parts.site.summary(), link)))
