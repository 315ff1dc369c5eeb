"""Change what it costs to prove the origin of goods."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from landbridge.freight.network.compiled import FreightNetwork
from landbridge.scenarios.measures.base import Context
from landbridge.scenarios.measures.pairs import (
    Between,
    BySector,
    parties_told,
    rate_parameters,
    rates_told,
)
from landbridge.scenarios.values.duties import Compliance
from landbridge.scenarios.values.fields import Party, PercentBand, UncertainPercent
from landbridge.scenarios.values.pair_costs import Pair, Policy, no_policy, rate_name
from landbridge.scenarios.values.uncertain import Parameter
from landbridge.units import FloatArray

NOTHING = PercentBand(low=0.0, central=0.0, high=0.0)


class RulesOfOrigin(Between, BySector):
    """Change what it costs to prove origin: a cost to those who use a preference, no tariff."""

    order: ClassVar[int] = 168
    holds_already: ClassVar[str] = "no preference is in force between them, or the cost is the same"

    kind: Literal["rules_of_origin"]
    between: Annotated[tuple[Party, ...], Field(min_length=2, max_length=60)]
    """Economies, blocs or groups; pairs of different parties, both ways."""
    to_percent: UncertainPercent
    """Cost of compliance after, percent of the value of goods that use a preference."""
    from_percent: UncertainPercent = NOTHING
    """Cost before."""

    def describe(self, context: Context, network: FreightNetwork | None = None) -> str:
        """Say between whom, before and after."""
        del context, network
        return (
            f"{self.goods_told()} that use a preference between {parties_told(self.between)}: "
            f"proof of origin {rates_told(self.from_percent, self.to_percent)} of the value"
        )

    def parameters(self) -> Mapping[str, Parameter]:
        """Make a parameter of each cost that has a band."""
        return rate_parameters(self, self.from_percent, self.to_percent)

    def policy(
        self,
        context: Context,
        iso3: tuple[str, ...],
        *,
        blocked: frozenset[Pair] = frozenset(),
        potential: FloatArray | None = None,
    ) -> Policy | None:
        """Put the cost on trade that uses a preference, those of the same scenario among them."""
        del potential
        self.check_sectors()
        edit = Compliance(
            self.id,
            self.sectors,
            pairs=self.marked(context, iso3, blocked),
            cost_before=self.from_percent,
            cost_after=self.to_percent,
            names=(rate_name(self.id, "from"), rate_name(self.id, "to")),
        )
        return replace(no_policy(iso3), tariff_edits=(edit,))
