"""What a notice says: the same on every channel and on the overview."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from helpr_core.domain.notices import NoticeKind, Told, WayInChange, kind_of
from helpr_core.texts import Message, Words, sentences

WAY_IN_CHANGED = "way_in_changed"

SHOWN = 20
"""How many of the events in one message are named; the others are counted."""

_ANY_TIME = datetime.min.replace(tzinfo=UTC)

Answers = Callable[[UUID, datetime], tuple[str, str] | None]
"""The addresses that approve and deny a request; None without HELPR_PUBLIC_URL."""


@dataclass(frozen=True, slots=True)
class Line:
    """One event in a message: the sentence, what the friend wrote, and the two answers."""

    sentence: Words
    note: str = ""
    approve: str = ""
    deny: str = ""


@dataclass(frozen=True, slots=True)
class Composed:
    """A message before it has a language."""

    title: Message
    lines: tuple[Line, ...]
    left: int = 0


def compose(kind: NoticeKind, told: Sequence[Told], answers: Answers) -> Composed:
    """The text about these events of one kind."""
    shown = tuple(told[:SHOWN])
    title = Message(_title(kind, told), count=len(told), name=_name(told[0]) if told else "")
    lines = tuple(_line(kind, one, answers) for one in shown)
    return Composed(title, lines, len(told) - len(shown))


def _title(kind: NoticeKind, told: Sequence[Told]) -> str:
    if any(one.event == WAY_IN_CHANGED for one in told):
        return "notice.way_in.title"
    return f"notice.{kind}.title"


def as_text(composed: Composed, say: Callable[[Words], str], *, doubtful: bool) -> str:
    """The body for people, line by line."""
    parts = list(_paragraphs(composed, say))
    if doubtful:
        parts.append(say(Message("notice.doubtful")))
    return "\n\n".join(parts)


def _paragraphs(composed: Composed, say: Callable[[Words], str]) -> Iterator[str]:
    for line in composed.lines:
        text = say(line.sentence)
        if line.note:
            text += "\n" + say(Message("notice.asked.note", note=line.note))
        if line.approve:
            text += "\n" + say(Message("notice.asked.approve", address=line.approve))
            text += "\n" + say(Message("notice.asked.deny", address=line.deny))
        yield text
    if composed.left:
        yield say(Message("notice.left", count=composed.left))


def facts(kind: NoticeKind, told: Told, answers: Answers) -> dict[str, Any]:
    """The same for programs: the contents of a webhook's `data`."""
    found: dict[str, Any] = {"event_id": str(told.event_id), "at": told.at.isoformat()}
    if told.request_id is not None:
        found["request_id"] = str(told.request_id)
    if told.name:
        found["name"] = told.name
    if told.code:
        found["code"] = told.code
    line = _line(kind, told, answers)
    if told.event == WAY_IN_CHANGED:
        found["change"] = _change(told).value
    if line.approve:
        found |= {"approve_url": line.approve, "deny_url": line.deny}
    return found


def news(told: Iterable[Told], most: int) -> list[tuple[datetime, NoticeKind, Words]]:
    """The overview's texts about these events, newest first. Those that would say the same are one
    text: about the newest of them, and where each counts, how many they are."""
    same: dict[tuple[NoticeKind, Words], list[Told]] = {}
    for one in told:
        kind = kind_of(one.event, one.to_status)
        if kind is not None:
            words = _sentence(kind, replace(one, at=_ANY_TIME))
            same.setdefault((kind, words), []).append(one)
    return [(all_[0].at, kind, _together(kind, all_)) for (kind, _), all_ in same.items()][:most]


def _together(kind: NoticeKind, told: Sequence[Told]) -> Words:
    newest = told[0]
    if newest.event == "new_browser" and len(told) > 1:
        code = "notice.new_browser.several"
        return Message(code, name=_name(newest), at=newest.at, count=len(told))
    return _sentence(kind, newest)


def _line(kind: NoticeKind, told: Told, answers: Answers) -> Line:
    sentence = _sentence(kind, told)
    if kind is not NoticeKind.ASKED:
        return Line(sentence)
    found = answers(told.request_id, told.at) if told.request_id and told.still_awaiting else None
    approve, deny = found or ("", "")
    return Line(sentence, told.note, approve, deny)


def _sentence(kind: NoticeKind, told: Told) -> Words:
    make = _SENTENCES.get(kind)
    if make is not None:
        return make(told)
    return Message(f"notice.{kind}.line", name=_name(told))


def _name(told: Told) -> str:
    return told.name or str(told.facts.get("name") or "…")


def _with_reason(code: str) -> Callable[[Told], Words]:
    def sentence(told: Told) -> Words:
        return sentences(Message(code, name=_name(told)), told.error)

    return sentence


def _number(told: Told, name: str) -> int:
    value = told.facts.get(name)
    return value if isinstance(value, int) else 0


def _seats(told: Told) -> Words:
    taken = _number(told, "used") + _number(told, "pending")
    return Message("notice.seats.line", taken=taken, limit=_number(told, "limit"))


def _ends_soon(told: Told) -> Words:
    return Message("notice.ends_soon.line", name=_name(told), count=_number(told, "days"))


def _removed(told: Told) -> Words:
    return Message(f"notice.removed.{told.event}", name=_name(told))


def _not_removed(told: Told) -> Words:
    return Message(f"notice.not_removed.{told.event}", name=_name(told))


def _drift(told: Told) -> Words:
    if told.event == "gone":
        known = told.code if told.code in ("left", "removed_elsewhere") else "removed_elsewhere"
        return Message(f"notice.drift.{known}", name=_name(told))
    return Message("notice.drift.line", name=_name(told))


def _list_suspicious(told: Told) -> Words:
    return Message(f"notice.list_suspicious.{told.event}")


def _change(told: Told) -> WayInChange:
    return WayInChange.read(str(told.facts.get("change") or ""))


def _new_browser(told: Told) -> Words:
    if told.event == WAY_IN_CHANGED:
        change = _change(told)
        return Message(f"notice.way_in.{change}", at=told.at)
    return Message("notice.new_browser.line", name=_name(told), at=told.at)


def _wrong_passwords(told: Told) -> Words:
    return Message("notice.wrong_passwords.line", count=_number(told, "failures"))


def _channel_failing(told: Told) -> Words:
    return Message("notice.channel_failing.line", channel=str(told.facts.get("channel") or "…"))


def _digest(told: Told) -> Words:
    numbers = ("asked", "came", "ended", "failed")
    parts: list[Words] = [
        Message(f"notice.digest.{name}", count=_number(told, name)) for name in numbers
    ]
    soon = told.facts.get("ends_soon")
    if isinstance(soon, list) and soon:
        names = tuple(str(one) for one in soon)
        parts.append(Message("notice.digest.ends_soon", count=len(names), names=names))
    if _number(told, "limit"):
        parts.append(_seats(told))
    return sentences(*parts)


_SENTENCES: Mapping[NoticeKind, Callable[[Told], Words]] = {
    NoticeKind.FAILED: _with_reason("notice.failed.line"),
    NoticeKind.WAITING: _with_reason("notice.waiting.line"),
    NoticeKind.SEATS: _seats,
    NoticeKind.ENDS_SOON: _ends_soon,
    NoticeKind.REMOVED: _removed,
    NoticeKind.NOT_REMOVED: _not_removed,
    NoticeKind.DRIFT: _drift,
    NoticeKind.LIST_SUSPICIOUS: _list_suspicious,
    NoticeKind.NEW_BROWSER: _new_browser,
    NoticeKind.WRONG_PASSWORDS: _wrong_passwords,
    NoticeKind.CHANNEL_FAILING: _channel_failing,
    NoticeKind.DIGEST: _digest,
}
