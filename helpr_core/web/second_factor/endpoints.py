"""The rows of the second factor and of passkeys, for the table in web/endpoints.py."""

from __future__ import annotations

from helpr_core.web.endpoint import ACTS, JSON, LOOKS, MERGE_PATCH, SVG, WRITES, owners

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
        {201: "second_factor.shapes.OfferOut"}, (409, *LOOKS),
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
