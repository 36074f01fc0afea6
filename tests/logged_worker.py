"""Microsoft's worker library with handlers as the worker adds them: `logged_worker.py APP`.

The real worker has its handler on the root logger before it loads the app. When the
conversation is over, lines with secrets are logged as a library would, to that handler and to
one that was added later. Everything goes to standard error.
"""

from __future__ import annotations

import logging
import os
import sys
from importlib import import_module

CANARY = "canary-of-the-worker-0123456789"


def handler(label: str) -> logging.Handler:
    made = logging.StreamHandler(sys.stderr)
    made.setFormatter(logging.Formatter(f"{label} %(levelname)s %(name)s %(message)s"))
    return made


if __name__ == "__main__":
    root = logging.getLogger()
    root.setLevel(logging.DEBUG)
    root.addHandler(handler("early"))
    import_module("tests.contract.worker_library").main()  # needs Python 3.13
    root.addHandler(handler("late"))
    logging.getLogger("some.library").error("GET /accounts?X-Plex-Token=%s", CANARY)
    error = RuntimeError(f"no route to https://plex.tv/?X-Plex-Token={CANARY}")
    logging.getLogger("some.library").error("it failed", exc_info=error)
    os._exit(0)  # without waiting for threads that still send notices
