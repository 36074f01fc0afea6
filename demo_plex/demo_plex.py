"""The demo as one object: start it, change it, look at what happened."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Sequence
from typing import Any, Self

from demo_plex.account import Connection, default_connections
from demo_plex.control import Stage
from demo_plex.faults import FaultRule
from demo_plex.messages import Call
from demo_plex.people import OWNER_USERNAME
from demo_plex.routes import PlexTv
from demo_plex.server import HOST, DemoServer
from demo_plex.shares import LIBRARIES, DemoLibrary, DemoShare
from demo_plex.world import Unknown, World

DEMO_TOKEN = "demo-token"  # noqa: S105 - opens nothing but the demo
DEMO_NOTES = f"""\
Demo Plex: nothing is really sent.
  - Any username or e-mail address can be invited. Asking twice leads to the same
    request, and nothing is sent again.
  - A username that begins with "nobody" does not exist at Plex and is refused.
  - An address that begins with "nobody" has no Plex account: it is invited all the same.
  - "Sign in with Plex" leads to a page where anybody can be chosen; "unconfirmed…" has not
    confirmed the e-mail yet, "managed…" is a managed user.
  - "{OWNER_USERNAME}" is the owner, who cannot invite himself or herself.
"""


class DemoPlex:
    """A Plex on 127.0.0.1; may be used from many threads, and started again after a stop.

    `people` are friends of the owner from the start, without a share: their invitations are
    accepted at once. `connections` makes the server's addresses from the demo's own port. `clock`
    gives what happens its time; without one it is always the same.
    """

    def __init__(
        self,
        *,
        token: str = DEMO_TOKEN,
        server_name: str = "Demo Plex",
        latency_seconds: float = 0.0,
        libraries: Sequence[DemoLibrary] = LIBRARIES,
        people: Iterable[str] = (),
        port: int = 0,
        connections: Callable[[int], tuple[Connection, ...]] = default_connections,
        clock: Callable[[], float] | None = None,
    ) -> None:
        world = World(server_name, libraries, people, clock)
        self.stage = Stage(PlexTv(world, token), latency_seconds)
        self._port = port
        self._connections = connections
        self._server: DemoServer | None = None
        self._thread: threading.Thread | None = None

    def start(self) -> Self:
        """Listen in the background; a second start uses the same port."""
        if self._server is not None:
            raise RuntimeError("the demo is running")
        self._server = DemoServer(self._port, self.stage)
        self._port = self._server.server_address[1]
        self.stage.plex.connections = self._connections(self._port)
        self._thread = threading.Thread(target=self._server.serve, name="demo-plex", daemon=True)
        self._thread.start()
        return self

    def stop(self) -> None:
        """Close the port and every connection; what happened can still be read."""
        server, thread = self._server, self._thread
        self._server = self._thread = None
        if server is not None and thread is not None:
            server.close()
            thread.join()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *exc: object) -> None:
        self.stop()

    @property
    def port(self) -> int:
        """The port, also after a stop. Raises RuntimeError before the first start."""
        if not self._port:
            raise RuntimeError("the demo has not been started")
        return self._port

    @property
    def url(self) -> str:
        """The value for PLEX_API_URL."""
        return f"http://{HOST}:{self.port}"

    @property
    def token(self) -> str:
        """The accepted token; a new one invalidates the old one (401)."""
        return self.stage.plex.token

    @token.setter
    def token(self, token: str) -> None:
        self.stage.plex.token = token

    @property
    def server_name(self) -> str:
        """The value for PLEX_SERVER_NAME."""
        return self.stage.plex.world.server_name

    @property
    def machine_identifier(self) -> str:
        """The server's machine identifier."""
        return self.stage.plex.world.machine_identifier

    @property
    def libraries(self) -> tuple[DemoLibrary, ...]:
        """The server's current libraries."""
        return self.stage.plex.world.libraries

    @property
    def calls(self) -> list[Call]:
        """Every call since the last reset, in order, including those made to fail."""
        return self.stage.calls.calls()

    @property
    def shares(self) -> list[DemoShare]:
        """Whom the server is shared with, including pending invitations."""
        return self.stage.plex.world.shares()

    def share_of(self, identity: str) -> DemoShare | None:
        """The share of that username or address."""
        return self.stage.plex.world.share_of(identity)

    def count(self, method: str = "", path_part: str = "") -> int:
        """How many calls with that method have that text in their path."""
        return sum(path_part in call.path and method in ("", call.method) for call in self.calls)

    def share(self, identity: str, library_ids: Sequence[int] = ()) -> DemoShare:
        """Share as the owner would elsewhere, without a call; no ids means every library."""
        return self.stage.plex.world.share(identity, library_ids)

    def accept(self, identity: str) -> DemoShare:
        """The friend accepts. Raises Unknown if nobody invited them."""
        return self.stage.plex.world.accept(identity)

    def withdraw(self, identity: str) -> None:
        """The owner takes an invitation back in Plex. Raises Unknown if none is pending."""
        self._cancel(identity, server=True)

    def leave_behind(self, identity: str) -> None:
        """The same, but plex.tv leaves the share's row behind: nobody can accept it any more."""
        self._cancel(identity, server=False)

    def sign_in(self, code: str, identity: str) -> bool:
        """Somebody signs in at the auth page with that PIN; False if it has expired."""
        return self.stage.plex.sign_in(code, identity)

    def expire_pins(self) -> None:
        """Expire every PIN."""
        self.stage.plex.sign_ins.expire_pins()

    @property
    def tokens(self) -> tuple[str, ...]:
        """Every valid sign-in token."""
        return self.stage.plex.sign_ins.tokens()

    @property
    def servers_calls(self) -> list[Call]:
        """The calls made by a server, not by a page."""
        return [call for call in self.calls if not call.by_browser]

    def leave(self, identity: str) -> None:
        """The friend ends the share on their own. Raises Unknown."""
        self.stage.plex.world.leave(identity)

    def go_stale(self, reads: int) -> None:
        """Have the next reads of the lists of all servers show the present state."""
        self.stage.plex.world.go_stale(reads)

    def _cancel(self, identity: str, *, server: bool) -> None:
        share = self.share_of(identity)
        if share is None:
            raise Unknown
        world = self.stage.plex.world
        world.cancel_invite(share.person.invite_id, friend=True, server=server)

    def fail(self, kind: str, **rule: Any) -> None:
        """Add a fault: the fields of FaultRule."""
        self.stage.faults.add(FaultRule(kind, **rule))

    def clear_faults(self) -> None:
        """Remove all faults."""
        self.stage.faults.clear()

    def change(self, **settings: Any) -> None:
        """Change what `POST /_demo/settings` changes; libraries as JSON objects."""
        self.stage.change(settings)

    def clear_calls(self) -> None:
        """Forget only the calls."""
        self.stage.calls.clear()

    def reset(self) -> None:
        """Reset to the start: no calls, faults or shares."""
        self.stage.reset()
