"""Put a price on the greenhouse gases of freight."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal, TypeAlias

from pydantic import Field, model_validator

from landbridge.freight.edits import applying as edit
from landbridge.freight.edits.applying import Edit
from landbridge.freight.network.compiled import FreightNetwork
from landbridge.scenarios.measures.base import Context, Measure
from landbridge.scenarios.values.fields import NonNegative, Party
from landbridge.scenarios.values.parties import WORLD, expand_all

PricedMode: TypeAlias = Literal["road", "rail", "ferry", "sea", "air", "pipeline"]
ON_LAND: tuple[PricedMode, ...] = ("road", "rail", "ferry")
ALL: tuple[PricedMode, ...] = (*ON_LAND, "sea", "air", "pipeline")


class CarbonPrice(Measure):
    """Put a price on what freight emits, well to wheel."""

    order: ClassVar[int] = 85
    holds_already: ClassVar[str] = "its price is zero"
    told_beside: ClassVar[str] = (
        "A carbon price is counted as a cost of freight. Who pays it loses that money, and nobody "
        "is given it: the model carries no revenue of it yet, so real income falls by more than "
        "with the revenue handed back."
    )

    kind: Literal["carbon_price"]
    usd_per_tonne_co2e: NonNegative
    """Price, USD a tonne of CO2e."""
    modes: Annotated[tuple[PricedMode, ...], Field(max_length=6)] = ()
    """road, rail, ferry, sea, air, pipeline; absent: all, or those on land where economies are
    named."""
    economies: Annotated[tuple[Party, ...], Field(min_length=1, max_length=250)] = (WORLD,)
    """Economies, blocs or groups in which links by road, rail and ferry lie; absent: all."""

    @model_validator(mode="after")
    def _has_a_place(self) -> CarbonPrice:
        away = [mode for mode in self.modes if mode not in ON_LAND]
        if away and not self._everywhere:
            raise ValueError(
                f"{' and '.join(away)} cannot be priced in some economies: such goods go through "
                "no economy's land. Leave economies out, or name road, rail and ferry"
            )
        return self

    @property
    def _everywhere(self) -> bool:
        return any(isinstance(p, str) and p.strip().casefold() == WORLD for p in self.economies)

    def describe(self, context: Context, network: FreightNetwork | None = None) -> str:
        """Say what is priced, and where."""
        del context, network
        price = f"Carbon price of {self.usd_per_tonne_co2e:g} USD a tonne CO2e"
        where = "everywhere" if self._everywhere else f"in {', '.join(map(str, self.economies))}"
        return f"{price} on {', '.join(self._priced)} {where}"

    @property
    def _priced(self) -> tuple[PricedMode, ...]:
        return self.modes or (ALL if self._everywhere else ON_LAND)

    def edits(self, context: Context) -> tuple[Edit, ...]:
        """Price each mode, in each economy that is named or in all at once."""
        if self._everywhere:
            codes: tuple[str, ...] = ("",)
        else:
            codes = expand_all(self.economies, on=context.date, where=self.where)
        return tuple(
            edit.SetCarbonPrice(mode=mode, iso3=code, usd_per_tonne_co2e=self.usd_per_tonne_co2e)
            for code in codes
            for mode in self._priced
        )
