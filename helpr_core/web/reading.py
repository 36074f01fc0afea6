"""What the owner's handlers read from a call: query, body, a request's id."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar
from urllib.parse import parse_qsl, urlsplit
from uuid import UUID

from helpr_core import container, web
from helpr_core.errors import FieldError, InvalidInput, NotFound
from helpr_core.texts import Message
from helpr_core.web.endpoint import Call

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from pydantic import BaseModel

Model = TypeVar("Model", bound="BaseModel")

_MAX_PARAMETERS = 50


def read_query(call: Call, model: type[Model]) -> Model:
    """The query as the model has it; unknown parameters are ignored, a repeated one is not.

    Read from the address: the host's own `params` drops empty ones and joins repeats.
    """
    try:
        pairs = parse_qsl(
            urlsplit(call.request.url).query,
            keep_blank_values=True,
            errors="strict",
            max_num_fields=_MAX_PARAMETERS,
        )
    except ValueError as exc:
        raise InvalidInput(FieldError("query", Message("query.unreadable"))) from exc
    known = [(name, text) for name, text in pairs if name in model.model_fields]
    fields = dict(known)
    if len(fields) < len(known):
        raise InvalidInput(FieldError("query", Message("query.repeated")))
    return web.bodies.check(model, {name: text for name, text in fields.items() if text})


def read_body(call: Call, model: type[Model]) -> Model:
    """The body, a JSON object, as the model has it."""
    fields = web.bodies.read_fields(
        call.request.headers.get("content-type", ""), call.request.get_body(), forms=False
    )
    return web.bodies.check(model, fields)


def request_id(call: Call) -> UUID:
    """The request's id in the path; NotFound for what is none."""
    try:
        return UUID(call.path_params.get("request_id", ""))
    except ValueError as exc:
        raise NotFound("not a request's id") from exc


def note(
    call: Call,
    action: str,
    target: str,
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
) -> None:
    """Write the owner's action into the audit log."""
    trail = container.current().audit_trail()
    trail.note(call.actor, action, target, call.reference, before, after)
