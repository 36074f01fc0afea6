"""Which function answers which request, and with which route parameters."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.test import Client

from helpr_core.local.application import HostedApplication
from helpr_core.local.routes import HostRefusalError, parse_template

GUID = "0f8fad5b-d9cb-469f-a165-70867728950e"


def test_functions_are_tried_by_upper_cased_name(sample: HostedApplication) -> None:
    names = [function.name for function in sample.functions]
    assert names == sorted(names, key=str.upper)
    assert names[0] == "Aaa_catches_all"
    assert "housekeeping" not in names


def test_functions_tell_route_methods_and_auth_level(sample: HostedApplication) -> None:
    told = {
        one.name: (one.route, sorted(one.methods or ["*"]), one.auth_level)
        for one in sample.functions
    }
    assert told["root"] == ("", ["GET", "HEAD"], "ANONYMOUS")
    assert told["keyed"] == ("keyed", ["GET", "POST"], "FUNCTION")
    assert told["master"] == ("master", ["GET"], "ADMIN")
    assert told["any_method"] == ("any", ["*"], "ANONYMOUS")


def test_timers_are_listed_apart(sample: HostedApplication) -> None:
    assert [(one.name, one.schedule) for one in sample.timers] == [
        ("housekeeping", "0 */5 * * * *")
    ]


@pytest.mark.parametrize(
    ("target", "function", "route_params"),
    [
        ("/echo", "echo", {}),
        ("/echo/", "echo", {}),
        ("/ECHO/Ann", "echo", {"name": "Ann"}),
        ("/echo/Ann/", "echo", {"name": "Ann"}),
        ("/echo/a%20b%C3%A9", "echo", {"name": "a bé"}),
        ("/echo/a%2Fb%2fc", "echo", {"name": "a%2Fb%2fc"}),
        ("/echo/%FF", "echo", {"name": "%FF"}),
        ("/echo/x/../y", "echo", {"name": "y"}),
        ("/files/%2e%2e/echo/z", "echo", {"name": "z"}),
        ("/../../echo/.", "echo", {}),
        ("/files", "files", {}),
        ("/files/", "files", {}),
        ("/files/css/a.css", "files", {"path": "css/a.css"}),
        ("/files/a//b/", "files", {"path": "a//b/"}),
        ("/files/..%2F..%2Fsecret", "files", {"path": "..%2F..%2Fsecret"}),
        ("/shelf/exact", "Aaa_catches_all", {"rest": "exact"}),
        ("/number/-12", "number", {"id": "-12"}),
        (f"/thing/{GUID}/part/7", "thing", {"id": GUID, "n": "7"}),
        (f"/thing/{{{GUID.upper()}}}/part/x", "thing", {"id": f"{{{GUID.upper()}}}", "n": "x"}),
        ("/code/abc", "code", {"code": "abc"}),
    ],
)
def test_a_path_reaches_its_function(
    client: Client, target: str, function: str, route_params: dict[str, str]
) -> None:
    told = client.get(target).get_json()
    assert (told["function"], told["route_params"]) == (function, route_params)


def test_an_exact_route_gets_the_methods_that_the_catch_all_before_it_leaves(
    client: Client,
) -> None:
    assert client.put("/shelf/exact").get_json()["function"] == "zzz_exact"


@pytest.mark.parametrize(
    "target",
    [
        "/nowhere", "//", "//echo", "/echo//", "/echo/a/b", "/files//a", "/number/1.5",
        "/number/2147483648", "/number/", "/number/٣", "/code/a", "/code/abcd", "/code/ab1",
        "/thing/123/part/1", f"/thing/{{{GUID}/part/1", f"/thing/{GUID}/part",
        "/admin/host/status", "/runtime/webhooks",
    ],
)  # fmt: skip
def test_a_path_that_fits_no_route_is_an_empty_404(client: Client, target: str) -> None:
    response = client.get(target.replace("٣", "%D9%A3"))
    assert (response.status_code, response.data) == (404, b"")
    assert response.headers["X-Frame-Options"] == "DENY"


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS", "HEAD"])
def test_a_wrong_method_is_an_empty_404(client: Client, method: str) -> None:
    response = client.open("/number/1", method=method)
    assert (response.status_code, response.data) == (404, b"")


def test_a_function_without_methods_takes_any(client: Client) -> None:
    assert client.patch("/any").data == b"PATCH"


@pytest.mark.parametrize("target", ["/echo/\u00e9", "/echo/%00", "/echo?q=\u00e9"])
def test_a_target_the_host_cannot_read_is_an_empty_400(client: Client, target: str) -> None:
    raw = target.encode().decode("latin-1")
    path, _, query = raw.partition("?")
    response = client.open("/", environ_overrides={"RAW_URI": path, "QUERY_STRING": query})
    assert (response.status_code, response.data) == (400, b"")


def test_without_a_raw_target_the_decoded_path_is_used(client: Client) -> None:
    given = {"RAW_URI": None, "REQUEST_URI": None, "PATH_INFO": "/echo/a bÃ©"}
    assert client.open("/", environ_overrides=given).get_json()["route_params"] == {"name": "a bé"}


@pytest.mark.parametrize(
    "route",
    ["a//b", "{*rest}/more", "{a}/{A}", "x{a}", "{a", "{a=1}", "{*rest?}", "{a:regex(x)}",
     "{a:int(3)}", "{a:length}", "{a:range(1,2)}", "{}", "{*rest:int}"],
)  # fmt: skip
def test_a_template_it_cannot_serve_is_refused_by_its_text(route: str) -> None:
    with pytest.raises(HostRefusalError) as refused:
        parse_template(route)
    assert f"route '{route}'" in str(refused.value)


@given(st.text(alphabet="ab/%.{}*?:é", max_size=12))
def test_a_template_either_parses_or_is_refused(text: str) -> None:
    try:
        template = parse_template(text)
    except HostRefusalError:
        return
    assert template.match("/no/such/path/at/all/é/") in (None, {}) or template.catch_all


@given(st.lists(st.text(alphabet="abé %-", min_size=1, max_size=4), max_size=4))
def test_a_catch_all_gives_back_the_rest_of_the_path(pieces: list[str]) -> None:
    rest = "/".join(pieces)
    found = parse_template("files/{*path}").match(f"/files/{rest}")
    assert found == ({"path": rest} if rest else {})
