"""Bring railways to another gauge."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from landbridge.freight.edits import applying as edit
from landbridge.freight.edits.applying import Edit
from landbridge.scenarios.measures.base import Context, Measure
from landbridge.scenarios.values.fields import GaugeMm, Party
from landbridge.scenarios.values.parties import expand_all


class ChangeGauge(Measure):
    """Bring the railways of economies to another gauge; gauge breaks move to where it ends."""

    order: ClassVar[int] = 90

    kind: Literal["change_gauge"]
    economies: Annotated[tuple[Party, ...], Field(min_length=1, max_length=250)]
    """Economies, blocs or groups."""
    gauge_mm: GaugeMm
    """New gauge, mm."""
    from_gauge_mm: GaugeMm | None = None
    """Only railways of this gauge; absent: all of them."""

    def edits(self, context: Context) -> tuple[Edit, ...]:
        """Change the gauge of each economy."""
        return tuple(
            edit.SetGauge(iso3, self.gauge_mm, self.from_gauge_mm)
            for iso3 in expand_all(self.economies, on=context.date, where=self.where)
        )
