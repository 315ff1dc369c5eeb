"""What counts as a benefit: the part of a scenario file that an appraisal reads beside costs."""

from __future__ import annotations

from typing import Annotated, Literal, TypeAlias

from pydantic import Field

from landbridge.scenarios.values.fields import Name, Slug, Strict, Text, Uncertain

BenefitName: TypeAlias = Literal[
    "trade",
    "domestic",
    "shifted",
    "generated",
    "passengers",
    "transit_fees",
    "road_wear",
    "accidents",
    "co2",
    "public_funds",
]
"""A line of benefit, or the cost of public funds."""


class BenefitSettings(Strict):
    """Which lines count, and what a fee for through traffic is."""

    leave_out: Annotated[tuple[BenefitName, ...], Field(max_length=10)] = ()
    """Lines that do not count."""
    transit_fee_usd_per_tonne_km: Uncertain | None = None
    """What economies take for through traffic on top of its costs; absent: the default term."""


class Passengers(Strict):
    """Passengers that a measure serves, as somebody states them."""

    measure: Slug
    """Id of the measure."""
    economy: Name
    """Whose passengers."""
    million_a_year: Uncertain
    """Passengers today, million a year."""
    hours_saved: Uncertain
    """Hours that each saves a trip."""
    usd_per_hour: Uncertain
    """Value of an hour."""
    new_million_a_year: Uncertain | None = None
    """Passengers that come because of the measure; they save half (the rule of half)."""
    source: Text
    """Who says so."""
