"""The owner's Markdown: what it may contain, and what it never becomes."""

from __future__ import annotations

import pytest

from helpr_core.web.markdown import as_html


def test_common_formatting_is_supported() -> None:
    text = "# Rules\n\nBe **kind**\nand *brief*.\n\n- [wishes](https://a.example.org/x)\n- `code`"
    html = as_html(text)
    for part in (
        "<h3>Rules</h3>",
        "<strong>kind</strong><br>",
        "<em>brief</em>",
        '<li><a href="https://a.example.org/x" rel="noopener noreferrer nofollow">wishes</a></li>',
        "<code>code</code>",
    ):
        assert part in html


def test_the_pages_own_headings_outrank_it() -> None:
    html = as_html("# a\n\n## b\n\n### c\n\n###### d")
    assert "<h1" not in html
    assert "<h2" not in html
    assert html.count("<h3>") == 1
    assert html.count("<h4>") == 3


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "[a](javascript:alert(1))",
        "[a](data:text/html;base64,PHNjcmlwdD4=)",
        "![a](https://elsewhere.example.org/pixel.png)",
        '<a href="https://a.example.org" onclick="alert(1)">a</a>',
        "<style>body{display:none}</style>",
        "[a](https://a.example.org 'x\" onmouseover=\"alert(1)')",
        "<iframe src=https://a.example.org></iframe>",
        "<form action=/dashboard/session method=post><input name=password></form>",
        "[x]: javascript:alert(1)\n\n[x]",
        '<https://a.example.org/"onmouseover=alert(1)>',
    ],
)
def test_nothing_in_it_can_act_or_be_loaded(text: str) -> None:
    html = as_html(text)
    tags = [part.partition(">")[0] for part in html.split("<")[1:]]
    assert {tag.split()[0].strip("/") for tag in tags} <= {"p", "a", "ul", "li", "br", "code"}
    for tag in tags:
        assert "javascript:" not in tag
        assert "data:" not in tag
        assert not any(name in tag.split("rel=")[-1] for name in ("onclick", "onmouseover="))


def test_a_long_text_of_brackets_terminates() -> None:
    assert as_html("[" * 4000)
    assert as_html("> " * 2000 + "a")
