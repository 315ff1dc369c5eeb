"""The lines of benefit of an appraisal: what each is, in money a year, economy by economy.

The first line is the gain of real income by goods that cross borders, as the equilibrium finds it.
The others are what that leaves out: goods within economies, passengers where somebody states them,
fees for through traffic, roads that wear less, accidents, and CO2e. Each has a band of its own and
can be left out. Quantities are those of the baseline year; unit values are terms.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from landbridge.draws.engine import Draw
from landbridge.freight.costs.emissions import CENTRAL, emission_factor, rail_factor
from landbridge.scenarios.parameters import Parameter, triangular
from landbridge.scenarios.schema import Scenario
from landbridge.scenarios.values.fields import Band
from landbridge.scenarios.values.parties import expand
from landbridge.studies.cba.costing import Costed
from landbridge.studies.cba.domestic import DomesticSaving
from landbridge.studies.cba.foreign import ForeignChange
from landbridge.tables import embedded_table
from landbridge.units import FloatArray
from landbridge.world.base import World

THOUSAND: Final = 1000.0
TITLES: Final = {
    "trade": "Goods across borders: gain of real income",
    "domestic": "Domestic freight that keeps its mode",
    "shifted": "Domestic freight that changes its mode",
    "generated": "Domestic freight that comes anew",
    "passengers": "Time of passengers",
    "transit_fees": "Fees for through traffic",
    "road_wear": "Wear of roads",
    "accidents": "Accidents",
    "co2": "CO2e at its shadow price",
}
EXPLAINED: Final = {
    "trade": "Equivalent variation in the equilibrium; time of through traffic and new trade "
    "between economies are in it",
    "domestic": "Fall of cost times goods that are there anyway",
    "shifted": "The rest of the log-sum: those who change gain between all and nothing of it",
    "generated": "The rule of half",
    "passengers": "Stated passengers, hours and value of an hour; none where nobody states them",
    "transit_fees": "A transfer: economies on the way take it from both ends, and the world "
    "gains nothing",
    "road_wear": "Tonne-km that leave the road, domestic and foreign; a loss where more come",
    "accidents": "The same, less accidents by rail",
    "co2": "Well to wheel, domestic and foreign goods; shared out by GDP",
}
WHAT_IF: Final = "what_if_"
"""How the name of a row starts that would stand in the place of lines, and does not count."""
AT_RAILS: Final = f"{WHAT_IF}rails"
"""The row of the first line at the foreign goods that rails are known to carry."""
FIXED_LEFT_OUT: Final = (
    "congestion",
    "noise and local air",
    "reliability",
    "jobs",
    "the building's own CO2e",
)
"""What no line holds, named beside every net present value."""


@dataclass(frozen=True, eq=False)
class Line:
    """A line of benefit.

    Attributes
    ----------
    name, title, explanation
        Id, and what a reader sees.
    counted
        Whether it is in the total.
    central
        ``[N]`` million USD of a full year.
    drawn
        ``[D, N]``.
    """

    name: str
    title: str
    explanation: str
    counted: bool
    central: FloatArray
    drawn: FloatArray


@dataclass(frozen=True)
class End:
    """What a full year brings with one term of benefits at the ends of its band.

    Attributes
    ----------
    title, unit, low, high
        Of the term.
    annual_low, annual_high
        Million USD a year, all economies, with the term at each end.
    """

    title: str
    unit: str
    low: float
    high: float
    annual_low: float
    annual_high: float


@dataclass(frozen=True, eq=False)
class Benefits:
    """Gain of a full year by economy, million USD of the baseline year.

    Attributes
    ----------
    iso3
        N codes.
    baseline_year
        Whose size and prices.
    central
        ``[N]``.
    drawn
        ``[D, N]``; D may be 0.
    savings_before, savings_new
        Million USD a year: what users save on the trade there was, and half of what they save on
        new trade (the rule of half).
    lines
        What the gain consists of; `central` and `drawn` are the sums of those that count. None
        where the gain is that of real income alone.
    ends
        For the tornado: the gain with each term of benefits at its ends.
    """

    iso3: tuple[str, ...]
    baseline_year: int
    central: FloatArray
    drawn: FloatArray
    savings_before: float = 0.0
    savings_new: float = 0.0
    lines: tuple[Line, ...] = ()
    ends: tuple[End, ...] = ()

    def line(self, name: str) -> Line:
        """Look a line up by its name."""
        return next(line for line in self.lines if line.name == name)

    @classmethod
    def of_lines(
        cls,
        iso3: tuple[str, ...],
        baseline_year: int,
        lines: tuple[Line, ...],
        *,
        savings: tuple[float, float] = (0.0, 0.0),
        ends: tuple[End, ...] = (),
    ) -> Benefits:
        """Add up the lines that count."""
        counted = [line for line in lines if line.counted]
        shape = lines[0].drawn.shape
        return cls(
            iso3=iso3,
            baseline_year=baseline_year,
            central=sum((line.central for line in counted), np.zeros(len(iso3))),
            drawn=sum((line.drawn for line in counted), np.zeros(shape)),
            savings_before=savings[0],
            savings_new=savings[1],
            lines=lines,
            ends=ends,
        )


@dataclass(frozen=True)
class Served:
    """Passengers of a measure: who, how many, and what they save.

    Attributes
    ----------
    measure, economy
        Whose.
    million, hours, usd_per_hour, new_million
        Passengers today, hours saved a trip, value of an hour, and passengers that come anew.
    source
        Who says so.
    """

    measure: str
    economy: str
    million: Band
    hours: Band
    usd_per_hour: Band
    new_million: Band
    source: str

    def million_usd(self, draw: Draw | None = None) -> float:
        """Compute the time saved, million USD a year; new passengers save half."""
        parts = (self.million, self.hours, self.usd_per_hour, self.new_million)
        values = [part.central for part in parts]
        if draw is not None:
            rng = draw.stream(f"passengers:{self.measure}")
            values = [
                triangular(part.low, part.central, part.high, float(rng.random())) for part in parts
            ]
        million, hours, value, new = values
        return (million + 0.5 * new) * hours * value


def passengers_of(
    scenario: Scenario, costed: Sequence[Costed], *, where: str
) -> tuple[Served, ...]:
    """Find the passengers that measures serve: those of the scenario, then those of the register.

    Parameters
    ----------
    scenario
        Without what is blocked.
    costed
        Measures with a cost, which name the project that they build.
    where
        The scenario's file, for messages.
    """
    nothing = Band(low=0.0, central=0.0, high=0.0)
    known = {measure.id for measure in scenario.measures}
    found = [
        Served(
            measure=one.measure,
            economy=expand(one.economy, on=scenario.date, where=where)[0],
            million=one.million_a_year,
            hours=one.hours_saved,
            usd_per_hour=one.usd_per_hour,
            new_million=one.new_million_a_year or nothing,
            source=one.source,
        )
        for one in scenario.passengers
        if one.measure in known
    ]
    stated = {one.measure for one in found}
    table = embedded_table("studies", "passengers").set_index("project")
    for item in costed:
        if item.measure in stated or item.project not in table.index:
            continue
        row = table.loc[item.project]

        def band(name: str, row: Mapping[str, object] = row) -> Band:  # type: ignore[assignment]
            ends = (row[f"{name}_low"], row[name], row[f"{name}_high"])
            low, central, high = (float(str(end)) for end in ends)
            return Band(low=low, central=central, high=high)

        found.append(
            Served(
                measure=item.measure,
                economy=str(row["economy"]),
                million=band("million"),
                hours=band("hours_saved"),
                usd_per_hour=band("usd_per_hour"),
                new_million=nothing,
                source=str(row["source"]),
            )
        )
    return tuple(found)


def with_stated_fee(terms: Mapping[str, Parameter], scenario: Scenario) -> dict[str, Parameter]:
    """Lay a scenario's fee for through traffic over the default term."""
    name = "transit_fee_usd_per_tonne_km"
    stated = scenario.benefits.transit_fee_usd_per_tonne_km
    if stated is None:
        return dict(terms)
    default = terms[name]
    own = Parameter(
        name,
        default.title,
        default.unit,
        stated.low,
        stated.central,
        stated.high,
        default.distribution,
        "stated",
        "The scenario",
    )
    return {**terms, name: own}


def values_of_lines(
    world: World,
    trade: FloatArray,
    domestic: Mapping[str, DomesticSaving],
    foreign: ForeignChange | None,
    served: Sequence[Served],
    terms: Mapping[str, float],
    draw: Draw | None = None,
) -> dict[str, FloatArray]:
    """Compute every line, million USD a year by economy.

    Parameters
    ----------
    world
        Whose economies, and by whose GDP CO2e is shared out.
    trade
        ``[N]`` gain of real income.
    domestic
        By economy: what domestic freight saves.
    foreign
        What changes for goods that cross borders; None leaves their part of roads, accidents and
        CO2e out, and fees.
    served
        Passengers.
    terms
        Terms of benefits by name, central or drawn.
    draw
        Draws the passengers; None takes their centres.

    Returns
    -------
    dict of str to FloatArray
        ``[N]`` each, in the order of `TITLES`.
    """
    count = len(world.iso3)
    lines = {name: np.zeros(count) for name in TITLES}
    lines["trade"] = trade.copy()
    road, rail, tonnes = np.zeros(count), np.zeros(count), 0.0
    for code, one in domestic.items():
        if code not in world.iso3:
            continue
        at = world.index(code)
        lines["domestic"][at] = one.stayed
        lines["shifted"][at] = one.shifted
        lines["generated"][at] = one.generated
        road[at] += one.road_change
        rail[at] += one.rail_change
        tonnes += one.road_change * float(emission_factor("road")[CENTRAL])
        tonnes += one.rail_change * float(rail_factor(code)[CENTRAL])
    for one_served in served:
        if one_served.economy in world.iso3:
            lines["passengers"][world.index(one_served.economy)] += one_served.million_usd(draw)
    if foreign is not None:
        road += foreign.road_tonne_km
        rail += foreign.rail_tonne_km
        tonnes += foreign.co2e
        fee = terms["transit_fee_usd_per_tonne_km"] * THOUSAND
        lines["transit_fees"] = _fees(world, foreign, fee)
    # Thousand million tonne-km times USD: thousand million USD.
    lines["road_wear"] = -road * terms["road_wear_usd_per_tonne_km"] * THOUSAND
    lines["accidents"] = (
        -(
            road * terms["road_accident_usd_per_tonne_km"]
            + rail * terms["rail_accident_usd_per_tonne_km"]
        )
        * THOUSAND
    )
    shares = world.gdp_million_usd / world.gdp_million_usd.sum()
    lines["co2"] = -tonnes * terms["co2_usd_per_tonne"] * shares
    # No line is minus nothing.
    return {name: values + 0.0 for name, values in lines.items()}


def _fees(world: World, foreign: ForeignChange, million_usd_per_billion: float) -> FloatArray:
    """Share fees out: what each economy takes, and who pays it; the sum is zero."""
    found = np.zeros(len(world.iso3))
    for code, change in foreign.through.items():
        paying = foreign.paying[code]
        if paying.any():
            amount = change * million_usd_per_billion
            found[world.index(code)] += amount
            found -= amount * paying
    return found


def in_sentence(title: str) -> str:
    """Write a title in the middle of a sentence; a name such as CO2e stays as it is."""
    return title if title[1:2].isupper() else title[:1].lower() + title[1:]


def named_left_out(
    scenario: Scenario,
    *,
    passengers: bool,
    foreign: bool,
    free: int = 0,
) -> tuple[str, ...]:
    """Name what the total leaves out, in words, for the sentence of the net present value.

    Parameters
    ----------
    scenario
        Whose lines may be switched off.
    passengers
        Whether somebody states passengers.
    foreign
        Whether roads, fees and CO2e of goods that cross borders are known.
    free
        Measures whose cost nobody states.
    """
    off = [TITLES.get(name, "the cost of public funds") for name in scenario.benefits.leave_out]
    first = [f"{in_sentence(title)} (switched off)" for title in off]
    first += [] if passengers else ["passengers (nobody states any)"]
    first += [] if foreign else ["roads, fees and CO2e of foreign goods"]
    if free:
        first.append("the cost of one measure" if free == 1 else f"the cost of {free} measures")
    return (*first, *FIXED_LEFT_OUT)
