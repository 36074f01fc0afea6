"""How answers are made: from what they show, and some of them with every field."""

from __future__ import annotations

from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict, SerializerFunctionWrapHandler, model_serializer

Shape = TypeVar("Shape", bound=BaseModel)


class Whole(BaseModel):
    """A shape whose fields are always answered: null is unknown, or no limit, or the last page."""

    model_config = ConfigDict(json_schema_serialization_defaults_required=True)

    # Not annotated: the document would describe what is annotated instead of the fields.
    @model_serializer(mode="wrap")
    def _whole(self, dump: SerializerFunctionWrapHandler):  # type: ignore[no-untyped-def]
        given = dump(self)
        return {name: given.get(name) for name in type(self).model_fields}


def shown(shape: type[Shape], thing: object, /, **others: Any) -> Shape:
    """The thing in that shape: a field that is not in `others` is its attribute of that name."""
    own = {name: getattr(thing, name) for name in shape.model_fields if name not in others}
    return shape(**own, **others)
