"""The app as the tests of the HTTP layer have it, without the check of the log: it is too long."""

from __future__ import annotations

from tests.web.conftest import application, running_plex

__all__ = ["application", "running_plex"]
