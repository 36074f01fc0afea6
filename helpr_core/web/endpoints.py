"""Every endpoint, one row each: OpenAPI, both doors, the servers and tests read this table.

Besides `limit`, a row has method, path, handler, input and output. The rows of `owners` are
reached through two doors: the function key's (`/api/manage/…`, a function each) and the session's
(`/dashboard/api/…`, one function that looks them up here).
"""

from __future__ import annotations

from helpr_core.web.endpoint import (
    ACTS,
    ANYTHING,
    CSV,
    FORM,
    HTML,
    JSON,
    LIMITED,
    LOOKS,
    ONE,
    SEARCHES,
    TEXT,
    WRITES,
    Endpoint,
    Purpose,
    owners,
)
from helpr_core.web.endpoint import KEY_DOOR as KEY_DOOR
from helpr_core.web.owners_endpoints import PEOPLE, SITE, WAYS_IN

TIMER = "housekeeping"
HOUSEKEEPING_MINUTES = 5
"""How often the timer fires, from the full hour on; it is not an endpoint."""

_PAGE = ("GET", "HEAD")
_GET = ("GET",)

_PUBLIC = (
    Endpoint(
        "form", _PAGE, "", "public.form.show_form", {200: HTML, 304: None}, LIMITED,
        limit="status",
    ),
    Endpoint(
        "join", _PAGE, "join/{code}", "public.form.show_join_form", {200: HTML},
        (403, 404, 410, *LIMITED), limit="status",
    ),
    Endpoint(
        "link", _GET, "api/links/{code}", "public.handlers.get_link",
        {200: "public.shapes.PublicLinkOut"}, (404, 410, *LIMITED), limit="status",
    ),
    Endpoint(
        "invited", _PAGE, "invited/{request_id}", "public.form.show_result",
        {200: HTML, 304: None}, (404, *LIMITED), limit="status",
    ),
    Endpoint(
        "static_files", _PAGE, "static/{*path}", "public.static.show_static",
        {200: ANYTHING, 304: None}, (404, 500),
    ),
    Endpoint(
        "site", _GET, "api/site", "public.handlers.get_site", {200: "public.shapes.SiteOut"},
        LIMITED, limit="default",
    ),
    Endpoint(
        "invite", ("POST",), "api/invites", "public.asking.post_invite",
        {201: "public.shapes.InviteOut", 202: "public.shapes.KeptOut", 303: None},
        (400, 403, 409, 410, 413, 415, 422, 429, 500, 503),
        body="public.shapes.InviteIn", media_types=(JSON, FORM), limit="invites",
        purpose=Purpose.ASK,
    ),
    Endpoint(
        "invite_status", _GET, "api/invites/{request_id}", "public.handlers.get_invite",
        {200: "public.shapes.InviteStatus"}, (404, *LIMITED), limit="status",
    ),
    Endpoint(
        "sign_ins_begin", ("POST",), "api/sign-ins", "sign_ins.handlers.post_sign_in",
        {200: HTML, 201: "sign_ins.shapes.PlexSignInOut"}, (403, 429, *WRITES),
        body="sign_ins.shapes.PlexSignInIn", media_types=(JSON, FORM), limit="invites",
        purpose=Purpose.ASK,
    ),
    Endpoint(
        "sign_ins_pin", ("PUT",), "api/sign-ins/{sign_in_id}/pin", "sign_ins.handlers.put_pin",
        {200: "sign_ins.shapes.PinOut"}, (403, 410, 429, *WRITES),
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
        {202: HTML, 303: None}, (403, 410, *LIMITED), limit="status", purpose=Purpose.ASK,
    ),
    Endpoint(
        "approval", _PAGE, "approve/{token}", "notices.approval.show_approval", {200: HTML},
        (404, 410, *LIMITED), limit="status",
    ),
    Endpoint(
        "approve", ("POST",), "approve/{token}", "notices.approval.post_approval", {200: HTML},
        (400, 403, 404, 409, 410, 413, 415, *LIMITED), body="notices.shapes.DecisionIn",
        media_types=(JSON, FORM), limit="status", purpose=Purpose.MANAGE,
    ),
    Endpoint(
        "mails_off_page", _PAGE, "unsubscribe/{token}", "notices.unsubscribe.show_unsubscribe",
        {200: HTML}, (404, *LIMITED), limit="status",
    ),
    Endpoint(
        "mails_off", ("POST",), "unsubscribe/{token}", "notices.unsubscribe.post_unsubscribe",
        {200: HTML}, (400, 404, *LIMITED), query="notices.unsubscribe.UnsubscribeQuery",
        limit="status",
    ),
    Endpoint(
        "set_up", _PAGE, "setup/{code}", "set_up.handlers.show_set_up", {200: HTML},
        (404, 500, 503), purpose=Purpose.MANAGE, described=False,
    ),
    Endpoint(
        "set_up_step", ("POST",), "setup/{code}", "set_up.handlers.post_set_up",
        {200: HTML, 303: None}, (400, 403, 404, 409, 413, 500, 503), purpose=Purpose.MANAGE,
        described=False,
    ),
    Endpoint(
        "healthz", _PAGE, "healthz", "public.health.get_health",
        {200: "public.shapes.HealthOut"},
    ),
    Endpoint(
        # Not limited, like a file: the dashboard makes its settings' form from it.
        "openapi", _GET, "api/openapi.json", "public.handlers.get_openapi", {200: JSON, 304: None},
        (500,),
    ),
)  # fmt: skip

_SESSION = (
    Endpoint(
        "dashboard", _PAGE, "dashboard", "session.handlers.show_dashboard", {200: HTML, 304: None},
        LIMITED,
    ),
    Endpoint(
        "sign_in", ("POST",), "dashboard/session", "session.handlers.post_session",
        {200: "session.shapes.SessionOut"}, (401, 403, 409, 429, *WRITES),
        body="session.shapes.SignInIn",
    ),
    Endpoint(
        "passkey_begin", ("POST",), "dashboard/session/passkey/begin",
        "passkeys.handlers.begin_sign_in", {200: "passkeys.shapes.CeremonyOut"},
        (403, 409, *LIMITED), limit="status",
    ),
    Endpoint(
        "passkey_sign_in", ("POST",), "dashboard/session/passkey", "passkeys.handlers.sign_in",
        {200: "session.shapes.SessionOut"}, (403, 409, 429, *WRITES),
        body="passkeys.shapes.SignInWithPasskeyIn",
    ),
    Endpoint(
        "session", _GET, "dashboard/session", "session.handlers.get_session",
        {200: "session.shapes.SessionOut", 204: None}, (400, 401, *LIMITED),
        query="session.shapes.SessionQuery", session=True,
    ),
    Endpoint(
        "sign_out", ("DELETE",), "dashboard/session", "session.handlers.delete_session",
        {204: None}, (401, 403, *LIMITED), session=True,
    ),
    Endpoint(
        "in_front", _GET, "dashboard/in-front", "session.in_front.get_in_front",
        {200: "session.shapes.InFrontOut", 204: None}, LIMITED, limit="status",
    ),
    Endpoint(
        "in_front_sign_in", ("POST",), "dashboard/in-front", "session.in_front.post_in_front",
        {200: "session.shapes.SessionOut"}, (403, 404, *LIMITED), limit="status",
    ),
    Endpoint(
        "plex_begin", ("POST",), "dashboard/plex", "session.plex.post_begin",
        {201: "sign_ins.shapes.PlexSignInOut"}, (400, 403, 404, 413, *LIMITED), limit="status",
    ),
    Endpoint(
        "plex_pin", ("PUT",), "dashboard/plex/{sign_in_id}/pin", "session.plex.put_pin",
        {200: "sign_ins.shapes.PinOut"}, (403, 404, 410, 429, *WRITES),
        body="sign_ins.shapes.PinIn", limit="status",
    ),
    Endpoint(
        "plex_back", _GET, "dashboard/plex/{sign_in_id}", "session.plex.show_back",
        {202: HTML, 303: None}, (403, 404, 410, *LIMITED), limit="status",
    ),
    Endpoint(
        "dashboard_api", ("GET", "POST", "PUT", "PATCH", "DELETE"), "dashboard/api/{*path}",
        "session.handlers.pass_on",
        {200: ANYTHING, 201: ANYTHING, 202: ANYTHING, 204: None, 304: None},
        (400, 401, 403, 404, 409, 412, 413, 415, 422, 428, 429, 500, 503), session=True,
        purpose=Purpose.MANAGE,
    ),
)  # fmt: skip


_OWNERS = (
    owners(
        "pulse", "GET", "pulse", "overview.handlers.get_pulse",
        {200: "overview.shapes.PulseOut", 304: None}, LOOKS,
    ),
    owners(
        "overview", "GET", "overview", "overview.handlers.get_overview",
        {200: "overview.shapes.OverviewOut"}, LOOKS,
    ),
    owners(
        "stats", "GET", "stats", "overview.handlers.get_stats", {200: "overview.shapes.StatsOut"},
        SEARCHES, query="overview.shapes.StatsQuery",
    ),
    owners(
        "connection", "GET", "connection", "overview.handlers.get_connection",
        {200: "overview.shapes.ConnectionOut"}, LOOKS,
    ),
    owners(
        "connection_sign_in", "POST", "connection/sign-ins", "set_up.again.post_sign_in",
        {201: "set_up.shapes.OwnersSignInOut"}, (400, *ACTS),
    ),
    owners(
        "connection_pin", "PUT", "connection/sign-ins/{sign_in_id}/pin", "set_up.again.put_pin",
        {200: "sign_ins.shapes.PinOut"}, (403, 409, 410, *WRITES), body="sign_ins.shapes.PinIn",
    ),
    owners(
        "connection_finish", "POST", "connection/sign-ins/{sign_in_id}/finish",
        "set_up.again.post_finish",
        {200: "set_up.shapes.SignedInAgainOut", 202: "sign_ins.shapes.WaitingOut"},
        (403, 409, 410, *LOOKS),
    ),
    owners(
        "invites_list", "GET", "invites", "requests.handlers.list_invites",
        {200: "requests.shapes.InvitesOut"}, SEARCHES, query="requests.shapes.InvitesQuery",
    ),
    owners(
        "invites_export", "GET", "invites.csv", "requests.export.export_invites", {200: CSV},
        SEARCHES, query="requests.shapes.ExportQuery",
    ),
    owners(
        "invites_send", "POST", "invites", "requests.handlers.send_invite",
        {201: "requests.shapes.Row", 202: "requests.shapes.Row"}, (409, 422, *WRITES),
        body="requests.shapes.OwnerInviteIn",
    ),
    owners(
        "invites_get", "GET", "invites/{request_id}", "requests.handlers.get_invite",
        {200: "requests.shapes.Story"}, ONE,
    ),
    owners(
        "invites_delete", "DELETE", "invites/{request_id}", "people.privacy.delete_request",
        {204: None}, ACTS,
    ),
    owners(
        "invites_retry", "POST", "invites/{request_id}/retry", "requests.handlers.retry",
        {202: "requests.shapes.Row"}, ACTS,
    ),
    owners(
        "invites_approve", "POST", "invites/{request_id}/approve", "requests.handlers.approve",
        {202: "requests.shapes.Row"}, ACTS,
    ),
    owners(
        "invites_deny", "POST", "invites/{request_id}/deny", "requests.handlers.deny",
        {200: "requests.shapes.Row"}, ACTS,
    ),
    owners(
        "audit", "GET", "audit", "audit.handlers.list_events", {200: "audit.shapes.AuditOut"},
        SEARCHES, query="audit.shapes.AuditQuery",
    ),
    owners("metrics", "GET", "metrics", "metrics.handlers.get_metrics", {200: TEXT}, LOOKS),
)  # fmt: skip

# Addresses that lead nowhere get a page with a way back instead of the host's empty 404. It tries
# functions in alphabetical order, and these come last. A catch-all at the root would shadow
# the host's own addresses below `admin` and `runtime`; so there is one for a single word, which
# none of those is, and one below each of the words that our own addresses begin with. See
# docs/decisions/0014-unknown-addresses.md.
_UNKNOWN = tuple(
    Endpoint(name, methods, path, "public.unknown.show_nothing", described=False)
    for name, methods, path in (
        ("unknown_page", _PAGE, "{page}"),
        ("unknown_approve", _PAGE, "approve/{*rest}"),
        ("unknown_api", (*_PAGE, "POST", "PUT", "PATCH", "DELETE"), "api/{*rest}"),
        ("unknown_dashboard", _PAGE, "dashboard/{*rest}"),
        ("unknown_invited", _PAGE, "invited/{*rest}"),
        ("unknown_join", _PAGE, "join/{*rest}"),
        ("unknown_unsubscribe", _PAGE, "unsubscribe/{*rest}"),
        ("unknown_signed_in", _PAGE, "signed-in/{*rest}"),
    )
)

ENDPOINTS = (*_PUBLIC, *_SESSION, *_OWNERS, *SITE, *PEOPLE, *WAYS_IN, *_UNKNOWN)

LAST_RESORT = _UNKNOWN[0]
"""The endpoint that our own server uses if no address matches."""
