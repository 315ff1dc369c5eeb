"""What a claim can be held against: one typed kind for each number that the tool can find.

A quantity is data. Numbers of a run come from a scenario and have a band; facts come from the atlas
and have none; numbers of the network come from least-cost paths and have a band.
"""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Literal, TypeAlias

from pydantic import Field

from landbridge.atlas.relations import Act
from landbridge.scenarios.values.fields import FileName, Name, Party, Strict, Text

Parties: TypeAlias = Annotated[tuple[Party, ...], Field(min_length=1, max_length=60)]
Places: TypeAlias = Annotated[tuple[Name, ...], Field(min_length=1, max_length=40)]
Targets: TypeAlias = Annotated[tuple[Name, ...], Field(max_length=40)]
Day: TypeAlias = Annotated[dt.date, Field(strict=True)]
Pairs: TypeAlias = Literal["all", "same_subregion", "same_region", "across_regions"]


class Income(Strict):
    """Real income of economies taken together, percent of their GDP."""

    kind: Literal["income"]
    scenario: Name
    """A scenario by name; ``a+b`` for both at once."""
    of: Parties
    """Economies, blocs or groups, read at the scenario's date; "world" for all."""
    outside: Annotated[bool, Field(strict=True)] = False
    """All others instead."""


class Trade(Strict):
    """Trade of economies with partners, both ways, change in percent."""

    kind: Literal["trade"]
    scenario: Name
    of: Parties
    partners: Parties = ("world",)
    """With whom; pairs of an economy with itself never count."""
    pairs: Pairs = "all"
    """Only pairs of one sub-region of M49, of one region but two sub-regions, or of two regions."""


class PartnerShare(Strict):
    """Share of partners in the trade of economies, change in percentage points."""

    kind: Literal["partner_share"]
    scenario: Name
    of: Parties
    partners: Parties


class MarketAccess(Strict):
    """Market access of economies, mean change over their people, percent (docs/access.md)."""

    kind: Literal["market_access"]
    scenario: Name
    of: Parties


class Target(Strict):
    """Trade of a pair as a percentage of a stated target (its low end where a range was named)."""

    kind: Literal["target"]
    statement: Name
    """Identity of the target in the atlas (`trade_statements.csv`)."""
    scenario: Name | None = None
    """Absent: the baseline as it stands."""


class ShareOfWorld(Strict):
    """Share of economies in the world's, percent; sizes are the latest held."""

    kind: Literal["share_of_world"]
    of: Parties
    on: Day
    measure: Literal["gdp", "gdp_ppp", "trade", "population"]


class Region(Strict):
    """A region by name and rule."""

    name: Name
    group: Party


class RegionCoverage(Strict):
    """How far a group reaches into regions."""

    kind: Literal["region_coverage"]
    of: Parties
    on: Day
    regions: Annotated[tuple[Region, ...], Field(max_length=40)] = ()
    """Absent: the regions at the head of the file."""
    measure: Literal["regions_without_member", "least_gdp_percent"]
    """Regions without any member (count), or the least share of a region's GDP that members have
    (percent)."""


class LeftOut(Strict):
    """How landlocked developing economies stand in agreements beside other developing ones."""

    kind: Literal["left_out"]
    on: Day
    measure: Literal["reach_percent", "bottom_quarter_percent"]
    """Median share of world GDP reached under a preference, over that of the others (percent); or
    their part in the quarter that reaches least, over their part in all (percent)."""


class Blocked(Strict):
    """How many relations stand in the way of an act among parties, count."""

    kind: Literal["blocked"]
    act: Act
    parties: Parties
    without: Annotated[tuple[Party, ...], Field(max_length=60)] = ()
    on: Day
    extent: Literal["full", "any"] = "full"


class Gateway(Strict):
    """Where an economy stands among those that join blocs."""

    kind: Literal["gateway"]
    of: Name
    blocs: Annotated[tuple[Name, ...], Field(min_length=2, max_length=20)]
    on: Day
    measure: Literal["pairs", "alone", "rank"]
    """Pairs of blocs that it joins, those that it alone joins, or its rank by pairs (ties share
    the better one)."""


class StatedGap(Strict):
    """How far stated parts miss the stated whole, percent of the whole."""

    kind: Literal["stated_gap"]
    statement: Name


class StatedTrade(Strict):
    """A figure of trade as it was stated, million USD."""

    kind: Literal["stated_trade"]
    statement: Name


class RouteRatio(Strict):
    """Least generalised cost of a trip with something shut, over that without (ratio)."""

    kind: Literal["route_ratio"]
    origin: Name
    destination: Name
    scenario: Name | None = None
    """On the network of this scenario; absent: as it stands."""
    close: Targets = ()
    """Links, crossings, ports or passages shut on both sides of the comparison."""
    without: Targets
    """What is shut in the numerator besides."""


class WaysThrough(Strict):
    """Share of trips whose least-cost path passes an economy over land, percent."""

    kind: Literal["ways_through"]
    economy: Name
    origins: Places
    destinations: Places
    scenario: Name | None = None


class CrossingOpen(Strict):
    """Share of the year in which a crossing is open, percent."""

    kind: Literal["crossing_open"]
    crossing: Name


class PortShare(Strict):
    """Share of ports in what landlocked economies ship overseas, percent."""

    kind: Literal["port_share"]
    of: Parties
    ports: Places
    scenario: Name | None = None
    close: Targets = ()


class Supplier(Strict):
    """Share of the greatest foreign supplier in a sector's own kind of inputs, percent."""

    kind: Literal["supplier"]
    of: Name
    sector: Name


class Diversification(Strict):
    """Risk of a portfolio with economies added, over that without (percent change)."""

    kind: Literal["diversification"]
    base: Parties
    added: Parties
    on: Day
    years_needed: Annotated[int, Field(ge=3, le=200, strict=True)]
    """Fewest years of growth with which a risk can be told."""
    series: FileName | None = None
    """CSV of growth or returns beside a ledger of one's own: a column year, one column a code."""


RunQuantity: TypeAlias = Income | Trade | PartnerShare | MarketAccess | Target
FactQuantity: TypeAlias = (
    ShareOfWorld
    | RegionCoverage
    | LeftOut
    | Blocked
    | Gateway
    | StatedGap
    | StatedTrade
    | CrossingOpen
    | Supplier
    | Diversification
)
NetworkQuantity: TypeAlias = RouteRatio | WaysThrough | PortShare
Quantity: TypeAlias = Annotated[
    Income
    | Trade
    | PartnerShare
    | MarketAccess
    | Target
    | ShareOfWorld
    | RegionCoverage
    | LeftOut
    | Blocked
    | Gateway
    | StatedGap
    | StatedTrade
    | RouteRatio
    | WaysThrough
    | CrossingOpen
    | PortShare
    | Supplier
    | Diversification,
    Field(discriminator="kind"),
]
QUANTITY_KINDS: dict[str, type[Strict]] = {
    "income": Income,
    "trade": Trade,
    "partner_share": PartnerShare,
    "market_access": MarketAccess,
    "target": Target,
    "share_of_world": ShareOfWorld,
    "region_coverage": RegionCoverage,
    "left_out": LeftOut,
    "blocked": Blocked,
    "gateway": Gateway,
    "stated_gap": StatedGap,
    "stated_trade": StatedTrade,
    "route_ratio": RouteRatio,
    "ways_through": WaysThrough,
    "crossing_open": CrossingOpen,
    "port_share": PortShare,
    "supplier": Supplier,
    "diversification": Diversification,
}


class Context(Strict):
    """A number shown beside a claim that no rule looks at."""

    says: Text
    quantity: Quantity
