"""Change how much of the trade with a right to a preference makes use of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Annotated, ClassVar, Literal

from pydantic import Field, model_validator

from landbridge.freight.network.compiled import FreightNetwork
from landbridge.scenarios.measures.base import Context
from landbridge.scenarios.measures.pairs import Between, banded_parameter, parties_told
from landbridge.scenarios.values.duties import SetUse
from landbridge.scenarios.values.fields import Party, UncertainPercent
from landbridge.scenarios.values.pair_costs import Pair, Policy, no_policy, rate_name
from landbridge.scenarios.values.uncertain import Parameter
from landbridge.units import PERCENT, FloatArray

SHARE = "to"


class PreferenceUse(Between):
    """Set the share of trade with a right to a tariff preference that uses it."""

    order: ClassVar[int] = 166
    holds_already: ClassVar[str] = "no preference is in force between them, or all is used"

    kind: Literal["preference_use"]
    between: Annotated[tuple[Party, ...], Field(min_length=2, max_length=60)]
    """Economies, blocs or groups; pairs of different parties, both ways."""
    to_percent: UncertainPercent
    """Share after, percent; a number or a band."""

    @model_validator(mode="after")
    def _a_share(self) -> PreferenceUse:
        if not 0 <= self.to_percent.low <= self.to_percent.high <= PERCENT:
            raise ValueError("to_percent: a share of trade, 0 to 100")
        return self

    def describe(self, context: Context, network: FreightNetwork | None = None) -> str:
        """Say between whom, and how much."""
        del context, network
        return (
            f"Preferences between {parties_told(self.between)}: used by "
            f"{self.to_percent.central:g} % of the trade with a right to them"
        )

    def parameters(self) -> Mapping[str, Parameter]:
        """Make a parameter of the share where it has a band."""
        return banded_parameter(self, SHARE, "share of use", self.to_percent)

    def policy(
        self,
        context: Context,
        iso3: tuple[str, ...],
        *,
        blocked: frozenset[Pair] = frozenset(),
        potential: FloatArray | None = None,
    ) -> Policy | None:
        """Set the share."""
        del potential
        pairs = self.marked(context, iso3, blocked)
        edit = SetUse(
            self.id, (), pairs=pairs, share=self.to_percent, name=rate_name(self.id, SHARE)
        )
        return replace(no_policy(iso3), tariff_edits=(edit,))
