"""Static files."""

from __future__ import annotations

from werkzeug.wrappers import Response

from helpr_core import web
from helpr_core.errors import NotFound
from helpr_core.web.call import Call
from helpr_core.web.responses import FOR_EVER, REVALIDATE, document_response


def show_static(call: Call) -> Response:
    """GET /static/{*path}: a file of the allow-list."""
    document = web.pages.static_document(call.path_params.get("path", ""))
    if document is None:
        raise NotFound("no such file")
    # A version in the query names these very bytes, so they never change under that name.
    named = document.lasts or call.request.args.get("v") == document.version
    return document_response(call.request, document, FOR_EVER if named else REVALIDATE)
