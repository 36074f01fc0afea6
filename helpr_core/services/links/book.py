"""The owner's links: creating, changing, listing and deleting them."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID, uuid4

from helpr_core.clock import Clock
from helpr_core.domain.audit import Actor
from helpr_core.domain.codes import code_key
from helpr_core.domain.history import Page
from helpr_core.domain.links import (
    SHORTEST_CODE,
    SITE_LINK_ID,
    Link,
    LinkState,
    Statistics,
    is_long_enough,
    made_code,
)
from helpr_core.domain.plex import Library
from helpr_core.errors import FieldError, InvalidInput, NotFound, NotPossible
from helpr_core.frozen import dataclass
from helpr_core.services.links.copies import LinkCopies
from helpr_core.services.links.errors import CodeTaken
from helpr_core.services.links.handed_out import CodesHandedOut
from helpr_core.services.links.openings import Openings
from helpr_core.services.links.ports import LinkFilter, Links
from helpr_core.services.requests.invite_code import site_link
from helpr_core.services.site.site_code import CodeSource, SiteCode
from helpr_core.texts import Message

_DRAWS = 5
"""Tries for a free code; a random 50-bit code does not collide twice."""

NamedLibraries = Callable[[Sequence[int], str], tuple[Library, ...]]


@dataclass(frozen=True, slots=True)
class Listed:
    """A link, its state, and its statistics."""

    link: Link
    statistics: Statistics
    held_by: CodeSource | None = None
    """Where the site's own code is set."""


class LinkBook:
    """Each method raises LogUnavailable; `by` is who does it.

    `site_code` is the site's own, which is listed with the links. `libraries_of` returns a server's
    libraries with these ids ("" is the default server), or raises InvalidInput; `allowed` refuses
    restrictions that Plex would not accept; `managed` are the machine identifiers of the servers
    that Helpr manages, the default one first; `has_choice` tells whether the owner has chosen
    libraries of one of the others.
    """

    def __init__(
        self,
        links: Links,
        openings: Openings,
        copies: LinkCopies,
        libraries_of: NamedLibraries,
        allowed: Callable[[Mapping[str, Any]], None],
        managed: Callable[[], Sequence[str]],
        has_choice: Callable[[str], bool],
        clock: Clock,
        handed_out: CodesHandedOut,
        *,
        site_code: Callable[[], SiteCode],
    ) -> None:
        self._links = links
        self._openings = openings
        self._copies = copies
        self._libraries_of = libraries_of
        self._allowed = allowed
        self._managed = managed
        self._has_choice = has_choice
        self._clock = clock
        self._handed_out = handed_out
        self._site_code = site_code

    def make(self, given: Mapping[str, Any], by: Actor) -> Listed:
        """A new link with these fields; without a code, one is generated.

        Raises InvalidInput, and CodeTaken if another link has that code.
        """
        now = self._clock()
        code = given.get("code")
        blank = Link(uuid4(), "", now, now)
        link = self._checked(blank, {**given, "code": code or made_code(secrets.randbelow)})
        for draw in range(1, _DRAWS + 1):
            try:
                self._links.add(link, by)
                break
            except CodeTaken:
                if code or draw == _DRAWS:
                    raise
                link = replace(link, code=made_code(secrets.randbelow))
        self._copies.keep(link)
        self._handed_out.note(active=True)
        return Listed(link, Statistics())

    def change(self, link_id: UUID, given: Mapping[str, Any], by: Actor) -> Listed:
        """Set these fields, None meaning none; others stay.

        Raises NotFound, InvalidInput, CodeTaken, and NotPossible for INVITE_CODE.
        """
        before = self._kept(link_id)
        if "code" in given and not given["code"]:
            given = {**given, "code": made_code(secrets.randbelow)}
        after = self._checked(before, given)
        if after != before:
            after = replace(after, updated_at=self._clock())
            after = self._written(after, before, by, _kind(before, after))
        return self._with_statistics([after])[0]

    def delete(self, link_id: UUID, by: Actor) -> None:
        """Let it admit nobody any more. Its requests stay in the record."""
        before = self._kept(link_id)
        now = self._clock()
        self._written(replace(before, deleted_at=now, updated_at=now), before, by, "deleted")

    def get(self, link_id: UUID) -> Listed:
        """One link. Raises NotFound."""
        own = self._site_link() if link_id == SITE_LINK_ID else None
        if own is not None:
            return self._with_statistics([own])[0]
        found = self._links.get(link_id)
        if found is None:
            raise NotFound("no such link")
        return self._with_statistics([found])[0]

    def page(self, wanted: LinkFilter, limit: int, cursor: str = "") -> Page[Listed]:
        """Newest first; the site's own code, if there is one, comes before all others."""
        page = self._links.page(wanted, limit, cursor)
        rows = list(page.rows)
        if not cursor:
            rows = [*self._of_site(wanted), *rows]
        return Page(self._with_statistics(rows), page.next_cursor)

    def count(self, wanted: LinkFilter) -> int:
        """How many links are wanted, on all pages."""
        return self._links.count(wanted) + len(self._of_site(wanted))

    def _of_site(self, wanted: LinkFilter) -> list[Link]:
        """The site's own code, if there is one and it is wanted: it is always on, and has no
        label that could be searched."""
        is_wanted = (
            not wanted.search
            and wanted.enabled is not False
            and wanted.state in (None, LinkState.ACTIVE)
        )
        own = self._site_link() if is_wanted else None
        return [] if own is None else [own]

    def _site_link(self) -> Link | None:
        code = self._site_code()
        return site_link(code) if code.text else None

    def _kept(self, link_id: UUID) -> Link:
        if link_id == SITE_LINK_ID and self._site_link() is not None:
            raise NotPossible(Message(f"link.of_{self._site_code().source}"))
        found = self._links.get(link_id)
        if found is None:
            raise NotFound("no such link")
        return found

    def _written(self, after: Link, before: Link, by: Actor, kind: str) -> Link:
        written = self._links.change(after, before, by, kind)
        if written is None:
            raise NotFound("the link was deleted in the meantime")
        if before.code:
            self._copies.keep(replace(written, code=after.code), instead_of=before.code)
        return written

    def _with_statistics(self, links: Sequence[Link]) -> list[Listed]:
        found = self._links.statistics([one.link_id for one in links])
        opened = self._openings.counts()
        return [
            Listed(
                one,
                replace(
                    found.get(one.link_id, Statistics()),
                    opened=None if opened is None else opened.get(one.link_id, 0),
                ),
                self._site_code().source if one.is_sites else None,
            )
            for one in links
        ]

    def _checked(self, link: Link, given: Mapping[str, Any]) -> Link:
        """The link with these fields; they have their types already."""
        fields = dict(given)
        if "code" in fields:
            self._check_code(fields["code"])
        if fields.get("libraries") is not None:
            server_id = fields.get("server_id", link.server_id)
            fields["libraries"] = self._libraries_of(fields["libraries"], server_id)
        if "restrictions" in fields:
            fields["restrictions"] = self._restricted(link, fields["restrictions"])
        expires_at = fields.get("expires_at")
        if expires_at is not None and expires_at <= self._clock():
            raise InvalidInput(FieldError("expires_at", Message("link.expires_in_the_past")))
        checked = replace(link, **fields)
        if (link.server_id or checked.server_id) and {"server_id", "libraries"} & fields.keys():
            self._check_server(link, checked, has_libraries="libraries" in fields)
        return checked

    def _check_code(self, code: str) -> None:
        if not is_long_enough(code):
            too_short = Message("link.code_too_short", least=SHORTEST_CODE)
            raise InvalidInput(FieldError("code", too_short))
        own = self._site_code().text
        if own and code_key(code) == code_key(own):
            raise CodeTaken("the site's own code is this one")

    def _check_server(self, before: Link, after: Link, *, has_libraries: bool) -> None:
        """A link that moves takes no libraries along, and one without libraries gives what is
        shared of its server: some must have been chosen there."""
        servers = self._managed()
        default = servers[0]
        if after.server_id and after.server_id not in servers:
            raise InvalidInput(FieldError("server_id", Message("link.server_unknown")))
        was, now = before.server_id or default, after.server_id or default
        keeps = now != was and not has_libraries and after.libraries is not None
        lacks = now != default and after.libraries is None and not self._has_choice(now)
        if keeps or lacks:
            raise InvalidInput(FieldError("libraries", Message("link.server_libraries")))

    def _restricted(self, link: Link, given: Mapping[str, Any] | None) -> dict[str, Any]:
        """Fields that are not named stay; None clears one."""
        if not given:
            return {}
        merged = {**link.restrictions, **given}
        restrictions = {name: value for name, value in merged.items() if value is not None}
        self._allowed(restrictions)
        return restrictions


def _kind(before: Link, after: Link) -> str:
    """The name of the owner's action."""
    if replace(before, enabled=after.enabled, updated_at=after.updated_at) != after:
        return "changed"
    return "enabled" if after.enabled else "disabled"
