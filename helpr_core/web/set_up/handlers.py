"""The set-up's page: one address, shown only in Helpr's terminal or log."""

from __future__ import annotations

import re
from hmac import compare_digest
from typing import TYPE_CHECKING

from werkzeug.wrappers import Response

from helpr_core import container, web
from helpr_core.domain.plex_account import PIN_CODE, Pin
from helpr_core.domain.plex_addresses import PRODUCT, auth_address, pins_address, pins_origin
from helpr_core.errors import FieldError, InvalidInput, NotFound
from helpr_core.services.plex.errors import PlexError, PlexUnauthorized
from helpr_core.services.set_up.connection import ChangedElsewhere
from helpr_core.services.set_up.steps import SetUp, Step, View
from helpr_core.services.sign_ins.errors import SignInOver
from helpr_core.texts import Message
from helpr_core.web import origin
from helpr_core.web.responses import (
    NO_STORE,
    document_response,
    json_response,
    may_connect_to,
    redirect,
)
from helpr_core.web.sign_ins.shapes import PinOut

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from helpr_core.web.call import Call

PATH = "/setup/"
_PARTS = ("heading", "lead", "button")
_OVER = FieldError("", Message("set_up.pin_over"))
_DOWN = FieldError("", Message("set_up.plex_down"))
_PIN_ID = re.compile("[0-9]{1,15}")


def show_set_up(call: Call) -> Response:
    """GET /setup/{code}: the next step, or the one where it was left."""
    _require_code(call)
    return _page(call)


def post_set_up(call: Call) -> Response:
    """POST /setup/{code}: complete a step."""
    _require_code(call)
    origin.require_own_site(call)
    try:
        auth_url = _make_step(call)
    except InvalidInput as exc:
        return _page(call, errors=exc.errors, status=400)
    except ChangedElsewhere:
        return _page(call, errors=(FieldError("", Message("set_up.changed")),), status=409)
    except PlexUnauthorized:
        return _page(call, errors=(_OVER,), status=409)
    except PlexError:
        return _page(call, errors=(_DOWN,), status=503)
    if auth_url and not call.wants_html:
        made_here = _own_pin(call.request.form) is None
        return json_response(PinOut(auth_url=auth_url, alert_expected=made_here))
    if auth_url:
        return _page(call, auth_url=auth_url)
    return redirect(_path()) if _steps().is_open() else _done(call)


def _make_step(call: Call) -> str:
    """Complete the form's step; returns where to sign in, if that is the step."""
    # A field is repeated if several boxes are ticked.
    form, steps = call.request.form, _steps()
    version = int(form["version"]) if form.get("version", "").isdigit() else -1
    match form.get("step"):
        case Step.SIGN_IN:
            return _auth_url(call, steps.begin_sign_in(version, _own_pin(form)))
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
    except (SignInOver, PlexUnauthorized):  # or signed out at Plex since
        view = View(Step.SIGN_IN, container.current().set_up().stored().saved())
        errors = (_OVER,)
    except PlexError:
        return _rendered(call, _steps().stored_view(), (_DOWN,), "", 503, is_down=True)
    return _rendered(call, view, errors, auth_url, status)


def _done(call: Call) -> Response:
    """The last page: what is stored where, and what comes next."""
    saved = container.current().set_up().stored().saved()
    return _rendered(call, View(Step.DONE, saved), (), "", 200)


def _rendered(
    call: Call,
    view: View,
    errors: Sequence[FieldError],
    auth_url: str,
    status: int,
    *,
    is_down: bool = False,
) -> Response:
    """`is_down`: what there is to choose from is unknown, so the page only leads here again."""
    parts = container.current()
    base = parts.installation.base()
    api_url = base.plex_api_url
    page = web.pages.render(
        "set_up.html",
        view=view,
        step=view.step.value,
        words={part: Message(f"set_up.{view.step.value}.{part}") for part in _PARTS},
        number=list(Step).index(view.step) + 1,
        account=view.saved.connection.account,
        errors=errors,
        typed=call.request.form,
        is_down=is_down,
        auth_url=auth_url,
        path=_path(),
        on_azure=parts.installation.on_azure(),
        pins_url=pins_address(api_url),
        client_identifier=parts.plex.client_identifier(),
        product=PRODUCT,
        face=container.face(),
        demo=False,
    )
    response = document_response(call.request, page, NO_STORE, status)
    if view.step is Step.SIGN_IN:
        may_connect_to(response, pins_origin(api_url))
    return response


def _auth_url(call: Call, code: str) -> str:
    parts = container.current()
    identifier = parts.plex.client_identifier()
    back = origin.own_address(call) + _path()
    return auth_address(parts.installation.base().plex_api_url, identifier, code, back)


def _own_pin(form: Mapping[str, str]) -> Pin | None:
    """The PIN that the page's script has made; None without a script, or if it is invalid."""
    number, code = form.get("pin_id", ""), form.get("pin_code", "")
    if not _PIN_ID.fullmatch(number) or not PIN_CODE.fullmatch(code):
        return None
    return Pin(int(number), code)
