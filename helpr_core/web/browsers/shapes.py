"""Browsers that are signed in."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from pydantic import BaseModel, Field

from helpr_core.domain.browsers import SignedInBrowser, Way
from helpr_core.web.whole import shown


class BrowserOut(BaseModel):
    """One of them."""

    browser_id: str
    browser: str = Field(description="Its name as people call it; empty where it is not known.")
    system: str = Field(description="Windows, iPhone …; empty where it is not known.")
    username: str
    way: Way = Field(description="How it was signed in.")
    signed_in_at: datetime
    seen_at: datetime = Field(description="When it was last used, three minutes late at most.")
    current: bool = Field(description="Whether it is the one that asks.")


class BrowsersOut(BaseModel):
    """All of them, the last used first."""

    browsers: list[BrowserOut]


class SignedOutOut(BaseModel):
    """How many browsers were signed out."""

    signed_out: int


def browsers_out(found: Sequence[SignedInBrowser], current_key: str) -> BrowsersOut:
    """As they are shown to the browser of that key."""
    return BrowsersOut(
        browsers=[
            shown(
                BrowserOut,
                one,
                browser_id=one.key,
                browser=one.software.browser,
                system=one.software.system,
                signed_in_at=one.began_at,
                current=one.key == current_key,
            )
            for one in found
        ]
    )
