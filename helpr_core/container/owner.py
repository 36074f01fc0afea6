"""The owner: signing in, and what the owner did."""

from __future__ import annotations

from typing import TYPE_CHECKING

from helpr_core.container.group import Group
from helpr_core.first_use import importing
from helpr_core.once import kept

if TYPE_CHECKING:
    from helpr_core.services.owner.audit_trail import AuditTrail
    from helpr_core.services.owner.by_plex import OwnerByPlex
    from helpr_core.services.owner.devices import Devices
    from helpr_core.services.owner.passkeys import OwnersPasskeys
    from helpr_core.services.owner.second_factor import SecondFactors
    from helpr_core.services.owner.sessions import Sessions
    from helpr_core.services.owner.sign_in import SignIn
    from helpr_core.services.sign_ins.stored import SignIns


class OwnerParts(Group):
    """Held by the container."""

    @kept
    def audit_trail(self) -> AuditTrail:
        """The record of what the owner does."""
        with importing:
            from helpr_core.services.owner.audit_trail import AuditTrail

        return AuditTrail(self._container.stores.audit_log, self._clock)

    @kept
    def sessions(self) -> Sessions:
        """The dashboard's sessions."""
        parts = self._container
        with importing:
            from helpr_core.adapters.sql.browsers import SqlSignedInBrowsers
            from helpr_core.services.owner.sessions import Sessions

        return Sessions(
            parts.installation.dashboard_name(),
            parts.installation.owners_key(),
            SqlSignedInBrowsers(parts.stores.database()),
            parts.stores.state(),
            lambda: parts.site.settings().current().idle,
            self._clock,
        )

    @kept
    def devices(self) -> Devices:
        """The browsers in which the owner has signed in."""
        with importing:
            from helpr_core.services.owner.devices import Devices

        return Devices(self._container.installation.owners_key(), self._clock)

    @kept
    def second_factors(self) -> SecondFactors:
        """What is asked for beside the password."""
        parts = self._container
        with importing:
            from helpr_core.adapters.totp import Totp
            from helpr_core.services.owner.second_factor import SecondFactors

        keyed_hash = parts.installation.keyed_hash
        return SecondFactors(
            parts.stores.decided_second_factor(),
            Totp(),
            parts.installation.sealer("second factor"),
            lambda code: keyed_hash("recovery code", code),
            self._clock,
        )

    @kept
    def passkeys(self) -> OwnersPasskeys:
        """The passkeys that open the dashboard."""
        parts = self._container
        with importing:
            from helpr_core.adapters.webauthn import WebAuthn
            from helpr_core.services.owner.challenges import Challenges
            from helpr_core.services.owner.passkeys import OwnersPasskeys

        installation = parts.installation
        name, _ = installation.administrator()
        challenges = Challenges(
            installation.keyed_hash("passkey challenges", ""), parts.stores.state(), self._clock
        )
        return OwnersPasskeys(
            parts.stores.decided_passkeys(),
            WebAuthn(),
            challenges,
            installation.keyed_hash("passkey user", name),
            self._clock,
        )

    @kept
    def sign_in(self) -> SignIn:
        """The password and the second factor, looked at; SetupRequired while the dashboard is
        closed."""
        parts = self._container
        with importing:
            from helpr_core.services.owner.sign_in import SignIn

        name, password_hash = parts.installation.administrator()
        parts.installation.require_dashboard()
        return SignIn(
            name,
            password_hash,
            parts.site.limiter(),
            parts.upkeep.sightings(),
            self.second_factors(),
        )

    @kept
    def plex_sign_ins(self) -> SignIns:
        """The owner's sign-ins with Plex that are under way."""
        parts = self._container
        with importing:
            from helpr_core.services.sign_ins.stored import OWNERS, SignIns

        return SignIns(
            parts.stores.state(),
            parts.installation.sealer("owner's sign-ins"),
            self._identifier,
            self._clock,
            OWNERS,
        )

    @kept
    def by_plex(self) -> OwnerByPlex:
        """What is done when Plex sends the owner back."""
        parts = self._container
        with importing:
            from helpr_core.services.owner.by_plex import OwnerByPlex

        door = parts.sign_ins().door()
        return OwnerByPlex(self.plex_sign_ins(), door, parts.plex.owner().account_id)

    def _identifier(self, sign_in_id: str) -> str:
        """A device of its own for each sign-in, and never Helpr's or a friend's."""
        purpose = "plex client identifier at the dashboard"
        return self._container.installation.keyed_hash(purpose, sign_in_id)[:32]
