"""The shapes of a friend's sign-in."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, RootModel, StringConstraints

from helpr_core.web.public.shapes import InviteOut, OrNull, ReceivedOut
from helpr_core.web.texts import Text


class PlexSignInIn(BaseModel):
    """The form's other fields; an empty object is enough."""

    model_config = ConfigDict(hide_input_in_errors=True)

    invite_code: Annotated[str, OrNull] = Field("", description="As for an invite.")
    note: Annotated[Text, StringConstraints(max_length=500), OrNull] = Field(
        "", description="A word to the owner."
    )
    after: Annotated[UUID | None, Field()] = Field(
        None, description="A sign-in that this one takes the place of: code and note are its."
    )


class PlexSignInOut(BaseModel):
    """A sign-in that has begun. It belongs to this browser (cookie), and works once."""

    sign_in_id: UUID
    client_identifier: str = Field(
        description="The device to Plex, X-Plex-Client-Identifier: this sign-in's alone, a secret."
    )
    product: str = Field(description="X-Plex-Product.")
    forward_url: str = Field(description="Where Plex sends the browser afterwards.")
    expires_at: datetime


class PinIn(BaseModel):
    """The PIN that the browser created at clients.plex.tv."""

    model_config = ConfigDict(strict=True, hide_input_in_errors=True)

    pin_id: int = Field(ge=1, le=2**53)
    pin_code: str = Field(pattern="^[A-Za-z0-9]{4,64}$")


class PinOut(BaseModel):
    """Where the friend signs in."""

    auth_url: str
    alert_expected: bool = Field(
        description="Helpr made the PIN, so Plex will show a red warning with the place of Helpr's "
        "server. Tell the friend before."
    )


class FinishedOut(InviteOut):
    """The result of a sign-in."""

    accepted: bool = Field(description="The invitation was accepted: the friend is in.")


class WaitingOut(BaseModel):
    """Nobody has signed in at Plex yet; try again."""

    status: Literal["sign_in_waiting"]
    message: str


class KeptSignInOut(RootModel[FinishedOut | WaitingOut | ReceivedOut]):
    """A request that is kept, or a sign-in that is waiting."""
