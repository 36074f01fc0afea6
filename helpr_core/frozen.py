"""`dataclass`, as in the standard library, but cheap to define: a cold start defines a hundred.

The standard decorator writes the methods of each frozen class as text and compiles them, which
takes half a millisecond. Here frozen classes share their methods. Only `__init__` is compiled, when
the first object is made. A class that is not frozen is left to the standard decorator.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from operator import attrgetter
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from dataclasses import dataclass
else:

    def dataclass(cls=None, /, *, frozen=False, slots=False, eq=True):
        """Make the class a dataclass. The standard decorator's other options are not supported."""
        if cls is None:
            return lambda given: dataclass(given, frozen=frozen, slots=slots, eq=eq)
        if not frozen:
            return dataclasses.dataclass(slots=slots, eq=eq)(cls)
        return _frozen(cls, slots=slots, eq=eq)


__all__ = ["dataclass"]


def _frozen(cls: type[Any], *, slots: bool, eq: bool) -> type[Any]:
    own = {*vars(cls)}
    made: Any = dataclasses.dataclass(init=False, repr=False, eq=False, slots=slots)(cls)
    names = [one.name for one in dataclasses.fields(made) if one.compare]
    made._compared = staticmethod(attrgetter(*names) if names else lambda _object: ())
    methods = _SHARED | (_COMPARING if eq else {}) | {"__init__": _init_at_first_use(made)}
    for name, method in methods.items():
        if name not in own:
            setattr(made, name, method)
    found: type[Any] = made
    return found


def _init_at_first_use(cls: Any) -> Callable[..., None]:
    def __init__(self: Any, /, *args: Any, **kwargs: Any) -> None:
        cls.__init__ = _init(cls)  # two threads may do this at once: both make the same
        cls.__init__(self, *args, **kwargs)

    return __init__


def _init(cls: type[Any]) -> Callable[..., None]:
    """The `__init__` that the standard decorator would make."""
    known: dict[str, Any] = {"_assign": object.__setattr__, "_given": _given}
    known["_absent"] = dataclasses.MISSING
    parameters: dict[bool, list[str]] = {False: [], True: []}
    lines = []
    for field in dataclasses.fields(cls):
        name = value = field.name
        default = ""
        if field.default is not dataclasses.MISSING:
            known[f"_default_{name}"] = field.default
            default = f"=_default_{name}"
        elif field.default_factory is not dataclasses.MISSING:
            known[f"_make_{name}"] = field.default_factory
            value, default = f"_given({name}, _make_{name})", "=_absent"
        parameters[bool(field.kw_only)].append(name + default)
        lines.append(f"_assign(self, {name!r}, {value})")
    if hasattr(cls, "__post_init__"):
        lines.append("self.__post_init__()")
    given = ["self", *parameters[False], *(["*"] if parameters[True] else []), *parameters[True]]
    # Only names of fields get into the text, and those are identifiers.
    text = f"def __init__({', '.join(given)}):\n " + "\n ".join(lines or ["pass"])
    exec(text, known)  # noqa: S102 # nosec B102
    made: Callable[..., None] = known["__init__"]
    return made


def _given(value: Any, make: Callable[[], Any]) -> Any:
    return make() if value is dataclasses.MISSING else value


def _repr(self: Any) -> str:
    shown = (one.name for one in dataclasses.fields(self) if one.repr)
    inside = ", ".join(f"{name}={getattr(self, name)!r}" for name in shown)
    return f"{type(self).__qualname__}({inside})"


def _eq(self: Any, other: Any) -> Any:
    if type(other) is not type(self):
        return NotImplemented
    return self._compared(self) == self._compared(other)


def _hash(self: Any) -> int:
    return hash(self._compared(self))


def _setattr(_self: Any, name: str, _value: object) -> None:
    raise dataclasses.FrozenInstanceError(name)


def _delattr(_self: Any, name: str) -> None:
    raise dataclasses.FrozenInstanceError(name)


def _getstate(self: Any) -> Mapping[str, Any]:
    return {one.name: getattr(self, one.name) for one in dataclasses.fields(self)}


def _setstate(self: Any, state: Mapping[str, Any]) -> None:
    for name, value in state.items():
        object.__setattr__(self, name, value)


_SHARED = {
    "__repr__": _repr,
    "__setattr__": _setattr,
    "__delattr__": _delattr,
    "__getstate__": _getstate,
    "__setstate__": _setstate,
}
_COMPARING = {"__eq__": _eq, "__hash__": _hash}
