"""What the tests of the session door share."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import pytest

from helpr_core import container
from helpr_core.container import Container
from helpr_core.services.owner import sign_in
from tests.contract.places import MovableClock
from tests.web.dashboard import Dashboard

Later = Callable[..., None]


@pytest.fixture
def no_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    """Wrong passwords are answered at once, however many there were."""
    monkeypatch.setattr(sign_in, "WAITS_SECONDS", (0.0,))


@pytest.fixture
def later(owner: Dashboard) -> Iterator[Later]:
    """`later(minutes=11)`: from now on an instance on the same stores answers, by a later clock."""
    made: list[Container] = []

    def move(*, minutes: int) -> None:
        clock = MovableClock()
        clock.now = datetime.now(UTC) + timedelta(minutes=minutes)
        made.append(Container(owner.site.container.installation._environ, clock))
        container.install(lambda: made[-1])

    yield move
    for one in made:
        one.stores.database().dispose()
