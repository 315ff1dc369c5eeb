"""Bring crossings to a stated level."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Annotated, ClassVar, Literal, Self

from pydantic import Field, model_validator

from landbridge.freight.edits import applying as edit
from landbridge.freight.edits.applying import Edit
from landbridge.freight.network.compiled import FreightNetwork
from landbridge.scenarios.measures.bands import banded
from landbridge.scenarios.measures.base import Context, Crossed, Measure
from landbridge.scenarios.measures.sides import crossed_by_name
from landbridge.scenarios.values.fields import Direction, Name, Share, Uncertain


class ChangeCrossing(Measure):
    """Bring border crossings to a stated time, cost or reliability."""

    order: ClassVar[int] = 70

    kind: Literal["change_crossing"]
    crossings: Annotated[tuple[Name, ...], Field(min_length=1, max_length=200)]
    """Ids or names of crossings."""
    direction: Direction = "both"
    """Both directions, or the one in which the crossing is named (forward) or its reverse."""
    hours: Uncertain | None = None
    """Hours to cross on a day when it is open, the queue included; the expected wait for closures
    comes on top (`probability_open`)."""
    usd_per_tonne: Uncertain | None = None
    """Charges, USD per tonne."""
    probability_open: Share | None = None
    """Share of the year in which it is open."""

    @model_validator(mode="after")
    def _changes_something(self) -> ChangeCrossing:
        if (self.hours, self.usd_per_tonne, self.probability_open) == (None,) * 3:
            raise ValueError("nothing changes: give hours, usd_per_tonne or probability_open")
        return self

    def edits(self, context: Context) -> tuple[Edit, ...]:
        """Change each crossing."""
        del context
        one = edit.SetCrossing(
            crossing="",
            direction=self.direction,
            probability_open=self.probability_open,
            **banded("hours", self.hours),
            **banded("usd_per_tonne", self.usd_per_tonne),
        )
        return tuple(replace(one, crossing=name) for name in self.crossings)

    def lies_in(self, network: FreightNetwork) -> frozenset[str]:
        """List the economies on either side of its crossings."""
        table = network.tables.crossings
        named = table["crossing"].isin(self.crossings) | table["name"].isin(self.crossings)
        return frozenset((*table.loc[named, "from_iso3"], *table.loc[named, "to_iso3"]))

    def crossed(self, context: Context) -> tuple[Crossed, ...]:
        """Find its crossings."""
        del context
        return crossed_by_name(self.crossings)

    def without(self, targets: Iterable[str]) -> Self | None:
        """Take some of its crossings out; None where none is left."""
        gone = set(targets)
        left = tuple(name for name in self.crossings if name not in gone)
        return self.model_copy(update={"crossings": left}) if left else None
