"""Set a tariff, with its revenue."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from landbridge.atlas.relations import Act
from landbridge.freight.network.compiled import FreightNetwork
from landbridge.scenarios.measures.base import Context
from landbridge.scenarios.measures.pairs import OneWay, banded_parameter, parties_told
from landbridge.scenarios.values.duties import SetRate
from landbridge.scenarios.values.fields import Party, UncertainPercent
from landbridge.scenarios.values.pair_costs import Policy, no_policy, rate_name
from landbridge.scenarios.values.uncertain import Parameter
from landbridge.units import FloatArray


class SetTariff(OneWay):
    """Set the tariff on goods; households of the importer spend its revenue."""

    order: ClassVar[int] = 162
    holds_already: ClassVar[str] = "that is what is charged already"
    blocked_acts: ClassVar[tuple[Act, ...]] = ("trade",)

    kind: Literal["set_tariff"]
    exporters: Annotated[tuple[Party, ...], Field(min_length=1, max_length=250)]
    """Economies, blocs or groups whose goods are charged; "world" for all."""
    importers: Annotated[tuple[Party, ...], Field(min_length=1, max_length=250)]
    """Economies, blocs or groups that charge; "world" for all."""
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
        return {
            **banded_parameter(self, "from", "tariff before", self.from_percent),
            **banded_parameter(self, "to", "tariff after", self.to_percent),
        }

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
