"""From a path to its endpoint without a Functions host: Werkzeug's Maps of our table."""

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
_OPEN = "{}"  # the group of the paths that may begin with anything


class _Rest(PathConverter):
    """The rest of a path, even if a client has put a line break into it."""

    regex = r"[^/][\s\S]*?"


class Routes:
    """Finds the endpoint of a path and a method. One trailing slash is ignored.

    Endpoints are kept in groups by the beginning of their path, and the rules of a group are
    compiled when a path of it is first asked for: compiling all of them would be a large part of
    a cold start.
    """

    def __init__(self, endpoints: Iterable[Endpoint]) -> None:
        self._groups: dict[str, list[Endpoint]] = {}
        for endpoint in endpoints:
            self._groups.setdefault(_group(endpoint.path), []).append(endpoint)
        self._maps: dict[str, Map] = {}

    def match(self, path: str, method: str) -> tuple[Endpoint, Mapping[str, str]] | None:
        """The endpoint and the path's parameters; None when the path or the method has none."""
        if path.startswith("//"):  # the Map would read it as one slash
            return None
        for group in (_group(path[1:]), _OPEN):
            found = self._match_in(group, path, method) if group in self._groups else None
            if found is not None:
                return found
        return None

    def _match_in(
        self, group: str, path: str, method: str
    ) -> tuple[Endpoint, Mapping[str, str]] | None:
        if group not in self._maps:
            self._maps[group] = _map(self._groups[group])
        try:
            endpoint, parameters = self._maps[group].bind("").match(path, method)
        except HTTPException:
            return None
        # The Map takes HEAD wherever GET is; the Functions host does not.
        return (endpoint, parameters) if method in endpoint.methods else None


def _group(path: str) -> str:
    """The first part of a path, and the second below `api`; _OPEN where one is a parameter."""
    first, _, more = path.partition("/")
    group = f"{first}/{more.partition('/')[0]}" if first == "api" else first
    return _OPEN if "{" in group else group


def _map(endpoints: Iterable[Endpoint]) -> Map:
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
