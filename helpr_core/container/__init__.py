"""Puts the parts together, once per warm worker: the only importer of adapters.

Everything is imported and built at its first use, since a cold start pays for each import.
"""

from __future__ import annotations

import functools
import os
import uuid
from collections.abc import Callable
from typing import TYPE_CHECKING

from helpr_core.container.plex import PlexParts
from helpr_core.errors import FieldError, SetupRequired
from helpr_core.first_use import importing
from helpr_core.once import Once, kept

if TYPE_CHECKING:
    from datetime import datetime

    from helpr_core.container.people import PeopleParts
    from helpr_core.services.backup.file import BackupFile
    from helpr_core.services.backup.folder import BackupFolder
    from helpr_core.services.backup.service import Backup
    from helpr_core.services.owner.audit_trail import AuditTrail
    from helpr_core.services.owner.devices import Devices
    from helpr_core.services.owner.sessions import Sessions
    from helpr_core.services.owner.sign_in import SignIn
    from helpr_core.services.rate_limit import RateLimiter
    from helpr_core.services.requests.admission import Admission
    from helpr_core.services.requests.attempt import Attempt
    from helpr_core.services.requests.inbox import Inbox
    from helpr_core.services.requests.lookup import RequestLookup
    from helpr_core.services.requests.owners import OwnerInvites
    from helpr_core.services.requests.submit import SendInvite
    from helpr_core.services.site.settings import StoredSettings
    from helpr_core.services.site.summary import Site
    from helpr_core.services.upkeep.background import Upkeep
    from helpr_core.services.upkeep.checks import ConnectionCheck
    from helpr_core.services.upkeep.housekeeping import Housekeeping
    from helpr_core.services.upkeep.overview import Overview
    from helpr_core.services.upkeep.runs import Runs
    from helpr_core.services.upkeep.setting_concerns import SettingConcerns
    from helpr_core.services.upkeep.sightings import Sightings


class Container(PlexParts):
    """What lives as long as the worker. Each method raises SetupRequired while settings
    are missing, and builds its part at the first call."""

    @kept
    def audit_trail(self) -> AuditTrail:
        """What the owner does, written down."""
        with importing:
            from helpr_core.services.owner.audit_trail import AuditTrail

        return AuditTrail(self.audit_log, self._clock)

    @kept
    def site_settings(self) -> StoredSettings:
        """What the owner set on the dashboard."""
        with importing:
            from helpr_core.services.site.settings import StoredSettings

        available = self.settings().invite_code is not None
        return StoredSettings(self.decided_settings(), self._clock, code_available=available)

    @kept
    def limiter(self) -> RateLimiter:
        """Rate limits by rule and client."""
        with importing:
            from helpr_core.services.owner import sign_in
            from helpr_core.services.rate_limit import RateLimiter, for_all, per_client
            from helpr_core.services.requests import invite_code

        settings = self.settings()
        rules = {
            "invites": per_client(settings.rate_invites),
            "default": per_client(settings.rate_default),
            "status": per_client(settings.rate_status),
            sign_in.RULE: per_client(settings.rate_sign_in),
            sign_in.FAILED: for_all(settings.rate_sign_in, 5),
            # Guessing a code is guessing a secret, as guessing a password is.
            invite_code.RULE: per_client(settings.rate_sign_in),
            invite_code.WRONG: for_all(settings.rate_sign_in, 5),
        }
        return RateLimiter(rules, self.state(), self._clock)

    @kept
    def sightings(self) -> Sightings:
        """What the owner should know of."""
        with importing:
            from helpr_core.services.upkeep.sightings import Sightings

        return Sightings(self.state(), self._clock, self.settings().trusted_proxy_hops)

    @kept
    def admission(self) -> Admission:
        """Whether a friend may ask."""
        with importing:
            from helpr_core.services.requests.admission import Admission
            from helpr_core.services.requests.invite_code import InviteCode

        code = self.settings().invite_code
        expected = code.get_secret_value() if code else ""
        return Admission(
            self.site_settings(), InviteCode(expected, self.limiter(), self.sightings())
        )

    @kept
    def attempt(self) -> Attempt:
        """Plex asked once for one row."""
        with importing:
            from helpr_core.services.requests.attempt import Attempt
            from helpr_core.services.requests.sending import Sending

        return Attempt(
            self.invite_log(),
            Sending(self.media(), self.catalog(), self.libraries(), self._clock),
            self.site_settings(),
            self.breaker(),
            self._clock,
        )

    @kept
    def inbox(self) -> Inbox:
        """Requests that wait for the database."""
        with importing:
            from helpr_core.services.requests.inbox import Inbox

        key_of = functools.partial(self.keyed_hash, "inbox")
        return Inbox(self.state(), self.invite_log(), key_of, self._clock)

    @kept
    def request_lookup(self) -> RequestLookup:
        """Where a request stands."""
        with importing:
            from helpr_core.services.requests.lookup import RequestLookup

        return RequestLookup(self.invite_log(), self.inbox(), self.attempt(), self._clock)

    @kept
    def housekeeping_runs(self) -> Runs:
        """When housekeeping ran."""
        with importing:
            from helpr_core.services.upkeep.runs import Runs

        return Runs(self.state(), self._clock)

    @kept
    def housekeeping(self) -> Housekeeping:
        """What is done every few minutes."""
        with importing:
            from helpr_core.container.housekeeping import housekeeping

        return housekeeping(self)

    @kept
    def backup(self) -> Backup:
        """Everything that is the owner's in one file, and back."""
        with importing:
            from helpr_core import __version__
            from helpr_core.adapters.sealing import PassphraseSealer
            from helpr_core.adapters.sql.backup_tables import SqlBackupTables
            from helpr_core.services.backup.service import Backup

        tables = SqlBackupTables(self.database(), with_state=not self.has_tables())
        return Backup(
            tables,
            self.state(),
            PassphraseSealer(),
            self.settle_decisions,
            self._clock,
            __version__,
        )

    def given_settings(self) -> dict[str, str]:
        """Each setting that is set, as it is written: for a backup, secrets among them."""
        with importing:
            from helpr_core.configuration.settings import SETTING_NAMES

        return {name: self._environ[name] for name in SETTING_NAMES if self._environ.get(name)}

    @staticmethod
    def sealed_settings(file: BackupFile, passphrase: str) -> str:
        """The settings in a backup, as the text of an env file; needs no settings here."""
        with importing:
            from helpr_core.adapters.sealing import PassphraseSealer
            from helpr_core.services.backup.service import settings_in

        return settings_in(file, PassphraseSealer(), passphrase)

    @kept
    def backup_folder(self) -> BackupFolder | None:
        """Where a backup is made every day; None where the owner named no folder."""
        with importing:
            from pathlib import Path

        with importing:
            from helpr_core.services.backup.folder import BackupFolder

        settings = self.settings()
        if settings.backup_folder is None:
            return None
        folder = Path(settings.backup_folder)
        return BackupFolder(folder, settings.backups_kept, self.backup(), self._clock)

    @kept
    def people(self) -> PeopleParts:
        """Who has access, and what is promised about it."""
        with importing:
            from helpr_core.container.people import PeopleParts

        return PeopleParts(self)

    @kept
    def upkeep(self) -> Upkeep:
        """What the owner sees of all that runs by itself."""
        with importing:
            from helpr_core.container import overview

        return overview.upkeep(self)

    @kept
    def setting_concerns(self) -> SettingConcerns:
        """What the owner should change about settings that work.

        Whatever sees more of that while it runs is one more source here: a method that gives
        Concerns, of all workers, so from the state store.
        """
        with importing:
            from helpr_core.services.upkeep.setting_concerns import SettingConcerns

        return SettingConcerns(self.settings().concerns(), (self.sightings().concerns,))

    @kept
    def send_invite(self) -> SendInvite:
        """The main use case."""
        with importing:
            from helpr_core.services.rate_limit import for_all
            from helpr_core.services.requests.allowance import Allowance
            from helpr_core.services.requests.submit import SendInvite

        (ceiling,) = for_all(self.settings().rate_invites, 2)
        allowance = Allowance(self.state(), ceiling, self.sightings(), self._clock)
        return SendInvite(
            self.invite_log(),
            self.catalog(),
            self.libraries(),
            self.site_settings(),
            self.attempt(),
            allowance,
            self.inbox(),
            server_name=self.settings().plex_server_name,
            clock=self._clock,
            new_id=uuid.uuid4,
        )

    @kept
    def owner_invites(self) -> OwnerInvites:
        """What the owner does with requests."""
        with importing:
            from helpr_core.services.requests.owners import OwnerInvites

        return OwnerInvites(
            self.invite_log(), self.attempt(), self.send_invite(), self.libraries(), self._clock
        )

    @kept
    def overview(self) -> Overview:
        """All at a glance."""
        with importing:
            from helpr_core.container import overview

        return overview.overview(self)

    @kept
    def connection_check(self) -> ConnectionCheck:
        """What works and what does not, layer by layer."""
        with importing:
            from helpr_core.container import overview

        return overview.connection_check(self)

    @kept
    def sessions(self) -> Sessions:
        """The dashboard's sessions."""
        with importing:
            from helpr_core.services.owner.sessions import Sessions

        name, _ = self._administrator()
        return Sessions(name, self._owners_key(), self.state(), self._clock)

    @kept
    def devices(self) -> Devices:
        """The browsers in which the owner has signed in."""
        with importing:
            from helpr_core.services.owner.devices import Devices

        return Devices(self._owners_key(), self._clock)

    @kept
    def browsers(self) -> Devices:
        """The browsers in which friends have asked."""
        with importing:
            from helpr_core.services.owner.devices import FRIENDS, Devices

        key = self.keyed_hash("friends' browsers", "")
        return Devices(key, self._clock, "helpr requests", FRIENDS)

    @kept
    def sign_in(self) -> SignIn:
        """The dashboard's sign-in; SetupRequired without an administrator."""
        with importing:
            from helpr_core.services.owner.sign_in import SignIn

        name, password_hash = self._administrator()
        if not (name and password_hash):
            names = ("ADMIN_USERNAME", "ADMIN_PASSWORD_HASH")
            raise SetupRequired(*(FieldError(one, "is missing") for one in names))
        return SignIn(name, password_hash, self.sessions(), self.limiter(), self.sightings())

    def on_azure(self) -> bool:
        """Whether a Functions host in Azure runs this."""
        return bool(self._environ.get("WEBSITE_SITE_NAME"))

    def utc_now(self) -> datetime:
        """What time it is (aware UTC)."""
        return self._clock()

    def site(self) -> Site:
        """What the form shows."""
        with importing:
            from helpr_core.services.site.summary import describe_site

        offered = self.libraries().offered()
        return describe_site(
            self.server_name(),
            self.site_settings().shown(),
            offered,
            code_required=self.admission().code_required(),
        )

    def server_name(self) -> str:
        """What the server is called: at Plex, or in the setting while that is not known."""
        with importing:
            from helpr_core.services.site.summary import shown_name

        return shown_name(self.settings().plex_server_name, self.catalog().known())

    def is_demo(self) -> bool:
        """Whether invites go to a Plex on this computer, so that nothing is really sent."""
        with importing:
            from urllib.parse import urlsplit

        return urlsplit(self.settings().plex_api_url).hostname in ("127.0.0.1", "localhost")

    def function_keys(self) -> tuple[str, ...]:
        """The key of protected functions where no Functions host keeps one."""
        return (self.keyed_hash("function key", ""),)

    def _owners_key(self) -> str:
        """A new name or hash makes a new key, and with it every session ends."""
        name, password_hash = self._administrator()
        return self.keyed_hash("sessions", f"{name}\0{password_hash}")

    def _administrator(self) -> tuple[str, str]:
        settings = self.settings()
        given = settings.admin_password_hash
        return settings.admin_username or "", given.get_secret_value() if given else ""


_current: Once[Container] = Once(lambda: Container(os.environ))


def current() -> Container:
    """This worker's container."""
    return _current.get()


def function_keys() -> tuple[str, ...]:
    """The keys that a server without a Functions host accepts on protected functions."""
    return current().function_keys()


def install(build: Callable[[], Container]) -> None:
    """Put another container in place: for tests, and for settings read anew."""
    global _current
    _current = Once(build)
