"""A browser's User-Agent, in words that people know."""

from __future__ import annotations

import pytest

from helpr_core.domain.browsers import Software, software_of

_ANDROID = "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko)"
_WINDOWS = "Mozilla/5.0 (Windows NT 10.0; Win64; x64)"
_CHROMIUM = f"{_WINDOWS} AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.0.0 Safari/537.36"
_IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15"
_MAC = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko)"


@pytest.mark.parametrize(
    ("header", "browser", "system"),
    [
        (f"{_WINDOWS} rv:131.0) Gecko/20100101 Firefox/131.0", "Firefox", "Windows"),
        (_CHROMIUM, "Chrome", "Windows"),
        (f"{_CHROMIUM} Edg/130.0.0.0", "Edge", "Windows"),
        (f"{_CHROMIUM} OPR/115.0.0.0", "Opera", "Windows"),
        (f"{_ANDROID} Chrome/130.0.0.0 Mobile Safari/537.36", "Chrome", "Android"),
        (
            f"{_ANDROID} SamsungBrowser/26.0 Chrome/122.0 Mobile Safari/537.36",
            "Samsung Internet",
            "Android",
        ),
        (f"{_IPHONE} Version/17.5 Mobile/15E148 Safari/604.1", "Safari", "iPhone"),
        (f"{_IPHONE} CriOS/130.0 Mobile/15E148 Safari/604.1", "Chrome", "iPhone"),
        (f"{_IPHONE} FxiOS/131.0 Mobile/15E148 Safari/605.1.15", "Firefox", "iPhone"),
        (f"{_MAC} Version/17.5 Safari/605.1.15", "Safari", "macOS"),
        (
            "Mozilla/5.0 (X11; Linux x86_64; rv:131.0) Gecko/20100101 Firefox/131.0",
            "Firefox",
            "Linux",
        ),
        ("curl/8.5.0", "curl", ""),
        ("", "", ""),
        ("<script>alert(1)</script>" * 50, "", ""),
    ],
)
def test_the_browser_and_its_system_are_named(header: str, browser: str, system: str) -> None:
    assert software_of(header) == Software(browser, system)
