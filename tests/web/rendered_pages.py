"""Renders every page in every state, as the app renders it.

`python -m tests.web.rendered_pages` writes them to a temporary folder and prints the paths,
each terminated by a NUL, for an HTML checker.
"""

from __future__ import annotations

import sys
import tempfile
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

from helpr_core.domain import messages
from helpr_core.domain.plex import Library
from helpr_core.domain.requests import InviteRequest, Source, Status
from helpr_core.errors import FieldError
from helpr_core.services.site.settings import SiteSettings
from helpr_core.services.site.standing import Standing
from helpr_core.services.site.summary import Face, Site, describe_site
from helpr_core.texts import Message
from helpr_core.web.markdown import as_html
from helpr_core.web.pages import Document, render
from helpr_core.web.public.inside import Inside
from helpr_core.web.public.links import Offered

NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)
LIBRARIES = (
    Library(118181361, "Movies", "movie"),
    Library(118181362, "TV Shows", "show"),
    Library(118181363, "Kids", "movie"),
    Library(118181364, "Vinyl", "artist"),
    Library(118181365, "Holidays", "photo"),
    Library(118181366, "Concerts", ""),
)
SITE = describe_site(
    "Attic Films", SiteSettings(), LIBRARIES[:3], account="Robin", code_required=False
)
INSIDE = Inside(
    "https://app.plex.tv/desktop/#!/media/ab12/com.plexapp.plugins.library",
    "Attic Films",
    as_html("# House rules\n\n- Be kind\n- [Ask for films](https://wishes.example.org)"),
    needs_pass=True,
)
RETENTION = Message("form.retention_for_ever", owner="Robin")
EMPTY = {"email_or_username": "", "invite_code": "", "note": ""}
BAD_NAME = FieldError("email_or_username", Message("name.empty"))
MEANT = "sam@gmail.com"
QUESTION = FieldError(
    "email_or_username", Message("name.did_you_mean", suggestion=MEANT, typed="sam@gmial.com")
)
BAD_CODE = FieldError("invite_code", Message("problem.invite_code_invalid.detail"))

SENT = InviteRequest(
    request_id=UUID("3f2a91c0-5b1e-4b0e-9b7b-0d7b6d0c8a11"),
    email_or_username="sam.taylor@example.com",
    identity_key="sam.taylor@example.com",
    timestamp=NOON,
    status=Status.SUCCESS,
    error_code=None,
    error_message=None,
    source=Source.FORM,
    server_name="Attic Films",
    libraries=LIBRARIES[:3],
    client_key="",
    attempts=1,
    next_attempt_at=None,
    sent_at=NOON,
    accepted_at=None,
    updated_at=NOON,
    duration_ms=300,
)


def form(
    site: Site = SITE,
    errors: tuple[FieldError, ...] = (),
    values: dict[str, str] | None = None,
    *,
    suggestion: str | None = None,
    link: Offered | None = None,
    code_offered: bool = False,
    demo: bool = False,
) -> Document:
    """The form, with overrides."""
    return render(
        "form.html",
        site=site,
        face=site,
        values=values or EMPTY,
        link=link,
        code_asked=site.code_required,
        code_offered=code_offered,
        errors=errors,
        fields=["email_or_username", "invite_code", "note"],
        suggestion=suggestion,
        retention=RETENTION,
        received=messages.RECEIVED,
        pins_url="https://clients.plex.tv/api/v2/pins",
        demo=demo,
    )


_NOTHING = {
    "pins_url": "",
    "auth_url": "",
    "retry": "",
    "again": "",
    "dashboard": False,
    "owners": False,
}


def sign_in(code: str, tone: str = "bad", *, face: Face = SITE, **actions: object) -> Document:
    """The page on which a sign-in ends without a request."""
    return render(
        "sign_in.html",
        heading=Message(f"sign_in.{code}.heading"),
        sentence=Message(f"sign_in.{code}.sentence"),
        tone=tone,
        **(_NOTHING | actions),
        face=face,
        demo=False,
    )


def received() -> Document:
    """The page for a browser that may not see the request."""
    return render("received.html", received=messages.RECEIVED, face=SITE, demo=False)


def invited(
    row: InviteRequest = SENT,
    *,
    face: Face = SITE,
    demo: bool = False,
    message: messages.FriendMessage | None = None,
    access_until: datetime | None = None,
) -> Document:
    """The result page of that row; `message` replaces what the row itself says."""
    return render(
        "invited.html",
        access_until=access_until,
        message=message or messages.friend_message(row),
        row_name=row.email_or_username,
        inside=INSIDE if row.accepted_at else None,
        request_id=str(row.request_id),
        face=face,
        server_name=row.server_name,
        refresh_seconds=10,
        demo=demo,
    )


def setup() -> Document:
    """The setup page."""
    missing = Message("setting.missing")
    problems = (FieldError("PLEX_TOKEN", missing), FieldError("SECRET_KEY", missing))
    return render(
        "setup.html",
        problems=problems,
        lacking=("ADMIN_USERNAME", "ADMIN_PASSWORD_HASH"),
        on_dashboard=False,
        face=Face(),
        demo=False,
    )


def problem(name: str, reference: str = "", *, face: Face = SITE) -> Document:
    """A page for something that went wrong."""
    heading, sentence = Message(f"problem.{name}.title"), Message(f"problem.{name}.detail")
    return render(
        "problem.html",
        heading=heading,
        sentence=sentence,
        reference=reference,
        typed={},
        ask=name.startswith("link_"),
        face=face,
        demo=False,
    )


def dashboard(*, demo: bool = False) -> Document:
    """The dashboard's shell, before its script has done anything."""
    return render(
        "dashboard.html",
        demo=demo,
        server_name="Attic Films",
        heading="",
        passkeys=True,
        ways="password plex",
        pins_url="https://clients.plex.tv/api/v2/pins",
    )


def failed(code: str) -> InviteRequest:
    """A row that Plex, or Helpr, has refused."""
    return replace(SENT, status=Status.FAILED, error_code=code)


def every_page() -> dict[str, Document]:
    """A page for each state there is, by a name for it."""
    with_code = replace(SITE, code_required=True, welcome="Take a seat.", libraries=LIBRARIES)
    typed = {"email_or_username": "sam@@example.com", "invite_code": "MOVIE"}
    pages = {
        "form": form(),
        "form-demo": form(demo=True),
        "form-code": form(with_code),
        "form-own-title": form(replace(SITE, title="Movie nights", libraries=())),
        "form-errors": form(with_code, (BAD_NAME, BAD_CODE), typed),
        "form-question": form(
            SITE, (QUESTION,), EMPTY | {"email_or_username": "sam@gmial.com"}, suggestion=MEANT
        ),
        "received": received(),
        "form-general-error": form(errors=(FieldError("", Message("body.not_a_form")),)),
        "form-approval": form(replace(SITE, approval_required=True)),
        "form-paused": form(replace(SITE, standing=Standing.PAUSED)),
        "invited-accepted": invited(replace(SENT, accepted_at=NOON), demo=True),
        "setup": setup(),
        "dashboard": dashboard(),
        "sign-in-alert": sign_in("alert", "wait", auth_url="https://app.plex.tv/auth#?code=1"),
        "sign-in-over": sign_in("sign_in_over", again="0f8fad5b-d9cb-469f-a165-70867728950e"),
        "sign-in-plex-down": sign_in("plex_unreachable", retry="/signed-in/1"),
        "sign-in-owner": sign_in("is_owner", dashboard=True),
        "404": problem("not_found"),
        "500": problem("internal_error", "7c9e6679-7425-40de-944b-e07fc1f90ae7"),
    }
    for status in Status:
        pages[f"invited-{status}"] = invited(replace(SENT, status=status))
    for code in ("already_shared", "server_full", "plex_refused"):
        pages[f"invited-{code}"] = invited(failed(code))
    return pages


def main() -> None:
    """Write all pages and print their paths."""
    folder = Path(tempfile.mkdtemp(prefix="helpr-pages-"))
    for name, page in every_page().items():
        path = folder / f"{name}.html"
        path.write_bytes(page.body)
        sys.stdout.write(f"{path}\0")


if __name__ == "__main__":
    main()
