"""Whether HELPR_TABLES_ENDPOINT and HELPR_TABLES_CONNECTION can be what they are to be.

Each raises ValueError with a sentence that says what is wrong, and never shows the value.
"""

from __future__ import annotations

import binascii
import re
from base64 import b64decode
from urllib.parse import parse_qs, urlsplit

_SERVICES = {
    "blob": "blobs",
    "dfs": "data lake",
    "file": "files",
    "queue": "queues",
    "web": "static web site",
}
_ACCOUNT_HOST = re.compile(
    r"(?P<name>[a-z0-9]+)(?:-secondary)?(?:\.z[0-9]+)?\.(?P<service>[a-z]+)\.(?P<cloud>core\..+)"
)
_DEVELOPMENT = "usedevelopmentstorage=true"
_COPY = "copy it again in the Azure portal, under Access keys"


def check_endpoint(url: str) -> None:
    """The address of an account's tables: no other service's, and nothing behind the host."""
    if any(letter.isspace() for letter in url):
        raise ValueError("has a space in it")
    try:
        parts = urlsplit(url)
        parts.port  # noqa: B018 - raises for a port that is none
    except ValueError:
        raise ValueError("has a port that is no number from 1 to 65535") from None
    if "sig=" in parts.query:
        raise ValueError(
            "has a shared access signature in it: set HELPR_TABLES_CONNECTION instead, to "
            "TableEndpoint=https://NAME.table.core.windows.net;SharedAccessSignature=…"
        )
    match = _ACCOUNT_HOST.fullmatch((parts.hostname or "").lower())
    if match is None:
        return
    tables = f"https://NAME.table.{match['cloud']}"
    if match["service"] in _SERVICES:
        raise ValueError(
            f"is the address of the account's {_SERVICES[match['service']]}, not of its tables: "
            f"it must be {tables}"
        )
    if match["service"] == "table" and parts.path.strip("/"):
        raise ValueError(f"must end after the host: {tables}")


def check_connection(text: str) -> None:
    """A connection string with a key or a signature, as the portal shows it."""
    text = text.strip("; ")
    if text.lower() == _DEVELOPMENT:
        return
    if text.lower().startswith(("https://", "http://")):
        raise ValueError(
            "is an address and no connection string: with a managed identity set "
            f"HELPR_TABLES_ENDPOINT to it, else {_COPY}"
        )
    fields = _fields(text)
    if "accountkey" in fields:
        _check_key(fields)
    elif "sharedaccesssignature" in fields:
        _check_signature(fields)
    else:
        raise ValueError(f"has neither AccountKey nor SharedAccessSignature: {_COPY}")
    _check_place(fields)


def _check_place(fields: dict[str, str]) -> None:
    if "tableendpoint" in fields:
        try:
            check_endpoint(fields["tableendpoint"])
        except ValueError as exc:
            raise ValueError(f"has a TableEndpoint that {exc}") from None
        if not re.match(r"https?://[^/]", fields["tableendpoint"], re.IGNORECASE):
            raise ValueError("has a TableEndpoint that does not start with https://")
    elif "accountname" not in fields:
        raise ValueError(f"has neither AccountName nor TableEndpoint: {_COPY}")
    if re.search(r"[/:\s]", fields.get("endpointsuffix", "")):
        raise ValueError("has an EndpointSuffix that is no host name such as core.windows.net")


def _fields(text: str) -> dict[str, str]:
    fields: dict[str, str] = {}
    for part in text.split(";"):
        name, equals, value = part.partition("=")
        if not equals or not value or name != name.strip() or value != value.strip():
            raise ValueError(
                f"must be NAME=VALUE pairs with a semicolon between them and no spaces: {_COPY}"
            )
        if name.lower() in fields:
            raise ValueError(f"has the same name twice: {_COPY}")
        fields[name.lower()] = value
    return fields


def _check_key(fields: dict[str, str]) -> None:
    if "accountname" not in fields:
        raise ValueError(f"has an AccountKey and no AccountName: {_COPY}")
    try:
        b64decode(fields["accountkey"], validate=True)
    except (binascii.Error, ValueError):
        raise ValueError(
            f"has an AccountKey that is not whole (it is base64, and mostly ends in ==): {_COPY}"
        ) from None


def _check_signature(fields: dict[str, str]) -> None:
    given = parse_qs(fields["sharedaccesssignature"].removeprefix("?"))
    if "sig" not in given:
        raise ValueError("has a SharedAccessSignature without sig=: it is not whole")
    services = given.get("ss", ["t"])[0]
    if "t" not in services:
        raise ValueError("has a SharedAccessSignature that is not for tables (no t in ss=)")
