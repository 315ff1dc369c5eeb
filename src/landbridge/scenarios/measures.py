"""Scenario files: the measures, one model a kind."""

from __future__ import annotations

from typing import Annotated, Any, Literal, TypeAlias

from pydantic import Field, SerializerFunctionWrapHandler, model_serializer, model_validator

from landbridge.scenarios.fields import (
    AgreementDepth,
    CrossingMode,
    Direction,
    FileName,
    GaugeMm,
    LandMode,
    LinkMode,
    Name,
    NonNegative,
    Party,
    Percent,
    Place,
    Point,
    Positive,
    SectorCode,
    Share,
    Slug,
    Strict,
    Text,
    Uncertain,
    UncertainPercent,
)
from landbridge.units import PERCENT

Month: TypeAlias = Annotated[int, Field(ge=1, le=12, strict=True)]
Sectors: TypeAlias = Annotated[tuple[SectorCode, ...], Field(max_length=20)]


class MeasureBase(Strict):
    """What every measure says of itself."""

    id: Slug
    """Short name, unique in the scenario."""
    title: Name
    """What the reader sees."""
    source: Text
    """Who says that this is planned, possible or assumed."""


class BuildProject(MeasureBase):
    """Build a project of the register: its planned links open, its upgrades take effect."""

    kind: Literal["build_project"]
    project: Name
    """Id of the project (`freight/data/projects.csv`)."""


class BuildLink(MeasureBase):
    """Build a link between two stations of the network."""

    kind: Literal["build_link"]
    link: Slug
    """Id of the new link."""
    from_place: Place
    """Station or node where it starts, or a point as [longitude, latitude]."""
    to_place: Place
    """Where it ends, likewise."""
    mode: LinkMode
    """rail, road, ferry or sea."""
    km: Positive
    """Length, km."""
    iso3: Name | None = None
    """Economy in which it lies, whose cost class applies; absent: the one its ends share."""
    snap_km: NonNegative = 5.0
    """How far a point may lie from the place it means; farther, a new junction is made."""
    gauge_mm: GaugeMm | None = None
    """Gauge of a railway, mm."""
    speed_kmh: Positive | None = None
    """Speed, km/h; the default of mode and economy when absent."""
    usd_per_tonne_km: Positive | None = None
    """Price, USD per tonne-km; the default of mode and economy when absent."""


class BuildLinks(MeasureBase):
    """Build the lines of a GeoJSON file that lies beside the scenario, one link each."""

    kind: Literal["build_links"]
    file: FileName
    """The file: LineStrings, whose properties go before the keys here."""
    mode: LinkMode | None = None
    """Mode of lines that do not say."""
    iso3: Name | None = None
    """Economy of lines that do not say."""
    gauge_mm: GaugeMm | None = None
    """Gauge of railways that do not say, mm."""
    speed_kmh: Positive | None = None
    """Speed of lines that do not say, km/h; absent: the default of mode and economy."""
    usd_per_tonne_km: Positive | None = None
    """Price of lines that do not say, USD per tonne-km; absent: the default."""
    snap_km: NonNegative = 5.0
    """How far an end may lie from the place it means; farther, a new junction is made."""


class BuildPlace(MeasureBase):
    """Add a place to the network."""

    kind: Literal["build_place"]
    place: Slug
    """Id of the new place."""
    name: Name
    """What the reader sees."""
    place_kind: Literal["city", "junction", "port", "border"] = "junction"
    """Goods change mode in cities and ports; a border lies between two economies."""
    at: Point
    """[longitude, latitude]."""
    economy: Name
    """Economy; of a border place the first of the two."""
    other_economy: Name | None = None
    """The other economy of a border place."""


class BuildCrossing(MeasureBase):
    """Open a crossing for a mode at a border place that has none."""

    kind: Literal["build_crossing"]
    place: Name
    """Border place; a new one is made by build_place."""
    mode: CrossingMode
    """rail or road."""
    hours: Uncertain
    """Hours from the place's first economy to its second, the queue included."""
    usd_per_tonne: Uncertain
    """Charges that way, USD per tonne."""
    hours_backward: Uncertain | None = None
    """Hours the other way; absent: the same."""
    usd_per_tonne_backward: Uncertain | None = None
    """Charges the other way; absent: the same."""
    probability_open: Share = 1.0
    """Share of the year in which it is open."""


class ChangeLink(MeasureBase):
    """Change a link of the network."""

    kind: Literal["change_link"]
    link: Name
    """Id of the link."""
    km: Positive | None = None
    """New length, km."""
    speed_kmh: Positive | None = None
    """New speed, km/h."""
    usd_per_tonne_km: Positive | None = None
    """New price, USD per tonne-km."""
    gauge_mm: GaugeMm | None = None
    """New gauge, mm."""

    @model_validator(mode="after")
    def _changes_something(self) -> ChangeLink:
        if (self.km, self.speed_kmh, self.usd_per_tonne_km, self.gauge_mm) == (None,) * 4:
            raise ValueError("nothing changes: give km, speed_kmh, usd_per_tonne_km or gauge_mm")
        return self


class ChangeCrossing(MeasureBase):
    """Bring border crossings to a stated time, cost or reliability."""

    kind: Literal["change_crossing"]
    crossings: Annotated[tuple[Name, ...], Field(min_length=1, max_length=200)]
    """Ids or names of crossings."""
    direction: Direction = "both"
    """Both directions, or the one in which the crossing is named (forward) or its reverse."""
    hours: Uncertain | None = None
    """Hours to cross on a day when it is open, the queue included; the expected wait for closures
    comes on top (`probability_open`)."""
    usd_per_tonne: Uncertain | None = None
    """Charges, USD per tonne."""
    probability_open: Share | None = None
    """Share of the year in which it is open."""

    @model_validator(mode="after")
    def _changes_something(self) -> ChangeCrossing:
        if (self.hours, self.usd_per_tonne, self.probability_open) == (None,) * 3:
            raise ValueError("nothing changes: give hours, usd_per_tonne or probability_open")
        return self


class Open(MeasureBase):
    """Open links, crossings, ports or sea passages."""

    kind: Literal["open"]
    targets: Annotated[tuple[Name, ...], Field(min_length=1, max_length=200)]
    """Ids of what opens."""


class Close(MeasureBase):
    """Close links, crossings, ports or sea passages."""

    kind: Literal["close"]
    targets: Annotated[tuple[Name, ...], Field(min_length=1, max_length=200)]
    """Ids of what closes."""


class CloseBorder(MeasureBase):
    """Close the land border of two economies: every crossing between them."""

    kind: Literal["close_border"]
    between: Annotated[tuple[Name, ...], Field(min_length=2, max_length=2)]
    """The two economies."""
    mode: LandMode | None = None
    """rail, road or ferry; absent: rail and road."""


class OpenBorder(MeasureBase):
    """Open the land border of two economies: every crossing between them."""

    kind: Literal["open_border"]
    between: Annotated[tuple[Name, ...], Field(min_length=2, max_length=2)]
    """The two economies."""
    mode: LandMode | None = None
    """rail, road or ferry; absent: rail and road."""


class Season(MeasureBase):
    """State the months in which crossings, or links, are open."""

    kind: Literal["season"]
    targets: Annotated[tuple[Name, ...], Field(min_length=1, max_length=200)]
    """Ids or names of crossings; ids of links where the scenario is for one month."""
    months_open: Annotated[tuple[Month, ...], Field(min_length=1, max_length=12)]
    """Numbers of the months."""


class ChangeRates(MeasureBase):
    """Change the speed or price of a mode in economies."""

    kind: Literal["change_rates"]
    mode: LandMode
    """rail, road or ferry."""
    economies: Annotated[tuple[Party, ...], Field(min_length=1, max_length=250)]
    """Economies, blocs or groups; "world" for all."""
    speed_factor: Positive | None = None
    """New speed over the old one."""
    usd_factor: Positive | None = None
    """New price over the old one."""
    speed_kmh: Positive | None = None
    """New speed, km/h."""
    usd_per_tonne_km: Positive | None = None
    """New price, USD per tonne-km."""

    @model_validator(mode="after")
    def _changes_something(self) -> ChangeRates:
        speed, price = (self.speed_factor, self.speed_kmh), (self.usd_factor, self.usd_per_tonne_km)
        if (*speed, *price) == (None,) * 4:
            raise ValueError(
                "nothing changes: give speed_factor, usd_factor, speed_kmh or usd_per_tonne_km"
            )
        if None not in speed or None not in price:
            raise ValueError("give a factor or a level, not both")
        return self


class ChangeGauge(MeasureBase):
    """Bring the railways of economies to another gauge; gauge breaks move to where it ends."""

    kind: Literal["change_gauge"]
    economies: Annotated[tuple[Party, ...], Field(min_length=1, max_length=250)]
    """Economies, blocs or groups."""
    gauge_mm: GaugeMm
    """New gauge, mm."""
    from_gauge_mm: GaugeMm | None = None
    """Only railways of this gauge; absent: all of them."""


class ChangeTerminal(MeasureBase):
    """State what ports, ferry ports, gauge changes or road-rail transfers take."""

    kind: Literal["change_terminal"]
    places: Annotated[tuple[Name, ...], Field(min_length=1, max_length=200)]
    """Ids or names of places."""
    terminal: Literal["port", "ferry", "gauge_break", "transfer"]
    """Which terminal of the place."""
    fixed_hours: NonNegative | None = None
    """Hours of handling."""
    queue_hours: NonNegative | None = None
    """Hours of wait for it: a berth, a ship, wagons, a slot."""
    hours_low: NonNegative | None = None
    """Low of handling and wait together; absent: not drawn."""
    hours_high: NonNegative | None = None
    """High of handling and wait together; absent: not drawn."""
    usd_per_tonne: Uncertain | None = None
    """Charge each passage, USD per tonne."""

    @model_validator(mode="after")
    def _changes_something(self) -> ChangeTerminal:
        if (self.fixed_hours, self.queue_hours, self.usd_per_tonne) == (None,) * 3:
            raise ValueError("nothing changes: give fixed_hours, queue_hours or usd_per_tonne")
        return self


class BySector(MeasureBase):
    """A measure that can be limited to some sectors."""

    sectors: Sectors = ()
    """Goods that it bears on, by the codes of the world with sectors; absent: all goods."""

    @model_serializer(mode="wrap")
    def _without_default(self, write: SerializerFunctionWrapHandler) -> dict[str, Any]:
        # Files written before the key was known keep their hash.
        told: dict[str, Any] = write(self)
        return told if self.sectors else {k: v for k, v in told.items() if k != "sectors"}


class SignAgreement(BySector):
    """Sign a trade agreement: every pair of economies of different parties is covered."""

    kind: Literal["sign_agreement"]
    parties: Annotated[tuple[Party, ...], Field(min_length=2, max_length=60)]
    """Economies, blocs or groups; each is one party, with its members at the scenario's date."""
    depth: AgreementDepth = "free_trade_area"
    """How far it goes; each depth has an estimated trade effect with a source."""


class ChangeTariff(BySector):
    """Change a tariff equivalent: an ad valorem cost of goods that yields no revenue here."""

    kind: Literal["change_tariff_equivalent"]
    exporters: Annotated[tuple[Party, ...], Field(min_length=1, max_length=250)]
    """Economies, blocs or groups whose goods are charged; "world" for all."""
    importers: Annotated[tuple[Party, ...], Field(min_length=1, max_length=250)]
    """Economies, blocs or groups that charge; "world" for all."""
    from_percent: UncertainPercent
    """Ad valorem rate before, percent; a number or a band."""
    to_percent: UncertainPercent
    """Ad valorem rate after, percent; a number or a band."""


class ChangePaymentCost(BySector):
    """Change what it costs to pay across a border: banks' fees, exchange, delay and risk."""

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


class NormaliseTrade(MeasureBase):
    """Bring trade that lies below its gravity potential a share of the way there."""

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


PolicyMeasure: TypeAlias = SignAgreement | ChangeTariff | ChangePaymentCost
"""Measures that change the cost of trade without changing the network."""

Measure: TypeAlias = Annotated[
    BuildProject
    | BuildLink
    | BuildLinks
    | BuildPlace
    | BuildCrossing
    | ChangeLink
    | ChangeCrossing
    | ChangeRates
    | ChangeGauge
    | ChangeTerminal
    | Season
    | OpenBorder
    | CloseBorder
    | Open
    | Close
    | SignAgreement
    | ChangeTariff
    | ChangePaymentCost
    | NormaliseTrade,
    Field(discriminator="kind"),
]
MEASURE_KINDS: dict[str, type[MeasureBase]] = {
    "build_project": BuildProject,
    "build_link": BuildLink,
    "build_links": BuildLinks,
    "build_place": BuildPlace,
    "build_crossing": BuildCrossing,
    "change_link": ChangeLink,
    "change_crossing": ChangeCrossing,
    "change_rates": ChangeRates,
    "change_gauge": ChangeGauge,
    "change_terminal": ChangeTerminal,
    "season": Season,
    "open_border": OpenBorder,
    "close_border": CloseBorder,
    "open": Open,
    "close": Close,
    "sign_agreement": SignAgreement,
    "change_tariff_equivalent": ChangeTariff,
    "change_payment_cost": ChangePaymentCost,
    "normalise_trade": NormaliseTrade,
}
