"""Every sentence that people read: a code with parameters becomes a sentence in a language.

`en.po` and `de.po` in this folder are gettext catalogues; another language is another file.
All other code names a message:

    Message("queue.waiting", count=3, oldest=timedelta(hours=1))

and `say` makes the sentence where it is shown, in the language of the request.
"""

from __future__ import annotations

from helpr_core.texts.message import Message, Value, Words, clauses, quoted, sentences
from helpr_core.texts.spoken import (
    ENGLISH,
    Language,
    current,
    in_english,
    language,
    languages,
    say,
    speaking,
    tag_for,
    tags,
    text,
)

__all__ = [
    "ENGLISH",
    "Language",
    "Message",
    "Value",
    "Words",
    "clauses",
    "current",
    "in_english",
    "language",
    "languages",
    "quoted",
    "say",
    "sentences",
    "speaking",
    "tag_for",
    "tags",
    "text",
]
