"""The page behind a notice's link: viewing decides nothing, and pressing decides once."""

from __future__ import annotations

from werkzeug.wrappers import Response

from helpr_core import container, web
from helpr_core.errors import HelprError, NotFound, NotPossible
from helpr_core.services.notices.one_tap import APPROVE, DENY, LinkOver, OneTap, Opened
from helpr_core.texts import Message
from helpr_core.web import origin
from helpr_core.web.call import Call
from helpr_core.web.endpoint import FORM
from helpr_core.web.notices.shapes import DecisionIn
from helpr_core.web.reading import read_body
from helpr_core.web.responses import NO_STORE, document_response


def show_approval(call: Call) -> Response:
    """GET /approve/{token}: the request, and a button. Scanners and previews may open it as
    well."""
    try:
        opened = _one_tap().open(_token(call))
    except (NotFound, LinkOver) as exc:
        return _nothing(call, exc)
    return _page(call, opened, just_now=False)


def post_approval(call: Call) -> Response:
    """POST /approve/{token}: decide, once."""
    origin.require_own_site(call)
    given = read_body(call, DecisionIn, FORM)
    one_tap, token = _one_tap(), _token(call)
    try:
        opened = one_tap.decide(token, given.decision, call.reference)
    except (NotFound, LinkOver) as exc:
        return _nothing(call, exc)
    except NotPossible:
        return _page(call, one_tap.open(token), just_now=False, status=409)
    return _page(call, opened, just_now=True)


def _one_tap() -> OneTap:
    return container.current().notices().one_tap()


def _token(call: Call) -> str:
    return call.path_params.get("token", "")


def _page(call: Call, opened: Opened, *, just_now: bool, status: int = 200) -> Response:
    parts = container.current()
    row, offered = opened.row, opened.decision
    other = DENY if offered == APPROVE else APPROVE
    page = web.pages.render(
        "approval.html",
        row=row,
        libraries=[library.title for library in row.libraries],
        decisions=(offered, other) if opened.is_open else (),
        answer=None if opened.is_open else _answer(opened, just_now=just_now),
        face=parts.site.face(),
        demo=parts.installation.is_demo(),
    )
    return document_response(call.request, page, NO_STORE, status)


def _answer(opened: Opened, *, just_now: bool) -> tuple[Message, Message]:
    """A heading and a sentence: the request's outcome, and who decided it."""
    row = opened.row
    heading = Message(f"approval.{row.status.value}.heading", name=row.email_or_username)
    if just_now:
        return heading, Message(f"approval.{row.status.value}.now", name=row.email_or_username)
    if opened.was_used:
        return heading, Message("approval.used")
    return heading, Message("approval.decided")


def _nothing(call: Call, error: HelprError) -> Response:
    """An expired link, or one that is not ours."""
    over = isinstance(error, LinkOver)
    parts = container.current()
    name = "over" if over else "foreign"
    page = web.pages.render(
        "problem.html",
        heading=Message(f"approval.{name}.heading"),
        sentence=Message(f"approval.{name}.sentence"),
        reference="",
        typed=None,
        ask=False,
        face=parts.site.face(),
        demo=parts.installation.is_demo(),
    )
    return document_response(call.request, page, NO_STORE, 410 if over else 404)
