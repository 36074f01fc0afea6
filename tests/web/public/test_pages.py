"""Pages: what is in them, what must never be, and how large they are."""

from __future__ import annotations

import gzip
import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest
from jinja2 import UndefinedError

from helpr_core.domain.messages import RECEIVED
from helpr_core.domain.plex import Library
from helpr_core.errors import FieldError
from helpr_core.web.pages import Document, breakable, pages, render, static_document
from helpr_core.web.public.links import Offered
from tests.web.rendered_pages import NOON, SENT, SITE, every_page, form, invited, problem

ROOT = Path(__file__).resolve().parents[3]
ATTACK = "<script>alert(1)</script>\"' onfocus=alert(2) {{ 7*7 }}"
FIRST_PAGE_BYTES = 30 * 1024
FIRST_PAGE_REQUESTS = 4

PAGES = every_page()
# The scripts' sentences. No browser runs a block of that type, whatever the policy.
DATA = ("script", {"type": "application/json", "id": "texts"})
each_page = pytest.mark.parametrize("page", PAGES.values(), ids=PAGES.keys())


class Tags(HTMLParser):
    """Every start tag of a page, with its attributes, and the text of its scripts and styles."""

    def __init__(self, page: Document) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.inline = self.data = ""
        self.feed(page.body.decode())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        if self.tags[-1:] == [DATA]:
            self.data += data
        elif self.tags and self.cdata_elem in ("script", "style"):
            self.inline += data

    def named(self, name: str) -> list[dict[str, str | None]]:
        return [attributes for tag, attributes in self.tags if tag == name]

    def addresses(self) -> list[str]:
        return [
            address
            for _, attributes in self.tags
            for name in ("src", "href", "action")
            if (address := attributes.get(name))
        ]


@each_page
def test_no_page_has_inline_scripts_styles_or_handlers(page: Document) -> None:
    tags = Tags(page)

    names = {name for _, attributes in tags.tags for name in attributes}
    assert tags.inline.strip() == ""
    assert tags.named("style") == []
    assert all(script.get("src") for script in tags.named("script") if script != DATA[1])
    assert not {name for name in names if name == "style" or name.startswith("on")}


@each_page
def test_no_page_loads_anything_from_elsewhere(page: Document) -> None:
    elsewhere = [a for a in Tags(page).addresses() if not a.startswith(("/", "#"))]

    sites = {"/".join(a.split("/")[:3]) for a in elsewhere}
    # Nothing is loaded from there: they are links that somebody may follow.
    assert sites <= LINKED


LINKED = {
    *("https://app.plex.tv", "https://apps.apple.com", "https://play.google.com"),
    "https://wishes.example.org",  # the owner's own
}


@each_page
def test_every_page_has_a_language_one_heading_and_its_landmarks(page: Document) -> None:
    tags = Tags(page)

    assert tags.named("html") == [{"lang": "en"}]
    assert [len(tags.named(name)) for name in ("h1", "main", "header", "footer", "title")] == [
        1
    ] * 5
    assert {"name": "robots", "content": "noindex"} in tags.named("meta")
    assert {"name": "color-scheme", "content": "light dark"} in tags.named("meta")


@each_page
def test_every_static_file_named_by_a_page_exists(page: Document) -> None:
    named = [a for a in Tags(page).addresses() if a.startswith("/static/")]

    missing = [
        a for a in named if static_document(a.removeprefix("/static/").split("?")[0]) is None
    ]
    assert named
    assert missing == []


def test_the_demo_banner_is_on_every_page_of_a_demo_and_only_there() -> None:
    said = b"<strong>Demo:</strong> Nothing is really sent."

    shown = {name for name, page in PAGES.items() if said in page.body}
    assert shown == {"form-demo", "invited-accepted"}


def _attacked_pages() -> dict[str, Document]:
    error = FieldError(ATTACK, ATTACK)
    site = replace(
        SITE,
        title=ATTACK,
        owner=ATTACK,
        contact=ATTACK,
        server_name=ATTACK,
        welcome=ATTACK,
        code_required=True,
        libraries=(Library(1, ATTACK, ATTACK), Library(2, ATTACK, "movie")),
    )
    values = {"email_or_username": ATTACK, "invite_code": ATTACK}
    errors = (error, FieldError("email_or_username", ATTACK), FieldError("invite_code", ATTACK))
    common = {
        "demo": False,
        "face": site,
        "reference": ATTACK,
        "typed": {"email_or_username": ATTACK},
    }
    return {
        "form": render(
            "form.html",
            site=site,
            face=site,
            values=values,
            link=None,
            code_asked=True,
            errors=errors,
            fields=["email_or_username"],
            suggestion=ATTACK,
            retention=ATTACK,
            received=RECEIVED,
            pins_url=ATTACK,
            demo=False,
        ),
        "link": form(site, link=Offered(ATTACK, 30, NOON, 2)),
        "invited": invited(replace(SENT, email_or_username=ATTACK, server_name=ATTACK)),
        "setup": render(
            "setup.html",
            problems=(error,),
            lacking=(ATTACK,),
            on_dashboard=True,
            face=site,
            demo=False,
        ),
        "problem": render("problem.html", heading=ATTACK, sentence=ATTACK, ask=True, **common),
    }


@pytest.mark.parametrize("name", ["form", "link", "invited", "setup", "problem"])
def test_markup_in_any_value_stays_text(name: str) -> None:
    page = _attacked_pages()[name]

    tags = Tags(page)
    names = {attribute for _, attributes in tags.tags for attribute in attributes}
    assert b"<script>" not in page.body
    assert b"&lt;script&gt;" in page.body
    assert not {attribute for attribute in names if attribute.startswith("on")}
    assert b"49" not in re.sub(rb"<svg.*?</svg>|v=\w+", b"", page.body, flags=re.S)


def test_only_inserted_values_are_escaped_and_not_the_markup_around_them() -> None:
    shown = breakable("an e-mail to a@b <x>")
    assert shown == 'an <span class="whole">e-mail</span> to a<wbr>@b &lt;x&gt;'


def test_a_lone_surrogate_does_not_break_a_page() -> None:
    page = form(values={"email_or_username": "\ud83d", "invite_code": ""})

    assert b'value="?"' in page.body


def test_a_missing_template_variable_is_an_error_and_not_a_gap() -> None:
    with pytest.raises(UndefinedError):
        render("setup.html", demo=False)


def test_the_form_keeps_what_was_typed_and_links_each_error_to_its_field() -> None:
    tags = Tags(PAGES["form-errors"])
    name, confirmed, code = tags.named("input")

    assert name["value"] == "sam@@example.com"
    assert code["value"] == "MOVIE"
    assert (confirmed["type"], confirmed["value"]) == ("hidden", "")
    assert name["aria-invalid"] == code["aria-invalid"] == "true"
    described = str(name["aria-describedby"]).split()
    assert described == ["email_or_username-hint", "email_or_username-error"]
    ids = {attributes.get("id") for _, attributes in tags.tags}
    assert set(described) <= ids
    assert b"<title>Error: Robin invites you to their Plex</title>" in PAGES["form-errors"].body


def test_the_code_is_asked_for_only_if_one_is_needed() -> None:
    asked = {name for name, page in PAGES.items() if b'name="invite_code"' in page.body}

    assert asked == {"form-code", "form-errors"}


def test_the_result_page_reloads_itself_only_while_something_may_change() -> None:
    reloading = {name for name, page in PAGES.items() if b'http-equiv="refresh"' in page.body}

    assert reloading == {
        "invited-pending",
        "invited-queued",
        "invited-success",
        "invited-awaiting_approval",
        "invited-unknown",
    }


def test_a_reference_is_shown_only_if_there_is_one() -> None:
    assert b"Tell the owner this reference" in problem("internal_error", "7c9e").body
    assert b"Tell the owner this reference" not in problem("Nothing here").body


def test_the_same_page_has_the_same_etag_and_another_page_another() -> None:
    etags = [form().etag, form().etag, form(demo=True).etag]

    assert etags[0] == etags[1] != etags[2]
    assert re.fullmatch(r'"[0-9a-f]{32}"', etags[0])


def test_compression_is_deterministic_and_lossless() -> None:
    page = form()

    assert page.gzipped() == form().gzipped()
    assert gzip.decompress(page.gzipped()) == page.body
    assert page.gzipped()[4:8] == bytes(4)  # no time in the header


@pytest.mark.parametrize("name", ["form-code", "invited-success"])
def test_a_first_page_is_small_in_bytes_and_requests(name: str) -> None:
    page = PAGES[name]
    # Link previews and home screens ask for these, not a visit.
    others = [pages().asset(name) for name in ("touch.png", "card.png")]
    named = {a for a in Tags(page).addresses() if a.startswith("/static/") and a not in others}
    files = [static_document(a.removeprefix("/static/").split("?")[0]) for a in sorted(named)]

    sizes = [len(document.gzipped()) for document in (page, *files) if document]
    assert len(sizes) <= FIRST_PAGE_REQUESTS
    assert sum(sizes) <= FIRST_PAGE_BYTES
