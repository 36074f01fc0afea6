"""HttpResponses: JSON, problem documents, pages, redirects; and the headers of them all."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

import azure.functions as func

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


def json_response(
    model: BaseModel, status: int = 200, headers: dict[str, str] | None = None
) -> func.HttpResponse:
    """A model as JSON."""
    return func.HttpResponse(
        model.model_dump_json(exclude_none=True),
        status_code=status,
        mimetype="application/json",
        headers={"Cache-Control": NO_STORE, **(headers or {})},
    )


class StreamedResponse(func.HttpResponse):
    """An answer made part by part.

    Our own server sends each part as it is made. Microsoft's worker sends whole answers
    only, so there `get_body` puts them together.
    """

    def __init__(self, parts: Iterator[bytes], *, mimetype: str, headers: dict[str, str]) -> None:
        super().__init__(b"", mimetype=mimetype, headers=headers)
        self._parts = parts

    def take_parts(self) -> Iterator[bytes]:
        """The parts, once: whoever takes them sends them."""
        parts, self._parts = self._parts, iter(())
        return parts

    def get_body(self) -> bytes:
        """All parts that nobody took."""
        return b"".join(self.take_parts())


def problem_response(
    trouble: Trouble, reference: str, more: Mapping[str, Any] | None = None
) -> func.HttpResponse:
    """A problem document (RFC 9457); `more` are members of this kind of problem alone."""
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
    return func.HttpResponse(
        json.dumps(body),
        status_code=trouble.kind.status,
        mimetype="application/problem+json",
        headers={"Cache-Control": NO_STORE, **retry_after(trouble)},
    )


def problem_page(
    trouble: Trouble, reference: str, typed: Mapping[str, str] | None = None
) -> func.HttpResponse:
    """The same for a person: the setup page, or a page with the way back.

    `typed` are the fields of a friend's form, to be sent once more with one press.
    """
    if trouble.code == "setup_required":
        page = web.pages.render("setup.html", problems=trouble.errors, demo=False)
    else:
        page = web.pages.render(
            "problem.html",
            heading=trouble.kind.title,
            sentence=trouble.kind.detail,
            reference=reference if trouble.kind.status >= 500 else "",
            typed=typed,
            demo=_is_demo(),
        )
    return func.HttpResponse(
        page.body,
        status_code=trouble.kind.status,
        headers={
            "Content-Type": page.content_type,
            "Cache-Control": NO_STORE,
            **retry_after(trouble),
        },
    )


def _is_demo() -> bool:
    try:
        return container.current().is_demo()
    except SetupRequired:
        return False


def retry_after(trouble: Trouble) -> dict[str, str]:
    """Retry-After in seconds, where the trouble knows it."""
    if trouble.retry_after_seconds is None:
        return {}
    return {"Retry-After": str(trouble.retry_after_seconds)}


def document_response(
    request: func.HttpRequest, document: Document, cache: str, status: int = 200
) -> func.HttpResponse:
    """A page or a file: 304 for who has it, gzip for who reads it."""
    headers = {
        "Content-Type": document.content_type,
        "Cache-Control": cache,
        "Vary": "Accept-Encoding, Accept",
    }
    if cache != NO_STORE:
        headers["ETag"] = document.etag
        if status == 200 and _matches(request.headers.get("if-none-match", ""), document.etag):
            return func.HttpResponse(status_code=304, headers=headers)
    body = document.body
    if reads_gzip(request.headers.get("accept-encoding", "")):
        body, headers["Content-Encoding"] = document.gzipped(), "gzip"
    return func.HttpResponse(body, status_code=status, headers=headers)


def redirect(location: str) -> func.HttpResponse:
    """See other: the browser GETs the path, so that reloading sends nothing again."""
    return func.HttpResponse(
        status_code=303, headers={"Location": location, "Cache-Control": NO_STORE}
    )


def _matches(if_none_match: str, etag: str) -> bool:
    # Compared weakly, as RFC 9110 section 13.1.2 wants it: W/ makes no difference.
    candidates = [one.strip().removeprefix("W/") for one in if_none_match.split(",")]
    return "*" in candidates or etag.removeprefix("W/") in candidates
