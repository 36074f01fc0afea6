"""Serves the WSGI application on one's own computer, with reload during development."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from werkzeug.serving import WSGIRequestHandler, is_running_from_reloader, run_simple
from werkzeug.utils import import_string

from helpr_core import web

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

log = logging.getLogger(__name__)

_LONGEST_METHOD, _LONGEST_PATH = 20, 200


class QuietRequestHandler(WSGIRequestHandler):
    """Logs one line per request, without its secrets: a key in the query, an invite code."""

    timeout = 20.0
    """Seconds to wait for a client's next byte; after that the thread is free again."""

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Log method, path and status; a client may put anything into the first two."""
        method = quote(getattr(self, "command", None) or "-", safe="")
        path = quote(getattr(self, "path", "-").partition("?")[0], safe="/%:@!$&'()*+,;=~")
        # The rest is a code, or a signed link.
        for secret in ("/join/", "/api/links/", "/approve/", "/unsubscribe/", "/setup/"):
            if path.startswith(secret):
                path = f"{secret}…"
        log.info("%s %s %s", method[:_LONGEST_METHOD], path[:_LONGEST_PATH], int(code))

    def log_error(self, format: str, *args: Any) -> None:
        """Log that a request was malformed, but not how: the message would quote it."""
        log.warning("a malformed request, or a connection that broke")


def serve(host: str = "127.0.0.1", port: int = 7071, *, reload: bool = False) -> None:
    """Serve until interrupted, each request on a thread of its own."""
    logging.basicConfig(format="%(asctime)s %(levelname)s %(message)s")
    logging.getLogger("helpr_core").setLevel(logging.INFO)
    logging.getLogger("werkzeug").setLevel(logging.ERROR)  # its banner and its access log
    run_simple(
        host,
        port,
        _load(reload=reload),
        threaded=True,
        use_reloader=reload,
        use_debugger=False,
        request_handler=QuietRequestHandler,
    )


def _load(*, reload: bool) -> WSGIApplication:
    if reload and not is_running_from_reloader():
        return _not_loaded  # this process only watches files; its child serves
    try:
        hosted = import_string("helpr_core.wsgi:application")
        hosted.start_timers()
        application: WSGIApplication = hosted
        if reload:
            web.pages.reload_on_change()
    except Exception:
        if not reload:
            raise
        # The server stays up, so that the next saved file is noticed.
        log.exception("the application does not load")
        return _not_loaded
    return application


def _not_loaded(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
    start_response("500 Internal Server Error", [("Content-Type", "text/plain; charset=utf-8")])
    return [b"The application does not load; the terminal says why.\n"]
