"""A site on which everything works without limits, for any number of requests."""

from __future__ import annotations

import importlib
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, settings
from werkzeug.security import generate_password_hash

from demo_plex import DemoPlex
from helpr_core import container
from helpr_core.container import Container
from helpr_core.domain.browsers import Way
from helpr_core.local.application import Application
from helpr_core.services.owner import sign_in
from tests.fuzz.budget import examples
from tests.web.site_under_test import ADDRESS, settings_for

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIEnvironment


def call_application(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
    """The app, which exists only once the fixtures have made it."""
    hosted: Application = importlib.import_module("helpr_core.wsgi").application
    environ["REMOTE_ADDR"] = ADDRESS
    return hosted(environ, start_response)


@contextmanager
def healthy_site(plex: DemoPlex, migrated_sqlite: Path, folder: Path) -> Iterator[Container]:
    """The container that answers while the block runs; wrong passwords cause no delay."""
    plex.reset()
    database = folder / "helpr.db"
    shutil.copy(migrated_sqlite, database)
    administrator = {
        "ADMIN_USERNAME": "owner",
        "ADMIN_PASSWORD_HASH": generate_password_hash("not-a-real-password", "scrypt:1024:8:1"),
    }
    parts = Container(settings_for(plex, database) | administrator)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(container, "_current", container._current)  # put back at the end
        patch.setattr(sign_in, "WAITS_SECONDS", (0.0,))
        container.install(lambda: parts)
        yield parts
    parts.stores.database().dispose()


def a_session() -> tuple[str, str]:
    """The cookie's value and the CSRF token of an owner who has just signed in."""
    token, session = container.current().owner.sessions().begin("owner", Way.PASSWORD)
    return token, session.csrf_token


def requests_from_the_document(usually: int, *, at_the_edges: bool = True) -> settings:
    """How many are generated, with no deadline for each.

    `at_the_edges`: also those that schemathesis derives from each limit in the document.
    """
    return settings(
        max_examples=examples(usually, share=0.25 if at_the_edges else 0.1),
        phases=(*([Phase.explicit] if at_the_edges else []), Phase.generate, Phase.shrink),
        deadline=None,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
    )


def reaches_the_app(case: schemathesis.Case[Any]) -> bool:
    """Whether the host passes it on: it refuses headers that are not UTF-8 itself."""
    try:
        for value in (case.headers or {}).values():
            str(value).encode("latin-1").decode("utf-8")
    except UnicodeError:
        return False
    return True
