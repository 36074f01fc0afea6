"""Popular mail domains, and typos in them."""

from __future__ import annotations

import re

_WELL_KNOWN = """
gmail.com googlemail.com hotmail.com hotmail.co.uk hotmail.fr hotmail.de hotmail.it
outlook.com outlook.de outlook.fr live.com live.co.uk msn.com yahoo.com yahoo.co.uk
yahoo.fr yahoo.de yahoo.ca icloud.com me.com mac.com aol.com protonmail.com proton.me
gmx.de gmx.net gmx.at gmx.ch web.de t-online.de freenet.de orange.fr wanadoo.fr
laposte.net free.fr libero.it comcast.net verizon.net att.net sbcglobal.net
bellsouth.net cox.net charter.net btinternet.com virginmedia.com sky.com rogers.com
bigpond.com optusnet.com.au fastmail.com zoho.com yandex.com yandex.ru mail.ru
qq.com 163.com naver.com telenet.be skynet.be ziggo.nl kpnmail.nl bluewin.ch
"""
# Close to a well-known one, but real.
_REAL_NEIGHBOURS = """
mail.com email.com ymail.com gmx.com hotmail.es hotmail.be hotmail.nl outlook.es
outlook.it outlook.at outlook.be outlook.ie outlook.jp yahoo.es yahoo.it yahoo.in
yahoo.co.jp yahoo.co.in yahoo.com.au yahoo.com.br yahoo.com.mx cloud.com
"""

WELL_KNOWN = frozenset(_WELL_KNOWN.split())
"""An address at one of these is never questioned."""

_REAL = WELL_KNOWN | frozenset(_REAL_NEIGHBOURS.split())
_SHORTEST = 9
"""A shorter domain has too many real neighbours to recognise a typo: live.com, love.com."""

_GUESSABLE = sorted(domain for domain in WELL_KNOWN if len(domain) >= _SHORTEST)
_BETWEEN_LABELS = re.compile(r"[\s.,;:]+")
_NO_ENDINGS = (".con", ".cmo", ".ocm", ".vom", ".xom", ".cpm", ".comm")
"""No real domain ends like this, whatever its length: `.com` was meant."""
_ENDINGS = (*_NO_ENDINGS, ".om", ".cm", ".co")


def likely_meant(domain: str) -> str | None:
    """The well-known domain that this one is a typo away from; None if there is none.

    A typo is an extra, missing or wrong letter, two letters swapped, or one of these plus a typo in
    the ending `.com`. A missing or doubled ending counts too, as does another character in place of
    a dot: with these it would not be a domain at all.
    """
    domain = domain.lower()
    if domain in _REAL:
        return None
    tidy = ".".join(filter(None, _BETWEEN_LABELS.split(domain))).replace(".com.com", ".com")
    whole = tidy if "." in tidy else f"{tidy}.com"
    if whole.endswith(_NO_ENDINGS):
        whole = _with_com(whole)
    if whole in _REAL and whole != domain:
        return whole
    for candidate in (tidy, _with_com(whole)):
        found = [known for known in _GUESSABLE if known == candidate or _is_slip(candidate, known)]
        if found:
            # gmail.com before hotmail.com: one of the same length is more likely.
            return min(found, key=lambda known: (known != candidate, abs(len(known) - len(domain))))
    return None


def _with_com(domain: str) -> str:
    ending = next((one for one in _ENDINGS if domain.endswith(one)), "")
    return f"{domain.removesuffix(ending)}.com" if ending else domain


def _is_slip(typed: str, known: str) -> bool:
    """Whether one letter was added, left out or replaced, or two neighbours changed places."""
    if abs(len(typed) - len(known)) > 1 or typed == known:
        return False
    start = 0
    while start < min(len(typed), len(known)) and typed[start] == known[start]:
        start += 1
    a, b = typed[start:], known[start:]
    if len(a) != len(b):
        longer, shorter = (a, b) if len(a) > len(b) else (b, a)
        return longer[1:] == shorter
    return a[1:] == b[1:] or (a[:2] == b[1::-1] and a[2:] == b[2:])
