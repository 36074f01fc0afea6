"""Browsers that are signed in to the dashboard: listed, and signed out."""

from __future__ import annotations

from werkzeug.wrappers import Response

from helpr_core import container
from helpr_core.web.browsers import shapes
from helpr_core.web.call import Call
from helpr_core.web.responses import json_response, no_content


def list_browsers(call: Call) -> Response:
    """GET browsers: the last used first."""
    found = container.current().owner.sessions().active()
    current = call.session.key if call.session else ""
    return json_response(shapes.browsers_out(found, current))


def sign_out_browser(call: Call) -> Response:
    """DELETE browsers/{browser_id}: copies of its cookie are worthless from now on."""
    owner = container.current().owner
    ended = owner.sessions().end_one(call.path_params.get("browser_id", ""))
    about = {"browser": ended.software.browser, "system": ended.software.system}
    owner.audit_trail().note(call.actor, "sign_out_browser", "session", before=about)
    return no_content()


def sign_out_everywhere(call: Call) -> Response:
    """DELETE browsers: all of them, the one that asks included."""
    owner = container.current().owner
    count = owner.sessions().end_all()
    told = {"browsers": count}
    owner.audit_trail().note(call.actor, "sign_out_everywhere", "session", after=told)
    return json_response(shapes.SignedOutOut(signed_out=count))
