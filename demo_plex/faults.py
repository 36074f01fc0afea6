"""Fault injection: what the demo does instead of answering properly.

A rule matches a call by method and by the beginning of its path, or by the whole path if that ends
in "$"; of several, the oldest counts. It is used up after `times` calls (0: it stays until
cleared).

kind           the call is      what the client sees
status         not carried out  `status` with `body`; without a body, plex.tv's own for it
invalid_token  not carried out  422, as plex.tv answers a token that was deauthorized
malformed      not carried out  `status` (200) with `body`, by default XML that breaks off
raw            not carried out  the bytes of `body` and nothing else, not even HTTP
big            not carried out  `status` (200) with `size_bytes` of well-formed XML
redirect       not carried out  `status` (302) with `headers`, by default to /redirected
drop           not carried out  the connection closes
drop_after     carried out      the connection closes
hang           not carried out  nothing for `delay_seconds` (60 at most), then it closes
delay          carried out      the proper answer, later
partial        carried out      the proper answer with the first `rows` of its list (0: none of it)
slow_head      carried out      the proper answer, a byte of status line and headers at a time
slow_body      carried out      the proper answer, its body a byte at a time
more_headers   not carried out  200 and headers without end, one at a time
continue       not carried out  "100 Continue" without end, one at a time

Every kind can have `delay_seconds` (60 at most), a wait before anything else. In the last four,
each piece follows `pace_seconds` after the previous one; after 60 s the connection closes.
"""

from __future__ import annotations

import base64
import threading
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields, replace
from typing import Any

KINDS = frozenset(
    {
        "status",
        "invalid_token",
        "malformed",
        "raw",
        "big",
        "redirect",
        "drop",
        "drop_after",
        "hang",
        "delay",
        "partial",
        "slow_head",
        "slow_body",
        "more_headers",
        "continue",
    }
)
IN_PIECES = frozenset({"slow_head", "slow_body", "more_headers", "continue"})
LONGEST_DELAY_SECONDS = 60.0
LARGEST_ANSWER_BYTES = 100_000_000
_DEFAULT_STATUS = {"invalid_token": 422, "malformed": 200, "big": 200, "redirect": 302}
_NUMBERS = ("times", "status", "size_bytes", "delay_seconds", "rows", "pace_seconds")


@dataclass(frozen=True, slots=True)
class FaultRule:
    """One rule; `method` "" means any. Raises ValueError if it makes no sense."""

    kind: str
    method: str = ""
    path_prefix: str = "/"
    times: int = 1
    status: int = 0
    body: bytes | None = None
    content_type: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    delay_seconds: float = 0.0
    size_bytes: int = 1_000_000
    rows: int = 0
    pace_seconds: float = 1.0

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise ValueError(f"kind {self.kind!r} is none of {', '.join(sorted(KINDS))}")
        if not 0 <= self.delay_seconds <= LONGEST_DELAY_SECONDS:
            raise ValueError(f"delay_seconds goes from 0 to {LONGEST_DELAY_SECONDS:.0f}")
        if not 0 < self.pace_seconds <= LONGEST_DELAY_SECONDS:
            raise ValueError(f"pace_seconds is above 0, and at most {LONGEST_DELAY_SECONDS:.0f}")
        if self.kind == "status" and not 200 <= self.status <= 599:
            raise ValueError("kind 'status' needs a status from 200 to 599")
        if self.times < 0 or self.rows < 0:
            raise ValueError("times and rows cannot be negative")
        if not 100 <= self.size_bytes <= LARGEST_ANSWER_BYTES:
            raise ValueError(f"size_bytes goes from 100 to {LARGEST_ANSWER_BYTES}")

    @property
    def answer_status(self) -> int:
        """The status to answer with: the requested one, otherwise the kind's own."""
        return self.status or _DEFAULT_STATUS.get(self.kind, 200)

    @property
    def wait_seconds(self) -> float:
        """How long to wait first; a hang without a length takes the maximum."""
        if self.kind == "hang" and not self.delay_seconds:
            return LONGEST_DELAY_SECONDS
        return self.delay_seconds

    def meets(self, method: str, path: str) -> bool:
        """Whether the rule matches that call."""
        if self.method.upper() not in ("", method):
            return False
        if self.path_prefix.endswith("$"):
            return path == self.path_prefix[:-1]
        return path.startswith(self.path_prefix)


def rule_from_json(given: object) -> FaultRule:
    """Read a rule; `body` is text, `body_base64` is bytes. Raises ValueError."""
    if not isinstance(given, dict):
        raise ValueError("a rule is a JSON object")  # noqa: TRY004 - bad input, one kind of error
    values: dict[str, Any] = dict(given)
    if "body_base64" in values:
        values["body"] = base64.b64decode(values.pop("body_base64"), validate=True)
    elif isinstance(values.get("body"), str):
        values["body"] = values["body"].encode()
    unknown = values.keys() - {known.name for known in fields(FaultRule)}
    if unknown or "kind" not in values:
        raise ValueError(f"unknown fields {sorted(unknown)}" if unknown else "kind is missing")
    if not all(isinstance(values.get(name, 0), int | float) for name in _NUMBERS):
        raise ValueError(f"{', '.join(_NUMBERS)} are numbers")
    return FaultRule(**values)


def rule_as_json(rule: FaultRule) -> dict[str, Any]:
    """The rule as `rule_from_json` reads it."""
    values = asdict(rule)
    body = values.pop("body")
    if body is not None:
        values["body_base64"] = base64.b64encode(body).decode()
    return values


class Faults:
    """The active rules; may be used from many threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._rules: list[FaultRule] = []

    def add(self, *rules: FaultRule) -> None:
        """Add rules after the existing ones."""
        with self._lock:
            self._rules.extend(rules)

    def clear(self) -> None:
        """Forget all rules."""
        with self._lock:
            self._rules.clear()

    def rules(self) -> list[FaultRule]:
        """The remaining rules; `times` counts the uses left."""
        with self._lock:
            return list(self._rules)

    def take(self, method: str, path: str) -> FaultRule | None:
        """The rule for that call, with one use taken."""
        with self._lock:
            for index, rule in enumerate(self._rules):
                if not rule.meets(method, path):
                    continue
                if rule.times == 1:
                    del self._rules[index]
                elif rule.times > 1:
                    self._rules[index] = replace(rule, times=rule.times - 1)
                return rule
        return None
