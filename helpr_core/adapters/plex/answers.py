"""A catalogue of plex.tv's answers, and of the error that each becomes.

Statuses and wordings were seen in real answers; nothing depends on a wording that was not. Plex's
own sentence becomes the reason, cleaned and shortened.
"""

from __future__ import annotations

import json
import re
import unicodedata
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any
from xml.etree import ElementTree as ET  # expat ≥ 2.4.1 stops entity bombs; see _parse

from helpr_core.frozen import dataclass
from helpr_core.services.plex.errors import (
    AlreadyShared,
    PlexAnswerLost,
    PlexEndpointGone,
    PlexError,
    PlexLimited,
    PlexRefused,
    PlexServerUnknown,
    PlexUnauthorized,
    PlexUnavailable,
    PlexUnexpected,
)
from helpr_core.texts import Message

MAX_BYTES = 2_000_000
"""100 people and their libraries are some 200 KB of XML."""
MAX_REASON = 300
_LONGEST_READ = 2_000
"""The most characters in a reason; an address is replaced by something usually shorter."""
_MAX_RETRY_AFTER = 15 * 60
"""The longest Retry-After obeyed: after that plex.tv is called again anyway, once."""
_SUCCESS = (200, 201, 204)  # what PlexAPI accepts as one

_TITLE = re.compile(r"<title[^>]*>([^<]{0,200})", re.I)
_LINK = re.compile(r"\bhttps?://\S+", re.I)  # its query may contain the token
# The first condition keeps the time linear: a run of letters is tried from its start alone.
_EMAIL = re.compile(r"(?<![^\s<>\"'])[^\s<>\"']+@[^\s<>\"']+")
_SHARED_WITH = re.compile(r"(already sharing this server with )(.+?)(\. please|$)", re.I)


@dataclass(frozen=True, slots=True)
class Answer:
    """A complete HTTP answer from plex.tv."""

    status: int
    content_type: str
    retry_after: str
    body: bytes
    paged: bool = False


def parse_answer(answer: Answer) -> ET.Element | None:
    """The XML of a success, or None for one without a body; otherwise the fitting error."""
    if answer.status in _SUCCESS:
        return _parse(answer)
    raise error_of(answer)


def parse_json(answer: Answer) -> Any:
    """The JSON of a success, or None for one without a body; otherwise the fitting error."""
    if answer.status not in _SUCCESS:
        raise error_of(answer)
    if answer.status == 204 or not answer.body.strip():
        return None
    try:
        return json.loads(answer.body)
    except (ValueError, RecursionError) as exc:
        raise PlexAnswerLost(Message("plex.not_json")) from exc


def error_of(answer: Answer) -> PlexError:
    """The error for this refusal."""
    if 400 <= answer.status < 500:
        return _refusal(answer)
    wait = retry_after_seconds(answer.retry_after)
    if answer.status == 503:
        return PlexUnavailable(reason_of(answer), wait)
    # Other 5xx, Cloudflare's 52x, a redirect: these come from something in between, and plex.tv
    # itself may or may not have done what was asked.
    return PlexAnswerLost(Message("plex.status", status=str(answer.status)), wait)


def _refusal(answer: Answer) -> PlexError:
    """The error for a 4xx. Only a 400 or 422 from plex.tv itself is about the friend.

    Any other says nothing about the person: the request is kept, and the owner is shown the answer.
    """
    status, text, reason = answer.status, _text(answer).lower(), reason_of(answer)
    if status in (401, 498) or (status == 422 and "invalid token" in text):
        return PlexUnauthorized(reason)
    if status == 400 and "already sharing" in text:  # even if its end is missing
        return AlreadyShared(reason)
    if status == 429:
        return PlexLimited(reason, retry_after_seconds(answer.retry_after))
    if _in_plexs_words(answer):
        if status == 404:
            return PlexServerUnknown(reason)
        if status in (400, 422):
            return PlexRefused(reason)
    told = _described(answer)
    if status in (404, 410):
        return PlexEndpointGone(told)
    return PlexUnexpected(told, retry_after_seconds(answer.retry_after))


def reason_of(answer: Answer) -> str:
    """Plex's own sentence for the owner: plain, short and without addresses; or ''."""
    root = _document(answer)
    if root is None:
        text = _text(answer)
        return clean(_said_in_json(text) or ("" if "<" in text else text))
    return clean(root.get("status") or _said(root.find(".//error")))


def _described(answer: Answer) -> Message:
    """The status and its text, for an answer that may come from an unknown source."""
    title = _TITLE.search(_text(answer))
    said = reason_of(answer) or clean(title[1] if title else "")
    status = str(answer.status)
    if not said:
        return Message("plex.status", status=status)
    return Message("plex.status_and_words", status=status, words=said)


def _in_plexs_words(answer: Answer) -> bool:
    """Whether the refusal comes from plex.tv itself, not from something in between."""
    root = _document(answer)
    if root is None:
        return _errors_in_json(_text(answer)) is not None
    return root.tag in ("Response", "errors")


def _document(answer: Answer) -> ET.Element | None:
    """The XML of a refusal; None for a page, something else, or a truncated body."""
    text = _text(answer)
    if "<!" in text:
        return None
    try:
        return ET.fromstring(text)  # noqa: S314 # nosec B314
    except ET.ParseError:
        return None


def clean(text: str) -> str:
    """One line without control characters, addresses, links or the name that Plex inserts;
    shortened."""
    if len(text) > _LONGEST_READ:  # but not in the middle of an address
        *whole, _cut = text[:_LONGEST_READ].rsplit(maxsplit=1) or [""]
        text = " ".join(whole)
    text = "".join(" " if unicodedata.category(c).startswith("C") else c for c in text)
    text = _SHARED_WITH.sub(r"\1this account\3", " ".join(text.split()))
    return _EMAIL.sub("(address)", _LINK.sub("(link)", text))[:MAX_REASON]


def retry_after_seconds(text: str) -> int | None:
    """Retry-After in whole seconds, at most 15 minutes; None if absent or unreadable.

    It is a number of seconds or a date: RFC 9110, section 10.2.3.
    """
    text = text.strip()
    if text.isascii() and text.isdigit():
        return min(int(text[:9]), _MAX_RETRY_AFTER)
    try:
        at = parsedate_to_datetime(text)
    except (ValueError, OverflowError):  # a year or a zone of many digits
        return None
    if at.tzinfo is None:
        return None
    return min(max(0, int((at - datetime.now(UTC)).total_seconds())), _MAX_RETRY_AFTER)


def _errors_in_json(text: str) -> list[Any] | None:
    """The errors in v2's JSON: `{"errors": [{"code", "message", "status"}]}`."""
    if not text.lstrip().startswith("{"):
        return None
    try:
        errors = json.loads(text).get("errors")
    except (ValueError, RecursionError):
        return None
    return errors if isinstance(errors, list) else None


def _said_in_json(text: str) -> str:
    first = next(iter(_errors_in_json(text) or ()), None)
    if not isinstance(first, dict):
        return ""
    return str(first.get("message") or f"Plex error {first.get('code', '')}").strip()


def _said(error: ET.Element | None) -> str:
    if error is None:
        return ""
    return error.get("message") or error.text or f"Plex error {error.get('code', '')}".strip()


def _text(answer: Answer) -> str:
    return answer.body[:MAX_BYTES].decode("utf-8", "replace")


def _parse(answer: Answer) -> ET.Element | None:
    if answer.status == 204:
        return None
    text = _text(answer)
    # plex.tv sends no document type; one would only serve an entity attack.
    if "<!DOCTYPE" in text or "<!ENTITY" in text:
        raise PlexAnswerLost(Message("plex.not_plex"))
    try:
        return ET.fromstring(text)  # noqa: S314 # nosec B314
    except ET.ParseError as exc:
        raise PlexAnswerLost(Message("plex.not_xml")) from exc
