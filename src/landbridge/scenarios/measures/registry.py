"""The kinds of measures: found in this folder, put together to what a scenario may hold."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from types import MappingProxyType
from typing import Annotated, Any, Union, get_args

from pydantic import Field, GetCoreSchemaHandler
from pydantic_core import CoreSchema

from landbridge.scenarios.measures.base import Measure

_ROOM = __name__.rpartition(".")[0]
_added: dict[str, type[Measure]] = {}
"""Kinds that are known for a while (`known_too`)."""


def kinds() -> Mapping[str, type[Measure]]:
    """List the kinds of measures by name, in their order.

    Examples
    --------
    >>> kinds()["close_border"].__name__
    'CloseBorder'
    """
    together = {**_shipped(), **_added}
    ordered = sorted(together, key=lambda name: (together[name].order, name))
    return MappingProxyType({name: together[name] for name in ordered})


def name_of_kind(kind: type[Measure]) -> str:
    """Read the name of a kind off its field ``kind``.

    Raises
    ------
    TypeError
        It has no such field, or one that is not a literal of one text.
    """
    field = kind.model_fields.get("kind")
    names = get_args(field.annotation) if field else ()
    if len(names) != 1 or not isinstance(names[0], str):
        raise TypeError(f"{kind.__name__} needs a field: kind: Literal['its_name']")
    return names[0]


@contextmanager
def known_too(kind: type[Measure]) -> Iterator[None]:
    """Know one more kind for a while; `schema.reading_kind` makes scenarios read it.

    Raises
    ------
    ValueError
        There is a kind of that name.
    """
    name = name_of_kind(kind)
    if name in kinds():
        raise ValueError(f"there is a measure of kind '{name}' already")
    _added[name] = kind
    try:
        yield
    finally:
        del _added[name]


class OfAnyKind:
    """Marks a field that holds a measure of any kind that is known, told apart by ``kind``."""

    def __get_pydantic_core_schema__(
        self, source: object, handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        """Build the union of all kinds."""
        del source
        union: Any = Union[tuple(kinds().values())]  # noqa: UP007 - of a number known when it runs
        return handler.generate_schema(Annotated[union, Field(discriminator="kind")])


@cache
def _shipped() -> Mapping[str, type[Measure]]:
    """Import every module of this folder and collect the measures that it defines."""
    found: dict[str, type[Measure]] = {}
    for module in pkgutil.iter_modules(importlib.import_module(_ROOM).__path__):
        held = vars(importlib.import_module(f"{_ROOM}.{module.name}"))
        for value in held.values():
            if not isinstance(value, type) or not issubclass(value, Measure):
                continue
            if value.__module__ == f"{_ROOM}.{module.name}" and "kind" in value.model_fields:
                found[name_of_kind(value)] = value
    return found
