"""The set-up's page: one address, shown only in Helpr's terminal or log."""

from __future__ import annotations

from hmac import compare_digest
from typing import TYPE_CHECKING

from werkzeug.wrappers import Response

from helpr_core import container, web
from helpr_core.domain.plex_addresses import auth_address
from helpr_core.errors import FieldError, InvalidInput, NotFound, PlexError
from helpr_core.services.set_up.connection import ChangedElsewhere
from helpr_core.services.set_up.steps import SetUp, Step, View
from helpr_core.services.sign_ins.errors import SignInOver
from helpr_core.texts import Message
from helpr_core.web import origin
from helpr_core.web.responses import NO_STORE, document_response, redirect

if TYPE_CHECKING:
    from collections.abc import Sequence

    from helpr_core.web.call import Call

PATH = "/setup/"
_PARTS = ("heading", "lead", "button")


def show_set_up(call: Call) -> Response:
    """GET /setup/{code}: the step that comes next, or on which it was left."""
    _require_code(call)
    return _page(call)


def post_set_up(call: Call) -> Response:
    """POST /setup/{code}: a step is made."""
    _require_code(call)
    origin.require_own_site(call)
    try:
        auth_url = _make_step(call)
    except InvalidInput as exc:
        return _page(call, errors=exc.errors, status=400)
    except ChangedElsewhere:
        return _page(call, errors=(FieldError("", Message("set_up.changed")),), status=409)
    except PlexError:
        return _page(call, errors=(FieldError("", Message("set_up.plex_down")),), status=503)
    if auth_url:
        return _page(call, auth_url=auth_url)
    return redirect(_path()) if _steps().is_open() else _done(call)


def _make_step(call: Call) -> str:
    """Make the step that the form is for; where to sign in, if that is it."""
    # A field comes several times where several are ticked.
    form, steps = call.request.form, _steps()
    version = int(form["version"]) if form.get("version", "").isdigit() else -1
    match form.get("step"):
        case Step.SIGN_IN:
            return _auth_url(call, steps.begin_sign_in(version))
        case Step.SERVER:
            steps.choose_server(version, form.get("server", ""))
        case Step.LIBRARIES:
            ids = [int(one) for one in form.getlist("libraries") if one.isdigit()]
            steps.choose_libraries(version, ids)
        case Step.PASSWORD:
            steps.choose_password(version, form.get("username", ""), form.get("password", ""))
        case _:
            steps.back(version)
    return ""


def _steps() -> SetUp:
    return container.current().set_up().steps()


def _require_code(call: Call) -> None:
    """NotFound for a wrong address, and for the right one once Helpr is set up."""
    parts = container.current()
    given = PATH + call.path_params.get("code", "")
    right = compare_digest(given.encode(), _path().encode())
    if not right or parts.installation.has_token or not parts.set_up().steps().is_open():
        raise NotFound("no set-up here")


def _path() -> str:
    return container.current().installation.set_up_path()


def _page(
    call: Call,
    *,
    errors: Sequence[FieldError] = (),
    auth_url: str = "",
    status: int = 200,
) -> Response:
    """The current step."""
    try:
        view = _steps().view()
    except SignInOver:
        view = View(Step.SIGN_IN, container.current().set_up().stored().saved())
        errors = (*errors, FieldError("", Message("set_up.pin_over")))
    except PlexError:
        view = View(Step.SIGN_IN, container.current().set_up().stored().saved())
        errors = (*errors, FieldError("", Message("set_up.plex_down")))
        status = 503
    return _rendered(call, view, errors, auth_url, status)


def _done(call: Call) -> Response:
    """The last page: what is kept where, and the way on."""
    saved = container.current().set_up().stored().saved()
    return _rendered(call, View(Step.DONE, saved), (), "", 200)


def _rendered(
    call: Call, view: View, errors: Sequence[FieldError], auth_url: str, status: int
) -> Response:
    parts = container.current()
    page = web.pages.render(
        "set_up.html",
        view=view,
        step=view.step.value,
        words={part: Message(f"set_up.{view.step.value}.{part}") for part in _PARTS},
        number=list(Step).index(view.step) + 1,
        account=view.saved.connection.account,
        errors=errors,
        auth_url=auth_url,
        path=_path(),
        on_azure=parts.installation.on_azure(),
        face=container.face(),
        demo=False,
    )
    return document_response(call.request, page, NO_STORE, status)


def _auth_url(call: Call, code: str) -> str:
    parts = container.current()
    base = parts.installation.base()
    own = base.public_url or origin.own_origin(call)
    if not own:
        raise InvalidInput(FieldError("origin", Message("sign_in.needs_origin")))
    identifier = parts.plex.client_identifier()
    return auth_address(base.plex_api_url, identifier, code, own.rstrip("/") + _path())
