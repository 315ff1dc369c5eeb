"""Sign a trade agreement."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field, SerializerFunctionWrapHandler, model_serializer, model_validator

from landbridge.atlas.composites import Group
from landbridge.atlas.relations import Act
from landbridge.atlas.standing import AgreementDepth
from landbridge.freight.network.compiled import FreightNetwork
from landbridge.scenarios.measures.base import Context
from landbridge.scenarios.measures.pairs import BySector, banded_parameter, parties_told
from landbridge.scenarios.values.duties import Free
from landbridge.scenarios.values.fields import Party, UncertainPercent
from landbridge.scenarios.values.pair_costs import Pair, Policy, no_policy, rate_name
from landbridge.scenarios.values.uncertain import Parameter
from landbridge.units import PERCENT, FloatArray

CUT = "cut"


class SignAgreement(BySector):
    """Sign a trade agreement: every pair of economies of different parties is covered."""

    order: ClassVar[int] = 160
    holds_already: ClassVar[str] = (
        "an agreement as deep is in force between them, or its depth does nothing"
    )
    blocked_acts: ClassVar[tuple[Act, ...]] = ("formal_agreement", "trade")

    kind: Literal["sign_agreement"]
    parties: Annotated[tuple[Party, ...], Field(min_length=2, max_length=60)]
    """Economies, blocs or groups; each is one party, with its members at the scenario's date."""
    depth: AgreementDepth = "free_trade_area"
    """How far it goes; the table of parameters says what each depth does."""
    tariff_cut_percent: UncertainPercent | None = None
    """Part of the tariffs that its text takes off, percent; absent: that of its depth."""
    as_if_new: bool = Field(default=False, strict=True)
    """Count it as if no agreement bound the parties before: a measure of its size."""

    @model_validator(mode="after")
    def _a_part_of_tariffs(self) -> SignAgreement:
        cut = self.tariff_cut_percent
        if cut is not None and not 0 <= cut.low <= cut.high <= PERCENT:
            raise ValueError("tariff_cut_percent: a part of the tariffs, 0 to 100")
        return self

    @model_serializer(mode="wrap")
    def _only_what_is_said(self, write: SerializerFunctionWrapHandler) -> dict[str, Any]:
        # Files written before these keys were known keep their hash.
        told: dict[str, Any] = write(self)
        quiet = {"sectors": (), "tariff_cut_percent": None, "as_if_new": False}
        return {k: v for k, v in told.items() if k not in quiet or getattr(self, k) != quiet[k]}

    def describe(self, context: Context, network: FreightNetwork | None = None) -> str:
        """Say how deep it goes, and between whom."""
        del context, network
        depth = self.depth.replace("_", " ").capitalize()
        only = f", for sectors {', '.join(self.sectors)} alone" if self.sectors else ""
        said = f"{depth} between {parties_told(self.parties)}{only}"
        if self.tariff_cut_percent is not None:
            said += f", {self.tariff_cut_percent.central:g} % of tariffs taken off"
        if self.as_if_new:
            said += ", as if none bound them before"
        return said

    def named(self) -> tuple[str | Group, ...]:
        """List its parties."""
        return self.parties

    def with_sides(self, one: Group, other: Group) -> Mapping[str, object]:
        """Make the two groups its parties."""
        return {"parties": (one, other)}

    def policy(
        self,
        context: Context,
        iso3: tuple[str, ...],
        *,
        blocked: frozenset[Pair] = frozenset(),
        potential: FloatArray | None = None,
    ) -> Policy | None:
        """Mark who is covered; what its depth does is drawn with the run."""
        del potential
        self.check_sectors()
        free = Free(
            self.id, self.sectors, pairs=self.marked(context, iso3, blocked), depth=self.depth,
            duty_free=self.tariff_cut_percent, name=rate_name(self.id, CUT), is_new=self.as_if_new,
        )  # fmt: skip
        return replace(no_policy(iso3), tariff_edits=(free,))

    def parameters(self) -> Mapping[str, Parameter]:
        """Make a parameter of the part of the tariffs that it takes off, where that has a band."""
        word = "part of the tariffs taken off"
        return banded_parameter(self, CUT, word, self.tariff_cut_percent)
