"""Friends who want no more mails about their access: a signed link in each mail, by mailbox.

The link, and what is kept, have a keyed hash of the mailbox and no address. Mails that answer what
a friend has just done (approved, denied) are not of this kind, and go on.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import replace

from itsdangerous import BadSignature, Signer

from helpr_core.errors import NotFound
from helpr_core.frozen import dataclass
from helpr_core.services.people.kept_decisions import TableDecision

NAME = "unsubscribed-mailboxes"
_BY = "friend"


@dataclass(frozen=True, slots=True)
class UnsubscribedList:
    """Keyed hashes of mailboxes, oldest first."""

    mailboxes: tuple[str, ...] = ()


class Unsubscribing:
    """`hash_of` is a keyed hash of a mailbox; without a `public_url`, where the page is reached,
    there are no links. Raises LogUnavailable, as what it reads from does.
    """

    def __init__(
        self,
        key: str,
        public_url: str | None,
        hash_of: Callable[[str], str],
        decision: TableDecision[UnsubscribedList],
    ) -> None:
        self._signer = Signer(
            key,
            salt="helpr unsubscribing",
            key_derivation="hmac",
            digest_method=hashlib.sha256,
        )
        self._public_url = public_url
        self._hash_of = hash_of
        self._decision = decision

    def address(self, mailbox: str) -> str | None:
        """The page on which mails to that mailbox are turned off, and on again."""
        if self._public_url is None:
            return None
        token = self._signer.sign(self._hashed(mailbox)).decode()
        return f"{self._public_url.rstrip('/')}/unsubscribe/{token}"

    def wants_mails(self, mailbox: str) -> bool:
        """Whether nobody has turned them off for that mailbox."""
        return self._hashed(mailbox) not in self._decision.read().mailboxes

    def is_subscribed(self, token: str) -> bool:
        """The same for the mailbox of a link. Raises NotFound for a link that is not ours."""
        return self._read(token) not in self._decision.read().mailboxes

    def set(self, token: str, *, subscribed: bool) -> None:
        """Turn mails to that mailbox on or off. Raises NotFound for a link that is not ours."""
        hashed = self._read(token)

        def changed(before: UnsubscribedList) -> UnsubscribedList:
            others = tuple(one for one in before.mailboxes if one != hashed)
            if not subscribed and len(others) < len(before.mailboxes):
                return before
            return replace(before, mailboxes=others if subscribed else (*others, hashed))

        self._decision.change(changed, _BY)

    def _hashed(self, mailbox: str) -> str:
        return self._hash_of(mailbox.casefold())

    def _read(self, token: str) -> str:
        try:
            return self._signer.unsign(token).decode()
        except (BadSignature, UnicodeError) as exc:
            raise NotFound("not a link of ours") from exc
