"""The log of requests, and what the owner does with one."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from werkzeug.wrappers import Response

from helpr_core import container
from helpr_core.domain.audit import Actor
from helpr_core.domain.requests import InviteRequest, Status
from helpr_core.errors import NotFound
from helpr_core.web.call import Call
from helpr_core.web.identities import read_identity
from helpr_core.web.problems import trouble_of_row
from helpr_core.web.reading import path_id, read_body, read_query
from helpr_core.web.requests import shapes
from helpr_core.web.responses import json_response, problem_response

_STORY = 100
"""How many of the owner's actions on one request are shown; the audit log has them all."""


def list_invites(call: Call) -> Response:
    """GET invites: the log, newest first, filtered, a page at a time."""
    query = read_query(call, shapes.InvitesQuery)
    history, wanted = container.current().stores.invite_history(), query.filter()
    page = history.page(wanted, query.limit, query.cursor)
    total = history.count(wanted, query.cursor) if query.total else None
    return json_response(shapes.invites_out(page, total))


def get_invite(call: Call) -> Response:
    """GET invites/{request_id}: one request's whole history."""
    parts = container.current()
    wanted = path_id(call, "request_id")
    row = parts.stores.invite_history().get(wanted)
    if row is None:
        raise NotFound("no such request")
    events = parts.stores.audit_log().page(_STORY, target=str(wanted)).rows
    return json_response(shapes.story_out(row, events))


def send_invite(call: Call) -> Response:
    """POST invites: the owner invites somebody."""
    given = read_body(call, shapes.OwnerInviteIn)
    identity = read_identity(given.email_or_username, given.confirmed)
    owners = container.current().requests.owners()
    row = owners.invite(identity, given.libraries, call.actor, given.server_id, given.access_from)
    failed = trouble_of_row(row)
    if failed is not None:
        return problem_response(failed, call.reference)
    status = 201 if row.status is Status.SUCCESS else 202
    return json_response(shapes.row_out(row), status)


def retry(call: Call) -> Response:
    """POST invites/{request_id}/retry: ask Plex again, now."""
    return _changed(call, container.current().requests.owners().retry)


def approve(call: Call) -> Response:
    """POST invites/{request_id}/approve: approve it, and the invite goes out now."""
    return _changed(call, container.current().requests.owners().approve)


def deny(call: Call) -> Response:
    """POST invites/{request_id}/deny: deny it, and the friend's page says so."""
    return _changed(call, container.current().requests.owners().deny, 200)


def _changed(
    call: Call, change: Callable[[UUID, Actor], InviteRequest], status: int = 202
) -> Response:
    row = change(path_id(call, "request_id"), call.actor)
    return json_response(shapes.row_out(row), status)
