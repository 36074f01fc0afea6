"""The table `signed_in_browsers`."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from helpr_core.adapters.sql.browser_models import signed_in_browsers
from helpr_core.adapters.sql.by_name import from_row, values_of
from helpr_core.adapters.sql.database import Database
from helpr_core.adapters.sql.upsert import insert
from helpr_core.domain.browsers import SignedInBrowser, Software, Way

_columns = signed_in_browsers.c
_FIND = sa.select(signed_in_browsers).where(_columns.key == sa.bindparam("wanted_key"))


class SqlSignedInBrowsers:
    """SignedInBrowsers of services/owner/ports.py, over SQLAlchemy."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, browser: SignedInBrowser, forget_before: datetime) -> SignedInBrowser:
        """Of two that add the same one, one does."""
        adding = insert(self._database.dialect, signed_in_browsers).values(**_values(browser))
        with self._database.begin() as connection:
            old = _columns.began_at < forget_before
            connection.execute(sa.delete(signed_in_browsers).where(old))
            connection.execute(adding.on_conflict_do_nothing(index_elements=[_columns.key]))
            row = connection.execute(_FIND, {"wanted_key": browser.key}).one_or_none()
        return browser if row is None else _to_browser(row)

    def find(self, key: str) -> SignedInBrowser | None:
        """One SELECT."""
        with self._database.single() as connection:
            row = connection.execute(_FIND, {"wanted_key": key}).one_or_none()
        return None if row is None else _to_browser(row)

    def seen(self, key: str, at: datetime) -> None:
        """One UPDATE, which takes no later time back."""
        query = sa.update(signed_in_browsers).where(_columns.key == key, _columns.seen_at < at)
        with self._database.single() as connection:
            connection.execute(query.values(seen_at=at))

    def end(self, key: str, door: str, at: datetime) -> SignedInBrowser | None:
        """One UPDATE."""
        wanted = (_columns.key == key, _columns.door == door, _columns.ended_at.is_(None))
        query = sa.update(signed_in_browsers).where(*wanted).values(ended_at=at)
        with self._database.single() as connection:
            row = connection.execute(query.returning(signed_in_browsers)).one_or_none()
        return None if row is None else _to_browser(row)

    def end_all(self, door: str, at: datetime) -> int:
        """One UPDATE."""
        wanted = (_columns.door == door, _columns.ended_at.is_(None))
        query = sa.update(signed_in_browsers).where(*wanted).values(ended_at=at)
        with self._database.single() as connection:
            return connection.execute(query).rowcount

    def active(self, door: str, since: datetime) -> Sequence[SignedInBrowser]:
        """Last used first."""
        wanted = (_columns.door == door, _columns.ended_at.is_(None), _columns.began_at > since)
        query = sa.select(signed_in_browsers).where(*wanted)
        with self._database.single() as connection:
            rows = connection.execute(query.order_by(_columns.seen_at.desc(), _columns.key)).all()
        return [_to_browser(row) for row in rows]


def _values(browser: SignedInBrowser) -> dict[str, Any]:
    software = browser.software
    names = _columns.keys()
    return values_of(browser, names, browser=software.browser, system=software.system)


def _to_browser(row: sa.Row[Any]) -> SignedInBrowser:
    software = Software(row.browser, row.system)
    return from_row(SignedInBrowser, row, way=Way.read(row.way), software=software)
