"""Watches the workers under load: memory, and connections to PostgreSQL."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from statistics import mean

import sqlalchemy as sa

from load.house import House
from tests.servers.postgres import HELPRS_CONNECTIONS

_PAUSE_SECONDS = 0.25
_PAGE_BYTES = 4096


@dataclass
class Watch:
    """What was measured: the workers' total resident bytes over time, and the most connections."""

    resident_bytes: list[int] = field(default_factory=list)
    most_connections: int = 0

    def thirds(self) -> tuple[float, float]:
        """The mean memory of the first third and of the last, in MB."""
        third = max(1, len(self.resident_bytes) // 3)
        first, last = self.resident_bytes[:third], self.resident_bytes[-third:]
        return mean(first) / 1e6, mean(last) / 1e6


@contextmanager
def watching(house: House) -> Iterator[Watch]:
    """Measure every quarter of a second while the block runs, emptying the seats as they fill."""
    watch, stop = Watch(), threading.Event()
    thread = threading.Thread(target=_look, args=(house, watch, stop))
    thread.start()
    try:
        yield watch
    finally:
        stop.set()
        thread.join()


def _look(house: House, watch: Watch, stop: threading.Event) -> None:
    engine = None
    if house.database_url is not None:
        engine = sa.create_engine(house.database_url, isolation_level="AUTOCOMMIT")
    while not stop.is_set():
        house.empty_seats()
        watch.resident_bytes.append(sum(_resident(pid) for pid in house.worker_pids()))
        if engine is not None:
            with engine.connect() as connection:
                number = connection.exec_driver_sql(HELPRS_CONNECTIONS).scalar_one()
            watch.most_connections = max(watch.most_connections, number)
        time.sleep(_PAUSE_SECONDS)
    if engine is not None:
        engine.dispose()


def _resident(pid: int) -> int:
    pages = Path(f"/proc/{pid}/statm").read_text().split()[1]
    return int(pages) * _PAGE_BYTES
