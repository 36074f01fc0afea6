"""The OpenAPI 3.1 document for every endpoint, made from the models and the endpoints."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from functools import cache
from typing import Any, Literal

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from helpr_core import __version__, first_use
from helpr_core.web.endpoint import HTML, JSON, Endpoint, named
from helpr_core.web.endpoints import ENDPOINTS
from helpr_core.web.pages import Document
from helpr_core.web.pages import document as make_document
from helpr_core.web.public.shapes import Problem
from helpr_core.web.session.signed_in import COOKIE

first_use.complete("pydantic.type_adapter", "pydantic.dataclasses")

PROBLEM = "application/problem+json"
_REF = "#/components/schemas/{model}"
_PARAMETER = re.compile(r"{(\*?)(\w+)}")


Answer = type[BaseModel] | str | None
"""A model, a media type if there is no model, or no body at all."""


@cache
def document() -> Document:
    """The document as sent; made once, since nothing in it changes."""
    return make_document(json.dumps(describe()).encode(), JSON)


def describe() -> dict[str, Any]:
    """The document as an object."""
    paths: dict[str, Any] = {}
    for endpoint in _described():
        path = "/" + _PARAMETER.sub(r"{\2}", endpoint.path)
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
                "session": {"type": "apiKey", "in": "cookie", "name": COOKIE},
            },
        },
    }


def _described() -> Iterator[Endpoint]:
    return (endpoint for endpoint in ENDPOINTS if endpoint.described)


def answers(endpoint: Endpoint) -> dict[int, Answer]:
    """An endpoint's answers, by status."""
    return {
        status: named(answer) if answer is not None and "/" not in answer else answer
        for status, answer in endpoint.answers.items()
    }


def _schemas() -> dict[str, Any]:
    modes: dict[type[BaseModel], Literal["validation", "serialization"]] = {}
    modes[Problem] = "serialization"
    for endpoint in _described():
        if endpoint.body is not None:
            modes[named(endpoint.body)] = "validation"
        for answer in answers(endpoint).values():
            if isinstance(answer, type):
                modes[answer] = "serialization"
    _, found = models_json_schema(list(modes.items()), ref_template=_REF)
    return dict(found["$defs"])


def _operation(endpoint: Endpoint, method: str) -> dict[str, Any]:
    operation: dict[str, Any] = {
        "operationId": _operation_id(endpoint, method),
        "summary": _summary(endpoint),
        "parameters": _parameters(endpoint, method),
        "responses": {str(s): _answer(a, method) for s, a in answers(endpoint).items()},
    }
    operation["responses"] |= {str(s): _refusal(s, method) for s in endpoint.refusals}
    if endpoint.body is not None:
        schema = {"schema": {"$ref": _REF.format(model=endpoint.body.rpartition(".")[2])}}
        operation["requestBody"] = {
            "required": True,
            "content": dict.fromkeys(endpoint.media_types, schema),
        }
    if endpoint.key:
        operation["security"] = [{"function_key": []}]
        operation["responses"]["401"] = {"description": "No key, or a wrong one."}
    elif endpoint.session:
        operation["security"] = [{"session": []}]
    return operation


def _operation_id(endpoint: Endpoint, method: str) -> str:
    """The function's name, with the method if a function has several."""
    if method == endpoint.methods[0]:
        return endpoint.name
    return f"{endpoint.name}_{method.lower()}"


def _summary(endpoint: Endpoint) -> str:
    text = (named(endpoint.handler).__doc__ or "").strip().partition("\n")[0]
    return text.partition(": ")[2] or text


def _parameters(endpoint: Endpoint, method: str) -> list[dict[str, Any]]:
    text = {"schema": {"type": "string"}}
    found: list[dict[str, Any]] = [
        {"name": name, "in": "path", "required": True, **text}
        for _, name in _PARAMETER.findall(endpoint.path)
    ]
    if endpoint.query is not None:
        found += _query(named(endpoint.query))
    if endpoint.if_match:
        found.append(
            {"name": "If-Match", "in": "header", "required": True, **text}
            | {"description": "The ETag of the version that was read."}
        )
    if endpoint.session and method != "GET":
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
        "description": "A problem document; a page for clients that prefer text/html.",
        "content": {PROBLEM: {"schema": {"$ref": _REF.format(model="Problem")}}, HTML: {}},
    }
    if status in (429, 503):
        answer["headers"] = {
            "Retry-After": {"schema": {"type": "integer"}, "description": "Seconds."}
        }
    return answer
