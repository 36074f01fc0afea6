"""A FunctionApp with odd routes and odder answers; the worker library loads it as well."""

import json
from collections.abc import Callable

import azure.functions as func

app = func.FunctionApp(http_auth_level=func.AuthLevel.FUNCTION)

ANONYMOUS = func.AuthLevel.ANONYMOUS


def _told(req: func.HttpRequest, context: func.Context) -> func.HttpResponse:
    told = {
        "function": context.function_name,
        "method": req.method,
        "url": req.url,
        "headers": dict(req.headers),
        "params": dict(req.params),
        "route_params": dict(req.route_params),
        "body": req.get_body().decode("latin-1"),
    }
    return func.HttpResponse(json.dumps(told, sort_keys=True), mimetype="application/json")


@app.route(route="/", methods=["GET", "HEAD"], auth_level=ANONYMOUS)
def root(req: func.HttpRequest) -> func.HttpResponse:
    return func.HttpResponse("<h1>Hello</h1>", mimetype="text/html")


@app.route(route="echo/{name?}", methods=["GET", "POST"], auth_level=ANONYMOUS)
def echo(req: func.HttpRequest, context: func.Context) -> func.HttpResponse:
    return _told(req, context)


@app.route(route="Files/{*path}", methods=["GET"], auth_level=ANONYMOUS)
def files(req: func.HttpRequest, context: func.Context) -> func.HttpResponse:
    return _told(req, context)


@app.route(route="shelf/{*rest}", methods=["GET"], auth_level=ANONYMOUS)
def Aaa_catches_all(req: func.HttpRequest, context: func.Context) -> func.HttpResponse:
    return _told(req, context)


@app.route(route="shelf/exact", methods=["GET", "PUT"], auth_level=ANONYMOUS)
def zzz_exact(req: func.HttpRequest, context: func.Context) -> func.HttpResponse:
    return _told(req, context)


@app.route(route="number/{id:int}", methods=["GET"], auth_level=ANONYMOUS)
def number(req: func.HttpRequest, context: func.Context) -> func.HttpResponse:
    return _told(req, context)


@app.route(route="thing/{id:guid}/part/{n}", methods=["GET"], auth_level=ANONYMOUS)
def thing(req: func.HttpRequest, context: func.Context) -> func.HttpResponse:
    return _told(req, context)


@app.route(route="code/{code:alpha:length(2,3)}", methods=["GET"], auth_level=ANONYMOUS)
def code(req: func.HttpRequest, context: func.Context) -> func.HttpResponse:
    return _told(req, context)


@app.route(route="keyed", methods=["GET", "POST"])
def keyed(req: func.HttpRequest, context: func.Context) -> func.HttpResponse:
    return _told(req, context)


@app.route(route="master", methods=["GET"], auth_level=func.AuthLevel.ADMIN)
def master(req: func.HttpRequest) -> func.HttpResponse:
    return func.HttpResponse("never reached")


@app.route(route="any", auth_level=ANONYMOUS)
def any_method(req: func.HttpRequest) -> func.HttpResponse:
    return func.HttpResponse(req.method)


@app.timer_trigger(schedule="0 */5 * * * *", arg_name="timer", use_monitor=True)
def housekeeping(timer: func.TimerRequest) -> None:
    raise AssertionError("no request reaches a timer")


def _with_headers(*pairs: tuple[str, str]) -> func.HttpResponse:
    response = func.HttpResponse("body")
    for name, value in pairs:
        response.headers.add(name, value)
    return response


def _raises() -> func.HttpResponse:
    raise RuntimeError("a handler that breaks")


SESSION = "session=a-b_c.d~e; Path=/dashboard; Max-Age=43200; Secure; HttpOnly; SameSite=Strict"
ANSWERS: dict[str, Callable[[], object]] = {
    "text": lambda: func.HttpResponse("Grüße"),
    "latin": lambda: func.HttpResponse("Grüße", charset="latin-1"),
    "json": lambda: func.HttpResponse(b'{"a":1}', mimetype="application/json", status_code=201),
    "typed": lambda: func.HttpResponse(b"x", headers={"Content-Type": "image/x"}),
    "empty": lambda: func.HttpResponse(),
    "problem": lambda: func.HttpResponse(
        "{}", status_code=422, mimetype="application/problem+json"
    ),
    "redirect": lambda: func.HttpResponse(status_code=303, headers={"Location": "/invited/1"}),
    "nothing": lambda: func.HttpResponse("dropped", status_code=204),
    "unchanged": lambda: func.HttpResponse("x", status_code=304, headers={"ETag": '"1"'}),
    "odd_status": lambda: func.HttpResponse("x", status_code=299),
    "session": lambda: _with_headers(("Set-Cookie", SESSION)),
    "cookies": lambda: _with_headers(
        ("Set-Cookie", 'a="x y/=é"; Path=/'),
        ("Set-Cookie", "b=2; Domain=example.com; Expires=Wed, 21 Oct 2026 07:28:00 GMT"),
    ),
    "json_cookie": lambda: _with_headers(("Set-Cookie", 'c={"a": 1}; Path=/')),
    "iso_expires": lambda: _with_headers(("Set-Cookie", "a=1; Expires=2026-10-21T07:28:00Z")),
    "soon": lambda: _with_headers(("Set-Cookie", "a=1; Max-Age=soon")),
    "repeated": lambda: _with_headers(("X-One", "1"), ("X-One", "2")),
    "recased": lambda: _with_headers(("X-One", "1"), ("x-one", "2")),
    "own_frame_options": lambda: _with_headers(("x-frame-options", "SAMEORIGIN")),
    "not_ascii": lambda: _with_headers(("X-Name", "Zoë")),
    "bad_name": lambda: _with_headers(("X Name", "1")),
    "line_break": lambda: _with_headers(("X-Name", "1\r\nX-Two: 2")),
    "right_length": lambda: _with_headers(("Content-Length", "4")),
    "wrong_length": lambda: _with_headers(("Content-Length", "3")),
    "chunked": lambda: _with_headers(("Transfer-Encoding", "chunked")),
    "none": lambda: None,
    "dict": lambda: {"a": 1},
    "bytes": lambda: b"bytes",
    "raises": _raises,
}


@app.route(route="answer/{kind}", methods=["GET", "HEAD"], auth_level=ANONYMOUS)
def answer(req: func.HttpRequest) -> func.HttpResponse:
    return ANSWERS[req.route_params["kind"]]()  # type: ignore[return-value]
