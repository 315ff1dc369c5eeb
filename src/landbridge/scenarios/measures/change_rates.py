"""Change the speed or price of a mode in economies."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated, ClassVar, Literal

from pydantic import Field, model_validator

from landbridge.freight.edits import applying as edit
from landbridge.freight.edits.applying import Edit
from landbridge.scenarios.measures.base import Context, Measure
from landbridge.scenarios.values.fields import LandMode, Party, Positive
from landbridge.scenarios.values.parties import WORLD, expand_all


class ChangeRates(Measure):
    """Change the speed or price of a mode in economies."""

    order: ClassVar[int] = 80

    kind: Literal["change_rates"]
    mode: LandMode
    """rail, road or ferry."""
    economies: Annotated[tuple[Party, ...], Field(min_length=1, max_length=250)]
    """Economies, blocs or groups; "world" for all."""
    speed_factor: Positive | None = None
    """New speed over the old one."""
    usd_factor: Positive | None = None
    """New price over the old one."""
    speed_kmh: Positive | None = None
    """New speed, km/h."""
    usd_per_tonne_km: Positive | None = None
    """New price, USD per tonne-km."""

    @model_validator(mode="after")
    def _changes_something(self) -> ChangeRates:
        speed, price = (self.speed_factor, self.speed_kmh), (self.usd_factor, self.usd_per_tonne_km)
        if (*speed, *price) == (None,) * 4:
            raise ValueError(
                "nothing changes: give speed_factor, usd_factor, speed_kmh or usd_per_tonne_km"
            )
        if None not in speed or None not in price:
            raise ValueError("give a factor or a level, not both")
        return self

    def edits(self, context: Context) -> tuple[Edit, ...]:
        """Change the rates of each economy, or of all at once."""
        one = edit.SetRates(
            mode=self.mode,
            speed_factor=self.speed_factor,
            usd_factor=self.usd_factor,
            speed_kmh=self.speed_kmh,
            usd_per_tonne_km=self.usd_per_tonne_km,
        )
        if any(isinstance(p, str) and p.strip().casefold() == WORLD for p in self.economies):
            return (one,)
        found = expand_all(self.economies, on=context.date, where=self.where)
        return tuple(replace(one, iso3=iso3) for iso3 in found)
