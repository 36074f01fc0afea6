"""What handlers read from a call: query, body, an id in the path."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar
from uuid import UUID

from werkzeug.exceptions import ClientDisconnected, RequestEntityTooLarge

from helpr_core import container, web
from helpr_core.errors import BodyTooLarge, FieldError, InvalidInput, NotFound
from helpr_core.texts import Message
from helpr_core.web.call import Call

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from pydantic import BaseModel

Model = TypeVar("Model", bound="BaseModel")

CUT_OFF = FieldError("body", Message("body.cut_off"))


def read_query(call: Call, model: type[Model]) -> Model:
    """The query as the model; unknown parameters are ignored, a repeated one is refused."""
    given = {name: texts for name, texts in call.request.args.lists() if name in model.model_fields}
    if any(len(texts) > 1 for texts in given.values()):
        raise InvalidInput(FieldError("query", Message("query.repeated")))
    return web.bodies.check(model, {name: text for name, (text,) in given.items() if text})


def read_body(
    call: Call, model: type[Model], also: str = "", most_bytes: int | None = None
) -> Model:
    """The body, a JSON object, as the model; `most_bytes` allows a larger one."""
    return web.bodies.check(model, body_fields(call, also, most_bytes))


def body_fields(call: Call, also: str = "", most_bytes: int | None = None) -> dict[str, Any]:
    """The fields in the body: see `bodies.read_fields`."""
    most = most_bytes or web.bodies.MAX_BYTES
    try:
        body = call.request.get_data()
    except RequestEntityTooLarge as exc:
        raise BodyTooLarge(most) from exc
    except ClientDisconnected as exc:
        raise InvalidInput(CUT_OFF) from exc
    return web.bodies.read_fields(call.request.headers.get("content-type", ""), body, also, most)


def path_id(call: Call, name: str) -> UUID:
    """The id of that name in the path; NotFound for anything else."""
    return as_id(call.path_params.get(name, ""))


def as_id(text: str) -> UUID:
    """An id; NotFound for anything else."""
    try:
        return UUID(text)
    except ValueError as exc:
        raise NotFound("not an id") from exc


def note(
    call: Call,
    action: str,
    target: str,
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
) -> None:
    """Write the owner's action into the audit log."""
    trail = container.current().owner.audit_trail()
    trail.note(call.actor, action, target, before, after)
