"""Settings that were pasted with something around them."""

from __future__ import annotations

import pytest

from helpr_core.domain.pasted import plex_token, unquoted

TOKEN = "not-a-Real_token1"


@pytest.mark.parametrize(
    "pasted",
    [
        TOKEN,
        f" {TOKEN}\n",
        f'"{TOKEN}"',
        f"'{TOKEN}'",
        f"“{TOKEN}”",
        f"`{TOKEN}`",
        f"\ufeff{TOKEN}\u200b",
        f"X-Plex-Token={TOKEN}",
        f"x-plex-token={TOKEN}&",
        f"X-Plex-Token: {TOKEN}",
        f'"X-Plex-Token={TOKEN}"',
        f"?X-Plex-Token={TOKEN}",
        f"PLEX_TOKEN={TOKEN}",
        f"https://app.plex.tv/desktop/#!/x?checkFiles=1&X-Plex-Token={TOKEN}",
        f"https://192-0-2-1.x.plex.direct:32400/library/metadata/1?X-Plex-Token={TOKEN}&a=b#c",
        f"https%3A%2F%2Fplex.example%2F%3FX-Plex-Token%3D{TOKEN}",
        f'<user authToken="{TOKEN}" email="x"/>',
        f'{{"authToken": "{TOKEN}"}}',
    ],
)
def test_the_token_is_extracted_from_what_was_pasted(pasted: str) -> None:
    assert plex_token(pasted) == TOKEN


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ('"value"', "value"),
        (" 'a value' ", "a value"),
        ('""', ""),
        ("'", "'"),
        ("it's", "it's"),
        ("'a' or 'b'", "'a' or 'b'"),
        ("host='h' dbname='d'", "host='h' dbname='d'"),
        ("\"mixed'", "\"mixed'"),
    ],
)
def test_one_pair_of_quotes_is_not_part_of_a_value(text: str, meant: str) -> None:
    assert unquoted(text) == meant
