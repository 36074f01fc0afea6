"""Secrets never reach a log, whatever the logger and the handler."""

from __future__ import annotations

import ast
import logging
import logging.handlers
import queue
import re
import time
from collections.abc import Iterator
from io import StringIO
from pathlib import Path

import pytest
import requests
from plexapi.exceptions import PlexApiException
from plexapi.server import PlexServer

from demo_plex import DemoPlex
from helpr_core import logs
from helpr_core.container import Container
from helpr_core.errors import SetupRequired
from tests.servers.server_process import free_port

PACKAGE = Path(logs.__file__).parent
CANARY = "canary-0123456789abcdef"
# Split in two, so that nobody takes it for a real one.
JWT = "eyJhbGciOiJub25lIn0" + ".eyJzdWIiOiJjYW5hcnktMDEyMzQ1Njc4OWFiY2RlZiJ9.canary"

SECRETS = [
    f"GET https://plex.tv/api/v2/user?X-Plex-Token={CANARY}&a=1",
    f"headers {{'X-Plex-Token': '{CANARY}', 'Accept': 'x'}}",
    f'{{"authToken": "{CANARY}", "id": 7}}',
    f"X-Plex-Token%3D{CANARY}",
    f"Authorization: Bearer {CANARY}",
    f"{{'Authorization': 'Bearer {CANARY}'}}",
    f"Authorization: Basic {CANARY}==, and {CANARY}",
    f"sent bearer {CANARY}",
    f"token {JWT} refused",
    f"x-functions-key: {CANARY}",
    f"GET /api/manage/overview?code={CANARY} 200",
    f"GET /api/manage/overview?a=1&code={CANARY} 200",
    f"redirect %2Fx%3Fcode%3D{CANARY}",
    f"GET /join/{CANARY} 200",
    f"GET /join/{CANARY}?x=1 200",
    f"GET /api/links/{CANARY} 200",
    f"GET /api%2Flinks%2F{CANARY} 200",
    f"https://helpr.example.com/join/{CANARY}/",
    f"POST /unsubscribe/{CANARY} 200",
    f"invite_code={CANARY}",
    f"{{'invite_code': '{CANARY} {CANARY}'}}",
    f"Cookie: a=b; helpr_session={CANARY}; c={CANARY}",
    f"Set-Cookie: helpr_session={CANARY}; Path=/dashboard",
    f"X-CSRF-Token: {CANARY}",
    f"password={CANARY} host=x",
    f"ADMIN_PASSWORD_HASH=scrypt:32768:8:1${CANARY}${CANARY}",
    f"PGPASSWORD={CANARY}",
    f"postgresql+psycopg2://helpr:{CANARY}@db.example.com/helpr",
    f"AccountName=helpr;AccountKey={CANARY}==;TableEndpoint=http://x",
    f"https://helpr.blob.core.windows.net/app?sv=2024&sig={CANARY}%3D",
    f"client_secret={CANARY}",
    f"SECRET_KEY: {CANARY}",
    f"asked for {CANARY}@example.com",
    f"asked for {CANARY}%40example.com",
    f"asked for <{CANARY}+plex@mail.example.co.uk>, again",
    f"'two@@{CANARY}.example' is no address",
    f"jürgen.{CANARY}@bücher.example",
    f"100%{CANARY}@example.com",
    f"mailto%3A{CANARY}%2Bplex%40example.com and %40{CANARY}@example.com",
]

HARMLESS = [
    "answered function=invite status=201 ms=212 reference=0f8fad5b-d9cb-469f-a165-70867728950e",
    "refused code=rate_limited error=RateLimited",
    "refused code=invite_code_invalid error=InviteCodeInvalid",
    "failed function=form reference=x error=KeyError at=/app/web/endpoint.py:96 > b.py:4",
    "libraries not resolved reason=plex_unauthorized",
    "database schema is at revision=0002",
    "GET /healthz 200",
    "GET /join/… 200",
    "POST /api/invites 201",
    "Worker exiting (pid: 7)",
    "it took 3 s: 4 requests, 0 bearer of news",
    "@wraps is a decorator",
]


@pytest.fixture
def known(monkeypatch: pytest.MonkeyPatch) -> None:
    """No secret is known by its value yet."""
    monkeypatch.setattr(logs, "_known", logs._Known())


@pytest.fixture
def out(known: None) -> Iterator[StringIO]:
    """What a handler on the root logger writes while redaction is installed."""
    root, written = logging.getLogger(), StringIO()
    levels = {name: logging.getLogger(name).level for name in ("urllib3", "azure")}
    handler = logging.StreamHandler(written)
    before = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    logs.install()
    yield written
    root.removeHandler(handler)
    root.setLevel(before)
    for name, level in levels.items():
        logging.getLogger(name).setLevel(level)


@pytest.mark.parametrize("text", SECRETS)
def test_secrets_are_redacted_wherever_they_are(text: str) -> None:
    redacted = logs.redact(text)
    assert "canary" not in redacted
    assert logs.HIDDEN in redacted
    assert logs.redact(redacted) == redacted


@pytest.mark.parametrize("text", HARMLESS)
def test_lines_without_a_secret_are_unchanged(text: str) -> None:
    assert logs.redact(text) == text


def test_helprs_own_log_lines_are_unchanged() -> None:
    formats = [
        node.args[0].value
        for path in PACKAGE.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Call) and _is_a_log_call(node)
        if node.args and isinstance(node.args[0], ast.Constant)
    ]
    written = [re.sub(r"%[sd]", "17", str(text)) for text in formats]
    assert any(line.startswith("failed function=") for line in written)
    assert [line for line in written if logs.redact(line) != line] == []


def _is_a_log_call(node: ast.Call) -> bool:
    return isinstance(node.func, ast.Attribute) and (
        getattr(node.func.value, "id", "") == "log" and node.func.attr != "log"
    )


def test_a_known_secret_is_found_in_any_surroundings(known: None) -> None:
    logs.hide("open sesame/77", "short", "open sesame/77-and-more")
    assert logs.redact("the code 'open sesame/77' was wrong") == "the code '…' was wrong"
    assert logs.redact("open sesame/77-and-more") == "…"
    assert logs.redact("GET /x/open%20sesame%2F77") == "GET /x/…"
    assert logs.redact("a short line, and reopen sesame/777") == (
        "a short line, and reopen sesame/777"
    )


def test_the_settings_secrets_are_known_once_they_are_read(known: None) -> None:
    parts = Container(
        {
            "PLEX_TOKEN": f"{CANARY}-plex",
            "PLEX_SERVER_NAME": "Example server",
            "SECRET_KEY": f"{CANARY}-secret-key-0123456789",
            "INVITE_CODE": f"{CANARY}-code",
            "DATABASE_URL": f"postgresql://helpr:{CANARY}%2Fpassword@127.0.0.1/helpr",
        }
    )
    parts.installation.settings()
    for secret in ("plex", "secret-key-0123456789", "code"):
        assert logs.redact(f"<{CANARY}-{secret}>") == "<…>"
    assert logs.redact(f"<{CANARY}/password>") == "<…>"
    assert logs.redact("Example server") == "Example server"


def test_invalid_settings_do_not_get_in_the_way(known: None) -> None:
    with pytest.raises(SetupRequired):
        Container({"PLEX_TOKEN": CANARY}).installation.settings()
    assert logs.redact("all well") == "all well"


def test_a_failed_call_shows_its_address_without_the_token(out: StringIO) -> None:
    url = f"http://127.0.0.1:{free_port()}/api/v2/user?X-Plex-Token={CANARY}"
    with pytest.raises(requests.ConnectionError) as failed:
        requests.get(url, timeout=1)
    assert CANARY in str(failed.value), "otherwise nothing is tested"
    log = logging.getLogger("helpr_core.anything")
    log.error("plex.tv: %s", failed.value)
    log.error("plex.tv", exc_info=failed.value)
    log.error(failed.value)
    assert CANARY not in out.getvalue()
    assert "Traceback" in out.getvalue()
    assert "Max retries exceeded with url: /api/v2/user?X-Plex-Token=…" in out.getvalue()


def test_the_lines_of_urllib3_and_plexapi_contain_no_token(out: StringIO) -> None:
    for name in ("urllib3", "plexapi"):
        logging.getLogger(name).setLevel(logging.DEBUG)
    with DemoPlex() as plex:
        address = f"{plex.url}/api/v2/user?X-Plex-Token={CANARY}"
        requests.get(address, timeout=120)
        with pytest.raises(PlexApiException) as refused:
            PlexServer(f"{plex.url}/no-server/{CANARY}@example.com", CANARY, timeout=120)
    assert CANARY in str(refused.value), "otherwise nothing is tested"
    logging.getLogger("helpr_core").error("asked Plex", exc_info=refused.value)
    output = out.getvalue()
    assert "/api/v2/user?X-Plex-Token=…" in output, "urllib3 logs the target"
    assert "PlexApiException" in output or "NotFound" in output or "BadRequest" in output
    assert CANARY not in output


def test_libraries_that_log_what_they_send_are_silenced(out: StringIO) -> None:
    for name in ("urllib3.connectionpool", "azure.core.pipeline", "azure.identity"):
        assert not logging.getLogger(name).isEnabledFor(logging.INFO)
        assert logging.getLogger(name).isEnabledFor(logging.WARNING)
    assert logging.getLogger("helpr_core").isEnabledFor(logging.INFO)


def test_a_later_handler_and_a_logger_with_its_own_handler_are_covered(out: StringIO) -> None:
    late, apart = StringIO(), StringIO()
    logger = logging.getLogger("of.its.own")
    logger.propagate = False
    waiting: queue.SimpleQueue[logging.LogRecord] = queue.SimpleQueue()
    for handler in (
        logging.StreamHandler(late),
        logging.StreamHandler(apart),
        logging.handlers.QueueHandler(waiting),
    ):
        logger.addHandler(handler)
    logger.error("X-Plex-Token=%s", CANARY, stack_info=True, extra={"reference": "r"})
    assert late.getvalue() == apart.getvalue()
    assert late.getvalue().startswith("X-Plex-Token=…\nStack")
    record = waiting.get()
    assert CANARY not in str(vars(record))


def test_no_handler_can_get_the_original(out: StringIO, caplog: pytest.LogCaptureFixture) -> None:
    error = ValueError(f"password={CANARY}")
    logging.getLogger("helpr_core").error("token=%s", CANARY, exc_info=error)
    (record,) = caplog.records
    assert (record.args, record.exc_info) == ((), None)
    assert "ValueError: password=…" in (record.exc_text or "")
    assert CANARY not in str(vars(record))


def test_a_line_with_bad_arguments_is_written_without_them(out: StringIO) -> None:
    logging.getLogger("helpr_core").error("%d for %s", CANARY)
    assert out.getvalue() == "%d for %s (its arguments do not fit)\n"


def test_installing_it_twice_changes_nothing(out: StringIO) -> None:
    factory = logging.getLogRecordFactory()
    logs.install()
    assert logging.getLogRecordFactory() is factory


@pytest.mark.parametrize(
    "text", ["a" * 60_000, "%41" * 20_000, "token=" * 10_000, "a@" * 30_000, "%40a" * 15_000]
)
def test_a_long_line_is_redacted_quickly(text: str) -> None:
    started = time.thread_time()
    logs.redact(text)
    # Quadratic behaviour would take minutes, so the limit need not be tight.
    assert time.thread_time() - started < 5
