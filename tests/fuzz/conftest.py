"""The app as the tests of the HTTP layer have it; no log is looked at, there is too much of it."""

from __future__ import annotations

from tests.web.conftest import application, running_plex

__all__ = ["application", "running_plex"]
