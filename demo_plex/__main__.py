"""`python -m demo_plex --port N`: the demo Plex alone, until SIGTERM or Ctrl-C."""

from __future__ import annotations

import argparse
import signal
import threading
from collections.abc import Sequence

from demo_plex import DEMO_NOTES, DEMO_TOKEN, DemoPlex


def main(arguments: Sequence[str] | None = None) -> int:
    """Serve, print the URL on the first line, and end with 0."""
    given = _parser().parse_args(arguments)
    ended = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: ended.set())
    plex = DemoPlex(
        token=given.token,
        server_name=given.server_name,
        latency_seconds=given.latency_seconds,
        port=given.port,
    )
    with plex:
        # A reader behind a pipe waits for this line.
        print(plex.url, flush=True)
        print(DEMO_NOTES, end="", flush=True)
        ended.wait()
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m demo_plex", description=__doc__)
    parser.add_argument("--port", type=int, default=0, help="0 takes a free one")
    parser.add_argument("--token", default=DEMO_TOKEN)
    parser.add_argument("--server-name", default="Demo Plex")
    parser.add_argument("--latency-seconds", type=float, default=0.0)
    return parser


if __name__ == "__main__":
    raise SystemExit(main())
