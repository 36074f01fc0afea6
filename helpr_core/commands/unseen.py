"""Passwords and passphrases: typed without being shown, or piped in."""

from __future__ import annotations

import getpass
import sys
import warnings

from helpr_core.commands.failed import CommandFailed


def typed(*questions: str) -> list[str]:
    """The answers, typed without being shown. Raises CommandFailed where there is no terminal."""
    with warnings.catch_warnings():
        # Without a terminal, getpass would warn and show what is typed.
        warnings.simplefilter("error", getpass.GetPassWarning)
        try:
            return [getpass.getpass(f"{question} ") for question in questions]
        except (EOFError, getpass.GetPassWarning):
            raise CommandFailed("unseen.no_terminal") from None


def piped() -> str:
    """The first line of standard input. Raises CommandFailed unless it is UTF-8."""
    line = sys.stdin.buffer.readline()
    try:
        # Spaces may be part of it; the line ending is not.
        return line.decode("utf-8").removesuffix("\n").removesuffix("\r")
    except UnicodeDecodeError:
        raise CommandFailed("unseen.not_utf8") from None
