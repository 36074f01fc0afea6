"""Statements are compiled once for all engines of a test run.

SQLAlchemy keeps what it compiled for each engine. A worker has one; tests make thousands, and most
of a request's time would be spent on compiling the same statements again.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any
from unittest.mock import patch

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql.psycopg2 import PGDialect_psycopg2
from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite


@contextmanager
def compiled_once() -> Iterator[None]:
    """Engines made while the block runs share their compiled statements."""
    shared: dict[Any, Any] = {}
    usual = sa.create_engine

    def create_engine(*args: Any, **options: Any) -> sa.Engine:
        engine = usual(*args, **options)
        engine.update_execution_options(compiled_cache=shared)
        return engine

    with ExitStack() as patched:
        patched.enter_context(patch.object(sa, "create_engine", create_engine))
        # A statement is kept for its dialect, and each engine has one of its own.
        for dialect in (PGDialect_psycopg2, SQLiteDialect_pysqlite):
            patched.enter_context(patch.object(dialect, "__eq__", _are_alike))
            patched.enter_context(patch.object(dialect, "__hash__", lambda one: hash(type(one))))
        yield


def _are_alike(one: Any, other: object) -> bool:
    """Whether what is compiled for the one serves the other: they read JSON alike."""
    return type(one) is type(other) and vars(one).get("_json_deserializer") is vars(other).get(
        "_json_deserializer"
    )
