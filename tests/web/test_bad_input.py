"""Whatever is sent: a clear answer below 500, no call to Plex, no row."""

from __future__ import annotations

import html
import io
from typing import Any

import markupsafe
import pytest

from helpr_core.local.application import MOST_BODY_BYTES
from tests.web.conftest import INVITE_CODE, MakeDashboard, MakeSite
from tests.web.site_under_test import FORM, JSON, PAGE, SiteUnderTest, fields_of, problem

NOBODY = "00000000-0000-0000-0000-000000000000"
NAMES = {
    "empty": "",
    "256 characters": "x" * 256,
    "256 characters, e-mail": "x" * 244 + "@example.com",
    "spaces": "   ",
    "tabs and lines": "\t\r\n",
    "a control character": "fri\x07end",
    "a line break": "friend\r\nBcc: x",
    "NUL": "friend\x00",
    "NUL alone": "\x00",
    "DEL": "friend\x7f",
    "two @": "two@@example.com",
    "two @ apart": "a@b@example.com",
    "an @ alone": "@",
    "no domain": "friend@",
    "no dot": "friend@localhost",
    "zero-width alone": "\u200b\u200d",
    "no character": "fri\uffffend",
    "several addresses": "a@example.com, b@example.com",
    "HTML with an @": "<img src=x@y onerror=alert(1)>",
    "HTML in an attribute, with an @": '" autofocus onfocus="alert(1)@',
}

BODIES: dict[str, tuple[bytes, str, int, str]] = {
    # name: body, content type, status, code
    "no body": (b"", JSON, 400, "invalid_input"),
    "no body, form": (b"", FORM, 400, "invalid_input"),
    "no body, no type": (b"", "", 400, "invalid_input"),
    "17 KB": (b'{"email_or_username": "' + b"x" * 17_408 + b'"}', JSON, 413, "body_too_large"),
    "17 KB, form": (b"email_or_username=" + b"x" * 17_408, FORM, 413, "body_too_large"),
    "17 KB of another type": (b"x" * 17_408, "text/plain", 413, "body_too_large"),
    "invalid UTF-8": (b'{"email_or_username": "\xff\xfe"}', JSON, 400, "invalid_input"),
    "overlong UTF-8": (b'{"email_or_username": "\xc0\xaf"}', JSON, 400, "invalid_input"),
    "UTF-16": ('{"email_or_username": "f"}'.encode("utf-16"), JSON, 400, "invalid_input"),
    "invalid UTF-8, form": (b"email_or_username=\xff", FORM, 400, "invalid_input"),
    "invalid UTF-8, escaped": (b"email_or_username=%ff", FORM, 400, "invalid_input"),
    "two byte order marks": (
        b'\xef\xbb\xbf\xef\xbb\xbf{"email_or_username": "f"}',
        JSON,
        400,
        "invalid_input",
    ),
    "broken JSON": (b'{"email_or_username": "friend"', JSON, 400, "invalid_input"),
    "JSON with more behind": (b'{"email_or_username": "friend"} {}', JSON, 400, "invalid_input"),
    "not JSON": (b"email_or_username=friend", JSON, 400, "invalid_input"),
    "array": (b'["friend"]', JSON, 400, "invalid_input"),
    "array of objects": (b'[{"email_or_username": "f"}]', JSON, 400, "invalid_input"),
    "text": (b'"friend"', JSON, 400, "invalid_input"),
    "null": (b"null", JSON, 400, "invalid_input"),
    "number": (b"5", JSON, 400, "invalid_input"),
    "NaN": (b"NaN", JSON, 400, "invalid_input"),
    "empty object": (b"{}", JSON, 400, "invalid_input"),
    "plain text": (b"friend", "text/plain", 415, "unsupported_media_type"),
    "XML": (b"<email/>", "application/xml", 415, "unsupported_media_type"),
    "multipart": (
        b"--x\r\n--x--",
        "multipart/form-data; boundary=x",
        415,
        "unsupported_media_type",
    ),
    "no type": (b'{"email_or_username": "friend"}', "", 415, "unsupported_media_type"),
    "a type that is none": (b"{}", ";;;", 415, "unsupported_media_type"),
    "twice": (
        b'{"email_or_username": "a", "email_or_username": "b"}',
        JSON,
        400,
        "invalid_input",
    ),
    "twice, form": (b"email_or_username=a&email_or_username=b", FORM, 400, "invalid_input"),
    "twice, escaped": (b"email_or_username=a&email%5For_username=b", FORM, 400, "invalid_input"),
    "deep": (b"[" * 16_000, JSON, 400, "invalid_input"),
    "deep, closed": (b"[" * 8_000 + b"]" * 8_000, JSON, 400, "invalid_input"),
    "deep in a field": (
        b'{"email_or_username":' + b'{"a":' * 2_000 + b"1" + b"}" * 2_001,
        JSON,
        400,
        "invalid_input",
    ),
    "a number for a name": (b'{"email_or_username": 5}', JSON, 400, "invalid_input"),
    "a huge number": (
        b'{"email_or_username": ' + b"9" * 15_000 + b"}",
        JSON,
        400,
        "invalid_input",
    ),
    "a huge exponent": (b'{"email_or_username": 1e999999}', JSON, 400, "invalid_input"),
    "a list for a name": (b'{"email_or_username": ["friend"]}', JSON, 400, "invalid_input"),
    "null for a name": (b'{"email_or_username": null}', JSON, 400, "invalid_input"),
    "a lone surrogate": (b'{"email_or_username": "\\ud83d"}', JSON, 400, "invalid_input"),
    "a lone surrogate twice as a name of a field": (
        b'{"\\ud83d": 1, "\\ud83d": 2}',
        JSON,
        400,
        "invalid_input",
    ),
    "too long a note": (
        b'{"email_or_username": "friend", "note": "' + b"x" * 501 + b'"}',
        JSON,
        400,
        "invalid_input",
    ),
    "many fields": (b"&".join(b"f%d=1" % n for n in range(30)), FORM, 400, "invalid_input"),
    "only separators": (b"&&&===", FORM, 400, "invalid_input"),
}


ODD_NAMES = {
    "emoji": "🎬🍿",
    "right-to-left": "مرحبا",
    "HTML": "<img src=x onerror=alert(1)>",
    "HTML in an attribute": '" autofocus onfocus="alert(1)',
    "template": "{{ 7 * 7 }}",
    "SQL": "'; DROP TABLE invite_requests; --",
    "SQL, classic": "' OR '1'='1",
    "path": "../../etc/passwd",
    "header": "x: y",
    "umlaut": "müller",
    "katakana": "ユーザー",
    "exclamation mark": "bart!2017",
    "two words": "first last",
    "apostrophe": "O'Brien",
}
"""Plex may know them: they are sent as they are, and interpreted nowhere on the way."""


@pytest.mark.parametrize("name", ODD_NAMES.values(), ids=ODD_NAMES)
def test_an_odd_name_is_for_plex_to_judge(site: SiteUnderTest, name: str) -> None:
    answer = site.invite(name)
    assert answer.status_code == 201
    assert site.invited() == [name]
    assert site.rows()[0]["email_or_username"] == name
    page = site.page(answer.headers["Location"]).text.replace("<wbr>", "")
    assert str(markupsafe.escape(name)) in page


@pytest.mark.parametrize("name", ODD_NAMES.values(), ids=ODD_NAMES)
def test_the_owner_may_invite_an_odd_name_too(site: SiteUnderTest, name: str) -> None:
    assert site.owner("POST", "invites", json={"email_or_username": name}).status_code == 201
    assert site.invited() == [name]


def test_null_means_absent(site: SiteUnderTest) -> None:
    fields = {"email_or_username": "friend", "invite_code": None, "note": None, "confirmed": None}
    assert site.ask("POST", "/api/invites", json=fields).status_code == 201
    fields["email_or_username"] = "two@@example.com"
    page = site.ask("POST", "/api/invites", json=fields, headers=PAGE)
    assert 'value="None"' not in page.text


@pytest.mark.parametrize(
    ("kind", "body"),
    [(JSON, b'{"email_or_username": "friend"}'), (FORM, b"email_or_username=friend")],
)
def test_a_byte_order_mark_is_ignored(site: SiteUnderTest, kind: str, body: bytes) -> None:
    answer = site.ask("POST", "/api/invites", data=b"\xef\xbb\xbf" + body, content_type=kind)
    assert answer.status_code == 201


def _nothing_happened(site: SiteUnderTest) -> bool:
    return site.plex.calls == [] and site.rows() == []


@pytest.mark.parametrize("name", NAMES.values(), ids=NAMES)
def test_a_bad_name_is_a_problem_with_that_field_and_shown_again_in_a_form(
    site: SiteUnderTest, name: str
) -> None:
    document = problem(site.invite(name), 400, "invalid_input")
    assert fields_of(document) == ["email_or_username"]
    assert document["errors"][0]["message"].endswith(".")
    assert _nothing_happened(site)

    site.page("/")
    site.plex.clear_calls()
    answer = site.fill_in(name)
    assert (answer.status_code, answer.mimetype) == (400, "text/html")
    assert 'aria-invalid="true"' in answer.text
    value = answer.text.partition('name="email_or_username"')[2].partition(' value="')[2]
    assert html.unescape(value.partition('"')[0]) == name or not html.unescape(name).isprintable()
    if "<" in name:
        assert name not in answer.text
    assert _nothing_happened(site)


@pytest.mark.parametrize(("body", "kind", "status", "code"), BODIES.values(), ids=BODIES)
def test_a_bad_body_is_a_problem_and_a_page_in_a_browser(
    site: SiteUnderTest, body: bytes, kind: str, status: int, code: str
) -> None:
    answer = site.ask("POST", "/api/invites", data=body, headers={"Content-Type": kind})
    document = problem(answer, status, code)
    assert bool(document.get("errors")) is (status == 400)
    assert _nothing_happened(site)

    site.page("/")
    site.plex.clear_calls()
    headers = PAGE | {"Content-Type": kind}
    answer = site.ask("POST", "/api/invites", data=body, headers=headers)
    assert (answer.status_code, answer.mimetype) == (status, "text/html")
    page = 'aria-invalid="true"' in answer.text or 'class="summary"' in answer.text
    assert page is (status == 400)
    assert _nothing_happened(site)


def test_a_lost_body_is_answered_with_advice(site: SiteUnderTest) -> None:
    """The Functions host gives the app an empty body if it arrived in chunks."""
    answer = site.ask("POST", "/api/invites", headers={"Content-Type": JSON})
    document = problem(answer, 400, "invalid_input")
    assert fields_of(document) == ["body"]
    assert "Content-Length" in document["errors"][0]["message"]
    assert _nothing_happened(site)


def test_a_body_far_too_large_is_refused_unread(site: SiteUnderTest) -> None:
    stream = io.BytesIO(b"x")
    given = {"wsgi.input": stream, "CONTENT_LENGTH": str(MOST_BODY_BYTES + 1)}
    answer = site.ask("POST", "/api/invites", environ_overrides=given)
    problem(answer, 413, "body_too_large")
    assert stream.tell() == 0


def test_a_body_that_ends_early_is_refused(site: SiteUnderTest) -> None:
    given = {"wsgi.input": io.BytesIO(b"half"), "CONTENT_LENGTH": "8"}
    answer = site.ask("POST", "/api/invites", environ_overrides=given)
    document = problem(answer, 400, "invalid_input")
    assert "Content-Length" in document["errors"][0]["message"]
    assert _nothing_happened(site)


def test_a_field_sent_twice_is_named(site: SiteUnderTest) -> None:
    body = b'{"email_or_username": "a", "note": "1", "note": "2"}'
    document = problem(
        site.ask("POST", "/api/invites", data=body, content_type=JSON), 400, "invalid_input"
    )
    assert fields_of(document) == ["note"]


def test_each_invalid_field_is_named(site: SiteUnderTest) -> None:
    fields = {"email_or_username": 1, "invite_code": [], "note": {}}
    document = problem(site.ask("POST", "/api/invites", json=fields), 400, "invalid_input")
    assert sorted(fields_of(document)) == ["email_or_username", "invite_code", "note"]


@pytest.mark.parametrize(
    ("method", "path", "types"),
    [
        ("POST", "/api/invites", "application/json, application/x-www-form-urlencoded."),
        ("POST", "/dashboard/session", "application/json."),
        ("POST", "/api/manage/links", "application/json."),
        (
            "PATCH",
            f"/api/manage/people/{NOBODY}",
            "application/json, application/merge-patch+json.",
        ),
    ],
)
def test_a_body_of_another_type_is_told_which_are_read(
    make_dashboard: MakeDashboard, method: str, path: str, types: str
) -> None:
    site = make_dashboard().site
    headers = {
        "Content-Type": "text/plain",
        "x-functions-key": site.container.installation.function_keys()[0],
    }
    refused = site.ask(method, path, data="{}", headers=headers)
    assert problem(refused, 415, "unsupported_media_type")["detail"].endswith(types)


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("invites", {"email_or_username": "friend", "library": [1]}),  # would share them all
        ("batches", {"lines": "friend", "dryrun": True}),  # would invite
        ("channels", {"kind": "webhook", "address": "https://x.example/", "event": ["failed"]}),
        ("links", {"use_limit": 1}),
        ("links", {"restrictions": {"live": "none"}}),
        ("presets", {"name": "kids", "restrictions": {"music": "", "live": "none"}}),
        ("people/bulk", {"person_ids": ["x"], "action": "remove", "dryrun": True}),
    ],
)
def test_an_order_of_the_owner_with_a_misspelt_field_is_not_carried_out(
    site: SiteUnderTest, path: str, body: dict[str, Any]
) -> None:
    document = problem(site.owner("POST", path, json=body), 400, "invalid_input")
    (error,) = document["errors"]
    assert error["message"] == "There is no field of this name."
    assert _nothing_happened(site)


def test_a_body_of_16_kb_is_read(site: SiteUnderTest) -> None:
    shell = len(b'{"email_or_username":"friend","x":""}')
    body = b'{"email_or_username":"friend","x":"' + b"x" * (16 * 1024 - shell) + b'"}'
    assert len(body) == 16 * 1024
    assert site.ask("POST", "/api/invites", data=body, content_type=JSON).status_code == 201


def test_names_of_255_characters_are_accepted(site: SiteUnderTest) -> None:
    name = "x" * 255
    assert site.invite(name).status_code == 201
    assert site.rows()[0]["email_or_username"] == name


def test_a_bad_name_does_not_reveal_whether_the_code_is_right(make_site: MakeSite) -> None:
    # The name is checked first: a bad name costs no guess at the code.
    site = make_site(INVITE_CODE=INVITE_CODE)
    problem(site.invite("", invite_code="wrong"), 400, "invalid_input")


UNKEEPABLE = (
    b'{"email_or_username": "friend", "%s": "\\udfff"}',
    b'{"email_or_username": "friend", "%s": "a\\u0000b"}',
    b'{"email_or_username": "friend", "%s": [{"x": ["\\ud83d"]}]}',
    b'{"email_or_username": "friend", "%s": {"\\ud83d": 1}}',
)


@pytest.mark.parametrize("body", UNKEEPABLE)
@pytest.mark.parametrize("field", [b"invite_code", b"note", b"unknown"])
def test_what_no_database_can_store_is_refused_in_every_field(
    make_site: MakeSite, body: bytes, field: bytes
) -> None:
    site = make_site(INVITE_CODE=INVITE_CODE)
    answer = site.ask("POST", "/api/invites", data=body % field, content_type=JSON)
    assert fields_of(problem(answer, 400, "invalid_input")) == [field.decode()]
    headers = PAGE | {"Content-Type": JSON}
    page = site.ask("POST", "/api/invites", data=body % field, headers=headers)
    assert (page.status_code, page.mimetype) == (400, "text/html")
    assert site.invited() == []


def test_a_lone_surrogate_in_a_field_name_is_refused(site: SiteUnderTest) -> None:
    body = b'{"email_or_username": "friend", "\\ud83d": 1}'
    answer = site.ask("POST", "/api/invites", data=body, content_type=JSON)
    assert fields_of(problem(answer, 400, "invalid_input")) == ["body"]


def test_a_surrogate_pair_is_a_character(site: SiteUnderTest) -> None:
    body = b'{"email_or_username": "friend", "note": "\\ud83c\\udf7f"}'
    assert site.ask("POST", "/api/invites", data=body, content_type=JSON).status_code == 201
    assert site.rows()[0]["note"] == "🍿"


@pytest.mark.parametrize("depth", [10, 300, 900, 990, 1_500, 2_500, 7_900])
def test_no_depth_of_nesting_breaks_the_page(site: SiteUnderTest, depth: int) -> None:
    body = b'{"email_or_username":' + b"[" * depth + b"]" * depth + b"}"
    answer = site.ask("POST", "/api/invites", data=body, headers=PAGE | {"Content-Type": JSON})
    assert answer.status_code == 400
    assert _nothing_happened(site) or site.invited() == []
