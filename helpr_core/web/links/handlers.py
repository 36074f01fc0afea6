"""Links: listing, creating, changing and deleting them."""

from __future__ import annotations

from werkzeug.wrappers import Response

from helpr_core import container
from helpr_core.services.links.book import Listed
from helpr_core.web.call import Call
from helpr_core.web.endpoint import MERGE_PATCH
from helpr_core.web.links import shapes
from helpr_core.web.reading import path_id, read_body, read_query
from helpr_core.web.responses import json_response, no_content


def list_links(call: Call) -> Response:
    """GET links: newest first, a page at a time."""
    query = read_query(call, shapes.LinksQuery)
    parts = container.current()
    book, now = parts.links().book(), parts.installation.utc_now()
    wanted = query.filter(now)
    page, total = book.page(wanted, query.limit, query.cursor), book.count(wanted)
    return json_response(
        shapes.links_out(page, total, now, parts.installation.settings().public_url)
    )


def make_link(call: Call) -> Response:
    """POST links: a new one."""
    given = read_body(call, shapes.LinkIn).given()
    return _answer(container.current().links().book().make(given, call.actor), 201)


def get_link(call: Call) -> Response:
    """GET links/{link_id}: one link."""
    return _answer(container.current().links().book().get(path_id(call, "link_id")))


def patch_link(call: Call) -> Response:
    """PATCH links/{link_id}: some of its fields; it applies to requests from now on."""
    given = read_body(call, shapes.LinkPatch, MERGE_PATCH).given()
    wanted = path_id(call, "link_id")
    return _answer(container.current().links().book().change(wanted, given, call.actor))


def delete_link(call: Call) -> Response:
    """DELETE links/{link_id}: the link no longer admits anybody; its requests stay."""
    container.current().links().book().delete(path_id(call, "link_id"), call.actor)
    return no_content()


def _answer(listed: Listed, status: int = 200) -> Response:
    installation = container.current().installation
    out = shapes.link_out(listed, installation.utc_now(), installation.settings().public_url)
    return json_response(out, status)
