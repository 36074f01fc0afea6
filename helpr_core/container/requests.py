"""Requests: whether somebody may ask, and what happens then."""

from __future__ import annotations

import functools
import uuid
from typing import TYPE_CHECKING

from helpr_core.container.group import Group
from helpr_core.first_use import importing
from helpr_core.once import kept

if TYPE_CHECKING:
    from helpr_core.services.owner.devices import Devices
    from helpr_core.services.requests.admission import Admission
    from helpr_core.services.requests.attempt import Attempt
    from helpr_core.services.requests.inbox import Inbox
    from helpr_core.services.requests.lookup import RequestLookup
    from helpr_core.services.requests.owners import OwnerInvites
    from helpr_core.services.requests.submit import SendInvite


class RequestParts(Group):
    """Held by the container."""

    @kept
    def admission(self) -> Admission:
        """Whether a friend may ask."""
        parts = self._container
        with importing:
            from helpr_core.services.requests.admission import Admission
            from helpr_core.services.requests.invite_code import InviteCode

        return Admission(
            parts.site.settings(),
            InviteCode(
                parts.site.settings().code,
                lambda code: parts.links().find()(code),
                parts.site.limiter(),
                parts.upkeep.sightings(),
            ),
            self._clock,
        )

    @kept
    def attempt(self) -> Attempt:
        """One attempt at Plex for one row."""
        parts = self._container
        with importing:
            from helpr_core.services.requests.attempt import Attempt
            from helpr_core.services.requests.sending import Sending

        return Attempt(
            parts.stores.invite_log(),
            Sending(
                parts.plex.media(),
                parts.plex.catalog_of,
                parts.plex.libraries_of,
                self._clock,
            ),
            parts.site.settings(),
            parts.plex.breaker(),
            self._clock,
            on_full=lambda: parts.plex.seats().note_full(),
        )

    @kept
    def inbox(self) -> Inbox:
        """Requests that wait for the database."""
        parts = self._container
        with importing:
            from helpr_core.services.requests.inbox import Inbox

        key_of = functools.partial(parts.installation.keyed_hash, "inbox")
        return Inbox(parts.stores.state(), parts.stores.invite_log(), key_of, self._clock)

    @kept
    def lookup(self) -> RequestLookup:
        """The state of a request."""
        with importing:
            from helpr_core.services.requests.lookup import RequestLookup

        return RequestLookup(
            self._container.stores.invite_log(),
            self.inbox(),
            self.attempt(),
            self._clock,
            self._look_for_acceptances,
        )

    def _look_for_acceptances(self) -> int:
        parts = self._container
        with importing:
            from helpr_core.services.upkeep.steps.acceptances import NoteAcceptances

        return NoteAcceptances(
            parts.stores.invite_queue(),
            parts.plex.media(),
            parts.plex.catalog_of,
            parts.plex.breaker(),
            self._clock,
        ).look()

    @kept
    def submit(self) -> SendInvite:
        """The main use case."""
        parts = self._container
        with importing:
            from helpr_core.services.rate_limit import for_all
            from helpr_core.services.requests.allowance import Allowance
            from helpr_core.services.requests.submit import SendInvite

        (ceiling,) = for_all(parts.installation.settings().rate_invites, 2)
        allowance = Allowance(parts.stores.state(), ceiling, parts.upkeep.sightings(), self._clock)
        return SendInvite(
            parts.stores.invite_log(),
            parts.plex.catalog_of,
            parts.plex.libraries_of,
            parts.site.settings(),
            self.attempt(),
            allowance,
            self.inbox(),
            server_name=parts.installation.settings().plex_server_name,
            clock=self._clock,
            new_id=uuid.uuid4,
        )

    @kept
    def owners(self) -> OwnerInvites:
        """What the owner does with requests."""
        parts = self._container
        with importing:
            from helpr_core.services.requests.owners import OwnerInvites

        return OwnerInvites(
            parts.stores.invite_log(),
            self.attempt(),
            self.submit(),
            parts.plex.libraries_of,
            lambda: parts.people().managed(),
            self._clock,
        )

    @kept
    def browsers(self) -> Devices:
        """The browsers in which friends have asked."""
        with importing:
            from helpr_core.services.owner.devices import FRIENDS, Devices

        key = self._container.installation.keyed_hash("friends' browsers", "")
        return Devices(key, self._clock, "helpr requests", FRIENDS)
