"""The shapes of passkeys. What a browser makes of them is WebAuthn's own JSON."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from helpr_core.domain.passkeys import Passkey
from helpr_core.web.queries import STRICT
from helpr_core.web.texts import Line
from helpr_core.web.whole import shown

Name = Annotated[Line, StringConstraints(strip_whitespace=True, min_length=1, max_length=60)]
Base64Url = Annotated[str, StringConstraints(max_length=8000, pattern=r"^[A-Za-z0-9_-]*$")]


class CredentialIn(BaseModel):
    """RegistrationResponseJSON or AuthenticationResponseJSON of WebAuthn
    (https://www.w3.org/TR/webauthn-3/, section 5.1)."""

    model_config = ConfigDict(strict=True, hide_input_in_errors=True)

    id: Base64Url
    raw_id: Base64Url = Field(alias="rawId")
    type: Annotated[str, StringConstraints(pattern="^public-key$")] = "public-key"
    response: dict[str, Base64Url] = Field(
        description="clientDataJSON, and what else the authenticator said, as base64url."
    )

    def answer(self) -> dict[str, Any]:
        """As the library reads it."""
        return self.model_dump(by_alias=True)


class PasskeyIn(BaseModel):
    """A passkey that a browser has just made, and what the owner calls it."""

    model_config = STRICT

    name: Name
    credential: CredentialIn


class PasskeyPatch(BaseModel):
    """Another name."""

    model_config = STRICT

    name: Name


class SignInWithPasskeyIn(BaseModel):
    """What a passkey has signed."""

    model_config = STRICT

    credential: CredentialIn


class CeremonyOut(BaseModel):
    """What the browser is given for `navigator.credentials`: its bytes are base64url. The
    challenge in it is good for five minutes, once."""

    public_key: dict[str, Any]


class PasskeyOut(BaseModel):
    """A passkey, good at `host` alone."""

    passkey_id: str
    name: str
    host: str
    added_at: datetime
    used_at: datetime | None = None


class PasskeysOut(BaseModel):
    """All of the owner's, oldest first. `proof_wanted`: adding one takes the password or a code;
    right after signing in it doesn't."""

    passkeys: list[PasskeyOut]
    proof_wanted: bool


def passkey_out(passkey: Passkey) -> PasskeyOut:
    """What is told of it."""
    return shown(PasskeyOut, passkey)


def passkeys_out(found: Iterable[Passkey], *, proof_wanted: bool) -> PasskeysOut:
    """All of them."""
    return PasskeysOut(passkeys=[passkey_out(one) for one in found], proof_wanted=proof_wanted)
