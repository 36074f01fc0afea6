"""What this installation was told, and what follows from that alone."""

from __future__ import annotations

import hashlib
import hmac
import logging
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from helpr_core import logs
from helpr_core.clock import Clock, utc_now
from helpr_core.errors import SetupRequired
from helpr_core.first_use import importing
from helpr_core.once import Once, kept
from helpr_core.texts import in_english

if TYPE_CHECKING:
    from datetime import datetime

    from helpr_core.adapters.sealing import KeySealer
    from helpr_core.configuration.settings import Settings


log = logging.getLogger(__name__)


class Installation:
    """Held by the container."""

    def __init__(self, environ: Mapping[str, str], clock: Clock = utc_now) -> None:
        self.parts: dict[str, Once[Any]] = {}
        self._environ = environ
        self._clock = clock
        self._told: set[str] = set()

    @kept
    def settings(self) -> Settings:
        """Every setting, checked."""
        with importing:
            from helpr_core.configuration.settings import read_settings

        try:
            settings = read_settings(self._environ)
        except SetupRequired as exc:
            self._tell_once(
                "cannot be used", ((p.field, in_english(p.message)) for p in exc.problems)
            )
            raise
        logs.hide(*settings.secrets())
        self._tell_once("is weak", ((c.setting, in_english(c.found)) for c in settings.concerns()))
        return settings

    def _tell_once(self, what: str, about: Iterable[tuple[str, str]]) -> None:
        """A line for each setting, not for each request: wrong settings are read at each."""
        for name, found in about:
            # No colon behind the name: what follows one is taken for a secret, and blotted out.
            told = f"setting {name} {what}: it {found}"
            if told not in self._told:
                self._told.add(told)
                log.warning("%s", told)

    def given_settings(self) -> dict[str, str]:
        """Each setting that is set, as it is written: for a backup, secrets among them."""
        with importing:
            from helpr_core.configuration.settings import SETTING_NAMES

        return {name: self._environ[name] for name in SETTING_NAMES if self._environ.get(name)}

    def keyed_hash(self, purpose: str, text: str) -> str:
        """64 hexadecimal digits that only this installation can compute."""
        key = self.settings().secret_key.get_secret_value().encode()
        return hmac.new(key, f"{purpose}:{text}".encode(), hashlib.sha256).hexdigest()

    def sealer(self, purpose: str) -> KeySealer:
        """Hides secrets of that purpose at rest, by a key that SECRET_KEY makes."""
        with importing:
            from helpr_core.adapters.sealing import KeySealer

        return KeySealer(self.keyed_hash("sealed", purpose))

    def function_keys(self) -> tuple[str, ...]:
        """The key of protected functions where no Functions host keeps one."""
        return (self.keyed_hash("function key", ""),)

    def administrator(self) -> tuple[str, str]:
        """The name, and the hash of the password; both empty where there is none."""
        settings = self.settings()
        given = settings.admin_password_hash
        return settings.admin_username or "", given.get_secret_value() if given else ""

    def owners_key(self) -> str:
        """A new name or hash makes a new key, and with it every session ends."""
        name, password_hash = self.administrator()
        return self.keyed_hash("sessions", f"{name}\0{password_hash}")

    def is_demo(self) -> bool:
        """Whether invites go to a Plex on this computer, so that nothing is really sent."""
        with importing:
            from urllib.parse import urlsplit

        return urlsplit(self.settings().plex_api_url).hostname in ("127.0.0.1", "localhost")

    def on_azure(self) -> bool:
        """Whether a Functions host in Azure runs this."""
        return bool(self._environ.get("WEBSITE_SITE_NAME"))

    def utc_now(self) -> datetime:
        """What time it is (aware UTC)."""
        return self._clock()
