"""The WSGI application answers as Microsoft's worker library does behind the Functions host."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.contract.sides import Case, Side, answers, worker_side, wsgi_side
from tests.local.sample_app import ANSWERS
from tests.local.sample_wsgi import CUSTOM_HEADERS, KEYS

pytestmark = pytest.mark.skipif(
    sys.version_info < (3, 13), reason="azure-functions-runtime needs Python 3.13"
)

SAMPLE = Path(__file__).resolve().parents[1] / "local"
CONFIGURED = {name.lower(): value for name, value in CUSTOM_HEADERS.items()}
KEY = {"x-functions-key": KEYS[0]}
GUID = "0f8fad5b-d9cb-469f-a165-70867728950e"

CASES = [
    Case("GET /", "root"),
    Case("HEAD /", "root"),
    Case("POST /"),
    Case("GET /nowhere"),
    Case("GET /echo", "echo"),
    Case("GET /echo/Ann?a=1&a=2&b=&flag&C=x+y", "echo", route_params={"name": "Ann"},
         params={"a": "1,2", "C": "x y"}),
    Case("GET /echo/a%2Fb", "echo", route_params={"name": "a%2Fb"}),
    Case("GET /echo/a%20%C3%A9", "echo", route_params={"name": "a é"}),
    Case("POST /echo", "echo", body=b"\x00\xff bytes", headers={"content-type": "text/x"}),
    Case("POST /echo", "echo", body=b'{"a": 1}', headers={"content-type": "application/json"}),
    Case("DELETE /echo"),
    Case("GET /Files", "files"),
    Case("GET /Files/css/a.css", "files", route_params={"path": "css/a.css"}),
    Case("GET /shelf/exact", "Aaa_catches_all", route_params={"rest": "exact"}),
    Case("PUT /shelf/exact", "zzz_exact"),
    Case("POST /shelf/exact"),
    Case("GET /number/7", "number", route_params={"id": "7"}),
    Case("GET /number/seven"),
    Case(f"GET /thing/{GUID}/part/x", "thing", route_params={"id": GUID, "n": "x"}),
    Case("GET /code/abc", "code", route_params={"code": "abc"}),
    Case("GET /keyed", status=401),
    Case("GET /keyed", "keyed", headers=KEY),
    Case(f"GET /keyed?code={KEYS[1]}", "keyed", params={"code": KEYS[1]}),
    Case(f"GET /keyed?code={KEYS[1]}", status=401, headers={"x-functions-key": "wrong"}),
    Case("GET /master", status=401, headers=KEY),
    Case("PATCH /any", "any_method"),
    Case("GET /admin/host/status"),
    *(Case(f"GET /answer/{kind}", "answer", route_params={"kind": kind}) for kind in ANSWERS),
    *(Case(f"HEAD /answer/{kind}", "answer", route_params={"kind": kind})
      for kind in ("text", "nothing", "session", "raises")),
]  # fmt: skip


@pytest.fixture(scope="module")
def sides() -> Iterator[tuple[Side, Side]]:
    worker = worker_side(SAMPLE, {"PYTHON_SCRIPT_FILE_NAME": "sample_app.py"})
    hosted = wsgi_side("sample", {})
    yield worker, hosted
    worker.stop()
    hosted.stop()


def test_both_sides_know_the_same_functions(sides: tuple[Side, Side]) -> None:
    worker, hosted = sides
    assert hosted.functions == worker.functions
    assert len(hosted.functions) > 10


@pytest.mark.parametrize("case", CASES, ids=str)
def test_both_sides_answer_alike(sides: tuple[Side, Side], case: Case) -> None:
    expected, answer = answers(case, *sides, CONFIGURED)
    assert answer == expected
