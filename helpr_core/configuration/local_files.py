"""Settings on one's own computer: local.settings.json and .env, read into the environment."""

from __future__ import annotations

import codecs
import contextlib
import io
import json
import os
import re
import secrets
from collections.abc import Mapping
from pathlib import Path

from helpr_core import first_use
from helpr_core.errors import HelprError
from helpr_core.texts import Message

ROOT = Path(__file__).resolve().parents[2]
LOCAL_SETTINGS = "local.settings.json"
DOTENV = ".env"
KEY_FILE = "secret-key"
# The longer ones first: UTF-32's begins as UTF-16's does.
_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


class WrongFileError(HelprError):
    """A settings file that cannot be read; `words` say which one, and in which line."""

    code = "wrong_file"

    def __init__(self, name: str, line: int, found: Message) -> None:
        super().__init__(Message("file.wrong", file=name, line=str(line), found=found))


def load_local_settings(root: Path = ROOT) -> None:
    """Add the settings from both files; the environment takes precedence, then the JSON.

    Raises WrongFileError, with file and line and without any value.
    """
    for found in read_local_settings(root):
        for name, value in found.items():
            if value:  # the example has an empty value, which means that nothing is set
                os.environ.setdefault(name, value)
    if not os.environ.get("SECRET_KEY") and secret_key_file().is_file():
        try:
            os.environ["SECRET_KEY"] = kept_secret_key(secret_key_file())
        except OSError as exc:
            what = Message("file.not_read", error=type(exc).__name__)
            raise WrongFileError(str(secret_key_file()), 1, what) from None


def secret_key_file() -> Path:
    """Next to the database, for owners who set Helpr up in the browser and write no file."""
    return Path(os.environ.get("DATABASE_PATH") or "helpr.db").parent / KEY_FILE


def kept_secret_key(path: Path) -> str:
    """The key in that file, created if there is none; of two processes at once, one creates it."""
    with contextlib.suppress(FileExistsError):
        path.parent.mkdir(parents=True, exist_ok=True)
        with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(secrets.token_hex(32) + "\n")
    return path.read_text("ascii").strip()


def read_local_settings(root: Path = ROOT) -> tuple[dict[str, str], dict[str, str]]:
    """The settings in local.settings.json and .env; raises WrongFileError as above."""
    return _from_json(root), _from_dotenv(root)


def write_local_settings(given: Mapping[str, str], root: Path = ROOT) -> Path:
    """Write to the `Values` of local.settings.json, keeping the others, or those of the example.

    Only its owner can read the file. Raises WrongFileError.
    """
    path = root / LOCAL_SETTINGS
    values = _from_json(root)
    if not values:
        example = json.loads((root / f"{LOCAL_SETTINGS}.example").read_text("utf-8"))
        values = example["Values"]
    whole = {"IsEncrypted": False, "Values": values | dict(given)}
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        json.dump(whole, file, indent=2, ensure_ascii=False)
        file.write("\n")
    path.chmod(0o600)  # also if it was there before
    return path


def _from_json(root: Path) -> dict[str, str]:
    text = _read(root / LOCAL_SETTINGS)
    if text is None:
        return {}
    try:
        values = json.loads(text)["Values"]
        values = dict(values.items())
    except json.JSONDecodeError as exc:
        line, what = _json_mistake(text, exc)
        raise WrongFileError(LOCAL_SETTINGS, line, what) from None
    except (KeyError, TypeError, AttributeError):
        line, what = _line_of(text, "Values"), Message("file.no_values")
        raise WrongFileError(LOCAL_SETTINGS, line, what) from None
    for name, value in values.items():
        wrong = None
        # func start accepts only text; so that one file works for both, so do we.
        if not isinstance(value, str):
            wrong = Message("file.not_text", name=name)
        elif "\0" in value or not re.fullmatch(r"[^=\0]+", name):
            wrong = Message("file.impossible_sign")
        if wrong is not None:
            raise WrongFileError(LOCAL_SETTINGS, _line_of(text, name), wrong)
    return values


def _from_dotenv(root: Path) -> dict[str, str]:
    path = root / DOTENV
    text = _read(path)
    if text is None:
        return {}
    # A container and Azure have no such file.
    dotenv, parser = first_use.module("dotenv"), first_use.module("dotenv.parser")
    for one in parser.parse_stream(io.StringIO(text)):
        if one.error:
            # Otherwise the setting would be missing silently.
            blank = len(one.original.string) - len(one.original.string.lstrip())
            line = one.original.line + one.original.string[:blank].count("\n")
            raise WrongFileError(_known_as(path), line, Message("file.not_dotenv"))
    found: dict[str, str | None] = dotenv.dotenv_values(stream=io.StringIO(text))
    return {name: value for name, value in found.items() if value is not None}


def _read(path: Path) -> str | None:
    """The file's content; None if there is none. Windows editors also write UTF-16."""
    try:
        data = path.read_bytes()
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as exc:
        what = Message("file.not_read", error=type(exc).__name__)
        raise WrongFileError(_known_as(path), 1, what) from None
    encoding = next((name for mark, name in _MARKS if data.startswith(mark)), "utf-8")
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as exc:
        line = data[: exc.start].count(b"\n") + 1
        raise WrongFileError(_known_as(path), line, Message("file.not_utf8")) from None
    if "\0" in text:
        raise WrongFileError(_known_as(path), 1, Message("file.utf16"))
    return text.replace("\r\n", "\n")


def _known_as(path: Path) -> str:
    """In the container .env is a link to helpr.env, which is the file its owner sees."""
    return Path(os.path.realpath(path)).name


def _json_mistake(text: str, error: json.JSONDecodeError) -> tuple[int, Message]:
    """The line, and what is wrong in it: habits from other notations are recognised."""
    at, before = error.pos, text[: error.pos].rstrip()
    rest = text[at:].lstrip()
    at += len(text[at:]) - len(rest)
    line = text[:at].count("\n") + 1
    if rest.startswith(("//", "/*", "#")):
        return line, Message("file.json_comment")
    # Python 3.13 points to the comma, earlier versions to what follows it.
    if rest[:1] in ("}", "]") and before.endswith(","):
        return text[: len(before)].count("\n") + 1, Message("file.json_last_comma")
    if rest.startswith(",") and rest[1:].lstrip()[:1] in ("}", "]"):
        return line, Message("file.json_last_comma")
    if rest.startswith("'"):
        return line, Message("file.json_quotes")
    if rest.startswith('"') and not before.endswith((",", "{", "[", ":")):
        return text[: len(before)].count("\n") + 1, Message("file.json_no_comma")
    return line, Message("file.json_other")


def _line_of(text: str, name: str) -> int:
    """The line with that name, as written; the first line if it cannot be found."""
    found = re.search(rf"{re.escape(json.dumps(name))}\s*:", text)
    return text[: found.start()].count("\n") + 1 if found else 1
