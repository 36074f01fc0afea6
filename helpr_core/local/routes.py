"""Route templates as the Functions host reads them, and what it refuses at start."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from itertools import zip_longest

Constraint = Callable[[str], bool]

_PARAMETER = re.compile(
    r"\{(?P<stars>\*{0,2})(?P<name>[A-Za-z_]\w*)(?P<constraints>(?::[^:{}=?]+)*)(?P<optional>\??)\}"
)
_CONSTRAINT = re.compile(r"(?P<name>[A-Za-z]+)(?:\((?P<numbers>\d+(?:,\d+)?)\))?")
_INTEGER = re.compile(r"\s*[+-]?[0-9]+\s*")
_GUID = re.compile(
    r"[0-9a-f]{32}|(?P<open>[{(])?[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}(?(open)[)}])", re.I
)
_LETTERS = re.compile(r"[A-Za-z]*")


class HostRefusalError(ValueError):
    """The Functions host would refuse this app, or a part of it, at start."""


@dataclass(frozen=True)
class Literal:
    """A segment that is compared without regard to case."""

    text: str

    def accepts(self, piece: str | None) -> bool:
        """Tell whether a piece of the path, None when the path is too short, fits."""
        return piece is not None and piece.lower() == self.text.lower()


@dataclass(frozen=True)
class Parameter:
    """A segment `{name}`, `{name?}`, `{*name}` or `{name:constraint}`."""

    name: str
    optional: bool = False
    catch_all: bool = False
    constraints: tuple[Constraint, ...] = ()

    def accepts(self, piece: str | None) -> bool:
        """Tell whether a piece of the path, None when the path is too short, fits."""
        if piece is None:
            return self.optional
        return piece != "" and all(constraint(piece) for constraint in self.constraints)


@dataclass(frozen=True)
class Template:
    """One route: segments of one path piece each, then perhaps a catch-all."""

    segments: tuple[Literal | Parameter, ...]
    catch_all: Parameter | None

    def match(self, path: str) -> dict[str, str] | None:
        """Return the route parameters, or None when the decoded path does not fit.

        An empty catch-all and a missing optional parameter are absent, as in the host.
        One slash at the end of the path does not count, two do.
        """
        body = path.removeprefix("/")
        pieces = body.removesuffix("/").split("/") if body else []
        count = len(self.segments)
        values: dict[str, str] = {}
        for segment, piece in zip_longest(self.segments, pieces[:count]):
            if not segment.accepts(piece):
                return None
            if isinstance(segment, Parameter) and piece is not None:
                values[segment.name] = piece
        if len(pieces) > count:
            if self.catch_all is None or pieces[count] == "":
                return None
            values[self.catch_all.name] = body.split("/", count)[count]
        return values


def parse_template(text: str) -> Template:
    """Read a route template; HostRefusalError for what the host or this module cannot serve."""
    trimmed = text.strip("/")
    segments = [_segment(piece, text) for piece in trimmed.split("/")] if trimmed else []
    names = [segment.name.lower() for segment in segments if isinstance(segment, Parameter)]
    if len(names) != len(set(names)):
        raise HostRefusalError(f"route '{text}': a parameter's name appears more than once")
    catch_alls = [one for one in segments if isinstance(one, Parameter) and one.catch_all]
    if not catch_alls:
        return Template(tuple(segments), None)
    if catch_alls != segments[-1:]:
        raise HostRefusalError(f"route '{text}': a catch-all can only be the last segment")
    return Template(tuple(segments[:-1]), catch_alls[0])


def _segment(piece: str, route: str) -> Literal | Parameter:
    if piece == "":
        raise HostRefusalError(f"route '{route}': '/' cannot appear twice in a row")
    if "{" not in piece and "}" not in piece:
        return Literal(piece)
    found = _PARAMETER.fullmatch(piece)
    if found is None:
        # The host also knows `a{b}.{c?}` and `{a=default}`; nothing here needs them.
        raise HostRefusalError(f"route '{route}': the segment '{piece}' is not supported")
    parameter = Parameter(
        name=found["name"],
        optional=found["optional"] == "?",
        catch_all=found["stars"] != "",
        constraints=tuple(_constraint(spec, route) for spec in found["constraints"].split(":")[1:]),
    )
    if parameter.catch_all and (parameter.optional or parameter.constraints):
        raise HostRefusalError(f"route '{route}': a catch-all takes no '?' and no constraint")
    return parameter


def _constraint(spec: str, route: str) -> Constraint:
    found = _CONSTRAINT.fullmatch(spec)
    name = found["name"].lower() if found else ""
    numbers = [int(part) for part in ((found and found["numbers"]) or "").split(",") if part]
    if name == "length" and numbers:
        return _length(numbers[0], numbers[-1])
    if name in _PLAIN_CONSTRAINTS and not numbers:
        return _PLAIN_CONSTRAINTS[name]
    known = ", ".join([*_PLAIN_CONSTRAINTS, "length(n)", "length(n,m)"])
    raise HostRefusalError(f"route '{route}': unknown constraint '{spec}'; known are {known}")


def _length(shortest: int, longest: int) -> Constraint:
    return lambda text: shortest <= len(text) <= longest


def _is_int32(text: str) -> bool:
    return bool(_INTEGER.fullmatch(text)) and -(2**31) <= int(text) < 2**31


def _is_guid(text: str) -> bool:
    return _GUID.fullmatch(text) is not None


def _is_alpha(text: str) -> bool:
    return _LETTERS.fullmatch(text) is not None


_PLAIN_CONSTRAINTS: dict[str, Constraint] = {
    "int": _is_int32,
    "guid": _is_guid,
    "alpha": _is_alpha,
}
