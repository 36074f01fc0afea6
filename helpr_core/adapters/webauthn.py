"""WebAuthn by Yubico's fido2, which is imported only where there are passkeys."""

from __future__ import annotations

import logging
import struct
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import Any, TypeVar

from helpr_core import first_use
from helpr_core.domain.passkeys import Site
from helpr_core.services.owner.errors import PasskeyRefused
from helpr_core.services.owner.passkeys import Answer, Used

log = logging.getLogger(__name__)

T = TypeVar("T")

_VERIFIED = "required"
"""The authenticator has to recognise its user: by that a passkey is two factors in one."""
_NOT_AS_IT_SHOULD = (
    ValueError,
    TypeError,
    LookupError,
    AttributeError,
    AssertionError,
    ArithmeticError,
    NotImplementedError,
    RecursionError,
    struct.error,
)
"""What the library raises where something is not of the shape that it should be."""


class WebAuthn:
    """Ceremonies of services/owner/passkeys."""

    def creation(
        self, site: Site, user: bytes, name: str, known: Iterable[str], challenge: bytes
    ) -> dict[str, Any]:
        """What a browser makes a passkey of."""
        options, _ = _server(site).register_begin(
            {"id": user, "name": name, "displayName": name},
            [{"type": "public-key", "id": _credential(one).credential_id} for one in known],
            resident_key_requirement="required",
            user_verification=_VERIFIED,
            challenge=challenge,
        )
        return dict(options.public_key)

    def request(self, site: Site, challenge: bytes) -> dict[str, Any]:
        """What a browser asks for a passkey with: for any that it has of this site."""
        options, _ = _server(site).authenticate_begin(None, _VERIFIED, challenge)
        return dict(options.public_key)

    def challenge(self, answer: Answer) -> bytes:
        """The challenge that was answered, or is said to have been."""

        def read() -> bytes:
            data = _bytes(answer["response"]["clientDataJSON"])
            return bytes(_webauthn().CollectedClientData(data).challenge)

        return _checked(read)

    def made(self, site: Site, answer: Answer, challenge: bytes) -> str:
        """The credential of the passkey that was made, as base64url."""

        def read() -> str:
            made = _server(site).register_complete(_state(challenge), answer).credential_data
            # A key that is none would otherwise be found out when its owner wants to sign in.
            with suppress(first_use.module("cryptography.exceptions").InvalidSignature):
                made.public_key.verify(b"", b"")
            return _text(bytes(made))

        return _checked(read)

    def used(self, site: Site, answer: Answer, challenge: bytes, known: Iterable[str]) -> Used:
        """Which of the known credentials has signed the challenge."""

        def read() -> Used:
            credentials = [_credential(one) for one in known]
            used = _server(site).authenticate_complete(_state(challenge), credentials, answer)
            parsed = _webauthn().AuthenticationResponse.from_dict(answer)
            return Used(_text(bytes(used)), int(parsed.response.authenticator_data.counter))

        return _checked(read)


def _checked(check: Callable[[], T]) -> T:
    try:
        return check()
    except _NOT_AS_IT_SHOULD as exc:
        # Not its words: they are the library's, about what a stranger may have sent.
        log.info("a passkey's answer was refused error=%s", type(exc).__name__)
        raise PasskeyRefused from None


def _state(challenge: bytes) -> dict[str, str]:
    return {"challenge": _text(challenge), "user_verification": _VERIFIED}


def _server(site: Site) -> Any:
    return first_use.module("fido2.server").Fido2Server(
        {"id": site.host, "name": "Helpr"}, verify_origin=lambda origin: origin == site.origin
    )


def _webauthn() -> Any:
    return first_use.module("fido2.webauthn")


def _credential(credential: str) -> Any:
    return _webauthn().AttestedCredentialData(_bytes(credential))


def _text(data: bytes) -> str:
    return urlsafe_b64encode(data).decode().rstrip("=")


def _bytes(text: str) -> bytes:
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))
