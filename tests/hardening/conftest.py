"""The app as the tests of the HTTP layer have it."""

from __future__ import annotations

from tests.web.conftest import (
    application,
    make_dashboard,
    make_site,
    no_secret_is_logged,
    plex,
    running_plex,
    site,
)

__all__ = [
    "application",
    "make_dashboard",
    "make_site",
    "no_secret_is_logged",
    "plex",
    "running_plex",
    "site",
]
