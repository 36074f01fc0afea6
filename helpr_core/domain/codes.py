"""When two invite codes are one: a code is read out, typed on a phone, copied from paper."""

from __future__ import annotations

import unicodedata

# Crockford's Base32 takes these for one another (https://www.crockford.com/base32.html).
_LOOK_ALIKES = str.maketrans("oil", "011")
# Spaces, dashes (also those a phone makes of one), controls, and signs that nobody sees.
_PASSED_OVER = ("Zs", "Zl", "Zp", "Pd", "Cc", "Cf")
_DASHES = "\u2212\u00af\u2013_"


def code_key(text: str) -> str:
    """The code without its case, spaces and dashes, look-alikes and Unicode forms being one.

    Two codes of one key are the same code. A code of dashes alone is its own key.
    """
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())
    kept = (
        char
        for char in folded
        if unicodedata.category(char) not in _PASSED_OVER and char not in _DASHES
    )
    return "".join(kept).translate(_LOOK_ALIKES) or folded.strip()
