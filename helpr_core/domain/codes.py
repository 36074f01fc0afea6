"""When two invite codes are the same: codes are read out, typed on phones, copied from paper."""

from __future__ import annotations

import unicodedata

# Crockford's Base32 takes o, i and l for digits (https://www.crockford.com/base32.html); the
# others look like one of these: Cyrillic, Greek and Turkish keyboards have them in their place.
_LOOK_ALIKES = str.maketrans("oil\u043e\u03bf\u0456\u03b9\u0131|", "011001111")
# Spaces, dashes (also those a phone turns one into), quotes, controls, invisible characters.
_PASSED_OVER = ("Zs", "Zl", "Zp", "Pd", "Pi", "Pf", "Cc", "Cf")
_SIGNS = "\u2212\u00af\u2013_\"'`\u201e\u201a"
_ENDS_OF_SENTENCES = ".,;:"
_TURKISH_I = "i\u0307"  # what case folding turns its capital into


def code_key(text: str) -> str:
    """The code without case, spaces, dashes and quotes, with look-alikes unified.

    Unicode forms are unified too, and punctuation that ends a sentence is not part of the code. Two
    codes with the same key are the same code. A code consisting only of dashes is its own key.
    """
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())
    folded = folded.replace(_TURKISH_I, "i")
    kept = (
        char
        for char in folded
        if unicodedata.category(char) not in _PASSED_OVER and char not in _SIGNS
    )
    # Again: with the space between them gone, a letter and an accent may combine.
    whole = unicodedata.normalize("NFKC", "".join(kept))
    return whole.strip(_ENDS_OF_SENTENCES).translate(_LOOK_ALIKES) or folded.strip()
