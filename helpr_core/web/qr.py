"""QR codes, drawn as SVG."""

from __future__ import annotations

import io

from helpr_core import first_use

_MODULE_PIXELS = 8
_QUIET_MODULES = 4
"""The empty border that scanners need (ISO/IEC 18004)."""


def as_svg(text: str, title: str) -> bytes:
    """The text as a QR code, black on white whatever the page's colours: scanners need that.

    It tolerates the loss of 15 % to a fold or a stain. `title` is for screen readers.
    """
    # An SVG in an <img> does not get the page's styles, so it brings its own colours.
    code = first_use.module("segno").make(text, error="m", micro=False)
    drawn = io.BytesIO()
    code.save(
        drawn,
        kind="svg",
        scale=_MODULE_PIXELS,
        border=_QUIET_MODULES,
        dark="#000",
        light="#fff",
        title=title,
        xmldecl=False,
        svgclass=None,
        lineclass=None,
    )
    return drawn.getvalue()
