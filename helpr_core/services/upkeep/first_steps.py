"""What an owner does before the first friend asks: each step done, or where to do it."""

from __future__ import annotations

from enum import StrEnum

from helpr_core.domain.checks import Check, Severity
from helpr_core.frozen import dataclass
from helpr_core.services.site.settings import SiteSettings
from helpr_core.services.site.site_code import SiteCode
from helpr_core.services.upkeep.overview import Summary
from helpr_core.texts import Message, Words


class StepName(StrEnum):
    """The steps in their order."""

    TOKEN = "token"  # noqa: S105 - a step's name
    SERVER = "server"
    LIBRARIES = "libraries"
    WAY_IN = "way_in"
    LINK = "link"


class Place(StrEnum):
    """Views of the dashboard."""

    CHECK = "check"
    LIBRARIES = "libraries"
    SETTINGS = "settings"
    LINKS = "links"


@dataclass(frozen=True, slots=True)
class Step:
    """`told` says how things stand, `fix` what to do about it; `place` is where it is done, None
    where that is not on the dashboard."""

    name: StepName
    done: bool
    told: Words
    place: Place | None
    fix: Words = ""


def first_steps(
    summary: Summary,
    settings: SiteSettings,
    code: SiteCode,
    public_url: str | None,
    *,
    has_links: bool,
) -> tuple[Step, ...]:
    """All of them, while nobody has asked for anything yet; then none.

    `has_links`: at least one link is active.
    """
    if summary.counts is None or any(summary.counts.values()):
        return ()
    found = {check.name: check for check in summary.checks}
    return (
        _of_check(StepName.TOKEN, found.get("token"), Place.CHECK),
        _of_check(StepName.SERVER, found.get("server"), Place.CHECK),
        _of_check(StepName.LIBRARIES, found.get("libraries"), Place.LIBRARIES),
        _way_in(settings, code, has_links=has_links),
        _link(public_url),
    )


def _of_check(name: StepName, check: Check | None, place: Place) -> Step:
    if check is None:
        return Step(name, False, Message("step.not_known"), place)
    # A warning breaks nothing here: one of several libraries is gone, plex.tv is slow.
    done = check.ok or (name is StepName.LIBRARIES and check.severity is Severity.WARNING)
    return Step(name, done, check.detail, place, "" if done else check.fix)


def _way_in(settings: SiteSettings, code: SiteCode, *, has_links: bool) -> Step:
    """An open form is a choice too, and so it is named as what is left to decide."""
    if code.unreadable:
        return Step(StepName.WAY_IN, False, Message("step.way_in.unreadable"), Place.SETTINGS)
    if code.exists and (settings.code_required or settings.links_only):
        return Step(StepName.WAY_IN, True, Message("step.way_in.code"), Place.SETTINGS)
    if settings.links_only:
        told = Message("step.way_in.links" if has_links else "step.way_in.no_links")
        return Step(StepName.WAY_IN, has_links, told, Place.LINKS)
    if settings.approval_required:
        return Step(StepName.WAY_IN, True, Message("step.way_in.approval"), Place.SETTINGS)
    return Step(StepName.WAY_IN, False, Message("step.way_in.open"), Place.SETTINGS)


def _link(public_url: str | None) -> Step:
    if public_url:
        return Step(StepName.LINK, True, Message("step.link.ready"), None)
    return Step(StepName.LINK, False, Message("step.link.no_address"), None)
