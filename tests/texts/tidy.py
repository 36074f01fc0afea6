"""`make texts`: every catalogue in Babel's format, sorted, with exactly the codes of English.

Missing entries are added without a translation, with the English as a comment. `python -m
tests.texts.tidy fr` starts a language.
"""

from __future__ import annotations

import io
import sys
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po, write_po

from helpr_core.texts import ENGLISH
from helpr_core.texts.catalogue import FOLDER, names

WIDTH = 100
Said = str | list[str] | tuple[str, ...] | None
_HEADER = (
    'msgid ""\nmsgstr ""\n'
    '"Language: {tag}\\n"\n'
    '"MIME-Version: 1.0\\n"\n'
    '"Content-Type: text/plain; charset=utf-8\\n"\n'
    '"Content-Transfer-Encoding: 8bit\\n"\n'
    '"Plural-Forms: nplurals={forms}; plural={rule};\\n"\n'
)


def tidy(path: Path) -> str:
    """The text of that catalogue as it should be."""
    english, own = _read(ENGLISH), _read(path.stem)
    said = {_code(message): message.string for message in own if message.id}
    made = Catalog(locale=path.stem.replace("-", "_"))
    for wanted in english:
        if wanted.id:
            string = said.get(_code(wanted), "")
            comments = [] if _is_said(string) else [_flat(wanted.string)]
            made.add(wanted.id, string, auto_comments=comments)
    out = io.BytesIO()
    write_po(out, made, width=WIDTH, sort_output=True, omit_header=True)
    header = _HEADER.format(tag=path.stem, forms=made.num_plurals, rule=made.plural_expr)
    return f"{header}\n{out.getvalue().decode().strip()}\n"


def _read(name: str) -> Catalog:
    path = FOLDER / f"{name}.po"
    text = path.read_text("utf-8") if path.exists() else ""
    return read_po(io.StringIO(text), locale=name.replace("-", "_"))


def _code(message: Message) -> str:
    return message.id if isinstance(message.id, str) else message.id[0]


def _is_said(string: Said) -> bool:
    return all(string) if isinstance(string, list | tuple) else bool(string)


def _flat(string: Said) -> str:
    return " / ".join(string) if isinstance(string, list | tuple) else string or ""


def main(chosen: list[str]) -> None:
    """Tidy these languages, or all."""
    for name in chosen or names():
        path = FOLDER / f"{name}.po"
        path.write_text(tidy(path), "utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
