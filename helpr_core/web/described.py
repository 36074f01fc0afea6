"""What each function takes and answers, by its name: the part of OpenAPI that no code tells."""

from __future__ import annotations

from dataclasses import dataclass

from pydantic import BaseModel

from helpr_core.web import manage_schemas
from helpr_core.web.bodies import FORM, JSON
from helpr_core.web.public import shapes as schemas
from helpr_core.web.session import shapes as session_schemas

HTML = "text/html"
CSV = "text/csv"
ANYTHING = "*/*"

Answer = type[BaseModel] | str | None
"""A model, a media type where there is no model, or no body at all."""


@dataclass(frozen=True, slots=True)
class Described:
    """`gives` by status, `refuses` as problem documents; `query` is a model of strings."""

    gives: dict[int, Answer]
    refuses: tuple[int, ...] = ()
    takes: type[BaseModel] | None = None
    media_types: tuple[str, ...] = (JSON,)
    query: type[BaseModel] | None = None
    if_match: bool = False
    signed_in: bool = False  # by cookie; all but GET with X-CSRF-Token


_PAGE = (429, 500, 503)
_LOOKS = (500, 503)
_SEARCHES = (400, *_LOOKS)
_WRITES = (400, 413, 415, *_LOOKS)
_ONE = (404, *_LOOKS)
_ACTS = (404, 409, *_LOOKS)

FUNCTIONS: dict[str, Described] = {
    "form": Described({200: HTML, 304: None}, _PAGE),
    "join": Described({200: HTML}, _PAGE),
    "invited": Described({200: HTML, 304: None}, (404, *_PAGE)),
    "static_files": Described({200: ANYTHING, 304: None}, (404, 500)),
    "site": Described({200: schemas.SiteOut}, _PAGE),
    "invite": Described(
        {201: schemas.InviteOut, 202: schemas.KeptOut, 303: None},
        (400, 403, 409, 413, 415, 422, 429, 500, 503),
        takes=schemas.InviteIn,
        media_types=(JSON, FORM),
    ),
    "invite_status": Described({200: schemas.InviteStatus}, (404, *_PAGE)),
    "healthz": Described({200: schemas.HealthOut}),
    "openapi": Described({200: JSON, 304: None}, _PAGE),
    "dashboard": Described({200: HTML, 304: None}, _PAGE),
    "sign_in": Described(
        {200: session_schemas.SessionOut},
        (401, 403, 429, *_WRITES),
        takes=session_schemas.SignInIn,
    ),
    "session": Described({200: session_schemas.SessionOut}, (401, *_PAGE), signed_in=True),
    "sign_out": Described({204: None}, (401, 403, *_PAGE), signed_in=True),
    "dashboard_api": Described(
        {200: ANYTHING, 201: ANYTHING, 202: ANYTHING},
        (400, 401, 403, 404, 409, 412, 413, 415, 422, 428, 429, 500, 503),
        signed_in=True,
    ),
    "manage_overview": Described({200: manage_schemas.OverviewOut}, _LOOKS),
    "manage_stats": Described(
        {200: manage_schemas.StatsOut}, _SEARCHES, query=manage_schemas.StatsQuery
    ),
    "manage_connection": Described({200: manage_schemas.ConnectionOut}, _LOOKS),
    "manage_invites_list": Described(
        {200: manage_schemas.InvitesOut}, _SEARCHES, query=manage_schemas.InvitesQuery
    ),
    "manage_invites_export": Described({200: CSV}, _SEARCHES, query=manage_schemas.ExportQuery),
    "manage_invites_send": Described(
        {201: manage_schemas.Row, 202: manage_schemas.Row},
        (409, 422, *_WRITES),
        takes=manage_schemas.OwnerInviteIn,
    ),
    "manage_invites_get": Described({200: manage_schemas.Story}, _ONE),
    "manage_invites_retry": Described({202: manage_schemas.Row}, _ACTS),
    "manage_invites_approve": Described({202: manage_schemas.Row}, _ACTS),
    "manage_invites_deny": Described({200: manage_schemas.Row}, _ACTS),
    "manage_libraries_get": Described(
        {200: manage_schemas.LibrariesOut}, _SEARCHES, query=manage_schemas.LibrariesQuery
    ),
    "manage_libraries_put": Described(
        {200: manage_schemas.LibrariesOut}, _WRITES, takes=manage_schemas.LibrariesIn
    ),
    "manage_settings_get": Described({200: manage_schemas.SettingsOut}, _LOOKS),
    "manage_settings_put": Described(
        {200: manage_schemas.SettingsOut},
        (412, 428, *_WRITES),
        takes=manage_schemas.SettingsIn,
        if_match=True,
    ),
    "manage_audit": Described(
        {200: manage_schemas.AuditOut}, _SEARCHES, query=manage_schemas.AuditQuery
    ),
}
