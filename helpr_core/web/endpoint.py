"""What an endpoint is: a row of the table in endpoints.py."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from enum import Enum
from typing import Any

from helpr_core import first_use
from helpr_core.frozen import dataclass

JSON = "application/json"
MERGE_PATCH = "application/merge-patch+json"
FORM = "application/x-www-form-urlencoded"
HTML = "text/html"
CSV = "text/csv"
TEXT = "text/plain"
SVG = "image/svg+xml"
ANYTHING = "*/*"


class Purpose(Enum):
    """The caller's purpose: a store that is down means something different for each."""

    LOOK = "look"
    ASK = "ask"
    MANAGE = "manage"


@dataclass(frozen=True, slots=True, eq=False)
class Endpoint:
    """An address, what it accepts and what it answers.

    `name` is the function's name in the portal. `path` is the full path without the first slash;
    `{name}` is a part of it, `{*name}` the rest. Handler, query, body and answers are given as
    names for `named`, because none of them is imported before first use. An answer may also be a
    media type, or None for no body; `refusals` are problem documents. `limit` names the rate
    limit's rule. `session` is the owner's cookie, with X-CSRF-Token for all but GET.
    """

    name: str
    methods: tuple[str, ...]
    path: str
    handler: str
    answers: Mapping[int, str | None] = field(default_factory=dict)
    refusals: tuple[int, ...] = ()
    query: str | None = None
    body: str | None = None
    media_types: tuple[str, ...] = (JSON,)
    limit: str | None = None
    key: bool = False
    session: bool = False
    if_match: bool = False
    purpose: Purpose = Purpose.LOOK
    described: bool = True


def named(path: str) -> Any:
    """The object at that path below `helpr_core.web`: `settings.shapes.SettingsIn`."""
    module, _, name = path.rpartition(".")
    return getattr(first_use.module(f"helpr_core.web.{module}"), name)


KEY_DOOR = "api/manage/"

# What can go wrong, by kind of endpoint.
LOOKS = (500, 503)
LIMITED = (429, *LOOKS)
SEARCHES = (400, *LOOKS)
WRITES = (400, 413, 415, *LOOKS)
ONE = (404, *LOOKS)
ACTS = (404, 409, *LOOKS)


def owners(
    name: str,
    method: str,
    path: str,
    handler: str,
    answers: Mapping[int, str | None],
    refusals: tuple[int, ...],
    *,
    query: str | None = None,
    body: str | None = None,
    if_match: bool = False,
    media_types: tuple[str, ...] = (JSON,),
) -> Endpoint:
    """One of the owner's endpoints; `path` is relative to each door."""
    return Endpoint(
        f"manage_{name}",
        (method,),
        KEY_DOOR + path,
        handler,
        answers,
        refusals,
        query=query,
        body=body,
        media_types=media_types,
        key=True,
        if_match=if_match,
        purpose=Purpose.MANAGE,
    )
