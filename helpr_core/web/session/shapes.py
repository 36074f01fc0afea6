"""The shapes of the session door: the sign-in and the session."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field

from helpr_core.domain.browsers import Way
from helpr_core.web.queries import LENIENT


class SignInIn(BaseModel):
    """The administrator's name and password, and the second factor's code. Unknown fields are
    ignored."""

    model_config = ConfigDict(strict=True, hide_input_in_errors=True)

    username: str = Field(min_length=1, max_length=255, examples=["owner"])
    password: str = Field(
        min_length=1, max_length=1024, repr=False, json_schema_extra={"format": "password"}
    )
    code: str = Field(
        "",
        max_length=64,
        repr=False,
        description="From the app, or a recovery code, where the second factor is on.",
    )


class InFrontOut(BaseModel):
    """Somebody who was signed in by Azure or a proxy."""

    name: str
    way: Way


class SessionQuery(BaseModel):
    """How nobody is told."""

    model_config = LENIENT

    if_any: bool = Field(
        default=False,
        description="204, and not 401, if nobody is signed in: browsers log every 401 as an error.",
    )


class SessionOut(BaseModel):
    """Who is signed in. `csrf_token` goes into X-CSRF-Token for all but GET."""

    username: str
    csrf_token: str
