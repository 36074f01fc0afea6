"""Answers in which every field is there."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, SerializerFunctionWrapHandler, model_serializer


class Whole(BaseModel):
    """A shape whose fields are always answered: null is unknown, or no limit, or the last page."""

    model_config = ConfigDict(json_schema_serialization_defaults_required=True)

    # Not annotated: the document would describe what is annotated instead of the fields.
    @model_serializer(mode="wrap")
    def _whole(self, dump: SerializerFunctionWrapHandler):  # type: ignore[no-untyped-def]
        given = dump(self)
        return {name: given.get(name) for name in type(self).model_fields}
