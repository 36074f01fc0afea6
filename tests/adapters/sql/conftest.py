"""Databases for each test, closed when it ends."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager

import pytest
import sqlalchemy as sa
from azure.core.credentials import TokenCredential

from helpr_core.adapters.sql.database import Database, connect

NewDatabase = Callable[..., Database]
OpenEngine = Callable[[str], AbstractContextManager[sa.Engine]]


@pytest.fixture
def new_database() -> Iterator[NewDatabase]:
    """Connects as one worker does; each call makes another worker."""
    made: list[Database] = []

    def new(url: str, credential: TokenCredential | None = None) -> Database:
        made.append(connect(url, credential))
        return made[-1]

    yield new
    for database in made:
        database.dispose()


@pytest.fixture
def open_engine() -> OpenEngine:
    """Direct access to the database, bypassing Helpr: one connection at a time, none pooled."""

    @contextmanager
    def engine(url: str) -> Iterator[sa.Engine]:
        made = sa.create_engine(url, poolclass=sa.NullPool)
        yield made
        made.dispose()

    return engine
