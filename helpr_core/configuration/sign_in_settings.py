"""Settings of the way into the dashboard: which ways there are, and who stands in front."""

from __future__ import annotations

import re
from collections.abc import Mapping
from ipaddress import ip_network

from helpr_core.configuration.setting import setting
from helpr_core.configuration.wrong_value import WrongValueError
from helpr_core.domain.browsers import Way
from helpr_core.domain.in_front import Network
from helpr_core.errors import FieldError
from helpr_core.frozen import dataclass
from helpr_core.texts import Message

SIGN_IN = (Way.PASSWORD.value, Way.PLEX.value)
"""The ways in where nothing else is set."""
_WAYS = (*SIGN_IN, Way.AZURE.value, Way.PROXY.value)
_HEADER = re.compile(r"[A-Za-z][A-Za-z0-9-]{1,60}")
_NOBODYS_HEADERS = ("host", "cookie", "origin", "referer", "user-agent", "accept", "forwarded")


def _split_words(text: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(filter(None, re.split(r"[\s,;]+", text))))


def _ways(text: str) -> str:
    words = _split_words(text.lower())
    if not words or not set(words) <= set(_WAYS):
        raise WrongValueError("sign_in_ways", ways=", ".join(_WAYS))
    return text


def _header(text: str) -> str:
    # Names that every request has, or that a browser may set, say nothing of a proxy.
    if not _HEADER.fullmatch(text) or text.lower() in _NOBODYS_HEADERS:
        raise WrongValueError("not_a_header")
    return text


def _networks(text: str) -> tuple[Network, ...]:
    try:
        found = tuple(map(ip_network, _split_words(text)))
    except ValueError:
        raise WrongValueError("not_networks") from None
    if any(one.prefixlen == 0 for one in found):
        raise WrongValueError("not_networks")
    return found


@dataclass(frozen=True, slots=True)
class SignInSettings:
    """What the owner decided about signing in."""

    sign_in_wish: str = setting("HELPR_SIGN_IN", _ways, default=" ".join(SIGN_IN))
    sign_in_users: tuple[str, ...] = setting("HELPR_SIGN_IN_USERS", _split_words, default=())
    sign_in_header: str = setting("HELPR_SIGN_IN_HEADER", _header, default="Remote-User")
    sign_in_proxies: tuple[Network, ...] = setting("HELPR_SIGN_IN_PROXIES", _networks, default=())

    @property
    def sign_in(self) -> tuple[str, ...]:
        """The ways into the dashboard, as domain.browsers.Way has them."""
        return _split_words(self.sign_in_wish.lower())


def in_front_problems(
    settings: SignInSettings | None, given: Mapping[str, str], *, is_hosted: bool
) -> list[FieldError]:
    """What is missing or out of place for those ways in that stand in front of Helpr."""
    ways = settings.sign_in if settings else ()
    problems = []
    if "proxy" in ways and is_hosted:
        # Its host does not tell who connects, so that anybody could pass for the proxy.
        problems.append(FieldError("HELPR_SIGN_IN", Message("setting.proxy_on_azure")))
    if "azure" in ways and not is_hosted:
        problems.append(FieldError("HELPR_SIGN_IN", Message("setting.azure_elsewhere")))
    wanted = ["HELPR_SIGN_IN_USERS"] if {"azure", "proxy"} & set(ways) else []
    wanted += ["HELPR_SIGN_IN_PROXIES"] if "proxy" in ways else []
    missing = Message("setting.missing_while", present="HELPR_SIGN_IN")
    problems += [FieldError(name, missing) for name in wanted if name not in given]
    if "proxy" in ways and given.get("HELPR_TRUSTED_PROXY_HOPS", "0").strip() == "0":
        words = Message("setting.proxy_without_hops")
        problems.append(FieldError("HELPR_TRUSTED_PROXY_HOPS", words))
    return problems
