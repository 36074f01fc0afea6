"""Apps that the Functions host would not start, or would start without a function."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import azure.functions as func
import pytest

from helpr_core.local.application import HostedApplication, create_application
from helpr_core.local.routes import HostRefusalError

CONFLICT = "conflicts with one or more built in routes"


def handler(req: func.HttpRequest) -> func.HttpResponse:
    return func.HttpResponse("x")


def _built(*functions: tuple[str, dict[str, Any]], prefix: str = "") -> HostedApplication:
    app = func.FunctionApp(http_auth_level=func.AuthLevel.ANONYMOUS)
    for name, given in functions:
        app.function_name(name)(app.route(**given)(handler))
    host_json = {"extensions": {"http": {"routePrefix": prefix}}}
    return create_application(app, host_json=host_json, function_keys=tuple)


@pytest.mark.parametrize(
    "route", ["admin", "/Admin/", "adminapi", "administration", "runtimeinfo", "runtime/x"]
)
@pytest.mark.parametrize("prefix", ["", "api"])
def test_reserved_beginnings_are_refused_even_under_a_prefix(route: str, prefix: str) -> None:
    with pytest.raises(HostRefusalError, match=CONFLICT):
        _built(("page", {"route": route}), prefix=prefix)


def test_the_order_of_trying_is_that_of_the_upper_cased_names() -> None:
    names = ("Zed", "a_b", "aab", "b")
    application = _built(*((name, {"route": f"of/{name}"}) for name in names))
    # "_" stands after the capitals, but before the small letters.
    assert [one.name for one in application.functions] == ["aab", "a_b", "b", "Zed"]


def test_a_function_without_a_route_is_served_and_judged_by_its_name() -> None:
    assert [one.route for one in _built(("hello", {}), ("empty", {"route": ""})).functions] == [
        "empty",
        "hello",
    ]
    with pytest.raises(HostRefusalError, match=f"'admin_page'.*{CONFLICT}"):
        _built(("admin_page", {}))


@pytest.mark.parametrize(("first", "second"), [(["GET"], ["GET", "PUT"]), (["GET"], None)])
def test_two_functions_with_one_route_and_method_are_refused(
    first: list[str], second: list[str] | None
) -> None:
    with pytest.raises(HostRefusalError, match="defined by function 'one'"):
        _built(
            ("one", {"route": "api/x", "methods": first}),
            ("two", {"route": "/API/x/", "methods": second}),
        )


def test_two_functions_may_share_a_route_by_method() -> None:
    application = _built(
        ("one", {"route": "x", "methods": ["GET"]}), ("two", {"route": "x", "methods": ["PUT"]})
    )
    assert len(application.functions) == 2


@pytest.mark.parametrize("name", ["1st", "with space", "a.b", "x" * 129])
def test_a_bad_function_name_is_refused(name: str) -> None:
    with pytest.raises(HostRefusalError, match=f"'{name}' is not a valid function name"):
        _built((name, {"route": "x"}))


def test_names_that_differ_by_case_alone_are_refused() -> None:
    with pytest.raises(HostRefusalError, match="must be unique"):
        _built(("one", {"route": "x"}), ("ONE", {"route": "y"}))


def test_the_prefix_is_api_unless_host_json_says_otherwise() -> None:
    app = func.FunctionApp(http_auth_level=func.AuthLevel.ANONYMOUS)
    app.route(route="/hello", methods=["GET"])(handler)
    application = create_application(app, host_json={}, function_keys=tuple)
    assert [one.route for one in application.functions] == ["api/hello"]


async def waits(req: func.HttpRequest) -> func.HttpResponse:
    return func.HttpResponse("x")


def takes_more(req: func.HttpRequest, other: str) -> func.HttpResponse:
    return func.HttpResponse(other)


def takes_another(request: func.HttpRequest) -> func.HttpResponse:
    return func.HttpResponse("x")


@pytest.mark.parametrize(
    ("refused", "reason"),
    [
        (waits, "async handlers are not served"),
        (takes_more, re.escape("takes ['other', 'req']")),
        (takes_another, "the trigger gives 'req'"),
    ],
)
def test_a_handler_that_cannot_be_called_is_refused(
    refused: Callable[..., object], reason: str
) -> None:
    app = func.FunctionApp(http_auth_level=func.AuthLevel.ANONYMOUS)
    app.route(route="x")(refused)
    with pytest.raises(HostRefusalError, match=reason):
        create_application(app, host_json={}, function_keys=tuple)


def test_an_annotation_the_worker_could_not_evaluate_ends_the_start() -> None:
    def unknown(req):  # type: ignore[no-untyped-def]
        return func.HttpResponse("x")

    unknown.__annotations__ = {"req": "not_imported.HttpRequest"}
    app = func.FunctionApp(http_auth_level=func.AuthLevel.ANONYMOUS)
    app.route(route="x")(unknown)
    with pytest.raises(NameError, match="not_imported"):
        create_application(app, host_json={}, function_keys=tuple)


def test_other_triggers_and_bindings_are_refused_by_name() -> None:
    app = func.FunctionApp()
    app.queue_trigger(arg_name="message", queue_name="q", connection="C")(handler)
    with pytest.raises(HostRefusalError, match="not queueTrigger"):
        create_application(app, host_json={}, function_keys=tuple)
