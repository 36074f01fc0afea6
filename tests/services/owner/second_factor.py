"""An authenticator app, and the second factor on real stores."""

from __future__ import annotations

import base64
import hashlib
import hmac
import struct
from datetime import datetime

from helpr_core.adapters.sealing import KeySealer
from helpr_core.adapters.sql.database import Database
from helpr_core.adapters.sql.decisions import SqlDecisions
from helpr_core.adapters.totp import Totp
from helpr_core.clock import Clock
from helpr_core.domain.second_factor import SecondFactor
from helpr_core.services.decisions import Decided
from helpr_core.services.owner.second_factor import DOCUMENT, FRESH, SecondFactors
from helpr_core.services.ports import StateStore

SECRET_KEY = "a" * 64


def app_code(secret: str, at: datetime) -> str:
    """The app's code at that time: RFC 6238 with SHA-1, independent of the product."""
    key = base64.b32decode(secret)
    digest = hmac.digest(key, struct.pack(">Q", int(at.timestamp()) // 30), hashlib.sha1)
    (number,) = struct.unpack_from(">I", digest, digest[-1] & 15)
    return f"{(number & 0x7FFFFFFF) % 1_000_000:06}"


def second_factors(
    database: Database, state: StateStore, clock: Clock, key: str = SECRET_KEY
) -> SecondFactors:
    """The second factor of one worker."""
    table = SqlDecisions(database)
    decided = Decided(
        DOCUMENT, SecondFactor(), lambda: table, state, clock, FRESH, always_in_table=True
    )
    return SecondFactors(
        decided,
        Totp(),
        KeySealer(key),
        lambda code: hmac.new(key.encode(), code.encode(), hashlib.sha256).hexdigest(),
        clock,
    )
