"""The owner's settings: read with an ETag, saved if nobody else saved in between."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from werkzeug.http import quote_etag
from werkzeug.wrappers import Response

from helpr_core import container
from helpr_core.errors import FieldError, IfMatchMissing, InvalidInput
from helpr_core.services.site.settings import Saved, SettingsChanged, changed_fields
from helpr_core.texts import Message
from helpr_core.web.call import Call
from helpr_core.web.endpoint import MERGE_PATCH
from helpr_core.web.problems import KINDS, Trouble
from helpr_core.web.reading import note, read_body
from helpr_core.web.responses import json_response, problem_response
from helpr_core.web.settings import shapes

HIDDEN = "••••••"
_VERSION = re.compile(r"v(\d{1,9})")


def get_settings(_call: Call) -> Response:
    """GET settings: the owner's settings, with an ETag for saving."""
    return _answer(container.current().site.settings().saved())


def put_settings(call: Call) -> Response:
    """PUT settings: if If-Match names the version that was read; fields not sent stay."""
    return _save(call, read_body(call, shapes.SettingsIn).given())


def patch_settings(call: Call) -> Response:
    """PATCH settings: some of them, according to RFC 7396; null restores the default."""
    return _save(call, read_body(call, shapes.SettingsPatch, MERGE_PATCH).given())


def _save(call: Call, given: Mapping[str, Any]) -> Response:
    version = _version(call)
    stored = container.current().site.settings()
    before = stored.saved()
    try:
        after = stored.save(given, version, call.actor.name)
    except SettingsChanged as exc:
        return _refusal(call, exc)
    names = changed_fields(before.settings, after.settings)
    note(
        call,
        "settings_changed",
        "settings",
        {name: _told(before, name) for name in names},
        {name: _told(after, name) for name in names},
    )
    return _answer(after)


def _told(saved: Saved, name: str) -> object:
    """The value, as the audit log keeps it: of a code, that there is one."""
    value: object = getattr(saved.settings, name)
    return HIDDEN if name == "invite_code" and value else value


def _version(call: Call) -> int:
    """The version in If-Match: one of ours, compared strongly."""
    if not call.request.headers.get("if-match"):
        raise IfMatchMissing("name the version that was read")
    # Werkzeug returns None for an empty tag.
    found = [_VERSION.fullmatch(tag or "") for tag in call.request.if_match.as_set()]
    if len(found) != 1 or found[0] is None:
        raise InvalidInput(FieldError("If-Match", Message("field.if_match")))
    return int(found[0][1])


def _etag(saved: Saved) -> str:
    return quote_etag(f"v{saved.version}")


def _answer(saved: Saved) -> Response:
    return json_response(_out(saved), headers={"ETag": _etag(saved)})


def _out(saved: Saved) -> shapes.SettingsOut:
    parts = container.current()
    return shapes.settings_out(
        saved,
        server_name=parts.site.server_name(),
        account=parts.plex.owner().name(),
        code=parts.site.settings().code(),
    )


def _refusal(call: Call, changed: SettingsChanged) -> Response:
    """412: who changed what, and the current values, so that both can be merged."""
    trouble = Trouble(changed.code, KINDS[changed.code])
    conflict = shapes.conflict_out(_out(changed.saved), changed.missed)
    return problem_response(
        trouble,
        call.reference,
        {"etag": _etag(changed.saved), **conflict.model_dump(mode="json", exclude_none=True)},
    )
