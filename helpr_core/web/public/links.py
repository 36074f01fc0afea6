"""The link that a friend's page or script comes with."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from helpr_core import container
from helpr_core.domain.links import FEW, Link
from helpr_core.domain.terms import Approval
from helpr_core.errors import HelprError
from helpr_core.frozen import dataclass
from helpr_core.web.call import Call

if TYPE_CHECKING:
    from helpr_core.services.site.summary import Site


_FAR = timedelta(days=60)


@dataclass(frozen=True, slots=True)
class Offered:
    """What a link's page says about it besides the libraries. `places` only if they are few;
    `is_far`: the day of `until` is enough. `sign_in`: no name is asked for, because it only admits
    friends who sign in with Plex."""

    code: str
    access_days: int | None = None
    until: datetime | None = None
    places: int | None = None
    sign_in: bool = False
    is_far: bool = False


def path_code(call: Call) -> str:
    """The code in the path; the host decodes everything but slashes."""
    return call.path_params.get("code", "").replace("%2F", "/").replace("%2f", "/")


def asked_link(call: Call) -> Link:
    """The link whose code is in the path: see Admission.look."""
    return container.current().requests.admission().look(path_code(call), call.client)


def asked_page(call: Call) -> Link:
    """The same for its page, which counts as opened if a person opens it."""
    link = asked_link(call)
    if _is_a_persons(call):
        container.current().links().openings().note(link.link_id)
    return link


def typed_link(call: Call, code: str) -> Link | None:
    """The link for the code in a form that is shown again with its errors; None if there is none,
    or if that is currently unknown."""
    if code.strip():
        with suppress(HelprError):
            return container.current().requests.admission().look(code, call.client)
    return None


def site_of(site: Site, link: Link) -> Site:
    """The site as a friend with the link sees it."""
    approval = site.approval_required
    if link.approval is not Approval.AS_SET:
        approval = link.approval is Approval.YES
    libraries, server_name = link.libraries, ""
    if link.server_id:
        plex = container.current().plex
        known = plex.catalog_of(link.server_id).known()
        server_name = known.name if known else ""
        libraries = libraries or plex.libraries_of(link.server_id).offered()
    return replace(
        site,
        server_name=server_name or site.server_name,
        libraries=libraries or site.libraries,
        welcome=link.welcome or site.welcome,
        approval_required=approval,
    )


def offered(link: Link, code: str) -> Offered:
    """What the page says about it."""
    left, until = link.uses_left, link.expires_at
    places = left if left is not None and left <= FEW else None
    is_far = until is not None and until > container.current().installation.utc_now() + _FAR
    return Offered(
        code,
        link.access_days,
        until,
        places,
        link.require_sign_in,
        is_far,
    )


def _is_a_persons(call: Call) -> bool:
    """Whether a person is viewing the page: not the owner's preview, and not a program that renders
    a pasted link, which sends no preferred language."""
    request = call.request
    is_looking = request.method == "GET" and "preview" not in request.args
    prefetched = "prefetch" in request.headers.get("Sec-Purpose", "")
    return is_looking and not prefetched and bool(request.accept_languages)
