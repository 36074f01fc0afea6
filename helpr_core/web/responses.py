"""Responses: JSON, problem documents, pages, redirects; and the headers they share."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from werkzeug.wrappers import Request, Response

from helpr_core import container, web
from helpr_core.errors import SetupRequired
from helpr_core.texts import say
from helpr_core.web.negotiation import reads_gzip
from helpr_core.web.problems import Trouble

if TYPE_CHECKING:
    from pydantic import BaseModel

    from helpr_core.web.pages import Document

NO_STORE = "no-store"
REVALIDATE = "no-cache"
_CHOICES = ("PLEX_LIBRARIES", "libraries")
"""The fields of problems that can be solved on the dashboard's Libraries page."""
_ASK = ("link_unknown", "link_expired", "link_used_up", "link_disabled")
"""Problems that the owner can help with: the page says how to ask."""
FOR_EVER = "public, max-age=31536000, immutable"

SECURITY_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'self'; script-src 'self'; style-src 'self'; object-src 'none'; "
        "frame-ancestors 'none'; base-uri 'none'; form-action 'self'"
    ),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Cross-Origin-Opener-Policy": "same-origin",
}
HSTS = "max-age=31536000"
POLICY = "Content-Security-Policy"


def may_connect_to(response: Response, origin: str) -> None:
    """Let that page's scripts call this one other origin as well."""
    policy = SECURITY_HEADERS[POLICY]
    response.headers[POLICY] = f"{policy}; connect-src 'self' {origin}"


def json_response(
    content: BaseModel | dict[str, str], status: int = 200, headers: dict[str, str] | None = None
) -> Response:
    """A model, or its fields, as JSON."""
    return Response(
        json.dumps(content, ensure_ascii=False, separators=(",", ":"))
        if isinstance(content, dict)
        else content.model_dump_json(exclude_none=True),
        status=status,
        mimetype="application/json",
        headers={"Cache-Control": NO_STORE, **(headers or {})},
    )


def problem_response(
    trouble: Trouble, reference: str, more: Mapping[str, Any] | None = None
) -> Response:
    """A problem document (RFC 9457); `more` are members specific to this problem."""
    body: dict[str, Any] = {
        "type": f"urn:helpr:problem:{trouble.code}",
        "title": say(trouble.kind.title),
        "status": trouble.kind.status,
        "detail": say(trouble.kind.detail),
        "code": trouble.code,
        "reference": reference,
    }
    if trouble.instance:
        body["instance"] = trouble.instance
    if trouble.errors:
        body["errors"] = [{"field": e.field, "message": say(e.message)} for e in trouble.errors]
    if trouble.suggestion:
        body["suggestion"] = trouble.suggestion
    body |= more or {}
    return Response(
        json.dumps(body),
        status=trouble.kind.status,
        mimetype="application/problem+json",
        headers={"Cache-Control": NO_STORE, **retry_after(trouble)},
    )


def problem_page(
    trouble: Trouble, reference: str, typed: Mapping[str, str] | None = None
) -> Response:
    """The same for a person: the setup page, or a page with a way back.

    `typed` are the fields of a friend's form, to be sent again with one press.
    """
    if trouble.code == "setup_required":
        page = _setup_page(trouble)
    else:
        page = web.pages.render(
            "problem.html",
            heading=trouble.kind.title,
            sentence=trouble.kind.detail,
            reference=reference if trouble.kind.status >= 500 else "",
            typed=typed,
            ask=trouble.code in _ASK,
            face=container.face(),
            demo=_is_demo(),
        )
    return Response(
        page.body,
        trouble.kind.status,
        {"Cache-Control": NO_STORE, **retry_after(trouble)},
        content_type=page.content_type,
    )


def _setup_page(trouble: Trouble) -> Document:
    """What is missing or wrong, and where to set it: libraries on the dashboard, if that works."""
    lacking = container.current().installation.missing_administrator()
    is_choice = all(one.field in _CHOICES for one in trouble.errors)
    return web.pages.render(
        "setup.html",
        problems=trouble.errors,
        lacking=lacking,
        on_dashboard=is_choice and not lacking,
        face=container.face(),
        demo=False,
    )


def _is_demo() -> bool:
    try:
        return container.current().installation.is_demo()
    except SetupRequired:
        return False


def retry_after(trouble: Trouble) -> dict[str, str]:
    """Retry-After in seconds, if the error has it."""
    if trouble.retry_after_seconds is None:
        return {}
    return {"Retry-After": str(trouble.retry_after_seconds)}


def document_response(
    request: Request, document: Document, cache: str, status: int = 200
) -> Response:
    """A page or a file: 304 if the client has it, gzip if the client accepts it."""
    headers = {"Cache-Control": cache, "Vary": "Accept-Encoding, Accept"}
    response = Response(document.body, status, headers, content_type=document.content_type)
    if cache != NO_STORE:
        etag = document.etag.strip('"')
        response.set_etag(etag)
        if status == 200 and request.if_none_match.contains_weak(etag):
            response.status_code = 304
            response.data = b""
            return response
    if reads_gzip(request.accept_encodings):
        response.content_encoding = "gzip"
        response.data = document.gzipped()
    return response


def no_content() -> Response:
    """Done, with nothing to tell."""
    return Response(status=204, headers={"Cache-Control": NO_STORE})


def redirect(location: str) -> Response:
    """See other: the browser GETs the path, so that reloading sends nothing again."""
    return Response(status=303, headers={"Location": location, "Cache-Control": NO_STORE})
