"""Everything that one appraisal is computed from, at the centre or in a draw."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from landbridge.draws.engine import Draw
from landbridge.studies.cba.benefits import Benefits
from landbridge.studies.cba.cash_flow import (
    Streams,
    Traffic,
    Works,
    net_present_value,
    streams,
)
from landbridge.studies.cba.costing import DISCOUNT, Costed, works_of
from landbridge.units import FloatArray


@dataclass(frozen=True, eq=False)
class Case:
    """Everything that one appraisal is computed from, at the centre or in a draw.

    Attributes
    ----------
    costed, works
        What is built.
    traffic
        How the benefit comes about.
    rate_percent
        Discount rate.
    benefit
        ``[N]`` million USD a year.
    """

    costed: tuple[Costed, ...]
    works: tuple[Works, ...]
    traffic: Traffic
    rate_percent: float
    benefit: FloatArray

    def laid(self, annual: FloatArray | float) -> Streams:
        """Lay out costs and a yearly benefit."""
        return streams(self.works, self.traffic, annual)

    def net(self, annual: float) -> float:
        """Compute the net present value of a yearly benefit, million USD."""
        return float(net_present_value(self.laid(annual).net, self.rate_percent))


def case_of(
    benefits: Benefits,
    costed: tuple[Costed, ...],
    values: Mapping[str, float],
    row: FloatArray,
    draw: Draw | None,
) -> Case:
    """Build the case of an appraisal from the values of its terms and a gain, ``[N]``."""
    return Case(
        costed=costed,
        works=works_of(costed, values, draw),
        traffic=Traffic(
            first_year_percent=values["first_year_percent"],
            ramp_up_years=round(values["ramp_up_years"]),
            growth_percent=values["growth_percent"],
            baseline_year=benefits.baseline_year,
        ),
        rate_percent=values[DISCOUNT],
        benefit=row,
    )
