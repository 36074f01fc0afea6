"""The owner, signed in by Azure's authentication or by a proxy in front of Helpr."""

from __future__ import annotations

from werkzeug.wrappers import Response

from helpr_core import container
from helpr_core.errors import NotFound
from helpr_core.web import origin
from helpr_core.web.call import Call
from helpr_core.web.responses import json_response, no_content
from helpr_core.web.session import shapes, signed_in
from helpr_core.web.session.person_in_front import person_in_front


def get_in_front(call: Call) -> Response:
    """GET /dashboard/in-front: who may continue without a password; 204 for nobody."""
    person = person_in_front(call)
    if person is None:
        return no_content()
    return json_response(shapes.InFrontOut(name=person.name, way=person.way))


def post_in_front(call: Call) -> Response:
    """POST /dashboard/in-front: continue as that person."""
    origin.require_own_site(call)
    container.current().installation.require_dashboard()
    person = person_in_front(call)
    if person is None:
        raise NotFound("nobody is signed in by what stands in front")
    return signed_in.let_in(call, person.name, person.way)
