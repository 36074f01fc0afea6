"""Writes the types of the owner's API for the dashboard's scripts: `python -m tests.web.api_types`.

Writes static/dashboard/api.d.ts from the OpenAPI document. In answers an unknown field is absent,
or null where the field is always there.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from helpr_core.web import openapi
from helpr_core.web.endpoint import named
from helpr_core.web.endpoints import ENDPOINTS

FILE = Path(__file__).resolve().parents[2] / "static/dashboard/api.d.ts"
_HEAD = "// Made from the OpenAPI document by `make types`. Nothing is written here by hand.\n"
_PLAIN = {
    "null": "null",
    "string": "string",
    "integer": "number",
    "number": "number",
    "boolean": "boolean",
}


def text() -> str:
    """The content of the file."""
    schemas: dict[str, Any] = openapi.describe()["components"]["schemas"]
    wanted = set(_of_the_owner())
    found: dict[str, str] = {}
    while wanted - found.keys():
        name = min(wanted - found.keys())
        found[name] = _declared(name, schemas[name])
        wanted |= set(_references(schemas[name]))
    return _HEAD + "".join(found[name] for name in sorted(found))


def _of_the_owner() -> list[str]:
    """The schemas of bodies and answers behind the session door, and of every error."""
    owners = [one for one in ENDPOINTS if one.key or one.session]
    bodies = [named(one.body).__name__ for one in owners if one.body]
    answers = [
        answer.__name__
        for one in owners
        for answer in openapi.answers(one).values()
        if isinstance(answer, type)
    ]
    return [*bodies, *answers, "Problem"]


def _references(part: object) -> list[str]:
    if isinstance(part, dict):
        here = [part["$ref"].rpartition("/")[2]] if "$ref" in part else []
        return here + [name for value in part.values() for name in _references(value)]
    if isinstance(part, list):
        return [name for value in part for name in _references(value)]
    return []


def _declared(name: str, schema: dict[str, Any]) -> str:
    if "properties" not in schema:
        return f"\nexport type {name} = {_type(schema)};\n"
    required = schema.get("required", ())
    lines = [
        _field(name, field, one, is_there=field in required)
        for field, one in schema["properties"].items()
    ]
    return f"\nexport interface {name} {{\n{''.join(lines)}}}\n"


def _field(name: str, field: str, schema: dict[str, Any], *, is_there: bool) -> str:
    written = _type(schema)
    if not is_there and name != "SettingsPatch":
        written = written.removesuffix(" | null")
    return f"  {field}{'' if is_there else '?'}: {written};\n"


def _type(schema: dict[str, Any]) -> str:
    if "$ref" in schema:
        return str(schema["$ref"].rpartition("/")[2])
    if "const" in schema:
        return _literal(schema["const"])
    if "enum" in schema:
        return " | ".join(map(_literal, schema["enum"]))
    if "anyOf" in schema:
        return " | ".join(map(_type, schema["anyOf"]))
    if schema.get("type") == "array":
        item = _type(schema["items"])
        return f"({item})[]" if "|" in item else f"{item}[]"
    if schema.get("type") == "object":
        values = schema.get("additionalProperties")
        return f"Record<string, {_type(values) if isinstance(values, dict) else 'unknown'}>"
    return _PLAIN.get(str(schema.get("type")), "unknown")


def _literal(value: object) -> str:
    return f'"{value}"' if isinstance(value, str) else str(value).lower()


if __name__ == "__main__":
    FILE.write_text(text(), "utf-8")
