"""The person whom Azure's authentication or a trusted proxy has signed in."""

from __future__ import annotations

import logging

from helpr_core import container
from helpr_core.domain.browsers import Way
from helpr_core.domain.in_front import CLAIMS_HEADER, Person, from_claims, from_proxy
from helpr_core.web.call import Call

log = logging.getLogger(__name__)


def person_in_front(call: Call) -> Person | None:
    """That person, if the owner has enabled this way in and named them."""
    ways = container.current().installation.sign_in_ways()
    if Way.AZURE in ways:
        return _by_azure(call)
    return _by_proxy(call) if Way.PROXY in ways else None


def _by_azure(call: Call) -> Person | None:
    installation = container.current().installation
    header = call.request.headers.get(CLAIMS_HEADER, "")
    if not installation.azure_signs_in():
        log.warning("HELPR_SIGN_IN names azure, and Azure's authentication is off for this app")
        return None
    return from_claims(header, installation.settings().sign_in_users)


def _by_proxy(call: Call) -> Person | None:
    installation = container.current().installation
    settings = installation.settings()
    if settings.trusted_proxy_hops == 0 or installation.on_host():
        return None
    given = call.request.headers.get(settings.sign_in_header, "").encode("latin-1", "replace")
    name, peer = given.decode("utf-8", "replace"), call.request.remote_addr or ""
    person = from_proxy(name, peer, settings.sign_in_proxies, settings.sign_in_users)
    if name and person is None:
        log.warning(
            "the header that names who is signed in was not believed: it came from an address"
            " outside HELPR_SIGN_IN_PROXIES, or it names nobody in HELPR_SIGN_IN_USERS"
        )
    return person
