"""Scenario files: what can be written in one, as pydantic models.

A scenario names measures (what changes), a focus (whose trade is reported), trips (which routes
are reported), the closure for trade imbalances and, where it departs from the defaults,
parameters. Unknown keys are refused. Nothing in a scenario is executed.
"""

from __future__ import annotations

import datetime as dt
import unicodedata
from typing import Annotated, Literal, TypeAlias

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    InstanceOf,
    SerializeAsAny,
    model_validator,
)

from landbridge.atlas.composites import Group, parse_group
from landbridge.errors import FaultsError, LandbridgeError

Slug: TypeAlias = Annotated[
    str, Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", min_length=1, max_length=60)
]
ParameterName: TypeAlias = Annotated[
    str, Field(pattern=r"^[a-z0-9]+(_[a-z0-9]+)*$", min_length=1, max_length=60)
]


def _readable(text: str) -> str:
    """Refuse blank text, and characters that no reader sees but a terminal or a page obeys."""
    hidden = {"Cc", "Cf"}
    if any(unicodedata.category(sign) in hidden and sign not in "\n\t" for sign in text):
        raise ValueError("holds control characters; write plain text")
    if not text.strip():
        raise ValueError("is blank")
    return text


def _not_a_flag(value: object) -> object:
    if isinstance(value, bool):
        raise ValueError("must be a number, not true or false")  # noqa: TRY004 - pydantic
    return value


Text: TypeAlias = Annotated[
    str, Field(min_length=1, max_length=4000, strict=True), AfterValidator(_readable)
]
Name: TypeAlias = Annotated[
    str, Field(min_length=1, max_length=120, strict=True), AfterValidator(_readable)
]
NonNegative: TypeAlias = Annotated[
    float, Field(ge=0, le=1e9, allow_inf_nan=False, strict=True), BeforeValidator(_not_a_flag)
]
Positive: TypeAlias = Annotated[
    float, Field(gt=0, le=1e9, allow_inf_nan=False, strict=True), BeforeValidator(_not_a_flag)
]
Percent: TypeAlias = Annotated[
    float, Field(ge=-50, le=10_000, allow_inf_nan=False, strict=True), BeforeValidator(_not_a_flag)
]

Closure: TypeAlias = Literal["purged", "additive", "proportional"]
AgreementDepth: TypeAlias = Literal[
    "preference", "free_trade_area", "customs_union", "common_market", "economic_union"
]
LandMode: TypeAlias = Literal["rail", "road", "ferry", "sea"]
Direction: TypeAlias = Literal["both", "forward", "backward"]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Band(_Strict):
    """A value that is not known exactly: draws are lognormal on either side of the centre."""

    low: NonNegative
    """One draw in twenty is below it."""
    central: NonNegative
    """The value of the central run; half the draws are below it."""
    high: NonNegative
    """One draw in twenty is above it."""

    @model_validator(mode="after")
    def _ordered(self) -> Band:
        if not self.low <= self.central <= self.high:
            raise ValueError("low, central and high are not in rising order")
        return self


def _band_of(value: object) -> object:
    """Read a plain number as a band of no width."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        return {"low": value, "central": value, "high": value}
    return value


Uncertain: TypeAlias = Annotated[Band, BeforeValidator(_band_of)]


def _read_party(value: object) -> object:
    """Read a party: a name stays as it is, a table is a group by rule."""
    if isinstance(value, str | Group):
        return value
    if not isinstance(value, dict):
        raise ValueError("write a name in quotes, or a group as a table")  # noqa: TRY004 - pydantic
    try:
        return parse_group(value)
    except FaultsError as error:
        raise ValueError("; ".join(error.faults)) from None
    except LandbridgeError as error:
        raise ValueError(str(error)) from None


Party: TypeAlias = Annotated[Name | SerializeAsAny[InstanceOf[Group]], BeforeValidator(_read_party)]
"""An economy, a bloc or a composite by name, or a group by rule (``{ union = [...] }``)."""


class _Measure(_Strict):
    id: Slug
    """Short name, unique in the scenario."""
    title: Name
    """What the reader sees."""
    source: Text
    """Who says that this is planned, possible or assumed."""


class BuildProject(_Measure):
    """Build a project of the register: its planned links open, its upgrades take effect."""

    kind: Literal["build_project"]
    project: Name
    """Id of the project (`freight/data/projects.csv`)."""


class BuildLink(_Measure):
    """Build a link between two stations of the network."""

    kind: Literal["build_link"]
    link: Slug
    """Id of the new link."""
    from_place: Name
    """Station or node where it starts."""
    to_place: Name
    """Station or node where it ends."""
    mode: LandMode
    """rail, road, ferry or sea."""
    km: Positive
    """Length, km."""
    iso3: Name
    """Economy whose cost class applies."""
    gauge_mm: Annotated[int, Field(ge=600, le=1700)] | None = None
    """Gauge of a railway, mm."""
    speed_kmh: Positive | None = None
    """Speed, km/h; the default of mode and economy when absent."""
    usd_per_tonne_km: Positive | None = None
    """Price, USD per tonne-km; the default of mode and economy when absent."""


class ChangeLink(_Measure):
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
    gauge_mm: Annotated[int, Field(ge=600, le=1700)] | None = None
    """New gauge, mm."""

    @model_validator(mode="after")
    def _changes_something(self) -> ChangeLink:
        if (self.km, self.speed_kmh, self.usd_per_tonne_km, self.gauge_mm) == (None,) * 4:
            raise ValueError("nothing changes: give km, speed_kmh, usd_per_tonne_km or gauge_mm")
        return self


class ChangeCrossing(_Measure):
    """Bring border crossings to a stated time, cost or reliability."""

    kind: Literal["change_crossing"]
    crossings: Annotated[tuple[Name, ...], Field(min_length=1, max_length=200)]
    """Ids or names of crossings."""
    direction: Direction = "both"
    """Both directions, or the one in which the crossing is named (forward) or its reverse."""
    hours: Uncertain | None = None
    """Hours to cross on a day when it is open, the queue included; the expected wait for closures
    comes on top (`probability_open`)."""
    usd_per_tonne: NonNegative | None = None
    """Charges, USD per tonne."""
    probability_open: Annotated[float, Field(gt=0, le=1)] | None = None
    """Share of the year in which it is open."""

    @model_validator(mode="after")
    def _changes_something(self) -> ChangeCrossing:
        if (self.hours, self.usd_per_tonne, self.probability_open) == (None,) * 3:
            raise ValueError("nothing changes: give hours, usd_per_tonne or probability_open")
        return self


class Open(_Measure):
    """Open links, crossings, ports or sea passages."""

    kind: Literal["open"]
    targets: Annotated[tuple[Name, ...], Field(min_length=1, max_length=200)]
    """Ids of what opens."""


class Close(_Measure):
    """Close links, crossings, ports or sea passages."""

    kind: Literal["close"]
    targets: Annotated[tuple[Name, ...], Field(min_length=1, max_length=200)]
    """Ids of what closes."""


class SignAgreement(_Measure):
    """Sign a trade agreement: every pair of economies of different parties is covered."""

    kind: Literal["sign_agreement"]
    parties: Annotated[tuple[Party, ...], Field(min_length=2, max_length=60)]
    """Economies, blocs or groups; each is one party, with its members at the scenario's date."""
    depth: AgreementDepth = "free_trade_area"
    """How far it goes; each depth has an estimated trade effect with a source."""


class ChangeTariff(_Measure):
    """Change a tariff equivalent: an ad valorem cost of goods that yields no revenue here."""

    kind: Literal["change_tariff_equivalent"]
    exporters: Annotated[tuple[Party, ...], Field(min_length=1, max_length=250)]
    """Economies, blocs or groups whose goods are charged; "world" for all."""
    importers: Annotated[tuple[Party, ...], Field(min_length=1, max_length=250)]
    """Economies, blocs or groups that charge; "world" for all."""
    from_percent: Percent
    """Ad valorem rate before, percent."""
    to_percent: Percent
    """Ad valorem rate after, percent."""


Measure: TypeAlias = Annotated[
    BuildProject
    | BuildLink
    | ChangeLink
    | ChangeCrossing
    | Open
    | Close
    | SignAgreement
    | ChangeTariff,
    Field(discriminator="kind"),
]
MEASURE_KINDS: dict[str, type[_Measure]] = {
    "build_project": BuildProject,
    "build_link": BuildLink,
    "change_link": ChangeLink,
    "change_crossing": ChangeCrossing,
    "open": Open,
    "close": Close,
    "sign_agreement": SignAgreement,
    "change_tariff_equivalent": ChangeTariff,
}


class Focus(_Strict):
    """Whose trade the report shows pair by pair."""

    economy: Name
    """The economy in the middle."""
    partners: Annotated[tuple[Party, ...], Field(min_length=1, max_length=60)]
    """Its partners: economies, blocs or groups."""


class TripRequest(_Strict):
    """A trip whose route, time and cost the report shows before and after."""

    origin: Name
    """City, station or port."""
    destination: Name
    """City, station or port."""


class ParameterOverride(_Strict):
    """A parameter that departs from the default in this scenario."""

    low: NonNegative
    """Lowest plausible value."""
    central: NonNegative
    """The value of the central run; the median of the draws."""
    high: NonNegative
    """Highest plausible value."""
    source: Text
    """Who says so."""

    @model_validator(mode="after")
    def _ordered(self) -> ParameterOverride:
        if not self.low <= self.central <= self.high:
            raise ValueError("low, central and high are not in rising order")
        return self


class Scenario(_Strict):
    """A question: these measures, at this date, seen from this economy."""

    format: Annotated[Literal[1], BeforeValidator(_not_a_flag)]
    """Version of the file format."""
    name: Slug
    """Short name."""
    title: Name
    """What the reader sees."""
    summary: Text
    """What the scenario is, in a few sentences."""
    date: Annotated[dt.date, Field(strict=True)]
    """Date at which blocs and the network are read."""
    closure: Closure = "purged"
    """How trade imbalances are treated."""
    focus: Focus
    """Whose trade is reported pair by pair."""
    trips: Annotated[tuple[TripRequest, ...], Field(max_length=40)] = ()
    """Trips reported before and after."""
    measures: Annotated[tuple[Measure, ...], Field(max_length=200)] = ()
    """What changes; none at all is a valid question with the answer zero."""
    parameters: dict[ParameterName, ParameterOverride] = Field(default_factory=dict)
    """Parameters that depart from the defaults."""

    @model_validator(mode="after")
    def _unique_ids(self) -> Scenario:
        ids = [measure.id for measure in self.measures]
        repeated = sorted({name for name in ids if ids.count(name) > 1})
        if repeated:
            raise ValueError(f"measure id used twice: {', '.join(repeated)}")
        return self
