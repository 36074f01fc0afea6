"""The OpenAPI 3.1 document of every endpoint, made from the models and the endpoints."""

from __future__ import annotations

import json
import re
from functools import cache
from typing import Any, Literal

import azure.functions as func
from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from helpr_core import __version__, first_use
from helpr_core.web import manage
from helpr_core.web.bodies import JSON
from helpr_core.web.described import FUNCTIONS, HTML, Answer, Described
from helpr_core.web.endpoint import Endpoint
from helpr_core.web.pages import Document
from helpr_core.web.pages import document as make_document
from helpr_core.web.public import handlers as public
from helpr_core.web.public import shapes as schemas
from helpr_core.web.session import handlers as session

first_use.complete("pydantic.type_adapter", "pydantic.dataclasses")

PROBLEM = "application/problem+json"
_REF = "#/components/schemas/{model}"
_PARAMETER = re.compile(r"{(\*?)(\w+)}")


def endpoints() -> tuple[Endpoint, ...]:
    """Every endpoint of the app."""
    return public.ENDPOINTS + session.ENDPOINTS + manage.ENDPOINTS


@cache
def document() -> Document:
    """The document as it is sent; made once, since nothing in it changes."""
    return make_document(json.dumps(describe()).encode(), JSON)


def describe() -> dict[str, Any]:
    """The document as an object."""
    paths: dict[str, Any] = {}
    for endpoint in endpoints():
        path = "/" + _PARAMETER.sub(r"{\2}", endpoint.route.strip("/"))
        for method in endpoint.methods:
            paths.setdefault(path, {})[method.lower()] = _operation(endpoint, method)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Helpr",
            "version": __version__,
            "summary": "Friends ask, Plex invites.",
            "license": {"name": "MIT", "identifier": "MIT"},
        },
        "paths": paths,
        "components": {
            "schemas": _schemas(),
            "securitySchemes": {
                "function_key": {"type": "apiKey", "in": "header", "name": "x-functions-key"},
                "session": {"type": "apiKey", "in": "cookie", "name": session.COOKIE},
            },
        },
    }


def _schemas() -> dict[str, Any]:
    modes: dict[type[BaseModel], Literal["validation", "serialization"]] = {}
    modes[schemas.Problem] = "serialization"
    for described in FUNCTIONS.values():
        if described.takes is not None:
            modes[described.takes] = "validation"
        for answer in described.gives.values():
            if isinstance(answer, type):
                modes[answer] = "serialization"
    _, found = models_json_schema(list(modes.items()), ref_template=_REF)
    return dict(found["$defs"])


def _operation(endpoint: Endpoint, method: str) -> dict[str, Any]:
    described = FUNCTIONS[endpoint.name]
    operation: dict[str, Any] = {
        "operationId": _operation_id(endpoint, method),
        "summary": _summary(endpoint),
        "parameters": _parameters(endpoint, described, method),
        "responses": {str(s): _answer(m, method) for s, m in described.gives.items()},
    }
    operation["responses"] |= {str(s): _refusal(s, method) for s in described.refuses}
    if described.takes is not None:
        schema = {"schema": {"$ref": _REF.format(model=described.takes.__name__)}}
        operation["requestBody"] = {
            "required": True,
            "content": {media_type: schema for media_type in described.media_types},
        }
    if endpoint.auth_level is func.AuthLevel.FUNCTION:
        operation["security"] = [{"function_key": []}]
        operation["responses"]["401"] = {"description": "No key, or a wrong one."}
    elif described.signed_in:
        operation["security"] = [{"session": []}]
    return operation


def _operation_id(endpoint: Endpoint, method: str) -> str:
    """The function's name; with the method where one function has several."""
    if method == endpoint.methods[0]:
        return endpoint.name
    return f"{endpoint.name}_{method.lower()}"


def _summary(endpoint: Endpoint) -> str:
    # The owner's handlers are imported at their first call; the endpoint has a stand-in.
    owners = {one.name: one.handler for one in manage.OPERATIONS}
    handler = owners[endpoint.name]() if endpoint.name in owners else endpoint.handler
    text = (handler.__doc__ or "").strip().partition("\n")[0]
    return text.partition(": ")[2] or text


def _parameters(endpoint: Endpoint, described: Described, method: str) -> list[dict[str, Any]]:
    text = {"schema": {"type": "string"}}
    found: list[dict[str, Any]] = [
        {"name": name, "in": "path", "required": True, **text}
        for _, name in _PARAMETER.findall(endpoint.route)
    ]
    if described.query is not None:
        found += _query(described.query)
    if described.if_match:
        found.append(
            {"name": "If-Match", "in": "header", "required": True, **text}
            | {"description": "The ETag of the version that was read."}
        )
    if described.signed_in and method != "GET":
        found.append(
            {"name": "X-CSRF-Token", "in": "header", "required": True, **text}
            | {"description": "The session's csrf_token."}
        )
    return found


def _query(model: type[BaseModel]) -> list[dict[str, Any]]:
    """A parameter for each field; lists are separated by commas."""
    schema = model.model_json_schema(ref_template=_REF)
    return [
        {
            "name": name,
            "in": "query",
            "description": one.get("description", ""),
            "style": "form",
            "explode": False,
            "schema": one,
        }
        for name, one in schema["properties"].items()
    ]


def _answer(model: Answer, method: str) -> dict[str, Any]:
    if model is None or method == "HEAD":
        return {"description": "No body."}
    if isinstance(model, str):
        return {"description": "As named.", "content": {model: {}}}
    schema = {"$ref": _REF.format(model=model.__name__)}
    description = (model.__doc__ or "").strip().partition("\n")[0]
    return {"description": description, "content": {JSON: {"schema": schema}}}


def _refusal(status: int, method: str) -> dict[str, Any]:
    if method == "HEAD":
        return {"description": "No body."}
    answer: dict[str, Any] = {
        "description": "A problem document; a page for who prefers text/html.",
        "content": {PROBLEM: {"schema": {"$ref": _REF.format(model="Problem")}}, HTML: {}},
    }
    if status in (429, 503):
        answer["headers"] = {
            "Retry-After": {"schema": {"type": "integer"}, "description": "Seconds."}
        }
    return answer
