"""This installation's settings, and what follows from them alone."""

from __future__ import annotations

import hashlib
import hmac
import logging
from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any

from helpr_core import logs
from helpr_core.clock import Clock, utc_now
from helpr_core.domain.token_source import TokenSource
from helpr_core.errors import FieldError, HelprError, LogUnavailable, NotPossible, SetupRequired
from helpr_core.first_use import importing
from helpr_core.once import Once, kept
from helpr_core.texts import Message, in_english

if TYPE_CHECKING:
    from datetime import datetime

    from helpr_core.adapters.sealing import KeySealer
    from helpr_core.configuration.settings import Settings
    from helpr_core.domain.concerns import Concern


log = logging.getLogger(__name__)


NOTHING = "set-up-in-the-browser"
_MADE_IN_BROWSER = ("PLEX_TOKEN", "PLEX_SERVER_NAME")
ADMINISTRATOR = ("ADMIN_USERNAME", "ADMIN_PASSWORD_HASH")


class Installation:
    """Held by the container."""

    def __init__(self, environ: Mapping[str, str], clock: Clock = utc_now) -> None:
        self.parts: dict[str, Once[Any]] = {}
        self._environ = environ
        self._clock = clock
        self._told: set[str] = set()
        self._set_up_is_shown = False
        self.made_in_browser: Callable[[], Mapping[str, str]] = dict
        """The settings made by the owner's set-up; used if no token is given."""

    @property
    def has_token(self) -> bool:
        """Whether a token is given as a setting, which then takes precedence."""
        return bool(self._environ.get("PLEX_TOKEN"))

    def token_source(self) -> TokenSource:
        """Where the token comes from."""
        if not self.has_token:
            return TokenSource.SIGN_IN
        return TokenSource.VAULT if self.on_azure() else TokenSource.SETTING

    @kept
    def base(self) -> Settings:
        """The settings required before the set-up in the browser, with placeholders for what it
        will provide."""
        with importing:
            from helpr_core.configuration.settings import read_settings

        base = read_settings({**dict.fromkeys(_MADE_IN_BROWSER, NOTHING), **self._filled()})
        logs.hide(*(text for text in base.secrets() if text != NOTHING))
        return base

    def _filled(self) -> dict[str, str]:
        return {name: text for name, text in self._environ.items() if text.strip()}

    def set_up_path(self) -> str:
        """The path at which the owner sets Helpr up, shown only on the terminal and in the log."""
        return f"/setup/{self.keyed_hash('set-up address', '')[:24]}"

    def _given(self) -> Mapping[str, str]:
        if self.has_token:
            return self._environ
        try:
            self.base()
        except SetupRequired:
            return self._environ  # something else is missing or wrong: that comes first
        return {**self.made_in_browser(), **self._filled()}

    def token(self) -> str:
        """The token of the owner's last sign-in, read now: it may be newer than `settings`; ""
        where a setting has one, and while the database is down."""
        if self.has_token:
            return ""
        try:
            token = self.made_in_browser().get("PLEX_TOKEN", "")
        except LogUnavailable as exc:
            log.warning("whether there is a newer token is not known reason=%s", exc.code)
            return ""
        logs.hide(token)
        return token

    def open_set_up(self) -> str:
        """The path of the set-up while there is something to set up, otherwise "".

        It is for whoever shows it at once: the log then does not repeat it.
        """
        self._set_up_is_shown = True
        return self._path_to_set_up()

    def _path_to_set_up(self) -> str:
        try:
            self.settings()
        except SetupRequired as exc:
            return self.set_up_path() if _awaits_set_up(exc) else ""
        except HelprError as exc:
            log.warning("whether Helpr is set up is not known reason=%s", exc.code)
        return ""

    def tell_set_up_address(self) -> None:
        """Write it to the log now if it is needed, and not only at the first request."""
        if not self.has_token:
            self._path_to_set_up()

    @kept
    def settings(self) -> Settings:
        """Every setting, checked."""
        with importing:
            from helpr_core.configuration.settings import read_settings

        for one in self.misspelt():
            self._tell_once(f"{in_english(one.setting)} {in_english(one.found)}")
        try:
            settings = read_settings(self._given())
        except SetupRequired as exc:
            if self.has_token or not _awaits_set_up(exc):
                self._tell_settings(
                    "cannot be used", ((p.field, in_english(p.message)) for p in exc.problems)
                )
            elif not self._set_up_is_shown:  # the set-up's address says more
                site = (self.base().public_url or "").rstrip("/")
                self._tell_once(f"to set Helpr up, open {site}{self.set_up_path()}")
            raise
        logs.hide(*settings.secrets())
        self._tell_settings(
            "is weak", ((in_english(c.setting), in_english(c.found)) for c in settings.concerns())
        )
        return settings

    def _tell_settings(self, what: str, about: Iterable[tuple[str, str]]) -> None:
        for name, found in about:
            # No colon after the name: what follows one is taken for a secret and redacted.
            self._tell_once(f"setting {name} {what}: it {found}")

    def _tell_once(self, told: str) -> None:
        """Log the line once, and not per request: wrong settings are read at each request."""
        if told not in self._told:
            self._told.add(told)
            log.warning("%s", told)

    def misspelt(self) -> list[Concern]:
        """Names in the environment that are almost a setting's."""
        with importing:
            from helpr_core.configuration.misspelt import about_misspelt

        return about_misspelt(self._environ)

    def given_settings(self) -> dict[str, str]:
        """Each setting that is set, as written: for a backup, including secrets."""
        with importing:
            from helpr_core.configuration.settings import SETTING_NAMES

        return {name: self._environ[name] for name in SETTING_NAMES if self._environ.get(name)}

    def keyed_hash(self, purpose: str, text: str) -> str:
        """64 hexadecimal digits that only this installation can compute."""
        key = self.base().secret_key.get_secret_value().encode()
        return hmac.new(key, f"{purpose}:{text}".encode(), hashlib.sha256).hexdigest()

    def sealer(self, purpose: str) -> KeySealer:
        """Encrypts secrets of that purpose at rest, with a key derived from SECRET_KEY."""
        with importing:
            from helpr_core.adapters.sealing import KeySealer

        return KeySealer(self.keyed_hash("sealed", purpose))

    def function_keys(self) -> tuple[str, ...]:
        """The key for protected functions where no Functions host manages keys."""
        return (self.keyed_hash("function key", ""),)

    def administrator(self) -> tuple[str, str]:
        """The name and the password's hash; both empty if there is none."""
        settings = self.settings()
        given = settings.admin_password_hash
        return settings.admin_username or "", given.get_secret_value() if given else ""

    def sign_in_ways(self) -> tuple[str, ...]:
        """How one gets into the dashboard, as domain.browsers.Way has them."""
        return self.settings().sign_in

    def takes_password(self) -> bool:
        """Whether the password signs in, and so what may take its place."""
        return "password" in self.sign_in_ways() and all(self.administrator())

    def require_password_way(self) -> None:
        """Raise NotPossible where HELPR_SIGN_IN does not name the password."""
        if "password" not in self.sign_in_ways():
            raise NotPossible(Message("owner_sign_in.no_password"))

    def azure_signs_in(self) -> bool:
        """Whether Azure's own authentication is on: only then is its header Azure's, since it
        takes away what clients send."""
        return self.on_azure() and self._environ.get("WEBSITE_AUTH_ENABLED", "").lower() == "true"

    def on_host(self) -> bool:
        """Whether a Functions host runs this, which does not tell who connects."""
        names = ("WEBSITE_SITE_NAME", "FUNCTIONS_EXTENSION_VERSION")
        return any(self._environ.get(name) for name in names)

    def dashboard_name(self) -> str:
        """Whose the dashboard is, where no row tells; "" where it is closed: without a password,
        unless no password is wanted."""
        name, password_hash = self.administrator()
        if "password" in self.sign_in_ways():
            return name if password_hash else ""
        return name or "owner"

    def require_dashboard(self) -> None:
        """Raise SetupRequired while the dashboard is closed."""
        if not self.dashboard_name():
            missing = Message("setting.missing")
            raise SetupRequired(*(FieldError(one, missing) for one in ADMINISTRATOR))

    def missing_administrator(self) -> tuple[str, ...]:
        """The settings without which nobody can sign in to the dashboard; none where they are
        given. One without the other is a wrong setting, and told as such."""
        if any(self._environ.get(name, "").strip() for name in ADMINISTRATOR):
            return ()
        try:
            return () if self.administrator()[0] else ADMINISTRATOR
        except HelprError:  # nobody knows yet, or the set-up in the browser has not made them
            return ADMINISTRATOR

    def owners_key(self) -> str:
        """A new name or hash makes a new key, which ends every session."""
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
        """The current time (aware UTC)."""
        return self._clock()


def _awaits_set_up(problem: SetupRequired) -> bool:
    """Whether nothing is missing but what the set-up in the browser makes."""
    return {one.field for one in problem.problems} <= set(_MADE_IN_BROWSER)
