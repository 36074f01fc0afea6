"""Whether a Plex Media Server answers at one of its addresses: for the diagnostics only."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed

import urllib3
from urllib3.exceptions import HTTPError

from helpr_core.adapters.plex.transport import PatientPools

SECONDS = 2.0
"""Seconds to connect and to answer: a home server that is awake needs a tenth of this."""
_MOST_ADDRESSES = 12
_MAX_BYTES = 65_536


def first_that_answers(addresses: Sequence[str], machine_identifier: str) -> str | None:
    """The first address at which that very server answers; None if none does in time.

    It requests /identity, which needs no token, so that no token is sent to an address that may
    belong to somebody else by now.
    """
    wanted = addresses[:_MOST_ADDRESSES]
    if not wanted:
        return None
    pool = ThreadPoolExecutor(max_workers=len(wanted))
    try:
        asked = {pool.submit(_answers, one, machine_identifier): one for one in wanted}
        for done in as_completed(asked):
            if done.result():
                return asked[done]
        return None
    finally:
        pool.shutdown(wait=False, cancel_futures=True)


def _answers(address: str, machine_identifier: str) -> bool:
    with PatientPools(1) as pools:
        try:
            with pools.urlopen(
                "GET",
                f"{address.rstrip('/')}/identity",
                redirect=False,
                retries=False,
                preload_content=False,
                timeout=urllib3.Timeout(SECONDS),
            ) as response:
                body = response.read(_MAX_BYTES, decode_content=True)
        except HTTPError:
            return False
    return response.status == 200 and machine_identifier.encode() in body
