"""Which colours of a stylesheet have too little contrast, as WCAG defines it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

Pairs = Mapping[float, Iterable[tuple[str, str]]]


def too_weak(pairs: Pairs, scheme: str, *sheets: str) -> dict[tuple[str, str], float]:
    """The pairs, by the least contrast they need, that have less; sheets name their colours."""
    colours: dict[str, str] = {}
    for sheet in sheets:
        light, dark = re.findall(r":root \{(.*?)\n *\}", sheet, re.S)[:2]
        for part in (light, dark) if scheme == "dark" else (light,):
            colours |= dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{3,6});", part))
    return {
        (one, other): round(found, 2)
        for least, named in pairs.items()
        for one, other in named
        if (found := _contrast(colours[one], colours[other])) < least
    }


def _contrast(one: str, other: str) -> float:
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: str) -> float:
    value = colour.removeprefix("#")
    value = "".join(digit * 2 for digit in value) if len(value) == 3 else value
    parts = [int(value[start : start + 2], 16) / 255 for start in (0, 2, 4)]
    r, g, b = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * r + 0.7152 * g + 0.0722 * b
