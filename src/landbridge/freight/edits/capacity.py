"""Edits of what ports and crossings can take."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pandas as pd

from landbridge.errors import InputError, UnknownNameError
from landbridge.freight.edits.records import SetCapacity
from landbridge.freight.network.places import find_crossings, place_called
from landbridge.freight.network.tables import FreightTables, by_text, capacity_table

PORT_OF = "port of "


def limited_places(tables: FreightTables, target: str) -> tuple[tuple[str, str], ...]:
    """Find the port or the crossings that a name means: kind and id of each.

    Raises
    ------
    UnknownNameError
        It is neither.
    """
    place = place_called(tables, target.strip().casefold().removeprefix(PORT_OF))
    if by_text(tables.nodes, "node", "kind").get(place) == "port":
        return (("port", place),)
    return tuple(("crossing", name) for name in find_crossings(tables, target))


def set_capacities(
    tables: FreightTables, edits: Sequence[SetCapacity], wheres: Sequence[str]
) -> FreightTables:
    """State what ports and crossings can take."""
    found: list[dict[str, object]] = []
    for edit, where in zip(edits, wheres, strict=True):
        if (edit.factor is None) == (edit.million_tonnes is None):
            raise InputError("give factor or million_tonnes, one of the two.", where=where)
        try:
            places = limited_places(tables, edit.target)
        except UnknownNameError as error:
            raise UnknownNameError(
                f"'{edit.target}' is neither a port nor a crossing.", where=where
            ) from error
        for kind, name in places:
            if kind == "crossing" and edit.cargo_group:
                raise InputError("all cargo shares a crossing: leave its group out.", where=where)
            found.append(
                {
                    "kind": kind,
                    "element": name,
                    "cargo_group": edit.cargo_group,
                    "factor": edit.factor,
                    "million_tonnes": edit.million_tonnes,
                }
            )
    stated = pd.concat([tables.capacities, capacity_table(found)], ignore_index=True)
    return replace(tables, capacities=stated)
