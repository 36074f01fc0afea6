"""The owner's Markdown as HTML: enough for a few words to friends, and nothing active."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from markupsafe import Markup

from helpr_core import first_use

if TYPE_CHECKING:
    from markdown_it import MarkdownIt

_TAGS = {"p", "br", "hr", "h3", "h4", "ul", "ol", "li", "a", "strong", "em", "code", "blockquote"}
_HEADINGS = {"h1": "h3", "h2": "h4", "h3": "h4", "h5": "h4", "h6": "h4"}
"""The owner's headings are below the page's own."""


@lru_cache(maxsize=8)
def as_html(text: str) -> Markup:
    """The text as HTML: rendered by CommonMark, then cleaned to the few tags above.

    HTML in the text stays text. Links lead to the web or to a mail program, and pass no information
    on.
    """
    nh3 = first_use.module("nh3")
    tokens = _parser().parse(text)
    for token in tokens:
        token.tag = _HEADINGS.get(token.tag, token.tag)
    rendered = _parser().renderer.render(tokens, _parser().options, {})
    return Markup(  # noqa: S704 # nosec B704
        nh3.clean(
            rendered,
            tags=_TAGS,
            attributes={"a": {"href"}},
            url_schemes={"https", "http", "mailto"},
            link_rel="noopener noreferrer nofollow",
        )
    )


@lru_cache(maxsize=1)
def _parser() -> MarkdownIt:
    parser: MarkdownIt = first_use.module("markdown_it").MarkdownIt("commonmark", {"html": False})
    # Line breaks in a field are meant as such; a picture would be loaded from elsewhere.
    parser.options["breaks"] = True
    return parser.disable("image")
