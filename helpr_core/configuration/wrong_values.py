"""What can be wrong with a setting, judged by its text alone."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from ipaddress import IPv6Address

from helpr_core.errors import FieldError
from helpr_core.texts import Message


def is_a_host(text: str) -> bool:
    """Whether it can be a host name, judged without a lookup: libraries raise odd errors for
    others."""
    if not text.startswith("["):
        labels = text.removesuffix(".").split(".")
        return len(text) < 254 and all(0 < len(label) < 64 for label in labels)
    try:
        IPv6Address(text[1:-1])
    except ValueError:
        return False
    return True


UNRESOLVED = Message("setting.unresolved")
"""What Azure leaves in a setting whose secret is missing or not readable."""


def unusable(given: Mapping[str, str]) -> Iterator[FieldError]:
    """Errors for values that no setting may have."""
    for name, value in given.items():
        if value.startswith("@Microsoft.KeyVault("):
            yield FieldError(name, UNRESOLVED)
        elif any("\ud800" <= letter <= "\udfff" for letter in value):
            yield FieldError(name, Message("setting.not_utf8"))
        elif any(letter < " " or letter == "\x7f" for letter in value):
            yield FieldError(name, Message("setting.control_character"))


def on_functions_host(environ: Mapping[str, str]) -> bool:
    # Set by the host and by Azure, never by local.settings.json.
    return any(environ.get(n) for n in ("WEBSITE_SITE_NAME", "FUNCTIONS_EXTENSION_VERSION"))


_PAIRS = (
    ("ADMIN_USERNAME", "ADMIN_PASSWORD_HASH"),
    ("HELPR_SMTP_URL", "HELPR_MAIL_FROM"),
)
_DATABASE_URLS = ("DATABASE_URL", "AZURE_POSTGRESQL_CONNECTIONSTRING")
DATABASE_PARTS = ("PGHOST", "PGDATABASE", "PGUSER")


def half_set(given: Mapping[str, str]) -> list[FieldError]:
    problems = []
    for one, other in _PAIRS:
        if (one in given) != (other in given):
            missing, present = (other, one) if one in given else (one, other)
            problems.append(FieldError(missing, Message("setting.missing_while", present=present)))
    chosen = [name for name in DATABASE_PARTS if name in given]
    url_given = any(name in given for name in _DATABASE_URLS)
    if chosen and len(chosen) < len(DATABASE_PARTS) and not url_given:
        problems += [
            FieldError(name, Message("setting.missing_while", present=chosen[0]))
            for name in DATABASE_PARTS
            if name not in given
        ]
    return problems
