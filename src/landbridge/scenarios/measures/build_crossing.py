"""Open a crossing at a border place that has none."""

from __future__ import annotations

from typing import ClassVar, Literal

from landbridge.freight.edits import applying as edit
from landbridge.freight.edits.applying import Edit
from landbridge.scenarios.measures.bands import banded
from landbridge.scenarios.measures.base import Context, Crossed, Measure
from landbridge.scenarios.measures.sides import sides_of
from landbridge.scenarios.values.fields import Band, CrossingMode, Name, Share, Uncertain


class BuildCrossing(Measure):
    """Open a crossing for a mode at a border place that has none."""

    order: ClassVar[int] = 50
    is_ground: ClassVar[bool] = True

    kind: Literal["build_crossing"]
    place: Name
    """Border place; a new one is made by build_place."""
    mode: CrossingMode
    """rail or road."""
    hours: Uncertain
    """Hours from the place's first economy to its second, the queue included."""
    usd_per_tonne: Uncertain
    """Charges that way, USD per tonne."""
    hours_backward: Uncertain | None = None
    """Hours the other way; absent: the same."""
    usd_per_tonne_backward: Uncertain | None = None
    """Charges the other way; absent: the same."""
    probability_open: Share = 1.0
    """Share of the year in which it is open."""

    def edits(self, context: Context) -> tuple[Edit, ...]:
        """Add the crossing."""
        del context
        back_hours = self.hours_backward or self.hours
        back_usd = self.usd_per_tonne_backward or self.usd_per_tonne
        return (
            edit.AddCrossing(
                place=self.place,
                mode=self.mode,
                forward=_costs(self.hours, self.usd_per_tonne),
                backward=_costs(back_hours, back_usd),
                probability_open=self.probability_open,
            ),
        )

    def crossed(self, context: Context) -> tuple[Crossed, ...]:
        """Find its border place, among those that the scenario makes first."""
        for other in context.measures:
            sides = other.sides_of_place(self.place)
            if sides:
                return (Crossed("", self.place, sides),)
        return tuple(Crossed("", place, sides) for place, sides in sides_of(self.place).items())


def _costs(hours: Band, usd_per_tonne: Band) -> edit.CrossingCosts:
    return edit.CrossingCosts(**banded("hours", hours), **banded("usd_per_tonne", usd_per_tonne))
