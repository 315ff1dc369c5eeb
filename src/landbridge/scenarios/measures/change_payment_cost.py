"""Change what it costs to pay across a border."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Annotated, ClassVar, Literal

from pydantic import Field, model_validator

from landbridge.atlas.relations import Act
from landbridge.freight.network.compiled import FreightNetwork
from landbridge.scenarios.measures.base import Context
from landbridge.scenarios.measures.pairs import (
    Between,
    BySector,
    parties_told,
    rate_parameters,
    rates_told,
)
from landbridge.scenarios.values.fields import Party, UncertainPercent
from landbridge.scenarios.values.pair_costs import Pair, Piece, Policy, no_policy
from landbridge.scenarios.values.uncertain import Parameter
from landbridge.units import FloatArray


class ChangePaymentCost(Between, BySector):
    """Change what it costs to pay across a border: banks' fees, exchange, delay and risk."""

    order: ClassVar[int] = 180
    holds_already: ClassVar[str] = "the rate after is the rate before"
    takes_services: ClassVar[bool] = True
    blocked_acts: ClassVar[tuple[Act, ...]] = ("payments",)

    kind: Literal["change_payment_cost"]
    between: Annotated[tuple[Party, ...], Field(min_length=2, max_length=60)]
    """Economies, blocs or groups; pairs of different parties pay each other, both ways."""
    from_percent: UncertainPercent
    """Cost of payment before, percent of the value; a number or a band."""
    to_percent: UncertainPercent
    """Cost of payment after, percent of the value; a number or a band."""
    services: bool = Field(default=False, strict=True)
    """Whether services are paid that way too."""

    @model_validator(mode="after")
    def _one_way_to_say_it(self) -> ChangePaymentCost:
        if self.sectors and self.services:
            raise ValueError("give sectors, services among them, or services = true, not both")
        return self

    def describe(self, context: Context, network: FreightNetwork | None = None) -> str:
        """Say between whom, before and after."""
        del context, network
        what = "Goods and services" if self.services else self.goods_told()
        return (
            f"{what} between {parties_told(self.between)}: cost of payment "
            f"{rates_told(self.from_percent, self.to_percent)} of the value"
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
        """Change the cost of payment, of goods or sectors, and of services where they are named."""
        del potential
        self.check_sectors()
        piece = Piece(
            self.id,
            self.marked(context, iso3, blocked),
            self.sectors,
            services=self.services,
            before=self.from_percent,
            after=self.to_percent,
        )
        return replace(no_policy(iso3), pieces=(piece,))
