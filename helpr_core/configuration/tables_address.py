"""Checks of HELPR_TABLES_ENDPOINT and HELPR_TABLES_CONNECTION.

Each raises ValueError with a sentence that says what is wrong and never shows the value.
"""

from __future__ import annotations

import binascii
import re
from base64 import b64decode
from urllib.parse import parse_qs, urlsplit

from helpr_core.configuration.wrong_value import WrongValueError
from helpr_core.texts import Message

_OTHER_SERVICES = ("blob", "dfs", "file", "queue", "web")
_ACCOUNT_HOST = re.compile(
    r"(?P<name>[a-z0-9]+)(?:-secondary)?(?:\.z[0-9]+)?\.(?P<service>[a-z]+)\.(?P<cloud>core\..+)"
)
_DEVELOPMENT = "usedevelopmentstorage=true"


def check_endpoint(url: str) -> None:
    """The address of an account's tables: not of another service, and nothing after the host."""
    if any(letter.isspace() for letter in url):
        raise WrongValueError("has_space")
    try:
        parts = urlsplit(url)
        parts.port  # noqa: B018 - raises for an impossible port
    except ValueError:
        raise WrongValueError("port_no_number") from None
    if "sig=" in parts.query:
        raise WrongValueError("signature_in_endpoint")
    match = _ACCOUNT_HOST.fullmatch((parts.hostname or "").lower())
    if match is None:
        return
    tables = f"https://NAME.table.{match['cloud']}"
    if match["service"] in _OTHER_SERVICES:
        raise WrongValueError(f"of_{match['service']}", tables=tables)
    if match["service"] == "table" and parts.path.strip("/"):
        raise WrongValueError("ends_after_host", tables=tables)


def check_connection(text: str) -> None:
    """A connection string with a key or a signature, as the portal shows it."""
    text = text.strip("; ")
    if text.lower() == _DEVELOPMENT:
        return
    if text.lower().startswith(("https://", "http://")):
        raise WrongValueError("connection_is_address")
    fields = _fields(text)
    if "accountkey" in fields:
        _check_key(fields)
    elif "sharedaccesssignature" in fields:
        _check_signature(fields)
    else:
        raise _copied_wrongly("no_key_or_signature")
    _check_place(fields)


def _check_place(fields: dict[str, str]) -> None:
    if "tableendpoint" in fields:
        try:
            check_endpoint(fields["tableendpoint"])
        except WrongValueError as exc:
            raise WrongValueError("table_endpoint_that", found=exc.words) from None
        if not re.match(r"https?://[^/]", fields["tableendpoint"], re.IGNORECASE):
            raise WrongValueError("table_endpoint_http")
    elif "accountname" not in fields:
        raise _copied_wrongly("no_name_or_endpoint")
    if re.search(r"[/:\s]", fields.get("endpointsuffix", "")):
        raise WrongValueError("endpoint_suffix")


def _fields(text: str) -> dict[str, str]:
    fields: dict[str, str] = {}
    for part in text.split(";"):
        name, equals, value = part.partition("=")
        if not equals or not value or name != name.strip() or value != value.strip():
            raise _copied_wrongly("not_pairs")
        if name.lower() in fields:
            raise _copied_wrongly("name_twice")
        fields[name.lower()] = value
    return fields


def _check_key(fields: dict[str, str]) -> None:
    if "accountname" not in fields:
        raise _copied_wrongly("key_without_name")
    try:
        b64decode(fields["accountkey"], validate=True)
    except (binascii.Error, ValueError):
        raise _copied_wrongly("key_not_whole") from None


def _check_signature(fields: dict[str, str]) -> None:
    given = parse_qs(fields["sharedaccesssignature"].removeprefix("?"))
    if "sig" not in given:
        raise WrongValueError("signature_not_whole")
    services = given.get("ss", ["t"])[0]
    if "t" not in services:
        raise WrongValueError("signature_not_tables")


def _copied_wrongly(name: str) -> WrongValueError:
    """The error for a value that is best copied again from its source."""
    return WrongValueError("copy_it_again", found=Message(f"setting.{name}"))
