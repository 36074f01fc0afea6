"""Addresses that lead nowhere."""

from __future__ import annotations

from werkzeug.wrappers import Response

from helpr_core.errors import NotFound
from helpr_core.web.call import Call


def show_nothing(_call: Call) -> Response:
    """Say that there is nothing here: a page for a person, a problem for a program."""
    raise NotFound("no such address")
