"""State what terminals take."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import Field, model_validator

from landbridge.freight.edits import applying as edit
from landbridge.freight.edits.applying import Edit
from landbridge.scenarios.measures.bands import banded
from landbridge.scenarios.measures.base import Context, Measure
from landbridge.scenarios.values.fields import Name, NonNegative, Uncertain


class ChangeTerminal(Measure):
    """State what ports, ferry ports, gauge changes or road-rail transfers take."""

    order: ClassVar[int] = 100

    kind: Literal["change_terminal"]
    places: Annotated[tuple[Name, ...], Field(min_length=1, max_length=200)]
    """Ids or names of places."""
    terminal: Literal["port", "ferry", "gauge_break", "transfer"]
    """Which terminal of the place."""
    fixed_hours: NonNegative | None = None
    """Hours of handling."""
    queue_hours: NonNegative | None = None
    """Hours of wait for it: a berth, a ship, wagons, a slot."""
    hours_low: NonNegative | None = None
    """Low of handling and wait together; absent: not drawn."""
    hours_high: NonNegative | None = None
    """High of handling and wait together; absent: not drawn."""
    usd_per_tonne: Uncertain | None = None
    """Charge each passage, USD per tonne."""

    @model_validator(mode="after")
    def _changes_something(self) -> ChangeTerminal:
        if (self.fixed_hours, self.queue_hours, self.usd_per_tonne) == (None,) * 3:
            raise ValueError("nothing changes: give fixed_hours, queue_hours or usd_per_tonne")
        return self

    def edits(self, context: Context) -> tuple[Edit, ...]:
        """Change the terminal of each place."""
        del context
        return tuple(
            edit.SetTerminal(
                place=place,
                kind=self.terminal,
                fixed_hours=self.fixed_hours,
                queue_hours=self.queue_hours,
                hours_low=self.hours_low,
                hours_high=self.hours_high,
                **banded("usd_per_tonne", self.usd_per_tonne),
            )
            for place in self.places
        )
