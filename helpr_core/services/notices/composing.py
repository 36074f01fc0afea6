"""What a notice says: the same on every channel and on the overview."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from helpr_core.domain.notices import WAY_IN_CHANGED, NoticeKind, OutboxEntry, WayInChange, kind_of
from helpr_core.frozen import dataclass
from helpr_core.texts import Message, Words, sentences

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


def compose(kind: NoticeKind, entries: Sequence[OutboxEntry], answers: Answers) -> Composed:
    """The text about these events of one kind."""
    shown = tuple(entries[:SHOWN])
    title = Message(
        _title(kind, entries), count=len(entries), name=_name(entries[0]) if entries else ""
    )
    lines = tuple(_line(kind, one, answers) for one in shown)
    return Composed(title, lines, len(entries) - len(shown))


def _title(kind: NoticeKind, entries: Sequence[OutboxEntry]) -> str:
    if any(one.event == WAY_IN_CHANGED for one in entries):
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


def facts(kind: NoticeKind, entry: OutboxEntry, answers: Answers) -> dict[str, Any]:
    """The same for programs: the contents of a webhook's `data`."""
    found: dict[str, Any] = {"event_id": str(entry.event_id), "at": entry.at.isoformat()}
    if entry.request_id is not None:
        found["request_id"] = str(entry.request_id)
    if entry.name:
        found["name"] = entry.name
    if entry.code:
        found["code"] = entry.code
    line = _line(kind, entry, answers)
    if entry.event == WAY_IN_CHANGED:
        found["change"] = _change(entry).value
    if line.approve:
        found |= {"approve_url": line.approve, "deny_url": line.deny}
    return found


def news(entries: Iterable[OutboxEntry], most: int) -> list[tuple[datetime, NoticeKind, Words]]:
    """The overview's texts about these events, newest first. Those that would say the same are one
    text: about the newest of them, and where each counts, how many they are."""
    same: dict[tuple[NoticeKind, Words], list[OutboxEntry]] = {}
    for one in entries:
        kind = kind_of(one.event, one.to_status)
        if kind is not None:
            words = _sentence(kind, replace(one, at=_ANY_TIME))
            same.setdefault((kind, words), []).append(one)
    return [(all_[0].at, kind, _together(kind, all_)) for (kind, _), all_ in same.items()][:most]


def _together(kind: NoticeKind, entries: Sequence[OutboxEntry]) -> Words:
    newest = entries[0]
    if newest.event == "new_browser" and len(entries) > 1:
        code = "notice.new_browser.several"
        return Message(code, name=_name(newest), at=newest.at, count=len(entries))
    return _sentence(kind, newest)


def _line(kind: NoticeKind, entry: OutboxEntry, answers: Answers) -> Line:
    sentence = _sentence(kind, entry)
    if kind is not NoticeKind.ASKED:
        return Line(sentence)
    found = (
        answers(entry.request_id, entry.at) if entry.request_id and entry.still_awaiting else None
    )
    approve, deny = found or ("", "")
    return Line(sentence, entry.note, approve, deny)


def _sentence(kind: NoticeKind, entry: OutboxEntry) -> Words:
    make = _SENTENCES.get(kind)
    if make is not None:
        return make(entry)
    return Message(f"notice.{kind}.line", name=_name(entry))


def _name(entry: OutboxEntry) -> str:
    return entry.name or str(entry.facts.get("name") or "…")


def _with_reason(code: str) -> Callable[[OutboxEntry], Words]:
    def sentence(entry: OutboxEntry) -> Words:
        return sentences(Message(code, name=_name(entry)), entry.error)

    return sentence


def _number(entry: OutboxEntry, name: str) -> int:
    value = entry.facts.get(name)
    return value if isinstance(value, int) else 0


def _seats(entry: OutboxEntry) -> Words:
    taken = _number(entry, "used") + _number(entry, "pending")
    return Message("notice.seats.line", taken=taken, limit=_number(entry, "limit"))


def _ends_soon(entry: OutboxEntry) -> Words:
    return Message("notice.ends_soon.line", name=_name(entry), count=_number(entry, "days"))


def _removed(entry: OutboxEntry) -> Words:
    return Message(f"notice.removed.{entry.event}", name=_name(entry))


def _not_removed(entry: OutboxEntry) -> Words:
    return Message(f"notice.not_removed.{entry.event}", name=_name(entry))


def _drift(entry: OutboxEntry) -> Words:
    if entry.event == "gone":
        known = entry.code if entry.code in ("left", "removed_elsewhere") else "removed_elsewhere"
        return Message(f"notice.drift.{known}", name=_name(entry))
    return Message("notice.drift.line", name=_name(entry))


def _list_suspicious(entry: OutboxEntry) -> Words:
    return Message(f"notice.list_suspicious.{entry.event}")


def _change(entry: OutboxEntry) -> WayInChange:
    return WayInChange.read(str(entry.facts.get("change") or ""))


def _new_browser(entry: OutboxEntry) -> Words:
    if entry.event == WAY_IN_CHANGED:
        change = _change(entry)
        return Message(f"notice.way_in.{change}", at=entry.at)
    return Message("notice.new_browser.line", name=_name(entry), at=entry.at)


def _wrong_passwords(entry: OutboxEntry) -> Words:
    return Message("notice.wrong_passwords.line", count=_number(entry, "failures"))


def _channel_failing(entry: OutboxEntry) -> Words:
    return Message("notice.channel_failing.line", channel=str(entry.facts.get("channel") or "…"))


def _digest(entry: OutboxEntry) -> Words:
    numbers = ("asked", "came", "ended", "failed")
    parts: list[Words] = [
        Message(f"notice.digest.{name}", count=_number(entry, name)) for name in numbers
    ]
    soon = entry.facts.get("ends_soon")
    if isinstance(soon, list) and soon:
        names = tuple(str(one) for one in soon)
        parts.append(Message("notice.digest.ends_soon", count=len(names), names=names))
    if _number(entry, "limit"):
        parts.append(_seats(entry))
    return sentences(*parts)


_SENTENCES: Mapping[NoticeKind, Callable[[OutboxEntry], Words]] = {
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
