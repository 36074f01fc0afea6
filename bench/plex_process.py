"""A demo Plex alone: `python -m bench.plex_process LATENCY_SECONDS [LAN_PORT]`.

Prints its URL and exits when its standard input ends, so that it never outlives the bench. LAN_PORT
is advertised as the server's LAN address, besides the demo's own.
"""

from __future__ import annotations

import sys

from demo_plex import Connection, DemoPlex, own_connection


def main(latency_seconds: str, lan_port: str = "") -> None:
    """Serve until standard input ends."""

    def connections(own_port: int) -> tuple[Connection, ...]:
        own = own_connection(own_port)
        if not lan_port:
            return own
        url = f"http://127.0.0.1:{lan_port}"
        return (Connection(url, "127.0.0.1", int(lan_port), local=True), *own)

    with DemoPlex(latency_seconds=float(latency_seconds), connections=connections) as plex:
        print(plex.url, flush=True)
        sys.stdin.read()


if __name__ == "__main__":
    main(*sys.argv[1:])
