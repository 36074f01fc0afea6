"""Cookies of a request, however many header lines brought them, and of an answer."""

from __future__ import annotations

from collections.abc import Iterator, Mapping


def values(headers: Mapping[str, str], name: str) -> Iterator[str]:
    """The values of the cookies of that name; `headers` have lower-case names."""
    # A server joins several lines of one header with commas, though of this one it must not. None
    # of our cookies' values holds one.
    for cookie in headers.get("cookie", "").replace(",", ";").split(";"):
        found, _, value = cookie.strip().partition("=")
        if found == name:
            yield value


def set_cookie(
    name: str, value: str, max_age_seconds: int, *, path: str, same_site: str, secure: bool
) -> str:
    """A Set-Cookie header's value; `value` is of A-Z a-z 0-9 - _ . ~, which the host leaves alone.

    Max-Age and no Expires: the Functions host answers 500 to most forms of the latter.
    """
    attributes = f"Max-Age={max_age_seconds}; Path={path}; HttpOnly; SameSite={same_site}"
    return f"{name}={value}; {attributes}{'; Secure' if secure else ''}"
