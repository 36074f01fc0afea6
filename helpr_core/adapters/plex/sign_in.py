"""Signing in at Plex: the PIN, and the calls made with its token.

The token exists only in the object, and disappears with it. Names and paths as in plex.tv's own
flow: https://forums.plex.tv/t/authenticating-with-plex/609370
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from helpr_core.adapters.plex.account import Account
from helpr_core.adapters.plex.addresses import CLIENTS_PLEX_TV, PLEX_TV, USER
from helpr_core.domain.plex import Server
from helpr_core.domain.plex_account import PIN_CODE, FriendAccount, Pin
from helpr_core.services.plex.errors import (
    PlexAnswerLost,
    PlexRefused,
    PlexServerUnknown,
    PlexUnexpected,
)
from helpr_core.services.sign_ins.errors import SignInOver
from helpr_core.texts import Message

PINS = f"{CLIENTS_PLEX_TV}/api/v2/pins"
_SIGN_OUT = f"{PLEX_TV}/api/v2/users/signout"
_RECEIVED = f"{CLIENTS_PLEX_TV}/api/v2/shared_servers/invites/received/pending"
_ACCEPT = f"{CLIENTS_PLEX_TV}/api/v2/shared_servers/{{share_id}}/accept"


class PlexSignInDoor:
    """Implements PlexDoor of services/sign_ins; `base_url` stands for https://plex.tv."""

    def __init__(self, base_url: str) -> None:
        self._base_url = base_url

    def make_pin(self, client_identifier: str) -> Pin:
        """A PIN created here: Plex shows this server's location to the friend who signs in."""
        visitor = _Visitor(self._base_url, client_identifier)
        try:
            facts = _object(visitor.ask(f"{PINS}?strong=true", "POST"))
        finally:
            visitor.close()
        number, code = facts.get("id"), str(facts.get("code", ""))
        if not isinstance(number, int) or not PIN_CODE.fullmatch(code):
            raise PlexAnswerLost(Message("plex.pin_incomplete"))
        return Pin(number, code)

    def enter(self, pin_id: int, client_identifier: str) -> PlexSignedIn | None:
        """The person who signed in with that PIN, if somebody has."""
        token = self.token(pin_id, client_identifier)
        if not token:
            return None
        return PlexSignedIn(Account(token, self._base_url, client_identifier))

    def token(self, pin_id: int, client_identifier: str) -> str:
        """The token for the PIN; "" while nobody has signed in with it."""
        visitor = _Visitor(self._base_url, client_identifier)
        try:
            facts = _object(visitor.ask(f"{PINS}/{pin_id}"))
        except PlexServerUnknown as exc:  # 404: no such PIN, or it has expired
            raise SignInOver("no such PIN") from exc
        finally:
            visitor.close()
        token = facts.get("authToken")
        return token if isinstance(token, str) else ""

    def sign_out(self, token: str, client_identifier: str) -> None:
        """End a token that nobody needs any more; PlexUnauthorized for one that is dead."""
        PlexSignedIn(Account(token, self._base_url, client_identifier)).sign_out()


class PlexSignedIn:
    """Implements SignedIn of services/sign_ins."""

    def __init__(self, account: Account) -> None:
        self._account = account

    def account(self) -> FriendAccount:
        """The account that the token belongs to."""
        facts = _object(self._asked(USER))
        number = facts.get("id")
        if not isinstance(number, int):
            raise PlexAnswerLost(Message("plex.not_the_account"))
        return FriendAccount(
            number,
            _text(facts, "username"),
            _text(facts, "email"),
            confirmed=facts.get("confirmed") is not False,
            restricted=facts.get("restricted") is True,
        )

    def received(self, server: Server) -> str:
        """The id of that server's share among this person's pending invitations."""
        listed = self._asked(_RECEIVED)
        if not isinstance(listed, list):
            raise PlexAnswerLost(Message("plex.not_the_list"))
        rows = (row for one in listed if isinstance(one, dict) for row in _rows(one))
        own = (row for row in rows if row.get("machineIdentifier") == server.machine_identifier)
        return next((str(row["id"]) for row in own if row.get("id")), "")

    def accept(self, share_id: str) -> bool:
        """Accept it; False if Plex has no such invitation for this person."""
        try:
            url = _ACCEPT.format(share_id=int(share_id))
            self._asked(url, "POST")
        except (PlexUnexpected, PlexServerUnknown, ValueError):
            return False
        return True

    def sign_out(self) -> None:
        """Sign the token out, and close the sockets that used it."""
        try:
            self._asked(_SIGN_OUT, "DELETE")
        finally:
            self._account.close()

    def _asked(self, url: str, method: str = "GET") -> Any:
        try:
            answer, _ = self._account.query_json(url, method)
        except PlexRefused as exc:  # nobody is invited here: a refusal is about the call
            raise PlexUnexpected(exc.reason) from exc
        return answer


class _Visitor(Account):
    """A caller without a token."""

    def __init__(self, base_url: str, client_identifier: str) -> None:
        super().__init__("", base_url, client_identifier)

    def ask(self, url: str, method: str = "GET") -> Any:
        """The JSON at that address."""
        try:
            answer, _ = self.query_json(url, method)
        except PlexRefused as exc:
            raise PlexUnexpected(exc.reason) from exc
        return answer

    def _headers(self, **kwargs: str) -> dict[str, str]:
        headers = super()._headers(**kwargs)
        return {name: text for name, text in headers.items() if name != "X-Plex-Token"}


def _object(answer: Any) -> Mapping[str, Any]:
    if not isinstance(answer, dict):
        raise PlexAnswerLost(Message("plex.not_an_object"))
    return answer


def _rows(invite: Mapping[str, Any]) -> list[dict[str, Any]]:
    rows = invite.get("sharedServers")
    return [row for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []


def _text(facts: Mapping[str, Any], name: str) -> str:
    value = facts.get(name)
    return value.strip() if isinstance(value, str) else ""
