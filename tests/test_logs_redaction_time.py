"""Redaction takes time in proportion to the line, whatever a stranger has put into it."""

from __future__ import annotations

import time

import pytest

from helpr_core.logs import redact

SHORT, LONG = 1_500, 12_000
"""Characters. The long line may take eight times as long as the short one, and does; a pattern
that searches from each of its beginnings to the end of the line would take 64 times."""
TOO_MUCH = 24

# What the patterns begin with, continue with and wait for.
PIECES = (
    *("eyJ", "-eyJ", "-eyJaaaaaaaa", "a", "-", ".", "_", "%", "…"),
    *("token", "token=", "secret_key", "cookie:", "authorization", "%3D"),
    *("=", ":", '"', "'", " ", "\t", "\n"),
    *("bearer", "bearer ", "/join/", "?code=", "://", "://a:", "@", "%40", "a@."),
)


def seconds(line: str) -> float:
    """This thread's own CPU time, which a busy machine does not affect."""
    started = time.thread_time()
    redact(line)
    return time.thread_time() - started


def growth(once: str, again: str, last: str) -> float:
    """How many times longer the long line takes than the short one."""

    def line(length: int) -> str:
        return once + (again * length)[:length] + last

    return seconds(line(LONG)) / max(seconds(line(SHORT)), 1e-6)


@pytest.mark.parametrize("again", PIECES, ids=ascii)
def test_a_line_eight_times_as_long_takes_about_eight_times_as_long(again: str) -> None:
    lines = [line for other in PIECES for line in ((other, again, other), ("", again + other, "a"))]

    # Measured again if it seems so: the machine may have paused in the middle.
    slow = [
        line
        for line in lines
        if growth(*line) > TOO_MUCH and min(growth(*line) for _ in range(5)) > TOO_MUCH
    ]

    assert slow == []


def test_a_signed_token_is_found_behind_lookalikes() -> None:
    # Split in two, so that nobody takes it for a real one.
    token = "eyJhbGciOiJub25lIn0" + ".eyJzdWIiOiIxIn0.signature"

    assert redact(f"x-eyJhbG-{token} eyJ- {token}") == "x-… eyJ- …"
    assert redact(f"given {token}, {token}") == "given …, …"
