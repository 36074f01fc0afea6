"""Which tests a worker of pytest-xdist takes at a time: a file, or a part of a long one.

Long files are begun first: the last one to be begun would otherwise run alone in the end, while
the other workers are idle.
"""

from __future__ import annotations

from collections import Counter
from typing import Any
from zlib import crc32

import pytest
from xdist.scheduler import LoadFileScheduling

PARTS = {
    "tests/faults/test_plex_faults.py": 8,
    "tests/web/test_schemathesis.py": 8,
    "tests/faults/test_kill_points.py": 6,
    "tests/faults/test_people_kills.py": 3,
    "tests/faults/test_people_faults.py": 3,
    "tests/faults/test_postgres_faults.py": 3,
    "tests/fuzz/test_session_door.py": 3,
    "tests/web/test_odd_settings.py": 3,
    "tests/faults/test_state_faults.py": 2,
    "tests/hardening/test_both_sides.py": 2,
    "tests/cold_start/test_first_requests.py": 2,
    "tests/cold_start/test_first_invite.py": 1,
    "tests/publishing/test_provision.py": 1,
    "tests/publishing/test_followed.py": 1,
    "tests/hardening/test_slow_clients.py": 1,
}
"""Files that take long, and into how many parts each is split: whichever worker is free takes the
next. No test may depend on another one of its file."""


def long_files_first(items: list[pytest.Item]) -> None:
    """Order the tests: those of long files in front, otherwise as they were collected."""
    items.sort(key=lambda item: _file_of(item.nodeid) not in PARTS)


def named_apart(items: list[pytest.Item]) -> None:
    """Give each test an id of its own: of several with the same, xdist runs one.

    Schemathesis has a test for each operation, named in square brackets, which pytest leaves out
    of the id.
    """
    for item in items:
        label = getattr(item, "operation_label", None)
        if label is not None and item.id.params is None:
            item._id = item.id.with_params(label)
    twice = [name for name, times in Counter(item.nodeid for item in items).items() if times > 1]
    if twice:
        raise pytest.UsageError(f"several tests have the same id: {', '.join(twice)}")


class ByPart(LoadFileScheduling):  # type: ignore[misc]
    """Like --dist loadfile, but long files in parts."""

    def _split_scope(self, nodeid: str) -> str:
        file = _file_of(nodeid)
        return f"{file} {crc32(nodeid.encode()) % PARTS.get(file, 1)}"


def scheduler(config: pytest.Config, log: Any) -> ByPart | None:
    """What xdist is to use: ours instead of --dist loadfile."""
    return ByPart(config, log) if config.getvalue("dist") == "loadfile" else None


def _file_of(nodeid: str) -> str:
    return nodeid.partition("::")[0]
