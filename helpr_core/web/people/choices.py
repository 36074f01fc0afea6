"""What the owner may choose from: restrictions, presets of them, and servers."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, Field, StringConstraints
from werkzeug.wrappers import Response

from helpr_core import container
from helpr_core.services.people.presets import Preset
from helpr_core.services.people.restricting import FEATURES
from helpr_core.web.call import Call
from helpr_core.web.libraries.shapes import ServerId
from helpr_core.web.people.bodies import RestrictionsIn
from helpr_core.web.queries import STRICT
from helpr_core.web.reading import note, read_body
from helpr_core.web.responses import json_response, no_content
from helpr_core.web.texts import Line


class OfferedRestrictions(BaseModel):
    """Which restrictions the owner's Plex subscription allows."""

    plex_pass: bool
    offered: dict[str, bool] = Field(description="By the names of the restrictions.")


class PresetIn(BaseModel):
    """Restrictions to save under a name; a preset with the same name is replaced."""

    model_config = STRICT

    name: Annotated[Line, StringConstraints(min_length=1, max_length=60)]
    restrictions: RestrictionsIn


class PresetOut(BaseModel):
    """A preset of restrictions. One for children has a `country` instead of a name."""

    preset_id: str
    name: str | None = None
    country: str | None = None
    restrictions: dict[str, bool | str]


class PresetsOut(BaseModel):
    """Presets, the owner's own first."""

    presets: list[PresetOut]


class ServerOut(BaseModel):
    """One of the owner's servers."""

    server_id: str
    name: str
    managed: bool
    default: bool


class ServersOut(BaseModel):
    """All servers of the account, the default one first."""

    servers: list[ServerOut]


class ServersIn(BaseModel):
    """The machine identifiers of the servers that Helpr manages, including the default one."""

    model_config = STRICT

    managed: list[ServerId] = Field(min_length=1, max_length=20)


def get_restrictions(_call: Call) -> Response:
    """GET restrictions: which ones can be set; plex.tv is asked at most every ten minutes."""
    features = container.current().people().features()
    offered = {name: feature in features for name, feature in FEATURES.items()}
    return json_response(OfferedRestrictions(plex_pass="pass" in features, offered=offered))


def list_presets(_call: Call) -> Response:
    """GET presets: named restrictions."""
    found = container.current().people().presets().all()
    return json_response(PresetsOut(presets=[_preset(one) for one in found]))


def add_preset(call: Call) -> Response:
    """POST presets: save restrictions under a name."""
    given = read_body(call, PresetIn)
    fields = given.restrictions.model_dump(mode="json", exclude_none=True)
    added = container.current().people().presets().add(given.name, fields, call.actor.name)
    note(call, "preset_kept", "presets", after={"name": given.name})
    return json_response(_preset(added), 201)


def delete_preset(call: Call) -> Response:
    """DELETE presets/{preset_id}: delete one of the owner's own."""
    presets = container.current().people().presets()
    presets.delete(call.path_params.get("preset_id", ""), call.actor.name)
    note(call, "preset_deleted", "presets")
    return no_content()


def get_servers(_call: Call) -> Response:
    """GET servers: the account's servers, and which of them Helpr manages; one call to plex.tv."""
    return json_response(_servers())


def put_servers(call: Call) -> Response:
    """PUT servers: manage these."""
    given = read_body(call, ServersIn)
    managed = container.current().people().servers().choose(given.managed, call.actor.name)
    note(call, "servers_chosen", "servers", after={"managed": list(managed)})
    return json_response(_servers())


def _servers() -> ServersOut:
    servers = container.current().people().servers()
    owned, default, managed = servers.owned(), servers.default(), servers.managed()
    rows = [
        ServerOut(
            server_id=one.machine_identifier,
            name=one.name,
            managed=one.machine_identifier in managed,
            default=one.machine_identifier == default,
        )
        for one in owned
    ]
    return ServersOut(servers=sorted(rows, key=lambda row: (not row.default, row.name)))


def _preset(preset: Preset) -> PresetOut:
    return PresetOut(
        preset_id=preset.preset_id,
        name=preset.name or None,
        country=preset.country or None,
        restrictions=preset.restrictions,
    )
