"""Change a link."""

from __future__ import annotations

from typing import ClassVar, Literal

from pydantic import model_validator

from landbridge.freight.edits import applying as edit
from landbridge.freight.edits.applying import Edit
from landbridge.scenarios.measures.base import Context, Measure
from landbridge.scenarios.values.fields import GaugeMm, Name, Positive


class ChangeLink(Measure):
    """Change a link of the network."""

    order: ClassVar[int] = 60

    kind: Literal["change_link"]
    link: Name
    """Id of the link."""
    km: Positive | None = None
    """New length, km."""
    speed_kmh: Positive | None = None
    """New speed, km/h."""
    usd_per_tonne_km: Positive | None = None
    """New price, USD per tonne-km."""
    gauge_mm: GaugeMm | None = None
    """New gauge, mm."""

    @model_validator(mode="after")
    def _changes_something(self) -> ChangeLink:
        if (self.km, self.speed_kmh, self.usd_per_tonne_km, self.gauge_mm) == (None,) * 4:
            raise ValueError("nothing changes: give km, speed_kmh, usd_per_tonne_km or gauge_mm")
        return self

    def edits(self, context: Context) -> tuple[Edit, ...]:
        """Change the link."""
        del context
        return (
            edit.SetLink(
                link=self.link,
                km=self.km,
                speed_kmh=self.speed_kmh,
                usd_per_tonne_km=self.usd_per_tonne_km,
                gauge_mm=self.gauge_mm,
            ),
        )
