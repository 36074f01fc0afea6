"""The shapes of the second factor: a secret is answered once, and recovery codes are."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, Field, StringConstraints, model_validator

from helpr_core.domain.second_factor import SecondFactor
from helpr_core.texts import Message
from helpr_core.web.queries import STRICT

Code = Annotated[str, StringConstraints(max_length=64)]


class CodeIn(BaseModel):
    """A code that the app shows."""

    model_config = STRICT

    code: Annotated[Code, StringConstraints(min_length=1)] = Field(examples=["123456"])


class ProofIn(BaseModel):
    """The password, or a code from the app or a recovery code: one of them. Behind the function
    key nothing has to be sent, and no way in is asked for more right after signing in."""

    model_config = STRICT

    password: Annotated[str, StringConstraints(max_length=1024)] = Field(
        "", repr=False, json_schema_extra={"format": "password"}
    )
    code: Code = Field("", repr=False)

    @model_validator(mode="after")
    def _is_one(self) -> ProofIn:
        if self.password and self.code:
            raise ValueError(Message("second_factor.one_proof"))
        return self


class SecondFactorOut(BaseModel):
    """Whether signing in with the password takes a code as well."""

    on: bool
    since: datetime | None = None
    recovery_codes_left: int
    has_password: bool = Field(description="Whether there is a password that it stands beside.")
    proof_wanted: bool = Field(
        description="Whether turning it on takes the password; right after signing in it doesn't."
    )


class OfferOut(BaseModel):
    """What an authenticator app takes; it counts once it is confirmed, within 15 minutes."""

    secret: str = Field(description="For typing: Base32 (RFC 4648).")
    address: str = Field(description="The same as `otpauth://…`, for an app on this device.")


class RecoveryCodesOut(BaseModel):
    """Each signs in once in the place of the app's code. They are shown this once."""

    recovery_codes: list[str]


def second_factor_out(
    factor: SecondFactor, *, has_password: bool, proof_wanted: bool
) -> SecondFactorOut:
    """What is told of it."""
    return SecondFactorOut(
        on=factor.is_on,
        since=factor.since,
        recovery_codes_left=len(factor.recovery),
        has_password=has_password,
        proof_wanted=proof_wanted,
    )
