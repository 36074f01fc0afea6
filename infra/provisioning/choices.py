"""What the owner chose: from the environment, the file, and the last deployment, in this order.

So a new shell, or a new computer, changes nothing by accident.
"""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from infra.provisioning.azure import Stopped

ROOT = Path(__file__).resolve().parents[2]
FILE = Path(".azure/settings.sh")
SECRETS = frozenset(
    {"PLEX_TOKEN", "SECRET_KEY", "INVITE_CODE", "ADMIN_PASSWORD_HASH", "DATABASE_URL"}
)
_PARAMETER = re.compile(
    r"^param (\w+) = (?:\w+[(\[])?readEnvironmentVariable\('(\w+)', '([^']*)'\)", re.MULTILINE
)
_LITERAL = re.compile(r"\"'\"|'[^']*'|\\.")
"""Characters that no shell interprets: in single quotes, quotes inside others, escaped ones."""
_NAME = re.compile(r"[A-Z][A-Z0-9_]*")
_HEADING = """\
# What was chosen for Helpr on Azure; infra/provision.sh reads it and rewrites it. No secret
# belongs here. A line is NAME=value as a shell writes it; nothing in it is run.
"""


@dataclass(frozen=True, slots=True)
class Choice:
    """A parameter of the template that is not secret, and the variable that sets it."""

    variable: str
    parameter: str
    default: str


def every_choice() -> tuple[Choice, ...]:
    """The choices in infra/main.bicepparam."""
    text = (ROOT / "infra/main.bicepparam").read_text("utf-8")
    found = (Choice(name, parameter, of) for parameter, name, of in _PARAMETER.findall(text))
    return tuple(one for one in found if one.variable not in SECRETS)


CHOICES = every_choice()


def read(file: Path) -> dict[str, str]:
    """The file's lines. Raises Stopped for one that only a shell could read."""
    if not file.exists():
        return {}
    lines = enumerate(file.read_text("utf-8").splitlines(), 1)
    wanted = [(f"{file}, line {number}", line) for number, line in lines]
    return dict(
        pair
        for where, line in wanted
        if line.strip() and not line.lstrip().startswith("#")
        for pair in _pairs(where, line)
    )


def _pairs(where: str, line: str) -> list[tuple[str, str]]:
    try:
        words = shlex.split(line, comments=True)
    except ValueError:
        words = []
    if re.search(r"[$`]", _LITERAL.sub("", line)):
        raise Stopped(f"{where}, has something for a shell to fill in. Write the value itself.")
    pairs = [word.partition("=")[::2] for word in words[words[:1] == ["export"] :]]
    if not pairs or not all(_NAME.fullmatch(name) for name, _ in pairs) or "=" not in line:
        raise Stopped(f"{where}, is not NAME=value: {line.strip()[:60]}")
    for name, _ in pairs:
        if name in SECRETS:
            raise Stopped(
                f"{where}: {name} is a secret and does not belong in a file. "
                f"Take the line out, and give it by `read -rs {name} && export {name}`."
            )
    return pairs


def write(file: Path, chosen: Mapping[str, str]) -> None:
    """All choices, so that another version's defaults change nothing either."""
    file.parent.mkdir(parents=True, exist_ok=True)
    lines = [f"export {name}={shlex.quote(value)}\n" for name, value in chosen.items()]
    file.write_text(_HEADING + "".join(lines), "utf-8")
    file.chmod(0o600)


def as_text(value: Any) -> str:
    """A parameter's value as its variable contains it."""
    if isinstance(value, bool):
        return str(value).lower()
    return value if isinstance(value, str) else json.dumps(value)


def deployed(parameters: Mapping[str, Any]) -> dict[str, str]:
    """The parameters of a deployment, by variable; Azure returns no secrets."""
    return {
        one.variable: as_text(parameters[one.parameter]["value"])
        for one in CHOICES
        if "value" in parameters.get(one.parameter, {})
    }


def chosen(*sources: Mapping[str, str]) -> dict[str, str]:
    """Each choice from the first source that has it, else the template's default.

    An empty value is a choice only where the default is empty: no number is.
    """
    return {one.variable: _of(one, sources) for one in CHOICES}


def _of(choice: Choice, sources: tuple[Mapping[str, str], ...]) -> str:
    for source in sources:
        value = source.get(choice.variable)
        if value is not None and (value or not choice.default):
            return value
    return choice.default
