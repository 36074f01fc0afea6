"""The OpenAPI 3.1 document of every endpoint, made from the models and the endpoints."""

from __future__ import annotations

import json
import re
from functools import cache
from typing import Any, Literal

import azure.functions as func
from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from helpr_core import __version__
from helpr_core.web import manage, public, schemas
from helpr_core.web.bodies import FORM, JSON
from helpr_core.web.endpoint import Endpoint
from helpr_core.web.pages import Document
from helpr_core.web.pages import document as make_document

PROBLEM = "application/problem+json"
HTML = "text/html"
_REF = "#/components/schemas/{model}"
_PARAMETER = re.compile(r"{(\*?)(\w+)}")

# What each function takes and answers: a model, or a media type where there is no model.
_TAKES: dict[str, tuple[type[BaseModel], tuple[str, ...]]] = {
    "invite": (schemas.InviteIn, (JSON, FORM)),
    "manage_libraries_put": (schemas.LibrariesIn, (JSON,)),
}
_GIVES: dict[str, dict[int, type[BaseModel] | str | None]] = {
    "form": {200: HTML, 304: None},
    "join": {200: HTML},
    "invited": {200: HTML, 304: None},
    "static_files": {200: "*/*", 304: None},
    "site": {200: schemas.SiteOut},
    "invite": {201: schemas.InviteOut, 202: schemas.InviteOut, 303: None},
    "invite_status": {200: schemas.InviteStatus},
    "healthz": {200: schemas.HealthOut},
    "openapi": {200: JSON, 304: None},
    "manage_libraries_get": {200: schemas.LibrariesOut},
    "manage_libraries_put": {200: schemas.LibrariesOut},
}
_REFUSES: dict[str, tuple[int, ...]] = {
    "form": (429, 500, 503),
    "join": (429, 500, 503),
    "invited": (404, 429, 500, 503),
    "static_files": (404, 500),
    "site": (429, 500, 503),
    "invite": (400, 403, 409, 413, 415, 422, 429, 500, 503),
    "invite_status": (404, 429, 500, 503),
    "healthz": (),
    "openapi": (429, 500, 503),
    "manage_libraries_get": (500, 503),
    "manage_libraries_put": (400, 413, 415, 500, 503),
}
_QUERY: dict[str, list[dict[str, Any]]] = {
    "manage_libraries_get": [
        {
            "name": "refresh",
            "in": "query",
            "description": "1 asks plex.tv instead of what is known.",
            "schema": {"type": "string", "enum": ["1"]},
        }
    ],
}


def endpoints() -> tuple[Endpoint, ...]:
    """Every endpoint of the app."""
    return public.ENDPOINTS + manage.ENDPOINTS


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
                "function_key": {"type": "apiKey", "in": "header", "name": "x-functions-key"}
            },
        },
    }


def _schemas() -> dict[str, Any]:
    modes: dict[type[BaseModel], Literal["validation", "serialization"]] = {}
    modes[schemas.Problem] = "serialization"
    for model, _ in _TAKES.values():
        modes[model] = "validation"
    for answers in _GIVES.values():
        for answer in answers.values():
            if isinstance(answer, type):
                modes[answer] = "serialization"
    _, found = models_json_schema(list(modes.items()), ref_template=_REF)
    return dict(found["$defs"])


def _operation(endpoint: Endpoint, method: str) -> dict[str, Any]:
    name = endpoint.name
    operation: dict[str, Any] = {
        "operationId": name if method != "HEAD" else f"{name}_head",
        "summary": _summary(endpoint),
        "parameters": [_path_parameter(name) for _, name in _PARAMETER.findall(endpoint.route)],
        "responses": {str(s): _answer(m, method) for s, m in _GIVES[name].items()},
    }
    operation["parameters"] += _QUERY.get(name, [])
    operation["responses"] |= {str(s): _refusal(s, method) for s in _REFUSES[name]}
    if name in _TAKES:
        model, media_types = _TAKES[name]
        schema = {"schema": {"$ref": _REF.format(model=model.__name__)}}
        operation["requestBody"] = {
            "required": True,
            "content": {media_type: schema for media_type in media_types},
        }
    if endpoint.auth_level is func.AuthLevel.FUNCTION:
        operation["security"] = [{"function_key": []}]
        operation["responses"]["401"] = {"description": "No key, or a wrong one."}
    return operation


def _summary(endpoint: Endpoint) -> str:
    text = (endpoint.handler.__doc__ or "").strip().partition("\n")[0]
    return text.partition(": ")[2] or text


def _path_parameter(name: str) -> dict[str, Any]:
    return {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}


def _answer(model: type[BaseModel] | str | None, method: str) -> dict[str, Any]:
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
