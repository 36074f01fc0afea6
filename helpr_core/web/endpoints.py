"""Every endpoint there is, a row each: OpenAPI, both doors, the servers and tests read this table.

`limit` aside, a row has method, path, handler, and what goes in and out. The rows of `_owners` are
reached through two doors: the function key's (`/api/manage/…`, a function each) and the session's
(`/dashboard/api/…`, one function that looks them up here).
"""

from __future__ import annotations

from collections.abc import Mapping

from helpr_core.web.endpoint import (
    ANYTHING,
    CSV,
    FORM,
    HTML,
    JSON,
    MERGE_PATCH,
    SVG,
    Endpoint,
    Purpose,
)

KEY_DOOR = "api/manage/"
TIMER = "housekeeping"
HOUSEKEEPING_MINUTES = 5
"""How often the timer comes, from the full hour on; it is no endpoint."""

_PAGE = ("GET", "HEAD")
_GET = ("GET",)

# What may go wrong, by what is done.
_LOOKS = (500, 503)
_LIMITED = (429, *_LOOKS)
_SEARCHES = (400, *_LOOKS)
_WRITES = (400, 413, 415, *_LOOKS)
_ONE = (404, *_LOOKS)
_ACTS = (404, 409, *_LOOKS)


def _owners(
    name: str,
    method: str,
    path: str,
    handler: str,
    answers: Mapping[int, str | None],
    refusals: tuple[int, ...],
    *,
    query: str | None = None,
    body: str | None = None,
    if_match: bool = False,
    media_types: tuple[str, ...] = (JSON,),
) -> Endpoint:
    """One of the owner's; `path` is what stands below each door."""
    return Endpoint(
        f"manage_{name}",
        (method,),
        KEY_DOOR + path,
        handler,
        answers,
        refusals,
        query=query,
        body=body,
        media_types=media_types,
        key=True,
        if_match=if_match,
        purpose=Purpose.MANAGE,
    )


_PUBLIC = (
    Endpoint(
        "form", _PAGE, "", "public.form.show_form", {200: HTML, 304: None}, _LIMITED,
        limit="default",
    ),
    Endpoint(
        "join", _PAGE, "join/{code}", "public.form.show_join_form", {200: HTML}, _LIMITED,
        limit="default",
    ),
    Endpoint(
        "invited", _PAGE, "invited/{request_id}", "public.form.show_result",
        {200: HTML, 304: None}, (404, *_LIMITED), limit="status",
    ),
    Endpoint(
        "static_files", _PAGE, "static/{*path}", "public.static.show_static",
        {200: ANYTHING, 304: None}, (404, 500),
    ),
    Endpoint(
        "site", _GET, "api/site", "public.handlers.get_site", {200: "public.shapes.SiteOut"},
        _LIMITED, limit="default",
    ),
    Endpoint(
        "invite", ("POST",), "api/invites", "public.handlers.post_invite",
        {201: "public.shapes.InviteOut", 202: "public.shapes.KeptOut", 303: None},
        (400, 403, 409, 413, 415, 422, 429, 500, 503),
        body="public.shapes.InviteIn", media_types=(JSON, FORM), limit="invites",
        purpose=Purpose.ASK,
    ),
    Endpoint(
        "invite_status", _GET, "api/invites/{request_id}", "public.handlers.get_invite",
        {200: "public.shapes.InviteStatus"}, (404, *_LIMITED), limit="status",
    ),
    Endpoint(
        "sign_ins_begin", ("POST",), "api/sign-ins", "sign_ins.handlers.post_sign_in",
        {200: HTML, 201: "sign_ins.shapes.PlexSignInOut"}, (403, 429, *_WRITES),
        body="sign_ins.shapes.PlexSignInIn", media_types=(JSON, FORM), limit="invites",
        purpose=Purpose.ASK,
    ),
    Endpoint(
        "sign_ins_pin", ("PUT",), "api/sign-ins/{sign_in_id}/pin", "sign_ins.handlers.put_pin",
        {200: "sign_ins.shapes.PinOut"}, (403, 410, 429, *_WRITES),
        body="sign_ins.shapes.PinIn", limit="status", purpose=Purpose.ASK,
    ),
    Endpoint(
        "sign_ins_finish", ("POST",), "api/sign-ins/{sign_in_id}/finish",
        "sign_ins.handlers.post_finish",
        {201: "sign_ins.shapes.FinishedOut", 202: "sign_ins.shapes.KeptSignInOut"},
        (403, 409, 410, 422, 429, 500, 503), limit="status", purpose=Purpose.ASK,
    ),
    Endpoint(
        "signed_in", _GET, "signed-in/{sign_in_id}", "sign_ins.handlers.show_signed_in",
        {202: HTML, 303: None}, (403, 410, *_LIMITED), limit="status", purpose=Purpose.ASK,
    ),
    Endpoint(
        "healthz", _PAGE, "healthz", "public.health.get_health",
        {200: "public.shapes.HealthOut"},
    ),
    Endpoint(
        "openapi", _GET, "api/openapi.json", "public.handlers.get_openapi", {200: JSON, 304: None},
        _LIMITED, limit="default",
    ),
)  # fmt: skip

_SESSION = (
    Endpoint(
        "dashboard", _PAGE, "dashboard", "session.handlers.show_dashboard", {200: HTML, 304: None},
        _LIMITED,
    ),
    Endpoint(
        "sign_in", ("POST",), "dashboard/session", "session.handlers.post_session",
        {200: "session.shapes.SessionOut"}, (401, 403, 429, *_WRITES),
        body="session.shapes.SignInIn",
    ),
    Endpoint(
        "session", _GET, "dashboard/session", "session.handlers.get_session",
        {200: "session.shapes.SessionOut"}, (401, *_LIMITED), session=True,
    ),
    Endpoint(
        "sign_out", ("DELETE",), "dashboard/session", "session.handlers.delete_session",
        {204: None}, (401, 403, *_LIMITED), session=True,
    ),
    Endpoint(
        "dashboard_api", ("GET", "POST", "PUT", "PATCH", "DELETE"), "dashboard/api/{*path}",
        "session.handlers.pass_on", {200: ANYTHING, 201: ANYTHING, 202: ANYTHING, 204: None},
        (400, 401, 403, 404, 409, 412, 413, 415, 422, 428, 429, 500, 503), session=True,
        purpose=Purpose.MANAGE,
    ),
)  # fmt: skip

# Done and read back at once, or promised.
_ORDERED = {200: "people.shapes.OrderedOut", 202: "people.shapes.OrderedOut"}

_OWNERS = (
    _owners(
        "overview", "GET", "overview", "overview.handlers.get_overview",
        {200: "overview.shapes.OverviewOut"}, _LOOKS,
    ),
    _owners(
        "stats", "GET", "stats", "overview.handlers.get_stats", {200: "overview.shapes.StatsOut"},
        _SEARCHES, query="overview.shapes.StatsQuery",
    ),
    _owners(
        "connection", "GET", "connection", "overview.handlers.get_connection",
        {200: "overview.shapes.ConnectionOut"}, _LOOKS,
    ),
    _owners(
        "invites_list", "GET", "invites", "requests.handlers.list_invites",
        {200: "requests.shapes.InvitesOut"}, _SEARCHES, query="requests.shapes.InvitesQuery",
    ),
    _owners(
        "invites_export", "GET", "invites.csv", "requests.export.export_invites", {200: CSV},
        _SEARCHES, query="requests.shapes.ExportQuery",
    ),
    _owners(
        "invites_send", "POST", "invites", "requests.handlers.send_invite",
        {201: "requests.shapes.Row", 202: "requests.shapes.Row"}, (409, 422, *_WRITES),
        body="requests.shapes.OwnerInviteIn",
    ),
    _owners(
        "invites_get", "GET", "invites/{request_id}", "requests.handlers.get_invite",
        {200: "requests.shapes.Story"}, _ONE,
    ),
    _owners(
        "invites_retry", "POST", "invites/{request_id}/retry", "requests.handlers.retry",
        {202: "requests.shapes.Row"}, _ACTS,
    ),
    _owners(
        "invites_approve", "POST", "invites/{request_id}/approve", "requests.handlers.approve",
        {202: "requests.shapes.Row"}, _ACTS,
    ),
    _owners(
        "invites_deny", "POST", "invites/{request_id}/deny", "requests.handlers.deny",
        {200: "requests.shapes.Row"}, _ACTS,
    ),
    _owners(
        "libraries_get", "GET", "libraries", "libraries.handlers.get_libraries",
        {200: "libraries.shapes.LibrariesOut"}, _SEARCHES, query="libraries.shapes.LibrariesQuery",
    ),
    _owners(
        "libraries_put", "PUT", "libraries", "libraries.handlers.put_libraries",
        {200: "libraries.shapes.LibrariesOut"}, _WRITES, body="libraries.shapes.LibrariesIn",
    ),
    _owners(
        "settings_get", "GET", "settings", "settings.handlers.get_settings",
        {200: "settings.shapes.SettingsOut"}, _LOOKS,
    ),
    _owners(
        "settings_put", "PUT", "settings", "settings.handlers.put_settings",
        {200: "settings.shapes.SettingsOut"}, (412, 428, *_WRITES),
        body="settings.shapes.SettingsIn", if_match=True,
    ),
    _owners(
        "settings_patch", "PATCH", "settings", "settings.handlers.patch_settings",
        {200: "settings.shapes.SettingsOut"}, (412, 428, *_WRITES),
        body="settings.shapes.SettingsPatch", media_types=(MERGE_PATCH, JSON), if_match=True,
    ),
    _owners(
        "audit", "GET", "audit", "audit.handlers.list_events", {200: "audit.shapes.AuditOut"},
        _SEARCHES, query="audit.shapes.AuditQuery",
    ),
    _owners(
        "people_list", "GET", "people", "people.handlers.list_people",
        {200: "people.shapes.PeopleOut"}, _SEARCHES, query="people.bodies.PeopleQuery",
    ),
    _owners(
        "people_export", "GET", "people.csv", "people.export.export_people", {200: CSV},
        _SEARCHES, query="people.bodies.PeopleFilterQuery",
    ),
    _owners(
        "people_refresh", "POST", "people/refresh", "people.handlers.refresh",
        {200: "people.shapes.ReadingOut"}, _SEARCHES, query="people.bodies.RefreshQuery",
    ),
    _owners(
        "people_bulk", "POST", "people/bulk", "people.bulk.change_people",
        {200: "people.shapes.BulkOut"}, _WRITES, body="people.bodies.BulkIn",
    ),
    _owners(
        "people_get", "GET", "people/{person_id}", "people.handlers.get_person",
        {200: "people.shapes.PersonStory"}, _ONE,
    ),
    _owners(
        "people_patch", "PATCH", "people/{person_id}", "people.handlers.patch_person",
        {200: "people.shapes.PersonOut"}, (404, *_WRITES), body="people.bodies.PersonIn",
    ),
    _owners(
        "people_remove", "DELETE", "people/{person_id}", "people.handlers.delete_person",
        _ORDERED, (400, *_ACTS), query="people.bodies.ServerQuery",
    ),
    _owners(
        "people_libraries", "PUT", "people/{person_id}/libraries", "people.handlers.put_libraries",
        _ORDERED, (404, 409, *_WRITES), body="people.bodies.PersonLibrariesIn",
    ),
    _owners(
        "people_access", "PUT", "people/{person_id}/access", "people.handlers.put_access",
        _ORDERED, (404, 409, *_WRITES), body="people.bodies.AccessIn",
    ),
    _owners(
        "people_restrictions", "PUT", "people/{person_id}/restrictions",
        "people.handlers.put_restrictions", _ORDERED, (404, 409, *_WRITES),
        body="people.bodies.RestrictionsIn",
    ),
    _owners(
        "people_resend", "POST", "people/{person_id}/resend", "people.handlers.resend",
        _ORDERED, (400, *_ACTS), query="people.bodies.ServerQuery",
    ),
    _owners(
        "links_list", "GET", "links", "links.handlers.list_links", {200: "links.shapes.LinksOut"},
        _SEARCHES, query="links.shapes.LinksQuery",
    ),
    _owners(
        "links_make", "POST", "links", "links.handlers.make_link", {201: "links.shapes.LinkOut"},
        (409, *_WRITES), body="links.shapes.LinkIn",
    ),
    _owners(
        "links_get", "GET", "links/{link_id}", "links.handlers.get_link",
        {200: "links.shapes.LinkOut"}, _ONE,
    ),
    _owners(
        "links_patch", "PATCH", "links/{link_id}", "links.handlers.patch_link",
        {200: "links.shapes.LinkOut"}, (404, 409, *_WRITES), body="links.shapes.LinkPatch",
        media_types=(MERGE_PATCH, JSON),
    ),
    _owners(
        "links_delete", "DELETE", "links/{link_id}", "links.handlers.delete_link", {204: None},
        _ACTS,
    ),
    _owners(
        "links_qr", "GET", "links/{link_id}/qr.svg", "links.qr.show_qr", {200: SVG},
        (400, *_ACTS), query="links.qr.QrQuery",
    ),
    _owners(
        "restrictions_get", "GET", "restrictions", "people.choices.get_restrictions",
        {200: "people.choices.OfferedRestrictions"}, _LOOKS,
    ),
    _owners(
        "presets_list", "GET", "presets", "people.choices.list_presets",
        {200: "people.choices.PresetsOut"}, _LOOKS,
    ),
    _owners(
        "presets_add", "POST", "presets", "people.choices.add_preset",
        {201: "people.choices.PresetOut"}, (409, *_WRITES), body="people.choices.PresetIn",
    ),
    _owners(
        "presets_delete", "DELETE", "presets/{preset_id}", "people.choices.delete_preset",
        {204: None}, _ONE,
    ),
    _owners(
        "servers_get", "GET", "servers", "people.choices.get_servers",
        {200: "people.choices.ServersOut"}, _LOOKS,
    ),
    _owners(
        "servers_put", "PUT", "servers", "people.choices.put_servers",
        {200: "people.choices.ServersOut"}, _WRITES, body="people.choices.ServersIn",
    ),
    _owners(
        "operations_list", "GET", "operations", "people.operations.list_operations",
        {200: "people.shapes.OperationsOut"}, _SEARCHES, query="people.bodies.OperationsQuery",
    ),
    _owners(
        "operations_get", "GET", "operations/{operation_id}", "people.operations.get_operation",
        {200: "people.shapes.OperationOut"}, _ONE,
    ),
    _owners(
        "operations_retry", "POST", "operations/{operation_id}/retry",
        "people.operations.retry_operation", {202: "people.shapes.OperationOut"}, _ACTS,
    ),
    _owners(
        "operations_cancel", "DELETE", "operations/{operation_id}",
        "people.operations.cancel_operation", {200: "people.shapes.OperationOut"}, _ACTS,
    ),
    _owners(
        "drift_list", "GET", "drift", "people.handlers.list_drift",
        {200: "people.shapes.DriftListOut"}, _SEARCHES, query="people.bodies.PagesQuery",
    ),
    _owners(
        "drift_settle", "POST", "drift/{drift_id}", "people.handlers.settle_drift",
        _ORDERED, (404, 409, *_WRITES), body="people.bodies.DriftIn",
    ),
    _owners(
        "batches_list", "GET", "batches", "batches.handlers.list_batches",
        {200: "batches.shapes.BatchesOut"}, _SEARCHES, query="batches.shapes.BatchesQuery",
    ),
    _owners(
        "batches_open", "POST", "batches", "batches.handlers.post_batch",
        {200: "batches.shapes.DryRunOut", 202: "batches.shapes.BatchOpenedOut"}, _WRITES,
        body="batches.shapes.BatchIn",
    ),
    _owners(
        "batches_get", "GET", "batches/{batch_id}", "batches.handlers.get_batch",
        {200: "batches.shapes.BatchWithLines"}, (400, *_ONE), query="batches.shapes.BatchQuery",
    ),
    _owners(
        "batches_cancel", "POST", "batches/{batch_id}/cancel", "batches.handlers.cancel_batch",
        {200: "batches.shapes.CancelledOut"}, _ONE,
    ),
    _owners(
        "batches_export", "GET", "batches/{batch_id}/result.csv", "batches.export.export_batch",
        {200: CSV}, _ONE,
    ),
    _owners(
        "channels_list", "GET", "channels", "notices.handlers.list_channels",
        {200: "notices.shapes.ChannelsOut"}, _LOOKS,
    ),
    _owners(
        "channels_add", "POST", "channels", "notices.handlers.add_channel",
        {201: "notices.shapes.ChannelMade"}, (409, *_WRITES), body="notices.shapes.ChannelIn",
    ),
    _owners(
        "channels_patch", "PATCH", "channels/{channel_id}", "notices.handlers.patch_channel",
        {200: "notices.shapes.ChannelOut"}, (404, 409, *_WRITES),
        body="notices.shapes.ChannelPatch", media_types=(MERGE_PATCH, JSON),
    ),
    _owners(
        "channels_delete", "DELETE", "channels/{channel_id}", "notices.handlers.delete_channel",
        {200: "notices.shapes.ChannelOut"}, _ACTS,
    ),
    _owners(
        "channels_test", "POST", "channels/{channel_id}/test", "notices.handlers.test_channel",
        {200: "notices.shapes.TestOut"}, (404, *_LOOKS),
    ),
)  # fmt: skip

# Addresses that lead nowhere get a page with a way back instead of the host's empty 404. It tries
# functions in the order of their names, and these come last. A catch-all at the root would shadow
# the host's own addresses below `admin` and `runtime`; so there is one for a single word, which
# none of those is, and one below each of the words that our own addresses begin with. See
# docs/decisions/0014-unknown-addresses.md.
_UNKNOWN = tuple(
    Endpoint(name, methods, path, "public.unknown.show_nothing", described=False)
    for name, methods, path in (
        ("unknown_page", _PAGE, "{page}"),
        ("unknown_api", (*_PAGE, "POST", "PUT", "PATCH", "DELETE"), "api/{*rest}"),
        ("unknown_dashboard", _PAGE, "dashboard/{*rest}"),
        ("unknown_invited", _PAGE, "invited/{*rest}"),
        ("unknown_join", _PAGE, "join/{*rest}"),
        ("unknown_signed_in", _PAGE, "signed-in/{*rest}"),
    )
)

ENDPOINTS = (*_PUBLIC, *_SESSION, *_OWNERS, *_UNKNOWN)

LAST_RESORT = _UNKNOWN[0]
"""Whom a server of one's own asks where no address fits."""
