"""The owner's channels."""

from __future__ import annotations

from uuid import uuid4

from werkzeug.wrappers import Response

from helpr_core import container
from helpr_core.domain.channels import Channel, ChannelKind
from helpr_core.errors import NotPossible
from helpr_core.services.notices.ports import NotDelivered
from helpr_core.texts import Message, current, speaking
from helpr_core.web import telling
from helpr_core.web.call import Call
from helpr_core.web.endpoint import MERGE_PATCH
from helpr_core.web.links.shapes import url_of
from helpr_core.web.notices import shapes
from helpr_core.web.reading import note, path_id, read_body
from helpr_core.web.responses import json_response


def list_channels(_call: Call) -> Response:
    """GET channels: where notices go."""
    parts = container.current()
    found = parts.notices().channels().all()
    return json_response(
        shapes.channels_out(
            found,
            parts.installation.utc_now(),
            mail_available=parts.notices().mail() is not None,
            links_available=parts.installation.settings().public_url is not None,
        )
    )


def add_channel(call: Call) -> Response:
    """POST channels: add one."""
    given = read_body(call, shapes.ChannelIn)
    channels = container.current().notices().channels()
    made, secret = channels.add(
        ChannelKind(given.kind), given.address, given.fields(), given.secret or ""
    )
    telling.expect_channel()
    _note(call, "channel_added", made)
    now = container.current().installation.utc_now()
    out = shapes.ChannelMade(**dict(shapes.channel_out(made, now)), signing_secret=secret or None)
    return json_response(out, 201)


def patch_channel(call: Call) -> Response:
    """PATCH channels/{channel_id}: change the fields that are sent."""
    given = read_body(call, shapes.ChannelPatch, MERGE_PATCH)
    parts = container.current()
    wanted, channels = path_id(call, "channel_id"), parts.notices().channels()
    changed = channels.change(wanted, given.fields(), given.address or "", given.secret or "")
    telling.expect_channel()
    _note(call, "channel_changed", changed)
    return json_response(shapes.channel_out(changed, parts.installation.utc_now()))


def delete_channel(call: Call) -> Response:
    """DELETE channels/{channel_id}: together with the notices waiting for it."""
    parts = container.current()
    gone = parts.notices().channels().delete(path_id(call, "channel_id"))
    _note(call, "channel_deleted", gone)
    return json_response(shapes.channel_out(gone, parts.installation.utc_now()))


def test_channel(call: Call) -> Response:
    """POST channels/{channel_id}/test: send a message, and say how it went."""
    channels = container.current().notices().channels()
    channel = channels.get(path_id(call, "channel_id"))
    return json_response(shapes.test_out(channels.test(channel.channel_id), channel.kind))


def mail_link(call: Call) -> Response:
    """POST links/{link_id}/mail: a link by mail, and what the mail server said."""
    given = read_body(call, shapes.LinkMailIn)
    parts = container.current()
    settings = parts.installation.settings()
    listed = parts.links().book().get(path_id(call, "link_id"))
    sender = parts.notices().mail()
    if sender is None:
        raise NotPossible(Message("channel.no_mail_server"))
    if not (settings.public_url and listed.link.code):
        raise NotPossible(Message("links.no_address_to_mail"))
    sender.check(given.address)
    address = url_of(listed.link.code, settings.public_url)
    failed = None
    try:
        with speaking(given.language or current().tag):
            parts.notices().friends_mail().send_link(
                uuid4(), given.address, address, parts.installation.utc_now()
            )
    except NotDelivered as exc:
        failed = exc
    note(call, "link_mailed", f"link:{listed.link.link_id}", after={"taken": failed is None})
    return json_response(shapes.test_out(failed, ChannelKind.EMAIL))


def _note(call: Call, action: str, channel: Channel) -> None:
    """Its name, without its address."""
    told = {"label": channel.label, "kind": channel.kind.value, "service": channel.service}
    note(call, action, f"channel:{channel.channel_id}", after=told)
