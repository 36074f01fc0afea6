"""Every state that a friend can see, each as a page, with the longest possible data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from helpr_core.domain import messages
from helpr_core.domain.plex import Library
from helpr_core.domain.requests import Status
from helpr_core.errors import FieldError
from helpr_core.services.plex.libraries import NONE_CHOSEN
from helpr_core.services.site.settings import SiteSettings
from helpr_core.services.site.standing import Standing
from helpr_core.services.site.summary import Site, describe_site
from helpr_core.texts import Message
from helpr_core.web.pages import Document, render
from helpr_core.web.public.links import Offered
from tests.web import rendered_pages
from tests.web.rendered_pages import EMPTY, NOON, SENT

LONG = "Professor Wolfeschlegelsteinhausenbergerdorff’s Family Cinema"
NAME = "maximiliane.wolfeschlegelsteinhausenbergerdorff@long-domain.example.org"
LIBRARIES = tuple(
    Library(number, title, "movie")
    for number, title in enumerate((LONG, "TV Shows", *(f"Library {one}" for one in range(10))))
)
SETTINGS = SiteSettings(
    owner_name="Maximiliane Wolfeschlegelsteinhausenbergerdorff",
    contact="write to maximiliane.wolfeschlegelsteinhausenbergerdorff@example.org, or on Signal",
)
SITE = describe_site(LONG, SETTINGS, LIBRARIES, code_required=False)
NINE = describe_site(
    "Wolfeschlegelsteinhausenbergerdorff Cinema", SiteSettings(), LIBRARIES[1:10],
    account="robin", code_required=False,
)  # fmt: skip
LINK = Offered("not-a-real-code", 365, NOON, 3)
LONGEST = replace(SENT, email_or_username=NAME, server_name=LONG)
NEW_YEAR = datetime(2027, 1, 1, 7, 59, 59, tzinfo=UTC)  # still December in California
OVER = messages.FriendMessage(
    Message("friend.over.heading"),
    Message("friend.over.ended", day=Message("format.day_in_utc", day=NEW_YEAR.date())),
    tone="wait",
    settled=True,
    step=Message("friend.over.ask_again"),
    try_again=True,
    ask=True,
    at=NEW_YEAR,
)
BAD_NAME = FieldError("email_or_username", Message("name.bad_address"))
BAD_CODE = FieldError("invite_code", Message("problem.invite_code_invalid.detail"))


def form(
    site: Site = SITE,
    *errors: FieldError,
    suggestion: str | None = None,
    link: Offered | None = None,
    code_offered: bool = False,
) -> Document:
    """The form of that site."""
    values = EMPTY | {"email_or_username": NAME if errors else ""}
    return rendered_pages.form(
        site, errors, values, suggestion=suggestion, link=link, code_offered=code_offered
    )


def result(status: Status, code: str | None = None, **changes: object) -> Document:
    """A request's page."""
    row = replace(
        SENT,
        status=status,
        error_code=code,
        email_or_username=NAME,
        server_name=LONG,
        **changes,  # type: ignore[arg-type]
    )
    return rendered_pages.invited(row, face=SITE)


def problem(typed: Mapping[str, str] | None = None) -> Document:
    """An error page, or one about too many requests."""
    wait = timedelta(minutes=50)
    return render(
        "problem.html",
        heading=Message("problem.rate_limited.title"),
        sentence=Message("problem.rate_limited.detail", wait=wait),
        reference="" if typed else "3dd6a958-0000-4000-8000-000000000000",
        typed=typed,
        ask=False,
        face=SITE,
        demo=False,
    )


def sign_in(code: str, tone: str = "bad", **actions: object) -> Document:
    """A sign-in that ended like this, with an owner who has long data."""
    return rendered_pages.sign_in(code, tone, face=SITE, **actions)


def every_state() -> dict[str, Document]:
    """All states by name."""
    asked = replace(SITE, code_required=True, standing=Standing.APPROVAL, approval_required=True)
    return {
        "form": form(),
        "form with nine libraries": form(NINE),
        "form by a link": form(NINE, link=LINK),
        "form for a sign-in": form(NINE, link=replace(LINK, sign_in=True)),
        "form with a place for a code": form(NINE, code_offered=True),
        "form with a title": form(replace(SITE, title=LONG, welcome="Welcome! " * 40)),
        "form with everything": form(asked),
        "form with an error": form(asked, BAD_NAME),
        "form with two errors": form(asked, BAD_NAME, BAD_CODE),
        "form with a suggestion": form(SITE, BAD_NAME, suggestion=NAME),
        **{
            f"form {one}": form(replace(SITE, standing=one))
            for one in Standing
            if one is not Standing.NOT_SET_UP  # the setup page then
        },
        "sent": result(Status.SUCCESS),
        "accepted": result(Status.SUCCESS, accepted_at=NOON),
        "accepted, until a day": rendered_pages.invited(
            replace(SENT, status=Status.SUCCESS, accepted_at=NOON),
            access_until=NEW_YEAR,
        ),
        "sending": result(Status.PENDING),
        "queued": result(Status.QUEUED, "plex_unavailable"),
        "held up": result(Status.QUEUED, "plex_unexpected"),
        "in line": result(Status.QUEUED),
        "owner first": result(Status.QUEUED, "plex_unauthorized"),
        "approval": result(Status.AWAITING_APPROVAL),
        "denied": result(Status.DENIED),
        "already there": result(Status.FAILED, "already_shared"),
        "full": result(Status.FAILED, "server_full"),
        "refused": result(Status.FAILED, "plex_refused"),
        "failed": result(Status.FAILED, "gave_up"),
        "for a time": rendered_pages.invited(LONGEST, face=SITE, access_until=NOON),
        "ended": rendered_pages.invited(LONGEST, face=SITE, message=OVER),
        "before Plex’s warning": sign_in("alert", "wait", auth_url="https://app.plex.tv/auth"),
        **{
            f"sign-in {code}": sign_in(code, again="0f8fad5b-d9cb-469f-a165-70867728950e")
            for code in ("sign_in_over", "sign_in_elsewhere", "email_not_confirmed", "managed_user")
        },
        "sign-in waiting": sign_in("sign_in_waiting", "wait", retry="/signed-in/1"),
        "sign-in without Plex": sign_in("plex_unreachable", retry="/signed-in/1"),
        "sign-in of the owner": sign_in("is_owner", dashboard=True),
        **{
            f"link {code}": rendered_pages.problem(code, face=SITE)
            for code in ("link_unknown", "link_expired", "link_used_up", "link_disabled")
        },
        "no such page": rendered_pages.problem("not_found", face=SITE),
        "received": render("received.html", received=messages.RECEIVED, face=SITE, demo=False),
        "problem": problem(),
        "problem with what was typed": problem({"email_or_username": NAME, "note": LONG}),
        "setup": render(
            "setup.html",
            problems=(NONE_CHOSEN,),
            lacking=(),
            on_dashboard=True,
            face=SITE,
            demo=False,
        ),
    }
