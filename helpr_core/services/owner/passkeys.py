"""The owner's passkeys: added, used to sign in, renamed, removed."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any, NamedTuple, Protocol
from uuid import uuid4

from helpr_core.clock import Clock
from helpr_core.domain.passkeys import MOST, Passkey, Passkeys, Site
from helpr_core.errors import EntryChanged, LogUnavailable, NotFound, NotPossible
from helpr_core.services.decisions import Decided
from helpr_core.services.documents import Document
from helpr_core.services.owner.challenges import Challenges
from helpr_core.services.owner.errors import PasskeyRefused
from helpr_core.services.ports import SITE
from helpr_core.texts import Message

log = logging.getLogger(__name__)

DOCUMENT = Document(SITE, "passkeys", Passkeys)
FRESH = timedelta(minutes=1)
_ADD, _SIGN_IN = "passkey-add", "passkey-sign-in"
_TRIES = 5

Answer = Mapping[str, Any]
"""The browser's answer, in WebAuthn's own JSON (RegistrationResponseJSON and
AuthenticationResponseJSON)."""


class Used(NamedTuple):
    """The credential that has signed, and how often, by its own count."""

    credential: str
    uses: int


class Ceremonies(Protocol):
    """WebAuthn's two ceremonies. Methods with an Answer raise PasskeyRefused if it is not
    valid; credentials are those of Passkey."""

    def creation(
        self, site: Site, user: bytes, name: str, known: Iterable[str], challenge: bytes
    ) -> dict[str, Any]:
        """PublicKeyCredentialCreationOptionsJSON, excluding devices of known credentials."""

    def request(self, site: Site, challenge: bytes) -> dict[str, Any]:
        """PublicKeyCredentialRequestOptionsJSON."""

    def challenge(self, answer: Answer) -> bytes:
        """The challenge that it answers; nothing is verified yet."""

    def made(self, site: Site, answer: Answer, challenge: bytes) -> str:
        """The credential that was made for this challenge."""

    def used(self, site: Site, answer: Answer, challenge: bytes, known: Iterable[str]) -> Used:
        """The credential that has signed this challenge."""


class OwnersPasskeys:
    """`user` names the owner to authenticators: 64 hexadecimal digits that mean nothing elsewhere.

    Methods that change something raise LogUnavailable; those that take an Answer raise
    PasskeyRefused if it is not valid, and StateUnavailable.
    """

    def __init__(
        self,
        decided: Decided[Passkeys],
        ceremonies: Ceremonies,
        challenges: Challenges,
        user: str,
        clock: Clock,
    ) -> None:
        self._decided = decided
        self._ceremonies = ceremonies
        self._challenges = challenges
        self._user = bytes.fromhex(user)
        self._clock = clock

    def all(self) -> tuple[Passkey, ...]:
        """The passkeys in the database, or in its copy."""
        return self._decided.newest().passkeys

    def are_there(self) -> bool:
        """Whether there are any, as far as this worker knows: for pages."""
        return bool(self._decided.current().passkeys)

    def begin_adding(self, site: Site, username: str) -> dict[str, Any]:
        """What a browser needs to make a passkey: PublicKeyCredentialCreationOptionsJSON."""
        known = [one.credential for one in self.all() if one.host == site.host]
        challenge = self._challenges.make(_ADD)
        return self._ceremonies.creation(site, self._user, username, known, challenge)

    def add(self, site: Site, answer: Answer, name: str, by: str) -> Passkey:
        """Store the new passkey. Raises NotPossible if there are 20 already."""
        challenge = self._answered(answer, _ADD)
        credential = self._ceremonies.made(site, answer, challenge)
        self._use(challenge)
        made = Passkey(str(uuid4()), credential, site.host, name, self._clock())

        def added(known: Passkeys) -> Passkeys:
            if len(known.passkeys) >= MOST:
                raise NotPossible(Message("passkeys.too_many", count=MOST))
            return replace(known, passkeys=(*known.passkeys, made))

        self._change(added, by)
        return made

    def begin_sign_in(self, site: Site) -> dict[str, Any]:
        """What a browser needs to use a passkey: PublicKeyCredentialRequestOptionsJSON."""
        return self._ceremonies.request(site, self._challenges.make(_SIGN_IN))

    def sign_in(self, site: Site, answer: Answer) -> Passkey:
        """The passkey that has signed the challenge, as it is after this use."""
        challenge = self._answered(answer, _SIGN_IN)
        known = {one.credential: one for one in self.all() if one.host == site.host}
        used = self._ceremonies.used(site, answer, challenge, known)
        self._use(challenge)
        return self._note_use(known[used.credential], used.uses)

    def rename(self, passkey_id: str, name: str, by: str) -> Passkey:
        """Rename it. Raises NotFound."""
        return self._replace(passkey_id, lambda one: replace(one, name=name), by)

    def remove(self, passkey_id: str, by: str) -> Passkey:
        """Remove it: it can no longer sign in. Raises NotFound."""
        found = self._find(self.all(), passkey_id)
        self._change(
            lambda known: replace(
                known,
                passkeys=tuple(one for one in known.passkeys if one.passkey_id != passkey_id),
            ),
            by,
        )
        return found

    def _note_use(self, passkey: Passkey, uses: int) -> Passkey:
        """Record the use and its count: one that does not grow belongs to a clone."""
        now = self._clock()

        def used(one: Passkey) -> Passkey:
            if (uses or one.uses) and uses <= one.uses:
                log.warning("a passkey was refused: its count has not grown")
                raise PasskeyRefused
            return replace(one, used_at=now, uses=uses)

        try:
            return self._replace(passkey.passkey_id, used, None)
        except NotFound:
            raise PasskeyRefused from None  # removed just now
        except LogUnavailable as exc:
            log.warning("the use of a passkey is not recorded reason=%s", exc)
            return used(passkey)

    def _replace(
        self, passkey_id: str, change: Callable[[Passkey], Passkey], by: str | None
    ) -> Passkey:
        def changed(known: Passkeys) -> Passkeys:
            old = self._find(known.passkeys, passkey_id)
            new = change(old)
            return replace(
                known, passkeys=tuple(new if one is old else one for one in known.passkeys)
            )

        return self._find(self._change(changed, by).passkeys, passkey_id)

    @staticmethod
    def _find(passkeys: tuple[Passkey, ...], passkey_id: str) -> Passkey:
        found = next((one for one in passkeys if one.passkey_id == passkey_id), None)
        if found is None:
            raise NotFound("no such passkey")
        return found

    def _answered(self, answer: Answer, purpose: str) -> bytes:
        """The answer's challenge, if it is one of ours."""
        challenge = self._ceremonies.challenge(answer)
        if not self._challenges.is_good(challenge, purpose):
            raise PasskeyRefused
        return challenge

    def _use(self, challenge: bytes) -> None:
        if not self._challenges.use(challenge):
            raise PasskeyRefused

    def _change(self, change: Callable[[Passkeys], Passkeys], by: str | None) -> Passkeys:
        for _ in range(_TRIES):
            known = self._decided.recorded()
            try:
                return self._decided.save(change(known), known, by)
            except EntryChanged:
                continue
        raise LogUnavailable(Message("database.passkeys_contended"))
