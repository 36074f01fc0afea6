"""Browsers that are signed in to the dashboard."""

from __future__ import annotations

from datetime import datetime

from helpr_core.domain.vocabulary import Vocabulary
from helpr_core.frozen import dataclass


class Way(Vocabulary):
    """How a browser was signed in. `azure` and `proxy` are what stands in front of Helpr."""

    PASSWORD = "password"  # noqa: S105 # nosec B105
    PASSKEY = "passkey"
    PLEX = "plex"
    AZURE = "azure"
    PROXY = "proxy"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Software:
    """What a browser says of itself, as people call it: Firefox, Windows. Empty: not known."""

    browser: str = ""
    system: str = ""


NO_SOFTWARE = Software()


@dataclass(frozen=True, slots=True)
class SignedInBrowser:
    """A browser's session. `key` is a keyed hash of the session's id, and `door` of the key that
    signs the cookies: with a new password or secret key, browsers of before have another one.
    `seen_at` (aware UTC) is a few minutes late at most."""

    key: str
    door: str
    username: str
    way: Way
    software: Software
    began_at: datetime
    seen_at: datetime
    ended_at: datetime | None = None


_BROWSERS = (
    *(("SamsungBrowser/", "Samsung Internet"), ("EdgA/", "Edge"), ("EdgiOS/", "Edge")),
    *(("Edg/", "Edge"), ("OPR/", "Opera"), ("Vivaldi/", "Vivaldi"), ("YaBrowser/", "Yandex")),
    *(("DuckDuckGo/", "DuckDuckGo"), ("FxiOS/", "Firefox"), ("Firefox/", "Firefox")),
    *(("CriOS/", "Chrome"), ("HeadlessChrome/", "Chrome"), ("Chrome/", "Chrome")),
    *(("Safari/", "Safari"), ("curl/", "curl"), ("Wget/", "Wget"), ("python-", "Python")),
)
"""Most name the browsers that they are like as well, so the first that fits counts."""
_SYSTEMS = (
    *(("iPhone", "iPhone"), ("iPad", "iPad"), ("Android", "Android"), ("CrOS", "ChromeOS")),
    *(("Windows", "Windows"), ("Macintosh", "macOS"), ("Linux", "Linux"), ("FreeBSD", "FreeBSD")),
)


def software_of(user_agent: str) -> Software:
    """What a User-Agent header says, in words of ours alone."""

    def first(known: tuple[tuple[str, str], ...]) -> str:
        return next((name for part, name in known if part in user_agent), "")

    return Software(first(_BROWSERS), first(_SYSTEMS))
