"""The errors about links.

    HelprError
    ├── LinkUnknown         no link has this code, or ever had
    ├── LinkOver            a link that no longer lets anybody in, one leaf for each reason
    │   ├── LinkExpired
    │   ├── LinkUsedUp
    │   └── LinkDisabled
    ├── LinkNeedsSignIn     a link for accounts that prove themselves
    ├── CodeTaken           another link has this code
    └── SetupRequired
        └── LibrariesGone   none of the link's libraries exists any more

None of them holds a code.
"""

from __future__ import annotations

from helpr_core.domain.links import LinkState
from helpr_core.errors import HelprError, SetupRequired
from helpr_core.texts import Message


class LinkUnknown(HelprError):
    """No link has this code, or ever had."""

    code = "link_unknown"


class LinkOver(HelprError):
    """A link that admits nobody any more."""


class LinkExpired(LinkOver):
    """Its time is over."""

    code = "link_expired"


class LinkUsedUp(LinkOver):
    """It has been used as often as it allows."""

    code = "link_used_up"


class LinkDisabled(LinkOver):
    """The owner has switched it off, or deleted it."""

    code = "link_disabled"


class LinkNeedsSignIn(HelprError):
    """The link is for accounts that prove themselves by signing in with Plex."""

    code = "sign_in_required"


class LibrariesGone(SetupRequired):
    """No library that the link names is on the server any more: the owner has to choose others."""

    def __init__(self) -> None:
        HelprError.__init__(self, Message("link.libraries_gone"))
        self.problems = ()


class CodeTaken(HelprError):
    """Another link has this code, or one that reads the same."""

    code = "code_taken"


_OVER: dict[LinkState, type[LinkOver]] = {
    LinkState.EXPIRED: LinkExpired,
    LinkState.DISABLED: LinkDisabled,
}


def over(state: LinkState) -> LinkOver:
    """The error for a link in that state. If it is active, it was used up just then."""
    return _OVER.get(state, LinkUsedUp)(state.value)
