"""How hard a secret is to guess, judged by its appearance."""

from __future__ import annotations

import secrets

import pytest

from helpr_core.domain.guessable import bits, is_placeholder


@pytest.mark.parametrize(
    "text",
    [
        "",
        "a" * 32,
        "ab" * 16,
        "0123456789" * 4,
        "0123456789abcdef" * 4,
        "password" * 5,
        "abcdefghijklmnopqrstuvwxyz0123456789",
        "zyxwvutsrqponmlkjihgfedcba9876543210",
        "qwertyuiopasdfghjklzxcvbnm1234567890",
        "changeme-changeme-changeme-changeme",
    ],
)
def test_repetitions_and_sequences_hold_little(text: str) -> None:
    assert bits(text) < 60


@pytest.mark.parametrize("make", [lambda: secrets.token_hex(32), lambda: secrets.token_urlsafe(24)])
def test_generated_secrets_hold_much(make: object) -> None:
    assert callable(make)
    assert min(bits(make()) for _ in range(200)) > 80


def test_a_sentence_holds_more_than_a_word() -> None:
    assert bits("seven grey herons over the canal") > 80 > bits("herons")


@pytest.mark.parametrize("text", ["changeme", "change-me-now", "YOUR_SECRET_KEY_HERE", "Password1"])
def test_the_word_from_an_example_is_known(text: str) -> None:
    assert is_placeholder(text)
    assert not is_placeholder("seven grey herons")
