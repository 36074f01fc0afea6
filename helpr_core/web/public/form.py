"""The friend's pages: the form, and a request's state."""

from __future__ import annotations

from typing import TYPE_CHECKING

from werkzeug.wrappers import Response

from helpr_core import container, web
from helpr_core.domain.access_messages import access_until, ended_at
from helpr_core.domain.messages import RECEIVED
from helpr_core.domain.plex_addresses import pins_address, pins_origin
from helpr_core.errors import CrossSite, FieldError
from helpr_core.services.links.errors import LinkOver, LinkUnknown
from helpr_core.texts import Message
from helpr_core.web import cookies, way
from helpr_core.web.call import Call
from helpr_core.web.problems import KINDS, Trouble
from helpr_core.web.public.inside import inside_of
from helpr_core.web.public.links import asked_page, offered, path_code, site_of
from helpr_core.web.public.lookup import asked_row, share_of, status_message
from helpr_core.web.responses import (
    NO_STORE,
    REVALIDATE,
    document_response,
    may_connect_to,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from helpr_core.domain.links import Link
    from helpr_core.services.site.summary import Site

REFRESH_SECONDS = 10
"""How often the result page reloads itself without JavaScript."""


def show_form(call: Call) -> Response:
    """GET /: the form, or the setup page while settings are missing."""
    # A cookie comes with it, which no shared cache may hand to others.
    return form_page(call, {}, cache=f"private, {REVALIDATE}")


def show_join_form(call: Call) -> Response:
    """GET /join/{code}: the form for this link, with what it gives."""
    code = path_code(call)
    try:
        link = asked_page(call)
    except (LinkUnknown, LinkOver):
        way.lead_without(code)
        raise
    way.lead_to(code)
    # It contains the code, so no cache may keep it.
    response = form_page(call, {"invite_code": code}, cache=NO_STORE, link=link)
    way.remember(call, response, code)
    return response


def show_result(call: Call) -> Response:
    """GET /invited/{request_id}: the request's current state."""
    row = asked_row(call)
    parts = container.current()
    share = share_of(row)
    message, until = status_message(row, share), access_until(share)
    page = web.pages.render(
        "invited.html",
        message=message,
        row_name=row.email_or_username,
        inside=None if ended_at(share) else inside_of(row),
        access_until=until,
        request_id=str(row.request_id),
        face=parts.site.face(),
        server_name=row.server_name or parts.site.server_name(),
        refresh_seconds=REFRESH_SECONDS,
        demo=parts.installation.is_demo(),
    )
    return document_response(call.request, page, f"private, {REVALIDATE}")


def received_page(call: Call) -> Response:
    """The answer to any browser that did not open the person's request."""
    parts = container.current()
    page = web.pages.render(
        "received.html",
        received=RECEIVED,
        face=parts.site.face(),
        demo=parts.installation.is_demo(),
    )
    return document_response(call.request, page, NO_STORE, 202)


def form_page(
    call: Call,
    typed: dict[str, object],
    cache: str,
    trouble: Trouble | None = None,
    link: Link | None = None,
) -> Response:
    """The form with what was typed and what was wrong with it; with a link, also what that
    gives."""
    parts = container.current()
    site = parts.site.summary()
    code = _shown(typed.get("invite_code"))
    if link is not None:
        site = site_of(site, link)
        way.lead_to(code)
    code_offered = link is None and parts.site.codes_handed_out()()
    names = ("email_or_username", "invite_code", "note")
    plex_api_url = parts.installation.settings().plex_api_url
    page = web.pages.render(
        "form.html",
        site=site,
        face=site,
        link=offered(link, code) if link else None,
        code_asked=site.code_required or bool(code),
        code_offered=code_offered,
        values={name: _shown(typed.get(name)) for name in names},
        errors=_errors(trouble),
        fields=list(_shown_fields(site, code_shown=link is None and (code_offered or bool(code)))),
        suggestion=trouble.suggestion if trouble else None,
        retention=_retention(site, signed_in=link is not None and link.require_sign_in),
        received=RECEIVED,
        demo=parts.installation.is_demo(),
        pins_url=pins_address(plex_api_url),
    )
    status = trouble.kind.status if trouble else 200
    response = document_response(call.request, page, cache, status)
    # Sign in with Plex: the PIN is made by the friend's own browser.
    may_connect_to(response, pins_origin(plex_api_url))
    _remember_browser(call, response, trouble)
    return response


def _remember_browser(call: Call, response: Response, trouble: Trouble | None) -> None:
    """Give a browser that has no cookie yet one to be known by."""
    # With the form, not with the first answer: the second half of a double click is sent before
    # that arrives. On a post from another site's page, the browser withheld its cookie.
    is_foreign = trouble is not None and trouble.code == CrossSite.code
    if not is_foreign and cookies.friends_browser(call) is None:
        browsers = container.current().requests.browsers()
        cookies.remember_browser(call, response, browsers.remember(None))


def _retention(site: Site, *, signed_in: bool) -> Message:
    """What is kept, and for how long. `signed_in`: Plex says who it is, and nothing is entered."""
    code = "form.retention_signed_in" if signed_in else "form.retention"
    owner = site.owner or Message("form.the_owner")
    if not site.retention_days:
        return Message(f"{code}_for_ever", owner=owner)
    return Message(f"{code}_days", count=site.retention_days, owner=owner)


def _shown_fields(site: Site, *, code_shown: bool) -> Iterator[str]:
    yield "email_or_username"
    if site.code_required or code_shown:
        yield "invite_code"
    if site.approval_required:
        yield "note"


def _shown(value: object) -> str:
    return "" if value is None else str(value)


def _errors(trouble: Trouble | None) -> tuple[FieldError, ...]:
    if trouble is None:
        return ()
    if trouble.code == CrossSite.code:
        return (FieldError("", trouble.kind.detail),)
    if trouble.code == "invite_code_invalid":
        return (FieldError("invite_code", KINDS[trouble.code].detail),)
    return trouble.errors
