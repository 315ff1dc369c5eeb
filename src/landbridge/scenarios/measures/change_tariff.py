"""Change a tariff equivalent."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Annotated, ClassVar, Literal

import numpy as np
from pydantic import Field

from landbridge.atlas.composites import Group
from landbridge.atlas.relations import Act
from landbridge.freight.network.compiled import FreightNetwork
from landbridge.scenarios.measures.base import Context
from landbridge.scenarios.measures.pairs import BySector, parties_told, rate_parameters, rates_told
from landbridge.scenarios.values.fields import Party, UncertainPercent
from landbridge.scenarios.values.pair_costs import Pair, Piece, Policy, no_policy
from landbridge.scenarios.values.parties import expand_all
from landbridge.scenarios.values.uncertain import Parameter
from landbridge.units import PERCENT, FloatArray


class ChangeTariff(BySector):
    """Change a tariff equivalent: an ad valorem cost of goods that yields no revenue here."""

    order: ClassVar[int] = 170
    holds_already: ClassVar[str] = "the rate after is the rate before"
    is_tariff: ClassVar[bool] = True
    blocked_acts: ClassVar[tuple[Act, ...]] = ("trade",)
    nobody_here: ClassVar[str] = "none of them is in the world."

    kind: Literal["change_tariff_equivalent"]
    exporters: Annotated[tuple[Party, ...], Field(min_length=1, max_length=250)]
    """Economies, blocs or groups whose goods are charged; "world" for all."""
    importers: Annotated[tuple[Party, ...], Field(min_length=1, max_length=250)]
    """Economies, blocs or groups that charge; "world" for all."""
    from_percent: UncertainPercent
    """Ad valorem rate before, percent; a number or a band."""
    to_percent: UncertainPercent
    """Ad valorem rate after, percent; a number or a band."""

    def describe(self, context: Context, network: FreightNetwork | None = None) -> str:
        """Say whose goods are charged where, before and after."""
        del context, network
        return (
            f"{self.goods_told()} of {parties_told(self.exporters)} into "
            f"{parties_told(self.importers)}: {rates_told(self.from_percent, self.to_percent)} "
            "ad valorem"
        )

    def named(self) -> tuple[str | Group, ...]:
        """List exporters, then importers."""
        return (*self.exporters, *self.importers)

    def pairs(self, context: Context) -> frozenset[Pair]:
        """List every exporter with every importer, that one way."""
        exporters = expand_all(self.exporters, on=context.date, where=self.where)
        importers = expand_all(self.importers, on=context.date, where=self.where)
        return frozenset((one, two) for one in exporters for two in importers if one != two)

    def partners_of(self, left: frozenset[Pair]) -> dict[str, set[str]]:
        """Put each exporter beside its importers."""
        sides: dict[str, set[str]] = {}
        for exporter, importer in left:
            sides.setdefault(exporter, set()).add(importer)
        return sides

    def with_sides(self, one: Group, other: Group) -> Mapping[str, object]:
        """Make the first group its exporters and the second its importers."""
        return {"exporters": (one,), "importers": (other,)}

    def members_left(self, left: Iterable[Pair], context: Context) -> str:
        """Say nothing: its flows go one way, and their number says all."""
        del left, context
        return ""

    def parameters(self) -> Mapping[str, Parameter]:
        """Make a parameter of each rate that has a band."""
        return rate_parameters(self, self.from_percent, self.to_percent)

    def policy(
        self,
        context: Context,
        iso3: tuple[str, ...],
        *,
        blocked: frozenset[Pair] = frozenset(),
        potential: FloatArray | None = None,
    ) -> Policy | None:
        """Change the rate where it is charged; it is a piece of its own for sectors or a band."""
        del potential
        self.check_sectors()
        pairs = self.marked(context, iso3, blocked)
        before, after = self.from_percent, self.to_percent
        if self.sectors or before.is_wide or after.is_wide:
            piece = Piece(self.id, pairs, self.sectors, before=before, after=after)
            return replace(no_policy(iso3), pieces=(piece,))
        ratio = (PERCENT + after.central) / (PERCENT + before.central)
        return replace(no_policy(iso3), tariff_tau_hat=np.where(pairs, ratio, 1.0))
