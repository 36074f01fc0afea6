"""Every service that Apprise supports: Discord, Telegram, ntfy, Gotify and a hundred more.

Apprise logs the answers it gets, together with the addresses. None of that is passed on: only the
HTTP status is taken from each line.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

import apprise

from helpr_core.adapters.notices.guarded import guarded
from helpr_core.domain.outbound import Outbound
from helpr_core.errors import FieldError, InvalidInput
from helpr_core.services.notices.ports import NotDelivered, Outgoing
from helpr_core.texts import Message

_LOCAL = frozenset(
    {"dbus", "kde", "qt", "glib", "gio", "gnome", "macosx", "windows", "syslog", "blink1"}
)
"""They show messages on the machine that Helpr runs on, where nobody looks."""
_STATUS = re.compile(r"error=(\d{3})\b")
_SECONDS = (5.0, 15.0)
_FIRST_ERROR_STATUS = 300


class _Statuses(logging.Handler):
    """Keeps the last HTTP status in a thread's log lines."""

    def emit(self, record: logging.LogRecord) -> None:
        """Extract the status; the text goes no further."""
        seen = _seen.get()
        if seen is not None and (found := _STATUS.search(record.getMessage())):
            seen.append(int(found[1]))


_seen: ContextVar[list[int] | None] = ContextVar("statuses", default=None)


def _keep_to_itself() -> None:
    logger = logging.getLogger("apprise")
    logger.handlers = [_Statuses()]
    logger.setLevel(logging.WARNING)
    logger.propagate = False


class AppriseSender:
    """Sender for Apprise addresses."""

    def __init__(self, outbound: Outbound) -> None:
        self._outbound = outbound
        self._asset = apprise.AppriseAsset(
            app_id="Helpr",
            app_desc="Helpr",
            app_url="",
            http_redirects=False,
            secure_logging=True,
            storage_mode=apprise.PersistentStoreMode.MEMORY,
            pgp_autogen=False,
            pem_autogen=False,
        )
        _keep_to_itself()

    def check(self, address: str) -> str:
        """See the port."""
        return str(self._plugin(address).service_name)

    def send(self, address: str, message: Outgoing) -> None:
        """Send one message; Apprise returns success or failure, and the status in its log says
        more."""
        plugin = self._plugin(address)
        with guarded(self._outbound) as guard, _watched() as statuses:
            try:
                taken = plugin.notify(
                    body=message.body, title=message.title, body_format=apprise.NotifyFormat.TEXT
                )
            except Exception as exc:
                # No list of exception types: there are a hundred services, each by a different
                # author.
                raise NotDelivered(guard.refused or "unreachable") from exc
        if taken:
            return
        if guard.refused is not None:
            raise NotDelivered(guard.refused)
        if statuses and statuses[-1] >= _FIRST_ERROR_STATUS:
            raise NotDelivered("answered", statuses[-1])
        raise NotDelivered("unreachable")

    def _plugin(self, address: str) -> apprise.NotifyBase:
        """The service behind the address. InvalidInput if Apprise has none, or it is local."""
        with _watched():
            plugin = apprise.Apprise.instantiate(address, asset=self._asset)
        if plugin is None or not isinstance(plugin, apprise.NotifyBase):
            raise InvalidInput(FieldError("address", Message("channel.wrong_address")))
        if _LOCAL & _schemas(plugin):
            raise InvalidInput(FieldError("address", Message("channel.local_address")))
        # An address may ask otherwise (redirect=yes, rto=…), but must not decide either.
        plugin.redirects = False
        plugin.socket_connect_timeout, plugin.socket_read_timeout = _SECONDS
        return plugin


def _schemas(plugin: apprise.NotifyBase) -> frozenset[str]:
    """The URL schemes that lead to this service."""
    found: set[str] = set()
    for given in (plugin.protocol, plugin.secure_protocol):
        found |= {given} if isinstance(given, str) else set(given or ())
    return frozenset(found)


@contextmanager
def _watched() -> Iterator[list[int]]:
    statuses: list[int] = []
    token = _seen.set(statuses)
    try:
        yield statuses
    finally:
        _seen.reset(token)
