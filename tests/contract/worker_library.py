"""Drives Microsoft's worker library: `python worker_library.py APP_DIRECTORY`.

Plays the Functions host's part of the conversation, with fakes of its gRPC messages. Writes
one JSON line with the functions it indexed, then answers each JSON line on standard input:
{"function", "method", "url", "headers", "route_params", "params", "body" (latin-1)} becomes
{"status", "headers" ([[name, value]]), "body" (latin-1)}, as the host would send it.
"""

from __future__ import annotations

import asyncio
import json
import os
import re
import sys
import uuid
from datetime import UTC, datetime
from typing import Any, TextIO
from urllib.parse import quote

import azure_functions_runtime as worker


class Message:
    """A generic message: fields that were not set are None."""

    def __init__(self, **fields: Any) -> None:
        self.__dict__.update(fields)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return None


class StatusResult(Message):
    Failure, Success = 0, 1


class BindingInfo(Message):
    undefined = 0
    out, inout = 1, 2


class ParameterBinding(Message):
    def WhichOneof(self, group: str) -> str:
        return "data"


class TypedData(Message):
    """Holds at most one field, and knows which."""

    def WhichOneof(self, group: str) -> str | None:
        return next(iter(self.__dict__), None)

    def __getattr__(self, name: str) -> Any:
        raise AttributeError(name)  # the worker checks for attributes that must be absent


class RpcHttp(Message):
    """Rejects headers that are not text, as protobuf would."""

    def __init__(self, **fields: Any) -> None:
        for name, value in (fields.get("headers") or {}).items():
            if not isinstance(value, str):
                raise TypeError(f"header {name}: str expected, got {type(value).__name__}")
            value.encode()
        super().__init__(**fields)


class RpcHttpCookie(Message):
    SameSite = Message(**{"None": 0, "Lax": 1, "Strict": 2, "ExplicitNone": 3})


class Protos:
    """What the worker uses as the module of generated messages."""

    StatusResult = StatusResult
    BindingInfo = BindingInfo
    ParameterBinding = ParameterBinding
    TypedData = TypedData
    RpcHttp = RpcHttp
    RpcHttpCookie = RpcHttpCookie

    def __getattr__(self, name: str) -> type[Message]:
        return Message


async def start(app_directory: str) -> dict[str, Message]:
    """Let the worker index the app, and return the functions' metadata by name."""
    worker.start_threadpool_executor()
    request = Message(
        worker_init_request=Message(capabilities={}, function_app_directory=app_directory)
    )
    properties = {"protos": Protos(), "host": "127.0.0.1"}
    started = await worker.worker_init_request(Message(request=request, properties=properties))
    if started.result.status != StatusResult.Success:
        raise SystemExit(started.result.exception.stack_trace)
    message = await worker.functions_metadata_request(Message(request=Message()))
    for metadata in message.function_metadata_results:
        load = Message(function_id=metadata.function_id, metadata=metadata)
        await worker.function_load_request(Message(request=Message(function_load_request=load)))
    return {metadata.name: metadata for metadata in message.function_metadata_results}


def trigger_of(metadata: Message) -> dict[str, Any]:
    bindings = [json.loads(text) for text in metadata.raw_bindings]
    trigger: dict[str, Any] = next(one for one in bindings if one["type"].endswith("Trigger"))
    return trigger


def described(metadata: Message) -> dict[str, Any]:
    trigger = trigger_of(metadata)
    if trigger["type"] != "httpTrigger":
        return {"name": metadata.name, "schedule": trigger["schedule"]}
    methods = trigger.get("methods")
    return {
        "name": metadata.name,
        "route": trigger["route"].strip("/"),
        "methods": sorted(methods) if methods else None,
        "auth_level": trigger["authLevel"].upper(),
    }


async def invoke(metadata: Message, call: dict[str, Any]) -> dict[str, Any]:
    body = call["body"].encode("latin-1")
    http = Message(
        method=call["method"],
        url=call["url"],
        headers=call["headers"],
        body=TypedData(bytes=body) if body else TypedData(),
        params=call["route_params"],
        query=call["params"],
    )
    argument = ParameterBinding(name=trigger_of(metadata)["name"], data=TypedData(http=http))
    request = Message(
        invocation_id=str(uuid.uuid4()),
        function_id=metadata.function_id,
        input_data=[argument],
        trigger_metadata={},
        trace_context=Message(trace_parent="", trace_state="", attributes={}),
        retry_context=Message(retry_count=0, max_retry_count=0),
    )
    answer = await worker.invocation_request(Message(request=Message(invocation_request=request)))
    if answer.result.status != StatusResult.Success:
        sys.stderr.write(f"{answer.result.exception.stack_trace}\n")
        return empty(500)
    return rendered(answer.return_value.http, call["method"])


def empty(status: int) -> dict[str, Any]:
    return {"status": status, "headers": [], "body": ""}


def rendered(http: Message, method: str) -> dict[str, Any]:
    """Does with the worker's answer what the host does, implemented independently."""
    headers: dict[str, str] = {}
    for name, value in http.headers.items():
        headers.setdefault(name.lower(), value)
    sendable = all(re.fullmatch(r"[!#-'*+.^`|~\w-]+", name, re.A) for name in headers)
    sendable &= all(re.fullmatch(r"[\t -~]*", value) for value in headers.values())
    body = http.body.bytes
    length = headers.get("content-length", str(len(body)))
    if not sendable or "transfer-encoding" in headers or length != str(len(body)):
        return empty(500)
    status = int(http.status_code)
    has_body = method != "HEAD" and status not in (204, 205, 304)
    cookies = [["set-cookie", written(cookie)] for cookie in http.cookies or []]
    return {
        "status": status,
        "headers": [*([name, value] for name, value in headers.items()), *cookies],
        "body": body.decode("latin-1") if has_body else "",
    }


def written(cookie: Message) -> str:
    """Write a cookie as ASP.NET Core does."""
    same_site = {1: "lax", 2: "strict", 3: "none"}.get(cookie.same_site)
    expires = cookie.expires and datetime.fromtimestamp(cookie.expires.value.seconds, UTC)
    attributes = [
        expires and f"expires={expires:%a, %d %b %Y %H:%M:%S} GMT",
        cookie.max_age and f"max-age={cookie.max_age.value:.0f}",
        cookie.domain and f"domain={cookie.domain.value}",
        cookie.path and f"path={cookie.path.value}",
        cookie.secure.value and "secure",
        same_site and f"samesite={same_site}",
        cookie.http_only.value and "httponly",
    ]
    value = f"{cookie.name}={quote(cookie.value, safe='-_.~')}"
    return "; ".join([value, *filter(None, attributes)])


async def converse(app_directory: str, out: TextIO) -> None:
    functions = await start(app_directory)
    out.write(json.dumps([described(metadata) for metadata in functions.values()]) + "\n")
    out.flush()
    for line in sys.stdin:
        call = json.loads(line)
        out.write(json.dumps(await invoke(functions[call["function"]], call)) + "\n")
        out.flush()


def main() -> None:
    app_directory = sys.argv[1]
    # What an app prints must not get between the answers.
    out = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    # This script's folder is not part of the app, and the app's folder comes last, as on Azure.
    sys.path[:] = [*sys.path[1:], app_directory]
    asyncio.run(converse(app_directory, out))


if __name__ == "__main__":
    main()
    # As a host ends it: threads that still send notices need not survive the interpreter's end.
    os._exit(0)
