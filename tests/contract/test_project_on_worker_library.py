"""The project answers the same as a WSGI application and on Microsoft's worker library.

Each side has its own database and its own demo Plex, so that both start in the same state.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

import pytest

from demo_plex import DemoPlex
from helpr_core.container import Container
from helpr_core.web.endpoints import ENDPOINTS, KEY_DOOR
from tests.contract.sides import PROJECT, Case, Side, answers, worker_side, wsgi_side
from tests.processes import SECRET_KEY, plex_settings

pytestmark = pytest.mark.skipif(
    sys.version_info < (3, 13), reason="azure-functions-runtime needs Python 3.13"
)

HTTP = json.loads((PROJECT / "host.json").read_text(encoding="utf-8"))["extensions"]["http"]
CONFIGURED = {name.lower(): value for name, value in HTTP["customHeaders"].items()}
UNKNOWN = "0f8fad5b-d9cb-469f-a165-70867728950e"
JSON = {"content-type": "application/json"}
PAGE = {"accept": "text/html,application/xhtml+xml", "content-type": "application/json"}
FORM = {"accept": "text/html,*/*;q=0.8", "content-type": "application/x-www-form-urlencoded"}


def _key() -> dict[str, str]:
    environment = {"SECRET_KEY": SECRET_KEY, "PLEX_TOKEN": "demo-token", "PLEX_SERVER_NAME": "x"}
    return {"x-functions-key": Container(environment).installation.function_keys()[0]}


def _invite(status: int, fields: bytes, headers: dict[str, str]) -> Case:
    return Case("POST /api/invites", "invite", status, headers=headers, body=fields)


def _static(status: int, path: str) -> Case:
    return Case(f"GET /static/{path}", "static_files", status, route_params={"path": path})


def _manage(
    line: str, function: str, status: int | None = None, body: bytes = b"", **path: str
) -> Case:
    method, _, target = line.partition(" ")
    params = dict(parse_qsl(urlsplit(target).query))
    headers = KEY | JSON if body else KEY
    return Case(f"{method} /api/manage/{target}", function, status, path, params, headers, body)


def _nowhere(line: str, function: str, **path: str) -> Case:
    return Case(line, function, 404, path, headers={"accept": "text/html"})


LIBRARIES = "api/manage/libraries"
KEY = _key()

# The order matters: later cases see what an invite leaves behind. A new function's requests
# go here, with the function's name and what the host makes of the target.
CASES = [
    Case("GET /", "form"),
    Case("HEAD /", "form"),
    Case("POST /"),
    Case("GET /healthz", "healthz"),
    Case("HEAD /healthz", "healthz"),
    Case("DELETE /healthz"),
    *(_nowhere(f"{method} /{word}", "unknown_page", page=word)
      for method in ("GET", "HEAD") for word in ("nope", "join", "admin", "a%2Fb", "favicon.ico")),
    _nowhere("GET /join/", "unknown_join"),
    _nowhere("GET /join/a/b", "unknown_join", rest="a/b"),
    _nowhere("GET /invited/a/b", "unknown_invited", rest="a/b"),
    _nowhere("GET /dashboard/nope", "unknown_dashboard", rest="nope"),
    _nowhere("GET /api/nope", "unknown_api", rest="nope"),
    *(_nowhere(f"{method} /api/site", "unknown_api", rest="site")
      for method in ("HEAD", "POST", "PUT", "PATCH", "DELETE")),
    # The host's own: it has addresses below these two, and a function would shadow them.
    Case("GET /admin/host/status"),
    Case("GET /runtime/webhooks"),
    Case("GET /nope/deeper"),
    Case("POST /nope"),
    Case("OPTIONS /api/invites"),
    Case("GET /join/let-me-in", "join", 404, {"code": "let-me-in"}),
    Case("GET /join/a%2Fb", "join", 404, {"code": "a%2Fb"}),
    Case("GET /api/links/let-me-in", "link", 404, {"code": "let-me-in"}),
    Case("GET /static/", "static_files", 404),
    _static(404, "no-such.css"),
    _static(404, "..%2Ffunction_app.py"),
    *(_static(200, path.name) for path in sorted((PROJECT / "static/built").glob("*.css"))),
    Case("GET /api/site", "site"),
    Case("GET /api/openapi.json", "openapi"),
    _invite(201, b'{"email_or_username": "friend@example.com"}', JSON),
    _invite(400, b'{"email_or_username": "two@@example.com"}', JSON),
    _invite(400, b"email_or_username=", FORM),
    _invite(400, b"[]", JSON),
    _invite(415, b"{}", {"content-type": "text/plain"}),
    _invite(429, b'{"email_or_username": "sixth@example.com"}', JSON),
    _invite(429, b'{"email_or_username": "seventh@example.com"}', PAGE),
    _nowhere("GET /api/invites", "unknown_api", rest="invites"),
    _nowhere("GET /signed-in/a/b", "unknown_signed_in", rest="a/b"),
    Case(f"GET /signed-in/{UNKNOWN}", "signed_in", 410, route_params={"sign_in_id": UNKNOWN},
         headers={"accept": "text/html"}),
    Case("GET /setup/nonsense", "set_up", 404, route_params={"code": "nonsense"},
         headers={"accept": "text/html"}),
    Case("POST /setup/nonsense", "set_up_step", 404, route_params={"code": "nonsense"},
         headers=FORM, body=b"step=back&version=0"),
    Case("POST /api/sign-ins", "sign_ins_begin", 429, headers=JSON, body=b"{}"),
    Case(f"PUT /api/sign-ins/{UNKNOWN}/pin", "sign_ins_pin", 410, headers=JSON,
         route_params={"sign_in_id": UNKNOWN}, body=b'{"pin_id": 1, "pin_code": "ABCD"}'),
    Case(f"POST /api/sign-ins/{UNKNOWN}/finish", "sign_ins_finish", 410, headers=JSON,
         route_params={"sign_in_id": UNKNOWN}),
    Case(f"GET /api/invites/{UNKNOWN}", "invite_status", 404, route_params={"request_id": UNKNOWN}),
    Case("GET /invited/nonsense", "invited", 404, route_params={"request_id": "nonsense"},
         headers={"accept": "text/html"}),
    Case(f"GET /{LIBRARIES}", status=401),
    Case(f"GET /{LIBRARIES}", status=401, headers={"x-functions-key": "wrong"}),
    Case(f"GET /{LIBRARIES}", "manage_libraries_get", headers=KEY),
    Case(f"GET /{LIBRARIES}?refresh=1", "manage_libraries_get", headers=KEY,
         params={"refresh": "1"}),
    Case(f"PUT /{LIBRARIES}", "manage_libraries_put", 400, headers=KEY | JSON,
         body=b'{"shared": []}'),
    Case(f"PUT /{LIBRARIES}", status=401, headers=JSON, body=b'{"shared": []}'),
    _manage("GET stats?days=2", "manage_stats"),
    _manage("GET stats?days=none", "manage_stats", 400),
    _manage("POST connection/sign-ins", "manage_connection_sign_in", 409),
    _manage(f"PUT connection/sign-ins/{UNKNOWN}/pin", "manage_connection_pin", 409,
            sign_in_id=UNKNOWN),
    _manage(f"POST connection/sign-ins/{UNKNOWN}/finish", "manage_connection_finish", 409,
            sign_in_id=UNKNOWN),
    _manage("GET invites?status=success&limit=2", "manage_invites_list"),
    _manage("GET invites?since=yesterday", "manage_invites_list", 400),
    _manage("GET invites.csv?status=success", "manage_invites_export"),
    _manage("POST invites", "manage_invites_send", 201, b'{"email_or_username": "cousin"}'),
    _manage("POST invites", "manage_invites_send", 400),
    _manage(f"GET invites/{UNKNOWN}", "manage_invites_get", 404, request_id=UNKNOWN),
    _manage(f"POST invites/{UNKNOWN}/retry", "manage_invites_retry", 404, request_id=UNKNOWN),
    _manage(f"POST invites/{UNKNOWN}/approve", "manage_invites_approve", 404, request_id=UNKNOWN),
    _manage(f"POST invites/{UNKNOWN}/deny", "manage_invites_deny", 404, request_id=UNKNOWN),
    _manage("PUT settings", "manage_settings_put", 428, b"{}"),
    _manage("PATCH settings", "manage_settings_patch", 428, b"{}"),
    _manage("GET links?limit=2", "manage_links_list"),
    _manage("GET links?limit=none", "manage_links_list", 400),
    _manage("POST links", "manage_links_make", 400, b'{"uses_limit": 0}'),
    _manage(f"GET links/{UNKNOWN}", "manage_links_get", 404, link_id=UNKNOWN),
    _manage(f"PATCH links/{UNKNOWN}", "manage_links_patch", 404, b"{}", link_id=UNKNOWN),
    _manage(f"DELETE links/{UNKNOWN}", "manage_links_delete", 404, link_id=UNKNOWN),
    _manage(f"POST links/{UNKNOWN}/mail", "manage_links_mail", 404,
            b'{"address": "friend@example.org"}', link_id=UNKNOWN),
    _manage(f"GET links/{UNKNOWN}/qr.svg", "manage_links_qr", 404, link_id=UNKNOWN),
    _manage("POST passkeys/begin", "manage_passkeys_begin", 409, b"{}"),
    _manage("POST passkeys", "manage_passkeys_add", 409, b"{}"),
    _manage("PATCH passkeys/one", "manage_passkeys_rename", 404, b'{"name": "Phone"}',
            passkey_id="one"),
    _manage("DELETE passkeys/one", "manage_passkeys_remove", 404, passkey_id="one"),
    _manage("POST second-factor", "manage_second_factor_offer", 409),
    _manage("GET second-factor/qr.svg", "manage_second_factor_qr", 409),
    _manage("POST second-factor/confirm", "manage_second_factor_confirm", 400),
    _manage("POST second-factor/recovery-codes", "manage_recovery_codes", 409, b"{}"),
    _manage("POST second-factor/off", "manage_second_factor_off", 200, b"{}"),
    _manage("GET people?limit=2", "manage_people_list"),
    _manage("GET people?limit=none", "manage_people_list", 400),
    _manage("POST people/refresh", "manage_people_refresh"),
    _manage("POST people/bulk", "manage_people_bulk", 400),
    _manage(f"GET people/{UNKNOWN}", "manage_people_get", 404, person_id=UNKNOWN),
    _manage(f"PATCH people/{UNKNOWN}", "manage_people_patch", 404, b"{}", person_id=UNKNOWN),
    _manage(f"DELETE people/{UNKNOWN}", "manage_people_remove", 404, person_id=UNKNOWN),
    _manage(f"PUT people/{UNKNOWN}/libraries", "manage_people_libraries", 404,
            b'{"libraries": [1]}', person_id=UNKNOWN),
    _manage(f"PUT people/{UNKNOWN}/access", "manage_people_access", 404, b'{"extend_days": 1}',
            person_id=UNKNOWN),
    _manage(f"PUT people/{UNKNOWN}/restrictions", "manage_people_restrictions", 404,
            b'{"downloads": true}', person_id=UNKNOWN),
    _manage(f"POST people/{UNKNOWN}/resend", "manage_people_resend", 404, person_id=UNKNOWN),
    _manage(f"GET people/{UNKNOWN}/export", "manage_people_story", 404, person_id=UNKNOWN),
    _manage(f"POST people/{UNKNOWN}/erase", "manage_people_erase", 404, person_id=UNKNOWN),
    _manage(f"DELETE invites/{UNKNOWN}", "manage_invites_delete", 404, request_id=UNKNOWN),
    _manage("POST presets", "manage_presets_add", 400, b"{}"),
    _manage("DELETE presets/none", "manage_presets_delete", 404, preset_id="none"),
    _manage("PUT servers", "manage_servers_put", 400, b'{"managed": ["other"]}'),
    _manage(f"GET operations/{UNKNOWN}", "manage_operations_get", 404, operation_id=UNKNOWN),
    _manage(f"POST operations/{UNKNOWN}/retry", "manage_operations_retry", 404,
            operation_id=UNKNOWN),
    _manage(f"DELETE operations/{UNKNOWN}", "manage_operations_cancel", 404,
            operation_id=UNKNOWN),
    _manage(f"POST drift/{UNKNOWN}", "manage_drift_settle", 404, b'{"action": "ignore"}',
            drift_id=UNKNOWN),
    _manage("POST batches", "manage_batches_open", 400, b'{"lines": ""}'),
    _manage("GET batches?limit=2", "manage_batches_list"),
    _manage(f"GET batches/{UNKNOWN}?lines=0", "manage_batches_get", 404, batch_id=UNKNOWN),
    _manage(f"POST batches/{UNKNOWN}/cancel", "manage_batches_cancel", 404, batch_id=UNKNOWN),
    _manage(f"GET batches/{UNKNOWN}/result.csv", "manage_batches_export", 404, batch_id=UNKNOWN),
    Case("GET /approve/not-a-token", "approval", 404, route_params={"token": "not-a-token"}),
    Case("HEAD /approve/not-a-token", "approval", 404, route_params={"token": "not-a-token"}),
    Case("POST /approve/not-a-token", "approve", 404, headers=JSON, body=b'{"decision": "deny"}',
         route_params={"token": "not-a-token"}),
    _nowhere("GET /approve/a/b", "unknown_approve", rest="a/b"),
    Case("GET /unsubscribe/not-a-token", "mails_off_page", 404,
         route_params={"token": "not-a-token"}),
    Case("HEAD /unsubscribe/not-a-token", "mails_off_page", 404,
         route_params={"token": "not-a-token"}),
    Case("POST /unsubscribe/not-a-token", "mails_off", 404,
         headers={"Content-Type": "application/x-www-form-urlencoded"},
         body=b"List-Unsubscribe=One-Click", route_params={"token": "not-a-token"}),
    _nowhere("GET /unsubscribe/a/b", "unknown_unsubscribe", rest="a/b"),
    _manage("POST channels", "manage_channels_add", 201,
            b'{"kind": "webhook", "address": "https://hooks.example/helpr",'
            b' "secret": "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"}'),
    _manage("POST channels", "manage_channels_add", 400, b'{"kind": "pigeon", "address": "roof"}'),
    _manage(f"PATCH channels/{UNKNOWN}", "manage_channels_patch", 404, b"{}", channel_id=UNKNOWN),
    _manage(f"DELETE channels/{UNKNOWN}", "manage_channels_delete", 404, channel_id=UNKNOWN),
    _manage(f"POST channels/{UNKNOWN}/test", "manage_channels_test", 404, channel_id=UNKNOWN),
    _manage(f"DELETE browsers/{UNKNOWN}", "manage_browsers_sign_out", 404, browser_id=UNKNOWN),
    _manage("DELETE browsers", "manage_browsers_sign_out_all"),
    _nowhere("POST /api/manage/overview", "unknown_api", rest="manage/overview"),
    Case("GET /dashboard", "dashboard"),
    Case("HEAD /dashboard", "dashboard"),
    Case("POST /dashboard/session", "sign_in", 503, headers=JSON, body=b"{}"),
    Case("POST /dashboard/session/passkey/begin", "passkey_begin", 409, headers=JSON, body=b"{}"),
    Case("POST /dashboard/session/passkey", "passkey_sign_in", 400, headers=JSON, body=b"{}"),
    Case("GET /dashboard/session", "session", 401),
    Case("GET /dashboard/in-front", "in_front", 204),
    Case("POST /dashboard/in-front", "in_front_sign_in", 503),
    Case("POST /dashboard/plex", "plex_begin", 503, headers=JSON, body=b"{}"),
    Case(f"PUT /dashboard/plex/{UNKNOWN}/pin", "plex_pin", 503, headers=JSON,
         route_params={"sign_in_id": UNKNOWN}, body=b'{"pin_id": 1, "pin_code": "ABCD"}'),
    Case(f"GET /dashboard/plex/{UNKNOWN}", "plex_back", 503,
         route_params={"sign_in_id": UNKNOWN}),
    Case("DELETE /dashboard/session", "sign_out", 401),
    *(Case(f"{method} /dashboard/api/overview", "dashboard_api", 401,
           route_params={"path": "overview"})
      for method in ("GET", "POST", "PUT", "PATCH", "DELETE")),
    Case("OPTIONS /dashboard/api/overview"),
    Case("GET /dashboard/api/", "dashboard_api", 401),
]  # fmt: skip
ASKED = {case.function for case in CASES}
# What the owner looks at without naming anything needs no line above.
CASES += [
    _manage(f"GET {one.path.removeprefix(KEY_DOOR)}", one.name)
    for one in ENDPOINTS
    if one.key and one.methods == ("GET",) and "{" not in one.path and one.name not in ASKED
]


@pytest.fixture(scope="module")
def sides(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Side, Side]]:
    with DemoPlex() as for_worker, DemoPlex() as for_wsgi:
        worker = worker_side(PROJECT, _settings(for_worker, tmp_path_factory.mktemp("worker")))
        hosted = wsgi_side(_settings(for_wsgi, tmp_path_factory.mktemp("wsgi")))
        yield worker, hosted
        worker.stop()
        hosted.stop()


def _settings(plex: DemoPlex, folder: Path) -> dict[str, str]:
    return {
        **plex_settings(plex),
        "DATABASE_PATH": str(folder / "helpr.db"),
        # No rate-limit window ends between one side's answer and the other's.
        "HELPR_RATE_INVITES": "5/day",
    }


def test_both_sides_know_the_same_functions(sides: tuple[Side, Side]) -> None:
    worker, hosted = sides
    assert hosted.functions == worker.functions
    assert {one["name"] for one in hosted.functions} >= {"form", "invite", "healthz"}


def test_every_function_is_called(sides: tuple[Side, Side]) -> None:
    http = {one["name"] for one in sides[1].functions if "route" in one}
    assert {case.function for case in CASES if case.function} == http


@pytest.mark.parametrize("case", CASES, ids=str)
def test_both_sides_answer_the_same(sides: tuple[Side, Side], case: Case) -> None:
    expected, answer = answers(case, *sides, CONFIGURED)
    assert answer == expected
    assert answer[0] == (case.status or (200 if case.function else 404))
