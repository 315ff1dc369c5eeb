"""Bring trade towards its gravity potential."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Annotated, ClassVar, Literal

from pydantic import Field, model_validator

from landbridge.atlas.relations import Act
from landbridge.freight.network.compiled import FreightNetwork
from landbridge.scenarios.measures.base import Context
from landbridge.scenarios.measures.pairs import Between, parties_told, stated_parameter
from landbridge.scenarios.values.fields import Party, Percent, UncertainPercent
from landbridge.scenarios.values.normalising import POTENTIAL, SHARE, Normalised
from landbridge.scenarios.values.pair_costs import Pair, Policy, no_policy, rate_name
from landbridge.scenarios.values.uncertain import Parameter, named_parameters
from landbridge.tables import embedded_table
from landbridge.units import PERCENT, FloatArray


class NormaliseTrade(Between):
    """Bring trade that lies below its gravity potential a share of the way there."""

    order: ClassVar[int] = 190
    holds_already: ClassVar[str] = "every pair is at its potential already, or trades nothing"
    needs_potential: ClassVar[bool] = True
    blocked_acts: ClassVar[tuple[Act, ...]] = ("trade",)

    kind: Literal["normalise_trade"]
    between: Annotated[tuple[Party, ...], Field(min_length=2, max_length=60)]
    """Economies, blocs or groups; pairs of different parties, both ways."""
    share_percent: UncertainPercent
    """Share of the gap that is closed, in logs, percent; a number or a band."""
    most_cost_fall_percent: Annotated[Percent, Field(gt=0, lt=100)] = 50.0
    """Where the fall of trade cost stops, percent."""

    @model_validator(mode="after")
    def _within_the_gap(self) -> NormaliseTrade:
        if self.share_percent.high > PERCENT:
            raise ValueError("share_percent: at most 100 percent of a gap can be closed")
        return self

    def describe(self, context: Context, network: FreightNetwork | None = None) -> str:
        """Say whose trade, and how much of the gap is closed."""
        del context, network
        band = self.share_percent
        width = f" ({band.low:g} to {band.high:g})" if band.is_wide else ""
        return (
            f"Goods trade between {parties_told(self.between)} that lies below its gravity "
            f"potential closes {band.central:g}{width} percent of the gap in logs; trade cost "
            f"falls by at most {self.most_cost_fall_percent:g} percent"
        )

    def parameters(self) -> Mapping[str, Parameter]:
        """Make parameters of the share that is closed, and of the potential over its centre."""
        share = stated_parameter(
            self,
            rate_name(self.id, SHARE),
            f"{self.title}: share of the gap to potential that is closed",
            unit="percent of the gap in logs",
            band=self.share_percent,
        )
        usual = named_parameters([embedded_table("scenarios", "normalisation")])[POTENTIAL]
        name = rate_name(self.id, POTENTIAL)
        title = f"{self.title}: {usual.title[0].lower()}{usual.title[1:]}"
        return {share.name: share, name: replace(usual, name=name, title=title)}

    def policy(
        self,
        context: Context,
        iso3: tuple[str, ...],
        *,
        blocked: frozenset[Pair] = frozenset(),
        potential: FloatArray | None = None,
    ) -> Policy | None:
        """Bring the pairs towards their potential; nothing where that is not known."""
        if potential is None:
            return None
        one = Normalised(
            measure=self.id,
            pairs=self.marked(context, iso3, blocked),
            potential_million_usd=potential,
            share=self.share_percent,
            most_cost_fall_percent=self.most_cost_fall_percent,
            names=(rate_name(self.id, SHARE), rate_name(self.id, POTENTIAL)),
        )
        return replace(no_policy(iso3), normalised=(one,))
