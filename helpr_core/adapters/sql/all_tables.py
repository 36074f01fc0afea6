"""Every table with every index, for what goes through all of them.

The partial indexes are declared here: naming an option of PostgreSQL's or SQLite's imports all of
SQLAlchemy's package for it, and a worker that sends its first invite needs none of this.
"""

from __future__ import annotations

import sqlalchemy as sa

from helpr_core.adapters.sql import (
    batch_models,  # noqa: F401 - its tables belong to metadata
    browser_models,  # noqa: F401 - as above
    notice_models,  # noqa: F401 - as above
)
from helpr_core.adapters.sql.models import (
    AUDITED,
    NOT_DELETED,
    OPEN_ROWS,
    UNACCEPTED,
    events,
    invite_requests,
    links,
    metadata,
)
from helpr_core.adapters.sql.people_models import (
    LISTED,
    OPEN_OPERATIONS,
    WORKING,
    operations,
    shares,
)

__all__ = ["metadata"]

_BY_LINK = sa.text("link_id IS NOT NULL")
_UNCONSUMED = sa.text("consumed_at IS NULL")


def _index(
    name: str, *columns: sa.Column[object], where: sa.TextClause, unique: bool = False
) -> None:
    sa.Index(name, *columns, unique=unique, postgresql_where=where, sqlite_where=where)


_requests, _operations = invite_requests.c, operations.c
_index("ix_invite_requests_unaccepted", _requests.sent_at, where=UNACCEPTED)
_index("ix_invite_requests_link_id", _requests.link_id, _requests.id, where=_BY_LINK)
_index("uq_invite_requests_open_identity", _requests.identity_key, where=OPEN_ROWS, unique=True)
_index("uq_links_code_hash_not_deleted", links.c.code_hash, where=NOT_DELETED, unique=True)
_index("ix_events_audited", events.c.at, events.c.id, where=AUDITED)
_index("ix_events_unconsumed", events.c.id, where=_UNCONSUMED)
_index("ix_shares_listed", shares.c.person_id, where=LISTED)
_index("ix_shares_access_until", shares.c.access_until, where=LISTED)
_index("uq_operations_working_person_id", _operations.person_id, where=WORKING, unique=True)
_index("ix_operations_open", _operations.next_attempt_at, where=OPEN_OPERATIONS)
