"""Changes to somebody's access at plex.tv. An answer is only a hint: the lists decide.

Bodies and statuses of these answers are not documented: any success counts as "heard".
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any, TypeVar
from urllib.parse import quote

from helpr_core.adapters.plex.account import Account
from helpr_core.adapters.plex.addresses import REQUESTED, USER, shares_url
from helpr_core.adapters.plex.invitations import post_invitation
from helpr_core.adapters.plex.owners_account import OwnersAccount
from helpr_core.adapters.plex.people_rows import restrictions
from helpr_core.adapters.plex.sharing_settings import SETTINGS, settings_of, with_ours
from helpr_core.domain.people import Restrictions
from helpr_core.services.plex.errors import PlexRefused, PlexServerUnknown, PlexUnexpected
from helpr_core.texts import Message

T = TypeVar("T")


class PlexChanges:
    """See the port PeopleChanges. Threads share it."""

    def __init__(self, account: OwnersAccount) -> None:
        self._account = account

    def cancel_invitation(self, invite_id: str) -> None:
        """Take back the pending invitation for that account id or address; the row may stay.

        This cancels the person's invitations to all servers. No error if there is none.
        """
        url = f"{REQUESTED}/{quote(invite_id, safe='')}?friend=0&home=0&server=1"
        self._gone_is_fine(lambda account: account.query(url, "DELETE"))

    def end_share(self, server_id: str, share_id: str) -> None:
        """Delete one row; no error if it is already gone."""
        if not share_id:  # the path would be that of all shares
            raise PlexUnexpected(Message("plex.share_without_id"))
        url = f"{shares_url(server_id)}/{quote(share_id, safe='')}"
        self._gone_is_fine(lambda account: account.query(url, "DELETE"))

    def set_libraries(self, server_id: str, share_id: str, library_ids: Sequence[int]) -> None:
        """Replace the libraries of a share. ValueError for none: that would be all of them."""
        if not library_ids:
            raise ValueError("an empty list of libraries would share every library")
        url = f"{shares_url(server_id)}/{quote(share_id, safe='')}"
        body = {"server_id": server_id, "shared_server": {"library_section_ids": [*library_ids]}}
        self._asked(lambda account: account.query(url, "PUT", body))

    def invite(
        self,
        server_id: str,
        invitee: str,
        library_ids: Sequence[int],
        restrictions: Mapping[str, Any] | None = None,
    ) -> None:
        """One POST. ValueError for no libraries, as above."""
        self._asked(
            lambda account: post_invitation(account, server_id, library_ids, invitee, restrictions),
            refusals=True,
        )

    def read_features(self) -> Collection[str]:
        """What the owner's subscription allows: `pass`, `sync`, `dvr`, `content_filter` …"""
        answer, _ = self._asked(lambda account: account.query_json(USER))
        subscription = answer.get("subscription") if isinstance(answer, Mapping) else None
        features = subscription.get("features") if isinstance(subscription, Mapping) else None
        if not isinstance(features, list):
            raise PlexUnexpected(Message("plex.not_the_account"))
        return frozenset(one for one in features if isinstance(one, str))

    def read_restrictions(self, account_id: int) -> Restrictions:
        """What plex.tv has at present, for all servers of the owner."""
        return restrictions(self._settings(account_id))

    def set_restrictions(self, account_id: int, fields: Mapping[str, Any]) -> Restrictions:
        """Put the named fields over what is there, and read them back: three calls."""
        settings = with_ours(self._settings(account_id), fields)
        body = {"invitedId": account_id, "settings": settings}
        self._asked(lambda account: account.query_json(SETTINGS, "POST", body))
        return self.read_restrictions(account_id)

    def _settings(self, account_id: int) -> Mapping[str, Any]:
        found = self._asked(lambda account: settings_of(account, invitedId=account_id))
        if found is None:
            raise PlexServerUnknown
        return found

    def _gone_is_fine(self, call: Callable[[Account], object]) -> None:
        try:
            self._asked(call)
        except PlexServerUnknown:  # plex.tv has no such invitation: another caller was faster
            return

    def _asked(self, call: Callable[[Account], T], *, refusals: bool = False) -> T:
        try:
            return self._account.ask(call)
        except PlexRefused as exc:
            if refusals:
                raise
            raise PlexUnexpected(exc.reason) from exc
