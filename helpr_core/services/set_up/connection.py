"""What the owner has set up so far: in the database, with the token sealed."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from helpr_core import shapes
from helpr_core.clock import Clock
from helpr_core.errors import HelprError, LogUnavailable
from helpr_core.frozen import dataclass
from helpr_core.services.ports import Decisions
from helpr_core.services.sealing import SealBroken, Sealer
from helpr_core.texts import Message

NAME = "connection"
BY = "set-up"
_TRIES = 5


class ChangedElsewhere(HelprError):
    """Another browser has continued the set-up meanwhile."""

    code = "set_up_changed"


@dataclass(frozen=True, slots=True)
class Connection:
    """`pin_id` and `pin_code` belong to a sign-in under way, `token` is sealed, `account` is its
    owner and `account_id` the owner's id at Plex. `past` are sealed tokens that have to be signed
    out.

    `server` is a machine identifier, `libraries` are ids. It takes effect once it is `finished`.
    """

    pin_id: int = 0
    pin_code: str = ""
    token: str = ""
    account: str = ""
    server: str = ""
    libraries: tuple[int, ...] = ()
    username: str = ""
    password_hash: str = ""
    finished: bool = False
    account_id: int = 0
    past: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Saved:
    """What is stored, and how often it has changed: 0 while nothing is."""

    connection: Connection = Connection()
    version: int = 0


class StoredConnection:
    """All methods raise LogUnavailable."""

    def __init__(self, table: Callable[[], Decisions], sealer: Sealer, clock: Clock) -> None:
        self._table = table
        self._sealer = sealer
        self._clock = clock

    def saved(self) -> Saved:
        """What is stored now; what this version cannot read counts as nothing."""
        row = self._table().get(NAME)
        if row is None:
            return Saved()
        try:
            return Saved(shapes.read(Connection, row.value), row.version)
        except shapes.Unreadable:
            return Saved(version=row.version)

    def save(self, connection: Connection, after: Saved) -> Saved:
        """Replace what was read with it. If two continue at once, one succeeds; the other gets
        ChangedElsewhere."""
        version = after.version + 1
        value = shapes.write(connection)
        if not self._table().put(NAME, value, version, after.version, self._clock(), BY):
            raise ChangedElsewhere("saved elsewhere")
        return Saved(connection, version)

    def change(self, changed: Callable[[Connection], Connection]) -> None:
        """Replace it with what `changed` makes of it, even if others save at the same time."""
        for _ in range(_TRIES):
            saved = self.saved()
            try:
                self.save(changed(saved.connection), saved)
            except ChangedElsewhere:
                continue
            return
        raise LogUnavailable(Message("database.decision_contended"))

    def sealed(self, token: str) -> str:
        """The token as it is stored."""
        return self._sealer.seal(token)

    def token(self, connection: Connection) -> str:
        """The token in clear text; "" if SECRET_KEY has changed since."""
        return self.unsealed(connection.token)

    def unsealed(self, sealed: str) -> str:
        """Any sealed token in clear text; "" for none, and if SECRET_KEY has changed since."""
        try:
            return self._sealer.unseal(sealed) if sealed else ""
        except SealBroken:
            return ""

    def is_finished(self, connection: Connection) -> bool:
        """Whether there is nothing to set up. With another SECRET_KEY there is again."""
        return connection.finished and bool(self.token(connection))

    def as_settings(self) -> Mapping[str, str]:
        """The settings that a finished set-up provides; none before."""
        connection = self.saved().connection
        if not self.is_finished(connection):
            return {}
        return {
            "PLEX_TOKEN": self.token(connection),
            "PLEX_SERVER_NAME": connection.server,
            "ADMIN_USERNAME": connection.username,
            "ADMIN_PASSWORD_HASH": connection.password_hash,
        }
