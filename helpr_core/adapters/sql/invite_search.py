"""Searches on PostgreSQL: bounded work, however many rows there are and whatever matches.

A part of a name may be in every second row, or in none of a million. The newest rows are
looked through first: what is common is found there. For what is not, the index
`ix_invite_requests_search` (GIN) tells which rows may match. Of each row it holds one
number, made by the function `helpr_search_keys`, for

- each three characters in a row of its `identity_key`, which two spaces are put before,
- its state,
- the UTC day on which it was asked for, and the span of 128 days in which that day lies.

GIN gives all rows of a set of numbers, and not the newest of them first. So it is asked
span by span, newest first, for a bounded number of rows; where a span has more than that,
day by day; and a day that has more is looked through row by row.

Two things may share a number, so what the index gives is compared with what is wanted.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import sqlalchemy as sa

from helpr_core.adapters.sql.models import invite_requests
from helpr_core.adapters.sql.paging import Position

_SPAN_DAYS = 128
_WALKED = 1000
"""So many of the newest rows are looked through before the index is asked."""
_CANDIDATES = 500
"""So many rows, beyond those that are wanted, the index may give at a time."""
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

_columns = invite_requests.c
