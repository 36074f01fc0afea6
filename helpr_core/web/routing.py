"""From a path to its endpoint without a Functions host: Werkzeug's Map of our table."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

from werkzeug.exceptions import HTTPException
from werkzeug.routing import Map, PathConverter, Rule

from helpr_core import first_use
from helpr_core.web.endpoint import Endpoint

first_use.complete("encodings.idna")  # a Map encodes its server's name with it

_PARAMETER = re.compile(r"{(\*?)(\w+)}")
_REST = re.compile(r"/?{\*(\w+)}")


class _Rest(PathConverter):
    """The rest of a path, even if a client has put a line break into it."""

    regex = r"[^/][\s\S]*?"


def url_map(endpoints: Iterable[Endpoint]) -> Map:
    """The map of these endpoints. One trailing slash is ignored."""
    rules = [rule for endpoint in endpoints for rule in _rules(endpoint)]
    return Map(
        rules,
        strict_slashes=False,
        merge_slashes=False,
        redirect_defaults=False,
        converters={"rest": _Rest},
    )


def _rules(endpoint: Endpoint) -> Iterator[Rule]:
    path = _PARAMETER.sub(
        lambda one: f"<rest:{one[2]}>" if one[1] else f"<{one[2]}>", endpoint.path
    )
    yield Rule(f"/{path}", endpoint=endpoint, methods=endpoint.methods)
    rest = _REST.search(endpoint.path)
    if rest is not None:  # which may be empty
        before = endpoint.path[: rest.start()]
        yield Rule(
            f"/{before}", endpoint=endpoint, methods=endpoint.methods, defaults={rest[1]: ""}
        )


def match(endpoints: Map, path: str, method: str) -> tuple[Endpoint, Mapping[str, str]] | None:
    """The endpoint and the path's parameters; None if there is none, or none for this method."""
    if path.startswith("//"):  # which the Map would treat as one
        return None
    try:
        endpoint, parameters = endpoints.bind("").match(path, method)
    except HTTPException:
        return None
    # The Map accepts HEAD wherever GET is; the Functions host does not.
    return (endpoint, parameters) if method in endpoint.methods else None
