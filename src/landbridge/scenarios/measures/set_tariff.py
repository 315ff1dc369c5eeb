"""Set a tariff, with its revenue."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import ClassVar, Literal

from landbridge.atlas.relations import Act
from landbridge.freight.network.compiled import FreightNetwork
from landbridge.scenarios.measures.base import Context
from landbridge.scenarios.measures.pairs import OneWay, parties_told, stated_parameter
from landbridge.scenarios.values.duties import SetRate
from landbridge.scenarios.values.fields import UncertainPercent
from landbridge.scenarios.values.pair_costs import Policy, no_policy, rate_name
from landbridge.scenarios.values.uncertain import Parameter
from landbridge.units import FloatArray


class SetTariff(OneWay):
    """Set the tariff on goods; households of the importer spend its revenue."""

    order: ClassVar[int] = 162
    holds_already: ClassVar[str] = "that is what is charged already"
    blocked_acts: ClassVar[tuple[Act, ...]] = ("trade",)

    kind: Literal["set_tariff"]
    to_percent: UncertainPercent
    """Ad valorem rate after, percent of the value at the border; a number or a band."""
    from_percent: UncertainPercent | None = None
    """Rate before; absent: what the world of the run charges."""

    def describe(self, context: Context, network: FreightNetwork | None = None) -> str:
        """Say whose goods are charged what, and where."""
        del context, network
        start = "" if self.from_percent is None else f"from {self.from_percent.central:g} % "
        return (
            f"{self.goods_told()} of {parties_told(self.exporters)} into "
            f"{parties_told(self.importers)}: tariff {start}to {self.to_percent.central:g} %"
        )

    def parameters(self) -> Mapping[str, Parameter]:
        """Make a parameter of each rate that has a band."""
        found = {}
        for end, band in (("from", self.from_percent), ("to", self.to_percent)):
            if band is not None and band.is_wide:
                name = rate_name(self.id, end)
                title = f"{self.title}: tariff {'before' if end == 'from' else 'after'}"
                found[name] = stated_parameter(self, name, title, unit="percent", band=band)
        return found

    def policy(
        self,
        context: Context,
        iso3: tuple[str, ...],
        *,
        blocked: frozenset[tuple[str, str]] = frozenset(),
        potential: FloatArray | None = None,
    ) -> Policy | None:
        """State the rate where it is charged."""
        del potential
        self.check_sectors()
        edit = SetRate(
            self.id,
            self.sectors,
            pairs=self.marked(context, iso3, blocked),
            rate_before=self.from_percent,
            rate_after=self.to_percent,
            names=(rate_name(self.id, "from"), rate_name(self.id, "to")),
        )
        return replace(no_policy(iso3), tariff_edits=(edit,))
