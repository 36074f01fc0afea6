"""The boundary on Azure: the host's request becomes Werkzeug's, and its answer the host's."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import azure.functions as func
import pytest
from azure.functions.http import HttpResponseConverter
from werkzeug.wrappers import Request, Response

from helpr_core.web import azure
from helpr_core.web.endpoints import ENDPOINTS


def asked(
    url: str = "https://helpr.example/", headers: Mapping[str, str] | None = None, **more: Any
) -> Request:
    given = {"method": "GET", "body": b""} | more
    return azure.to_request(func.HttpRequest(url=url, headers=headers or {}, **given))


def test_method_address_and_query_come_through() -> None:
    request = asked("https://helpr.example:8443/join/a%20b?x=1&y=%C3%A9&z=", method="PUT")
    assert (request.method, request.scheme, request.host) == ("PUT", "https", "helpr.example:8443")
    assert request.path == "/join/a b"
    assert request.args.to_dict() == {"x": "1", "y": "é", "z": ""}


@pytest.mark.parametrize("body", [b"", b"{}", b"\x00\xff bytes", b"x" * 100_000])
def test_the_body_comes_through_whatever_its_framing(body: bytes) -> None:
    headers = {"content-length": "7", "transfer-encoding": "chunked", "content-type": "text/x"}
    request = asked(method="POST", body=body, headers=headers)
    assert request.get_data() == body
    assert request.mimetype == "text/x"


def test_headers_come_through_and_none_can_impersonate_another() -> None:
    request = asked(
        headers={
            "Accept": "text/html",
            "x-forwarded-for": "203.0.113.7",
            "x_forwarded_for": "198.51.100.1",
            "x-name": "Zoë",
            "cookie": "a=1; b=2",
        }
    )
    assert request.headers["X-Forwarded-For"] == "203.0.113.7"
    assert request.accept_mimetypes.accept_html
    assert request.headers["X-Name"].encode("latin-1").decode() == "Zoë"
    assert request.cookies.to_dict() == {"a": "1", "b": "2"}


def test_nobody_can_claim_a_peer_address() -> None:
    assert asked(headers={"x-helpr-peer": "203.0.113.9", "remote-addr": "x"}).remote_addr is None


def sent(response: Response) -> Mapping[str, Any]:
    """What Microsoft's converter makes of it for the host."""
    answer = HttpResponseConverter.encode(azure.from_response(response), expected_type=None)
    value: Mapping[str, Any] = answer.value
    return value


def test_status_headers_and_body_are_sent_and_the_host_does_the_framing() -> None:
    response = Response("Grüße", 201, {"X-One": "1", "ETag": '"a"'}, mimetype="text/html")
    value = sent(response)
    assert value["status_code"].value == "201"
    assert value["body"].value == "Grüße".encode()
    assert {name.lower(): one.value for name, one in value["headers"].items()} == {
        "content-type": "text/html; charset=utf-8",
        "x-one": "1",
        "etag": '"a"',
    }


def test_each_cookie_keeps_its_attributes() -> None:
    response = Response(status=204)
    response.headers.add("Set-Cookie", "one=a-b_c.d~e; HttpOnly; Max-Age=60; Path=/; SameSite=Lax")
    response.headers.add("Set-Cookie", "two=; Secure; Max-Age=0; Path=/dashboard")
    first, second = sent(response)["cookies"]
    one, two = first["one"], second["two"]
    assert (one.value, one["max-age"], one["path"]) == ("a-b_c.d~e", "60", "/")
    assert (one["httponly"], one["samesite"], one["secure"]) == (True, "Lax", "")
    assert (two.value, two["max-age"], two["secure"]) == ("", "0", True)
    assert not one["expires"]


def test_a_streamed_answer_is_joined_and_closed() -> None:
    closed = []

    def parts() -> Iterator[bytes]:
        try:
            yield b"one,"
            yield b"two"
        finally:
            closed.append(True)

    assert sent(Response(parts(), mimetype="text/csv"))["body"].value == b"one,two"
    assert closed == [True]


def registered() -> dict[str, dict[str, Any]]:
    app = azure.function_app(ENDPOINTS)
    return {
        str(one.get_function_name()): one.get_trigger().get_dict_repr()  # type: ignore[union-attr]
        for one in app.get_functions()
    }


def test_every_endpoint_is_a_function_with_its_own_name_and_explicit_bindings() -> None:
    told = registered()
    assert set(told) == {one.name for one in ENDPOINTS} | {"housekeeping"}
    for endpoint in ENDPOINTS:
        trigger = told[endpoint.name]
        assert trigger["route"] == (endpoint.path or "/")
        assert [method.value for method in trigger["methods"]] == list(endpoint.methods)
        assert trigger["authLevel"].name == ("FUNCTION" if endpoint.key else "ANONYMOUS")


def test_the_host_runs_the_timer_every_five_minutes_but_not_at_start() -> None:
    timer = registered()["housekeeping"]
    assert timer["schedule"] == "0 */5 * * * *"
    assert (timer["useMonitor"], timer["runOnStartup"]) == (True, False)
