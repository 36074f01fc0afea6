"""Samples what one process holds while a race runs: threads, files, connections."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

_PAUSE_SECONDS = 0.03
_ESTABLISHED = "01"


class Observer:
    """The greatest number seen of each thing. `ports` are those of the servers by name."""

    def __init__(
        self, pid: int, ports: Mapping[str, int], more: Mapping[str, Callable[[], int]]
    ) -> None:
        self._process = Path("/proc", str(pid))
        self._names = {port: name for name, port in ports.items()}
        self._more = more
        self.most: Counter[str] = Counter()

    @contextmanager
    def watching(self) -> Iterator[None]:
        """Sample repeatedly while the block runs."""
        stop = threading.Event()
        thread = threading.Thread(target=self._watch, args=(stop,))
        thread.start()
        try:
            yield
        finally:
            stop.set()
            thread.join()

    def _watch(self, stop: threading.Event) -> None:
        while not stop.is_set():
            for name, number in self.look().items():
                self.most[name] = max(self.most[name], number)
            time.sleep(_PAUSE_SECONDS)

    def look(self) -> Counter[str]:
        """The numbers at this moment."""
        inodes = {link[8:-1] for link in self._files() if link.startswith("socket:[")}
        found = Counter(
            self._names[port]
            for inode, port in self._connections()
            if inode in inodes and port in self._names
        )
        found["threads"] = len(list((self._process / "task").iterdir()))
        found["files"] = len(self._files())
        for name, count in self._more.items():
            found[name] = count()
        return found

    def _files(self) -> list[str]:
        links = []
        for entry in (self._process / "fd").iterdir():
            with suppress(FileNotFoundError):  # closed meanwhile
                links.append(str(entry.readlink()))
        return links

    def _connections(self) -> Iterator[tuple[str, int]]:
        """Inode and remote port of each connection in this network namespace."""
        for line in (self._process / "net/tcp").read_text().splitlines()[1:]:
            fields = line.split()
            if fields[3] == _ESTABLISHED:
                yield fields[9], int(fields[2].partition(":")[2], 16)
