"""When two invite codes are one: a code is read out, typed on a phone, copied from paper."""

from __future__ import annotations

import unicodedata

# Crockford's Base32 takes o, i and l for digits (https://www.crockford.com/base32.html); the
# others look like one of these: Cyrillic, Greek and Turkish keyboards have them in their place.
_LOOK_ALIKES = str.maketrans("oil\u043e\u03bf\u0456\u03b9\u0131|", "011001111")
# Spaces, dashes (also those a phone makes of one), quotes, controls, and signs that nobody sees.
_PASSED_OVER = ("Zs", "Zl", "Zp", "Pd", "Pi", "Pf", "Cc", "Cf")
_SIGNS = "\u2212\u00af\u2013_\"'`\u201e\u201a"
_ENDS_OF_SENTENCES = ".,;:"
_TURKISH_I = "i\u0307"  # what folding makes of its capital


def code_key(text: str) -> str:
    """The code without its case, spaces, dashes and quotes, look-alikes being one.

    Unicode forms are one as well, and what ends a sentence is no part of the code. Two codes of
    one key are the same code. A code of dashes alone is its own key.
    """
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())
    folded = folded.replace(_TURKISH_I, "i")
    kept = (
        char
        for char in folded
        if unicodedata.category(char) not in _PASSED_OVER and char not in _SIGNS
    )
    # Once more: without a space between them a letter and an accent can be one.
    whole = unicodedata.normalize("NFKC", "".join(kept))
    return whole.strip(_ENDS_OF_SENTENCES).translate(_LOOK_ALIKES) or folded.strip()
