"""Let several economies charge one external tariff."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Annotated, ClassVar, Literal

import numpy as np
from pydantic import Field

from landbridge.atlas.composites import Group
from landbridge.freight.network.compiled import FreightNetwork
from landbridge.scenarios.measures.base import Context
from landbridge.scenarios.measures.pairs import BySector, banded_parameter, parties_told
from landbridge.scenarios.values.duties import Harmonise
from landbridge.scenarios.values.fields import Party, UncertainPercent
from landbridge.scenarios.values.pair_costs import Pair, Policy, no_policy, rate_name
from landbridge.scenarios.values.parties import expand_all
from landbridge.scenarios.values.uncertain import Parameter
from landbridge.units import FloatArray

RATE = "to"


class HarmoniseTariffs(BySector):
    """Let members charge one tariff on those with whom no agreement binds them."""

    order: ClassVar[int] = 164
    holds_already: ClassVar[str] = "they charge that tariff already"
    nobody_here: ClassVar[str] = "none of them is in the world."

    kind: Literal["harmonise_tariffs"]
    members: Annotated[tuple[Party, ...], Field(min_length=1, max_length=60)]
    """Economies, blocs or groups that charge it."""
    to_percent: UncertainPercent | None = None
    """The common tariff, percent; absent: the mean of theirs, weighted by imports."""

    def describe(self, context: Context, network: FreightNetwork | None = None) -> str:
        """Say who charges which tariff."""
        del context, network
        rate = "their mean" if self.to_percent is None else f"{self.to_percent.central:g} %"
        return f"{self.goods_told()}: one external tariff of {parties_told(self.members)}, {rate}"

    def named(self) -> tuple[str | Group, ...]:
        """List its members."""
        return self.members

    def pairs(self, context: Context) -> frozenset[Pair]:
        """List what all others sell to its members."""
        inside = expand_all(self.members, on=context.date, where=self.where)
        everybody = expand_all(("world",), on=context.date, where=self.where)
        return frozenset((one, two) for one in everybody for two in inside if one not in inside)

    def with_sides(self, one: Group, other: Group) -> Mapping[str, object]:
        """Keep the importers, who charge."""
        del one
        return {"members": (other,)}

    def parameters(self) -> Mapping[str, Parameter]:
        """Make a parameter of the rate where it has a band."""
        return banded_parameter(self, RATE, "common tariff", self.to_percent)

    def policy(
        self,
        context: Context,
        iso3: tuple[str, ...],
        *,
        blocked: frozenset[Pair] = frozenset(),
        potential: FloatArray | None = None,
    ) -> Policy | None:
        """Put the common tariff in the place of theirs."""
        del potential
        self.check_sectors()
        self.marked(context, iso3, blocked)
        inside = set(expand_all(self.members, on=context.date, where=self.where))
        members = np.array([code in inside for code in iso3])
        edit = Harmonise(
            self.id, self.sectors, members=members, rate=self.to_percent,
            name=rate_name(self.id, RATE),
        )  # fmt: skip
        return replace(no_policy(iso3), tariff_edits=(edit,))
