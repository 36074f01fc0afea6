"""Reads a FunctionApp's functions and refuses at start what the Functions host refuses.

The host works on the JSON of each function's bindings, so this does, too; it has the same
shape in azure-functions 1.26 and 2.x.
"""

from __future__ import annotations

import inspect
import json
import re
import typing
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from helpr_core.local.routes import HostRefusalError, Template, parse_template

if typing.TYPE_CHECKING:
    import azure.functions as func
    from azure.functions.decorators.function_app import Function

ANONYMOUS, FUNCTION, ADMIN = "ANONYMOUS", "FUNCTION", "ADMIN"

_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_\-]{0,127}")
_RESERVED = ("admin", "runtime")


@dataclass(frozen=True)
class HttpFunction:
    """A function with an HTTP trigger.

    `route` is whole, with the route prefix and without outer slashes ("" is the root);
    `methods` are upper-case, None means any; `auth_level` is ANONYMOUS, FUNCTION or ADMIN.
    """

    name: str
    route: str
    methods: frozenset[str] | None
    auth_level: str
    template: Template
    handler: Callable[..., object]
    request_parameter: str
    wants_context: bool
    directory: str

    def shares_a_method_with(self, other: HttpFunction) -> bool:
        """Tell whether one request could be meant for both, were their routes the same."""
        if self.methods is None or other.methods is None:
            return True
        return not self.methods.isdisjoint(other.methods)


@dataclass(frozen=True)
class TimerFunction:
    """A function with a timer trigger: no request reaches it; `schedule` is an NCRONTAB line."""

    name: str
    schedule: str
    handler: Callable[..., object]
    parameter: str
    wants_context: bool
    directory: str


def read_functions(
    app: func.FunctionApp, route_prefix: str
) -> tuple[tuple[HttpFunction, ...], tuple[TimerFunction, ...]]:
    """Return the HTTP functions in the host's order of trying, and the timers by name.

    Calls `app.get_functions()`, which an app allows once. HostRefusalError names the function
    and what the host would say.
    """
    found = sorted(app.get_functions(), key=lambda one: _name(one).upper())
    _refuse_repeated([_name(one) for one in found])
    http: list[HttpFunction] = []
    timers: list[TimerFunction] = []
    for one in found:
        trigger = _trigger(one)
        if trigger["type"] == "timerTrigger":
            timers.append(_timer_function(one, trigger))
        else:
            http.append(_http_function(one, trigger, route_prefix.strip("/")))
    _refuse_conflicts(http)
    return tuple(http), tuple(timers)


def _name(function: Function) -> str:
    return str(function.get_function_name())


def _refuse_repeated(names: Iterable[str]) -> None:
    seen: set[str] = set()
    for name in names:
        if not _NAME.fullmatch(name):
            raise HostRefusalError(f"'{name}' is not a valid function name.")
        if name.upper() in seen:
            raise HostRefusalError(
                f"The function or proxy name '{name}' must be unique within the function app."
            )
        seen.add(name.upper())


def _trigger(function: Function) -> dict[str, Any]:
    """Return the trigger's binding; other bindings than an HTTP answer are not served here."""
    bindings = [json.loads(text) for text in function.get_raw_bindings()]
    triggers = [one for one in bindings if str(one["type"]).endswith("Trigger")]
    others = [one for one in bindings if one not in triggers and one["name"] != "$return"]
    if len(triggers) != 1 or others or triggers[0]["type"] not in ("httpTrigger", "timerTrigger"):
        kinds = ", ".join(str(one["type"]) for one in bindings)
        raise HostRefusalError(
            f"'{_name(function)}': only HTTP and timer triggers without further bindings "
            f"are served, not {kinds}"
        )
    trigger: dict[str, Any] = triggers[0]
    return trigger


def _timer_function(function: Function, trigger: dict[str, Any]) -> TimerFunction:
    name = _name(function)
    handler = function.get_user_function()
    parameter = str(trigger["name"])
    return TimerFunction(
        name=name,
        schedule=str(trigger["schedule"]),
        handler=handler,
        parameter=parameter,
        wants_context=_wants_context(name, handler, parameter),
        directory=str(Path(inspect.getfile(handler)).parent),
    )


def _http_function(function: Function, trigger: dict[str, Any], prefix: str) -> HttpFunction:
    name = _name(function)
    handler = function.get_user_function()
    # An empty route becomes the function's name; the root is written "/".
    route = str(trigger.get("route") or "").strip() or name
    methods = trigger.get("methods")
    _refuse_reserved(name, route)
    return HttpFunction(
        name=name,
        route=f"{prefix}/{route.strip('/')}".strip("/"),
        methods=frozenset(str(one).upper() for one in methods) if methods else None,
        auth_level=_auth_level(name, trigger),
        template=parse_template(f"{prefix}/{route.strip('/')}"),
        handler=handler,
        request_parameter=str(trigger["name"]),
        wants_context=_wants_context(name, handler, str(trigger["name"])),
        directory=str(Path(inspect.getfile(handler)).parent),
    )


def _auth_level(name: str, trigger: dict[str, Any]) -> str:
    level = str(trigger.get("authLevel") or FUNCTION).upper()
    if level not in (ANONYMOUS, FUNCTION, ADMIN):
        raise HostRefusalError(f"'{name}': authLevel '{level}' is not known")
    return level


def _refuse_reserved(name: str, route: str) -> None:
    # A test of the beginning, on the trigger's route alone: `administration` fails as well.
    if route.strip("/").lower().startswith(_RESERVED):
        raise HostRefusalError(
            f"The '{name}' function is in error: "
            "The specified route conflicts with one or more built in routes."
        )


def _wants_context(name: str, handler: Callable[..., object], request_parameter: str) -> bool:
    """Check a handler's signature as the worker does at indexing."""
    if inspect.iscoroutinefunction(handler):
        # On Azure, blocking work in one stalls every other call of the worker.
        raise HostRefusalError(f"'{name}': async handlers are not served; write a plain def")
    parameters = set(inspect.signature(handler).parameters)
    if parameters - {"context"} != {request_parameter}:
        raise HostRefusalError(
            f"'{name}': the handler takes {sorted(parameters)}, "
            f"but the trigger gives '{request_parameter}' (and 'context')"
        )
    typing.get_type_hints(handler)  # NameError here is a failed start on Azure
    return "context" in parameters


def _refuse_conflicts(functions: list[HttpFunction]) -> None:
    taken: dict[str, list[HttpFunction]] = {}
    for function in functions:
        others = taken.setdefault(function.route.lower(), [])
        for other in others:
            if function.shares_a_method_with(other):
                raise HostRefusalError(
                    f"The '{function.name}' function is in error: The route specified "
                    f"conflicts with the route defined by function '{other.name}'."
                )
        others.append(function)
