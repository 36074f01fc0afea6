"""Whether the worker answers."""

from __future__ import annotations

from werkzeug.wrappers import Response

from helpr_core import __version__
from helpr_core.web.call import Call
from helpr_core.web.responses import NO_STORE


def get_health(_call: Call) -> Response:
    """GET /healthz: the worker answers; nothing else is touched."""
    # Written by hand: the JSON models would cost a cold worker's first answer 70 ms.
    return Response(
        f'{{"status":"ok","version":"{__version__}"}}',
        mimetype="application/json",
        headers={"Cache-Control": NO_STORE},
    )
