"""Writes the types of the owner's API for the dashboard's scripts: `python -m tests.web.api_types`.

Writes static/dashboard/api.d.ts from the OpenAPI document: the types that types.d.ts or a
view names, and those they consist of. In answers an unknown field is absent, or null where the
field is always there.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from helpr_core.web import openapi

FOLDER = Path(__file__).resolve().parents[2] / "static/dashboard"
FILE = FOLDER / "api.d.ts"
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
    wanted = set(_named_by_the_dashboard())
    found: dict[str, Any] = {}
    while wanted - found.keys():
        name = min(wanted - found.keys())
        found[name] = schemas[name]
        wanted |= set(_references(schemas[name]))
    fields = {name: _fields(schema) for name, schema in found.items() if "properties" in schema}
    return _HEAD + "".join(
        _interface(name, fields) if name in fields else _alias(name, found[name])
        for name in sorted(found)
    )


def _named_by_the_dashboard() -> list[str]:
    by_hand = (FOLDER / "types.d.ts").read_text("utf-8")
    lists = re.findall(r"^(?:import|export) type \{([^}]*)\} from \"./api.js\"", by_hand, re.M)
    named = [name.split()[0] for names in lists for name in names.split(",") if name.strip()]
    for view in FOLDER.glob("*/*.js"):
        named += re.findall(r'import\("\.\./api\.js"\)\.(\w+)', view.read_text("utf-8"))
    return named


def _references(part: object) -> list[str]:
    if isinstance(part, dict):
        here = [part["$ref"].rpartition("/")[2]] if "$ref" in part else []
        return here + [name for value in part.values() for name in _references(value)]
    if isinstance(part, list):
        return [name for value in part for name in _references(value)]
    return []


def _alias(name: str, schema: dict[str, Any]) -> str:
    return f"\nexport type {name} = {_type(schema)};\n"


def _interface(name: str, fields: dict[str, list[str]]) -> str:
    """The interface; one that has all fields of another, of five or more, extends it."""
    own = fields[name]
    inner = [one for one, other in fields.items() if len(other) > 4 and set(other) < set(own)]
    base = max(inner, key=lambda one: len(fields[one]), default="")
    lines = [line for line in own if not base or line not in fields[base]]
    head = f"{name} extends {base}" if base else name
    return f"\nexport interface {head} {{\n{''.join(lines)}}}\n"


def _fields(schema: dict[str, Any]) -> list[str]:
    required = schema.get("required", ())
    return [
        _field(field, one, is_there=field in required)
        for field, one in schema["properties"].items()
    ]


def _field(name: str, schema: dict[str, Any], *, is_there: bool) -> str:
    written = _type(schema)
    if not is_there:
        written = written.removesuffix(" | null")
    return f"  {name}{'' if is_there else '?'}: {written};\n"


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
