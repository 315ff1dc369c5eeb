"""What measures cost: the part of a scenario file that an appraisal reads."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, model_validator

from landbridge.scenarios.values.fields import Name, Share, Slug, Strict, Text, Uncertain

SUM_GAP = 1e-6
Years = Annotated[int, Field(ge=1, le=60, strict=True)]
Year = Annotated[int, Field(ge=1950, le=2150, strict=True)]


class Cost(Strict):
    """What one measure costs, when, and who pays. What is left out takes the default."""

    measure: Slug
    """Id of the measure."""
    capital_million_usd: Uncertain | None = None
    """All years of construction together; absent: the register's cost of the project."""
    years: Years | None = None
    """Years of construction, spent evenly; give `phasing` for another shape."""
    phasing: Annotated[tuple[Share, ...], Field(max_length=60)] = ()
    """Shares of the capital by year of construction."""
    start_year: Year | None = None
    """First year of construction; absent: the year after the scenario's date."""
    operation_percent: Uncertain | None = None
    """Cost of operation and upkeep a year, percent of the capital."""
    life_years: Years | None = None
    """Years of service."""
    residual_percent: Uncertain | None = None
    """Value at the end of service, percent of the capital."""
    payers: dict[Name, Share] = Field(default_factory=dict)
    """Economy to its share of all costs; absent: where the project lies, in equal parts."""
    source: Text
    """Who says so."""

    @model_validator(mode="after")
    def _adds_up(self) -> Cost:
        if self.phasing and self.years is not None:
            raise ValueError("give years or phasing, not both")
        for name, parts in (("phasing", self.phasing), ("payers", tuple(self.payers.values()))):
            if parts and abs(sum(parts) - 1.0) > SUM_GAP:
                raise ValueError(f"{name}: the shares add up to {sum(parts):g}, not to 1")
        return self
