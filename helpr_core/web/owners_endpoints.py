"""More of the owner's endpoints: for what the owner arranges (libraries, settings, links, lists of
friends, channels, browsers), for people, and for the ways into the dashboard. One module, since
each costs at a cold start."""

from __future__ import annotations

from helpr_core.web.endpoint import (
    ACTS,
    CSV,
    JSON,
    LOOKS,
    MERGE_PATCH,
    ONE,
    SEARCHES,
    SVG,
    WRITES,
    owners,
)

SITE = (
    owners(
        "libraries_get", "GET", "libraries", "libraries.handlers.get_libraries",
        {200: "libraries.shapes.LibrariesOut"}, SEARCHES, query="libraries.shapes.LibrariesQuery",
    ),
    owners(
        "libraries_put", "PUT", "libraries", "libraries.handlers.put_libraries",
        {200: "libraries.shapes.LibrariesOut"}, WRITES, body="libraries.shapes.LibrariesIn",
    ),
    owners(
        "settings_get", "GET", "settings", "settings.handlers.get_settings",
        {200: "settings.shapes.SettingsOut"}, LOOKS,
    ),
    owners(
        "settings_put", "PUT", "settings", "settings.handlers.put_settings",
        {200: "settings.shapes.SettingsOut"}, (412, 428, *WRITES),
        body="settings.shapes.SettingsIn", if_match=True,
    ),
    owners(
        "settings_patch", "PATCH", "settings", "settings.handlers.patch_settings",
        {200: "settings.shapes.SettingsOut"}, (412, 428, *WRITES),
        body="settings.shapes.SettingsPatch", media_types=(MERGE_PATCH, JSON), if_match=True,
    ),
    owners(
        "links_list", "GET", "links", "links.handlers.list_links", {200: "links.shapes.LinksOut"},
        SEARCHES, query="links.shapes.LinksQuery",
    ),
    owners(
        "links_make", "POST", "links", "links.handlers.make_link", {201: "links.shapes.LinkOut"},
        (409, *WRITES), body="links.shapes.LinkIn",
    ),
    owners(
        "links_get", "GET", "links/{link_id}", "links.handlers.get_link",
        {200: "links.shapes.LinkOut"}, ONE,
    ),
    owners(
        "links_patch", "PATCH", "links/{link_id}", "links.handlers.patch_link",
        {200: "links.shapes.LinkOut"}, (404, 409, *WRITES), body="links.shapes.LinkPatch",
        media_types=(MERGE_PATCH, JSON),
    ),
    owners(
        "links_delete", "DELETE", "links/{link_id}", "links.handlers.delete_link", {204: None},
        ACTS,
    ),
    owners(
        "links_qr", "GET", "links/{link_id}/qr.svg", "links.qr.show_qr", {200: SVG},
        (400, *ACTS), query="links.qr.QrQuery",
    ),
    owners(
        "batches_list", "GET", "batches", "batches.handlers.list_batches",
        {200: "batches.shapes.BatchesOut"}, SEARCHES, query="batches.shapes.BatchesQuery",
    ),
    owners(
        "batches_open", "POST", "batches", "batches.handlers.post_batch",
        {200: "batches.shapes.DryRunOut", 202: "batches.shapes.BatchOpenedOut"}, WRITES,
        body="batches.shapes.BatchIn",
    ),
    owners(
        "batches_get", "GET", "batches/{batch_id}", "batches.handlers.get_batch",
        {200: "batches.shapes.BatchWithLines"}, (400, *ONE), query="batches.shapes.BatchQuery",
    ),
    owners(
        "batches_cancel", "POST", "batches/{batch_id}/cancel", "batches.handlers.cancel_batch",
        {200: "batches.shapes.CancelledOut"}, ONE,
    ),
    owners(
        "batches_export", "GET", "batches/{batch_id}/result.csv", "batches.export.export_batch",
        {200: CSV}, ONE,
    ),
    owners(
        "links_mail", "POST", "links/{link_id}/mail", "notices.handlers.mail_link",
        {200: "notices.shapes.TestOut"}, (404, 409, *WRITES), body="notices.shapes.LinkMailIn",
    ),
    owners(
        "channels_list", "GET", "channels", "notices.handlers.list_channels",
        {200: "notices.shapes.ChannelsOut"}, LOOKS,
    ),
    owners(
        "channels_add", "POST", "channels", "notices.handlers.add_channel",
        {201: "notices.shapes.ChannelMade"}, (409, *WRITES), body="notices.shapes.ChannelIn",
    ),
    owners(
        "channels_patch", "PATCH", "channels/{channel_id}", "notices.handlers.patch_channel",
        {200: "notices.shapes.ChannelOut"}, (404, 409, *WRITES),
        body="notices.shapes.ChannelPatch", media_types=(MERGE_PATCH, JSON),
    ),
    owners(
        "channels_delete", "DELETE", "channels/{channel_id}", "notices.handlers.delete_channel",
        {200: "notices.shapes.ChannelOut"}, ACTS,
    ),
    owners(
        "channels_test", "POST", "channels/{channel_id}/test", "notices.handlers.test_channel",
        {200: "notices.shapes.TestOut"}, (404, *LOOKS),
    ),
    owners(
        "browsers_list", "GET", "browsers", "browsers.handlers.list_browsers",
        {200: "browsers.shapes.BrowsersOut"}, LOOKS,
    ),
    owners(
        "browsers_sign_out_all", "DELETE", "browsers", "browsers.handlers.sign_out_everywhere",
        {200: "browsers.shapes.SignedOutOut"}, LOOKS,
    ),
    owners(
        "browsers_sign_out", "DELETE", "browsers/{browser_id}",
        "browsers.handlers.sign_out_browser", {204: None}, ONE,
    ),
)  # fmt: skip

# Done and read back at once, or promised for later.
_ORDERED = {200: "people.operation_shapes.OrderedOut", 202: "people.operation_shapes.OrderedOut"}

PEOPLE = (
    owners(
        "people_list", "GET", "people", "people.handlers.list_people",
        {200: "people.shapes.PeopleOut"}, SEARCHES, query="people.bodies.PeopleQuery",
    ),
    owners(
        "people_export", "GET", "people.csv", "people.export.export_people", {200: CSV},
        SEARCHES, query="people.bodies.PeopleFilterQuery",
    ),
    owners(
        "people_refresh", "POST", "people/refresh", "people.handlers.refresh",
        {200: "people.shapes.ReadingOut"}, SEARCHES, query="people.bodies.RefreshQuery",
    ),
    owners(
        "people_bulk", "POST", "people/bulk", "people.bulk.change_people",
        {200: "people.shapes.BulkOut"}, WRITES, body="people.bodies.BulkIn",
    ),
    owners(
        "people_get", "GET", "people/{person_id}", "people.handlers.get_person",
        {200: "people.shapes.PersonStory"}, ONE,
    ),
    owners(
        "people_patch", "PATCH", "people/{person_id}", "people.handlers.patch_person",
        {200: "people.shapes.PersonOut"}, (404, *WRITES), body="people.bodies.PersonIn",
        media_types=(MERGE_PATCH, JSON),
    ),
    owners(
        "people_story", "GET", "people/{person_id}/export", "people.privacy.export_person",
        {200: "people.shapes.PersonStory"}, ONE,
    ),
    owners(
        "people_erase", "POST", "people/{person_id}/erase", "people.privacy.erase_person",
        {200: "people.privacy.ErasedOut"}, ACTS,
    ),
    owners(
        "people_remove", "DELETE", "people/{person_id}", "people.handlers.delete_person",
        _ORDERED, (400, *ACTS), query="people.bodies.ServerQuery",
    ),
    owners(
        "people_libraries", "PUT", "people/{person_id}/libraries", "people.handlers.put_libraries",
        _ORDERED, (404, 409, *WRITES), body="people.bodies.PersonLibrariesIn",
    ),
    owners(
        "people_access", "PUT", "people/{person_id}/access", "people.handlers.put_access",
        _ORDERED, (404, 409, *WRITES), body="people.bodies.AccessIn",
    ),
    owners(
        "people_restrictions", "PUT", "people/{person_id}/restrictions",
        "people.handlers.put_restrictions", _ORDERED, (404, 409, *WRITES),
        body="people.bodies.RestrictionsIn",
    ),
    owners(
        "people_resend", "POST", "people/{person_id}/resend", "people.handlers.resend",
        _ORDERED, (400, *ACTS), query="people.bodies.ServerQuery",
    ),
    owners(
        "restrictions_get", "GET", "restrictions", "people.choices.get_restrictions",
        {200: "people.choices.OfferedRestrictions"}, LOOKS,
    ),
    owners(
        "presets_list", "GET", "presets", "people.choices.list_presets",
        {200: "people.choices.PresetsOut"}, LOOKS,
    ),
    owners(
        "presets_add", "POST", "presets", "people.choices.add_preset",
        {201: "people.choices.PresetOut"}, (409, *WRITES), body="people.choices.PresetIn",
    ),
    owners(
        "presets_delete", "DELETE", "presets/{preset_id}", "people.choices.delete_preset",
        {204: None}, ONE,
    ),
    owners(
        "servers_get", "GET", "servers", "people.choices.get_servers",
        {200: "people.choices.ServersOut"}, LOOKS,
    ),
    owners(
        "servers_put", "PUT", "servers", "people.choices.put_servers",
        {200: "people.choices.ServersOut"}, WRITES, body="people.choices.ServersIn",
    ),
    owners(
        "operations_list", "GET", "operations", "people.operations.list_operations",
        {200: "people.operation_shapes.OperationsOut"}, SEARCHES,
        query="people.bodies.OperationsQuery",
    ),
    owners(
        "operations_get", "GET", "operations/{operation_id}", "people.operations.get_operation",
        {200: "people.operation_shapes.OperationOut"}, ONE,
    ),
    owners(
        "operations_retry", "POST", "operations/{operation_id}/retry",
        "people.operations.retry_operation", {202: "people.operation_shapes.OperationOut"}, ACTS,
    ),
    owners(
        "operations_cancel", "DELETE", "operations/{operation_id}",
        "people.operations.cancel_operation", {200: "people.operation_shapes.OperationOut"}, ACTS,
    ),
    owners(
        "drift_list", "GET", "drift", "people.handlers.list_drift",
        {200: "people.shapes.DriftListOut"}, SEARCHES, query="people.bodies.PagesQuery",
    ),
    owners(
        "drift_settle", "POST", "drift/{drift_id}", "people.handlers.settle_drift",
        _ORDERED, (404, 409, *WRITES), body="people.bodies.DriftIn",
    ),
)  # fmt: skip

WAYS_IN = (
    owners(
        "passkeys_list", "GET", "passkeys", "passkeys.handlers.list_passkeys",
        {200: "passkeys.shapes.PasskeysOut"}, LOOKS,
    ),
    owners(
        "passkeys_begin", "POST", "passkeys/begin", "passkeys.handlers.begin_adding",
        {200: "passkeys.shapes.CeremonyOut"}, (409, 429, *WRITES),
        body="second_factor.shapes.ProofIn",
    ),
    owners(
        "passkeys_add", "POST", "passkeys", "passkeys.handlers.add",
        {201: "passkeys.shapes.PasskeyOut"}, (403, 409, *WRITES), body="passkeys.shapes.PasskeyIn",
    ),
    owners(
        "passkeys_rename", "PATCH", "passkeys/{passkey_id}", "passkeys.handlers.rename",
        {200: "passkeys.shapes.PasskeyOut"}, (404, *WRITES), body="passkeys.shapes.PasskeyPatch",
        media_types=(MERGE_PATCH, JSON),
    ),
    owners(
        "passkeys_remove", "DELETE", "passkeys/{passkey_id}", "passkeys.handlers.remove",
        {204: None}, ACTS,
    ),
    owners(
        "second_factor", "GET", "second-factor", "second_factor.handlers.get_second_factor",
        {200: "second_factor.shapes.SecondFactorOut"}, LOOKS,
    ),
    owners(
        "second_factor_offer", "POST", "second-factor", "second_factor.handlers.offer",
        {201: "second_factor.shapes.OfferOut"}, (409, 429, *WRITES),
        body="second_factor.shapes.ProofIn",
    ),
    owners(
        "second_factor_qr", "GET", "second-factor/qr.svg", "second_factor.handlers.show_qr",
        {200: SVG}, (409, *LOOKS),
    ),
    owners(
        "second_factor_confirm", "POST", "second-factor/confirm", "second_factor.handlers.confirm",
        {200: "second_factor.shapes.RecoveryCodesOut"}, (409, *WRITES),
        body="second_factor.shapes.CodeIn",
    ),
    owners(
        "recovery_codes", "POST", "second-factor/recovery-codes",
        "second_factor.handlers.renew_recovery_codes",
        {200: "second_factor.shapes.RecoveryCodesOut"}, (409, 429, *WRITES),
        body="second_factor.shapes.ProofIn",
    ),
    owners(
        "second_factor_off", "POST", "second-factor/off", "second_factor.handlers.turn_off",
        {200: "second_factor.shapes.SecondFactorOut"}, (429, *WRITES),
        body="second_factor.shapes.ProofIn",
    ),
)  # fmt: skip
