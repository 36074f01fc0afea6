"""The shapes of the owner's sign-in, when Plex refuses the token."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from pydantic import BaseModel, Field


class OwnersSignInOut(BaseModel):
    """A sign-in of the owner that has begun."""

    sign_in_id: UUID
    client_identifier: str = Field(
        description="The device to Plex, X-Plex-Client-Identifier: this sign-in's alone, a secret."
    )
    product: str = Field(description="X-Plex-Product.")
    pins_url: str = Field(description="Where the owner's browser makes the PIN.")
    expires_at: datetime


class SignedInAgainOut(BaseModel):
    """The new token is in use, and the old one has been signed out."""

    account: str
    sent: int = Field(description="Requests that had waited for it and have gone out by now.")
    waiting: int = Field(description="Requests that wait still; housekeeping sends them.")
