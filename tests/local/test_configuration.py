"""What host.json says, and the context a handler gets."""

from __future__ import annotations

import threading
import uuid
from typing import Any

import pytest

from helpr_core.local.configuration import read_http_configuration
from helpr_core.local.context import new_context


def _http(**section: Any) -> dict[str, Any]:
    return {"extensions": {"http": section}}


@pytest.mark.parametrize(
    ("max_age", "seconds"),
    [("365", 31_536_000), ("30.00:00:00", 2_592_000), ("1.02:03:04", 93_784), ("00:01:00", 60),
     ("01:30", 5_400)],
)  # fmt: skip
def test_hsts_max_age_is_a_time_span(max_age: str, seconds: int) -> None:
    found = read_http_configuration(_http(hsts={"isEnabled": True, "maxAge": max_age}))
    assert found.hsts == f"max-age={seconds}"


@pytest.mark.parametrize("max_age", ["", "a year", "1:2:3:4", "365 days"])
def test_a_max_age_that_is_no_time_span_is_refused(max_age: str) -> None:
    with pytest.raises(ValueError, match="no time span"):
        read_http_configuration(_http(hsts={"isEnabled": True, "maxAge": max_age}))


def test_hsts_names_its_options_and_is_off_by_default() -> None:
    section = {"IsEnabled": True, "includeSubDomains": True, "preload": True}
    assert read_http_configuration(_http(hsts=section)).hsts == (
        "max-age=2592000; includeSubDomains; preload"
    )
    assert read_http_configuration(_http(hsts={"maxAge": "365"})).hsts is None
    assert read_http_configuration({}).hsts is None


def test_keys_fold_case_and_the_prefix_loses_its_slashes() -> None:
    found = read_http_configuration(_http(ROUTEPREFIX="/v1/", CustomHeaders={"X-A": "1"}))
    assert (found.route_prefix, found.custom_headers) == ("v1", (("X-A", "1"),))


def test_each_invocation_has_an_id_of_its_own_and_notes_it_in_its_thread() -> None:
    noted: list[str] = []

    def invoke() -> None:
        context = new_context("invite", "/app")
        noted.extend([context.invocation_id, context.thread_local_storage.invocation_id])

    here = new_context("invite", "/app")
    thread = threading.Thread(target=invoke)
    thread.start()
    thread.join()
    assert noted[0] == noted[1] != here.invocation_id
    assert uuid.UUID(here.invocation_id).version == 4
    assert here.thread_local_storage.invocation_id == here.invocation_id


def test_a_context_has_what_azures_has() -> None:
    context = new_context("invite", "/app")
    assert (context.function_name, context.function_directory) == ("invite", "/app")
    assert context.trace_context.trace_parent == ""
    assert context.retry_context.retry_count == 0
