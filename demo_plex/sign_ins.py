"""Sign-ins at the demo: PINs, and the tokens they lead to.

One token for each account and client identifier, as plex.tv has it: whoever signs in again with
the same identifier makes the token before worthless.
"""

from __future__ import annotations

import secrets
import threading
import time
from dataclasses import dataclass, replace

from demo_plex.people import OWNER_USERNAME, Person, find_person

STRONG_SECONDS = 1800
SHORT_SECONDS = 900
UNCONFIRMED_PREFIX = "unconfirmed"
MANAGED_PREFIX = "managed"
FIRST_PIN = 500_000_001


@dataclass(frozen=True, slots=True)
class Pin:
    """A PIN; `by_browser` tells that a page asked for it, and no server in a data centre."""

    id: int
    code: str
    client_identifier: str
    product: str
    by_browser: bool
    expires_in: int
    expires_at: float
    token: str = ""


@dataclass(frozen=True, slots=True)
class Holder:
    """Whose token it is, and of which device."""

    person: Person
    client_identifier: str

    @property
    def is_owner(self) -> bool:
        """Whether it is the owner of the demo's server."""
        return self.person.username == OWNER_USERNAME

    @property
    def confirmed(self) -> bool:
        """Whether the account's e-mail is confirmed."""
        return not self.person.username.casefold().startswith(UNCONFIRMED_PREFIX)

    @property
    def restricted(self) -> bool:
        """Whether this is a managed user of somebody's Plex Home."""
        return self.person.username.casefold().startswith(MANAGED_PREFIX)


class SignIns:
    """PINs and tokens; may be used from many threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.reset()

    def reset(self) -> None:
        """No PIN, and nobody signed in."""
        self._pins: dict[int, Pin] = {}
        self._tokens: dict[str, Holder] = {}

    def make_pin(
        self, client_identifier: str, product: str, *, strong: bool, by_browser: bool
    ) -> Pin:
        """A new PIN: of 25 characters, or of 4 to be typed."""
        seconds = STRONG_SECONDS if strong else SHORT_SECONDS
        code = secrets.token_hex(13)[:25] if strong else secrets.token_hex(2).upper()
        with self._lock:
            pin = Pin(
                FIRST_PIN + len(self._pins),
                code,
                client_identifier,
                product,
                by_browser,
                seconds,
                time.time() + seconds,
            )
            self._pins[pin.id] = pin
            return pin

    def pin(self, pin_id: int, client_identifier: str) -> Pin | None:
        """The PIN, given its client identifier; None if it has expired."""
        with self._lock:
            pin = self._pins.get(pin_id)
        if pin is None or pin.client_identifier != client_identifier or _is_over(pin):
            return None
        return pin

    def pin_of_code(self, code: str) -> Pin | None:
        """The PIN of that code, as the auth page asks for it."""
        with self._lock:
            found = [pin for pin in self._pins.values() if pin.code == code]
        return next((pin for pin in found if not _is_over(pin)), None)

    def expire_pins(self) -> None:
        """Expire every PIN."""
        with self._lock:
            self._pins = {key: replace(pin, expires_at=0.0) for key, pin in self._pins.items()}

    def sign_in(self, code: str, identity: str) -> Holder | None:
        """Somebody signs in at the auth page; None for a PIN that is over.

        Raises ValueError for somebody who has no account.
        """
        person = find_person(identity)
        if person is None or person.user_id is None:
            raise ValueError("no account of that name")
        pin = self.pin_of_code(code)
        if pin is None:
            return None
        holder = Holder(person, pin.client_identifier)
        with self._lock:
            self._tokens = {token: one for token, one in self._tokens.items() if one != holder}
            token = f"demo-sign-in-{secrets.token_hex(12)}"
            self._tokens[token] = holder
            self._pins[pin.id] = replace(pin, token=token)
        return holder

    def holder(self, token: str) -> Holder | None:
        """The token's account; None for an invalid token."""
        with self._lock:
            return self._tokens.get(token)

    def sign_out(self, token: str) -> None:
        """End that token."""
        with self._lock:
            self._tokens.pop(token, None)

    def tokens(self) -> tuple[str, ...]:
        """Every valid token."""
        with self._lock:
            return tuple(self._tokens)


def _is_over(pin: Pin) -> bool:
    return time.time() >= pin.expires_at
