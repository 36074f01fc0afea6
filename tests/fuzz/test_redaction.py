"""Redaction of the log: any text, with a secret anywhere in it."""

from __future__ import annotations

import time

from hypothesis import given
from hypothesis import strategies as st

from helpr_core.logs import redact

SECRET = "Zq7secretZq7secret"
AROUND = st.text(max_size=60) | st.text(alphabet="=&?;:/'\"{}[]()<>,. \n%@é-_", max_size=30)
SHAPES = st.sampled_from(
    (
        "X-Plex-Token={}",
        "token: {}",
        '"password": "{}"',
        "Authorization: Bearer {}",
        "Cookie: a=b; helpr_session={}",
        "?code={}",
        "&sig={}",
        "/join/{}",
        "postgresql://helpr:{}@db/helpr",
        "AccountKey={};",
        "{}@example.com",
        "x-functions-key: {}",
    )
)
HEAVY = st.sampled_from(
    ("a", "@", "%40", "token", "token=", "://", ":", "eyJ", "eyJa.", "'", "=", "&code=")
)


@given(before=AROUND, shape=SHAPES, after=AROUND)
def test_a_secret_is_redacted_whatever_surrounds_it(before: str, shape: str, after: str) -> None:
    # A space, as between the words of every line that we log.
    line = f"{before} {shape.format(SECRET)} {after}"
    assert SECRET not in redact(line)


@given(text=st.text())
def test_any_text_stays_text_and_redaction_is_idempotent(text: str) -> None:
    once = redact(text)
    assert redact(once) == once


@given(piece=HEAVY, other=HEAVY)
def test_no_line_takes_long(piece: str, other: str) -> None:
    line = (piece * 20_000 + other * 20_000)[:60_000]
    started = time.process_time()
    redact(line)
    assert time.process_time() - started < 2.0
