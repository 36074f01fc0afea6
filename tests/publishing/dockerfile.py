"""Parses a Dockerfile into its instructions, to check it or to run it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Instruction:
    """One instruction; `stage` counts the FROM lines before it, from 0."""

    stage: int
    name: str
    text: str

    def words(self) -> list[str]:
        """The words of the exec form: what is run, without a shell."""
        words: list[str] = json.loads(self.text)
        return words


def read(path: Path) -> list[Instruction]:
    """The instructions in order. Raises ValueError for an invalid line."""
    return list(_instructions(path.read_text("utf-8")))


def _instructions(text: str) -> Iterator[Instruction]:
    kept = [line for line in text.splitlines() if line.strip() and not line.startswith("#")]
    stage = -1
    for line in re.sub(r"\\\n\s*", "", "\n".join(kept)).splitlines():
        found = re.fullmatch(r"([A-Z]+)\s+(.+)", line)
        if found is None:
            raise ValueError(f"not an instruction: {line}")
        stage += found[1] == "FROM"
        yield Instruction(stage, found[1], found[2])


def only(instructions: list[Instruction], name: str) -> Instruction:
    """The only instruction of that name in the last stage."""
    last = max(one.stage for one in instructions)
    (found,) = (one for one in instructions if (one.stage, one.name) == (last, name))
    return found
