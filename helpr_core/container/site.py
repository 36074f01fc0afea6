"""The page that a friend sees: the owner's settings for it, and its rate limits."""

from __future__ import annotations

from typing import TYPE_CHECKING

from helpr_core.container.group import Group
from helpr_core.first_use import importing
from helpr_core.once import kept

if TYPE_CHECKING:
    from helpr_core.services.links.handed_out import CodesHandedOut
    from helpr_core.services.rate_limit import RateLimiter
    from helpr_core.services.site.settings import StoredSettings
    from helpr_core.services.site.standing import Reception
    from helpr_core.services.site.summary import Face, Site


class SiteParts(Group):
    """Held by the container."""

    @kept
    def settings(self) -> StoredSettings:
        """What the owner set on the dashboard."""
        parts = self._container
        with importing:
            from helpr_core.services.site.settings import StoredSettings
            from helpr_core.services.site.site_code import CodeKeeper

        given = parts.installation.settings().invite_code
        codes = CodeKeeper(
            given.get_secret_value() if given else "",
            lambda: parts.installation.sealer("invite code"),
            lambda code: parts.links().find()(code) is not None,
        )
        return StoredSettings(parts.stores.decided_settings(), self._clock, codes)

    @kept
    def limiter(self) -> RateLimiter:
        """Rate limits by rule and client."""
        parts = self._container
        with importing:
            from helpr_core.services.owner import limits
            from helpr_core.services.rate_limit import RateLimiter, for_all, per_client
            from helpr_core.services.requests import invite_code

        settings = parts.installation.settings()
        rules = {
            "invites": per_client(settings.rate_invites),
            "default": per_client(settings.rate_default),
            "status": per_client(settings.rate_status),
            limits.RULE: per_client(settings.rate_sign_in),
            limits.FAILED: for_all(settings.rate_sign_in, 5),
            # A code is a secret that can be guessed, like a password.
            invite_code.RULE: per_client(settings.rate_sign_in),
            invite_code.WRONG: for_all(settings.rate_sign_in, 5),
        }
        return RateLimiter(rules, parts.stores.state(), self._clock)

    @kept
    def reception(self) -> Reception:
        """What a friend would experience now."""
        parts = self._container
        with importing:
            from helpr_core.services.site.standing import Reception

        plex = parts.plex
        return Reception(
            plex.libraries(),
            self.settings(),
            plex.seats(),
            plex.breaker(),
            plex.owner(),
            self._clock,
        )

    @kept
    def codes_handed_out(self) -> CodesHandedOut:
        """Whether friends may have a code to enter."""
        parts = self._container
        with importing:
            from helpr_core.services.links.handed_out import CodesHandedOut

        has_code = self.settings().code
        return CodesHandedOut(parts.stores.state(), self._clock, lambda: has_code().exists)

    def summary(self) -> Site:
        """What the form shows."""
        parts = self._container
        with importing:
            from helpr_core.services.site.summary import describe_site

        is_new = parts.plex.catalog().known() is None
        offered = parts.plex.libraries().offered()
        if is_new and parts.plex.catalog().known() is not None:
            parts.plex.owner().look()  # plex.tv has just answered for the first time
        settings = self.settings().shown()
        return describe_site(
            self.server_name(),
            settings,
            offered,
            self.reception().of(settings),
            parts.plex.owner().name(),
            code_required=parts.requests.admission().code_required(),
        )

    def face(self) -> Face:
        """The server behind a page, its owner, and how to reach them."""
        with importing:
            from helpr_core.services.site.summary import describe_face

        owner = self._container.plex.owner()
        return describe_face(self.server_name(), self.settings().shown(), owner.name())

    def server_name(self) -> str:
        """The server's name: as in Plex, or as in the setting while that is unknown."""
        parts = self._container
        with importing:
            from helpr_core.services.site.summary import shown_name

        return shown_name(
            parts.installation.settings().plex_server_name,
            parts.plex.catalog().known(),
        )
