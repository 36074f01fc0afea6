"""A bug of ours: an opaque answer, one line in the log, and a reference that joins the two."""

from __future__ import annotations

import logging
import re

import pytest
from werkzeug.test import TestResponse

from helpr_core.container.site import SiteParts
from helpr_core.services.requests.submit import SendInvite
from helpr_core.web.responses import SECURITY_HEADERS
from tests.web.site_under_test import SiteUnderTest, problem

TYPED = "person@example.com"
TOLD = f"{TYPED} typed this; token demo-token"
UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")


@pytest.fixture
def broken(site: SiteUnderTest, monkeypatch: pytest.MonkeyPatch) -> SiteUnderTest:
    """A site whose parts fail with a message that reveals too much."""

    def fails(*_args: object, **_kwargs: object) -> None:
        raise RuntimeError(TOLD)

    monkeypatch.setattr(SiteParts, "summary", fails)
    monkeypatch.setattr(SendInvite, "__call__", fails)
    return site


def _errors(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [one.getMessage() for one in caplog.records if one.levelno >= logging.ERROR]


def _says_nothing(answer: TestResponse) -> bool:
    hidden = (TOLD, "person@", "demo-token", "RuntimeError", "Traceback", ".py")
    # What was typed is returned in the form, to be sent again, and nothing else.
    page = answer.text.replace(TYPED, "")
    return not any(text in page for text in hidden)


def test_a_program_gets_a_problem_with_the_reference(
    broken: SiteUnderTest, caplog: pytest.LogCaptureFixture
) -> None:
    answer = broken.get("/api/site")
    document = problem(answer, 500, "internal_error")
    assert _says_nothing(answer)
    (line,) = _errors(caplog)
    assert f"reference={document['reference']}" in line
    assert "error=RuntimeError" in line
    assert "handlers.py:" in line


def test_a_person_gets_a_page_with_the_reference(
    broken: SiteUnderTest, caplog: pytest.LogCaptureFixture
) -> None:
    answer = broken.page("/")
    assert (answer.status_code, answer.mimetype) == (500, "text/html")
    assert _says_nothing(answer)
    (reference,) = UUID.findall(answer.text)
    (line,) = _errors(caplog)
    assert f"reference={reference}" in line


def test_what_was_typed_is_returned_only_in_the_form_and_logged_nowhere(
    broken: SiteUnderTest, caplog: pytest.LogCaptureFixture
) -> None:
    answers = [broken.invite(TYPED), broken.fill_in(TYPED)]
    assert [answer.status_code for answer in answers] == [500, 500]
    assert all(_says_nothing(answer) for answer in answers)
    assert TYPED not in answers[0].text
    assert len(_errors(caplog)) == 2
    assert not any("person" in record.getMessage() for record in caplog.records)
    assert not any(record.exc_info for record in caplog.records)


def test_the_security_headers_are_sent(broken: SiteUnderTest) -> None:
    for answer in (broken.get("/api/site"), broken.page("/")):
        assert SECURITY_HEADERS.items() <= dict(answer.headers).items()
        assert answer.headers["Cache-Control"] == "no-store"


def test_the_next_request_is_served(site: SiteUnderTest, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(SiteParts, "summary", lambda _self: 1 / 0)
        assert site.page("/").status_code == 500
    assert site.page("/").status_code == 200
