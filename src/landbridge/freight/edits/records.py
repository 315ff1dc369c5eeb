"""The vocabulary of edits: primitive changes of the network's tables, one frozen record each.

An edit is addressed to one thing, in ids and ISO3 codes, in the numbers of the tables. It knows no
scenario: no bloc, no date, no list, nobody who says so. What a person writes is a measure
(`landbridge.scenarios.measures`). One measure can make many edits, of several sorts, and several
kinds of measures make the same edit.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, fields
from typing import Literal, TypeAlias

from landbridge.errors import InputError

LinkMode: TypeAlias = Literal["rail", "road", "ferry", "sea"]
LandMode: TypeAlias = Literal["rail", "road", "ferry"]
PricedMode: TypeAlias = Literal["road", "rail", "ferry", "sea", "air", "pipeline"]
TerminalKind: TypeAlias = Literal["port", "ferry", "gauge_break", "transfer"]
PlaceKind: TypeAlias = Literal["city", "junction", "port", "border"]
Way: TypeAlias = Literal["both", "forward", "backward"]
Point: TypeAlias = tuple[float, float]
"""Longitude and latitude, degrees."""
End: TypeAlias = str | Point
"""A place by id or name, or a point."""
MONTHS = 12
SNAP_KM = 5.0


class _Checked:
    """Refuses negative and missing numbers on construction."""

    signed: frozenset[str] = frozenset()
    """Fields that may be below zero."""

    def __post_init__(self) -> None:
        for field in fields(self):  # type: ignore[arg-type]
            value = getattr(self, field.name)
            if not isinstance(value, int | float) or isinstance(value, bool):
                continue
            if not math.isfinite(value) or (value < 0 and field.name not in self.signed):
                raise InputError(
                    f"{field.name} is {value}; it must be a number that is not negative",
                    where=name_of(self),
                )


def name_of(edit: object) -> str:
    """Say which edit is meant, for a message: ``SetOpen(suez)``."""
    first = next(iter(fields(edit)), None)  # type: ignore[arg-type]
    value = getattr(edit, first.name) if first else ""
    return f"{type(edit).__name__}({value})"


@dataclass(frozen=True)
class OpenProject(_Checked):
    """Open the planned links of a project and make its upgrades."""

    project: str


@dataclass(frozen=True)
class AddPlace(_Checked):
    """Add a place: a city, a junction, a port, or a border place between two economies.

    Attributes
    ----------
    place
        Id of the new place.
    name
        What a reader sees.
    iso3
        Economy; of a border place the first of the two.
    longitude, latitude
        Degrees.
    kind
        ``city``, ``junction``, ``port`` or ``border``.
    iso3_other
        The other economy of a border place.
    """

    signed = frozenset({"longitude", "latitude"})

    place: str
    name: str
    iso3: str
    longitude: float
    latitude: float
    kind: PlaceKind = "junction"
    iso3_other: str = ""


@dataclass(frozen=True)
class AddLink(_Checked):
    """Build a link between two places or points; a railway's gauge breaks come by themselves.

    Attributes
    ----------
    id
        Id of the new link.
    from_place, to_place
        Places by id or name, or (longitude, latitude) points. A point takes the nearest place
        within `snap_km` (of `iso3`, when that is given), or the nearest link of the mode, which
        is split there; where there is none it becomes a new junction in `iso3`.
    mode
        ``rail``, ``road``, ``ferry`` or ``sea``.
    km
        Length.
    gauge_mm
        Gauge of a railway.
    speed_kmh, usd_per_tonne_km
        Absent: those of mode and economy.
    iso3
        Economy in which it lies, whose cost class applies; absent: the one its ends share.
    snap_km
        How far a point may lie from the place it means.
    shape
        (longitude, latitude) points of the way between the ends.
    drawn
        Whether the line runs as it is drawn, straight from vertex to vertex: then it joins the
        places that it passes within `snap_km` too.
    """

    id: str
    from_place: End
    to_place: End
    mode: LinkMode
    km: float
    gauge_mm: int | None = None
    speed_kmh: float | None = None
    usd_per_tonne_km: float | None = None
    iso3: str = ""
    snap_km: float = SNAP_KM
    shape: tuple[Point, ...] = ()
    drawn: bool = False


@dataclass(frozen=True)
class SetLink(_Checked):
    """Change a link; what is absent stays."""

    link: str
    km: float | None = None
    speed_kmh: float | None = None
    usd_per_tonne_km: float | None = None
    gauge_mm: int | None = None


@dataclass(frozen=True)
class CrossingCosts(_Checked):
    """What passing a border takes in one direction; without a band a value is not drawn.

    Attributes
    ----------
    hours, usd_per_tonne
        Central values on a day when it is open.
    hours_low, hours_high, usd_per_tonne_low, usd_per_tonne_high
        5th and 95th percentile.
    """

    hours: float
    usd_per_tonne: float
    hours_low: float | None = None
    hours_high: float | None = None
    usd_per_tonne_low: float | None = None
    usd_per_tonne_high: float | None = None


@dataclass(frozen=True)
class AddCrossing(_Checked):
    """Open a crossing for a mode at a border place that has none.

    Attributes
    ----------
    place
        A border place by id or name; a new one is made by `AddPlace`.
    mode
        ``rail`` or ``road``.
    forward
        Costs from the place's first economy to its second.
    backward
        Costs the other way; absent: as forward.
    probability_open
        Share of the year in which it is open.
    """

    place: str
    mode: Literal["rail", "road"]
    forward: CrossingCosts
    backward: CrossingCosts | None = None
    probability_open: float = 1.0


@dataclass(frozen=True)
class SetCrossing(_Checked):
    """Bring a crossing to a stated level; what is absent stays.

    Attributes
    ----------
    crossing
        Id or name; the name of a border place means every mode there (or `mode`).
    mode
        ``rail`` or ``road``; absent: both.
    direction
        Both, or one.
    hours, usd_per_tonne
        New central values. They are not drawn, unless a low and a high say how wide.
    probability_open
        Share of the year in which it is open.
    """

    crossing: str
    mode: Literal["rail", "road"] | None = None
    direction: Way = "both"
    hours: float | None = None
    hours_low: float | None = None
    hours_high: float | None = None
    usd_per_tonne: float | None = None
    probability_open: float | None = None
    usd_per_tonne_low: float | None = None
    usd_per_tonne_high: float | None = None


@dataclass(frozen=True)
class SetSeason(_Checked):
    """State in which months a crossing, or a link, is open.

    Attributes
    ----------
    target
        A crossing or border place (every mode), or a link.
    months_open
        Months from 1 to 12.
    month
        The month for which the network is made: the target is open or shut. Absent: a crossing
        is open for that share of the year, and cargo waits as for any other closure.
    """

    target: str
    months_open: tuple[int, ...]
    month: int | None = None


@dataclass(frozen=True)
class SetBorder(_Checked):
    """Shut or open the land border of two economies.

    Every crossing between them, and every link that runs from one into the other without a
    border place.

    Attributes
    ----------
    iso3_a, iso3_b
        The two economies.
    is_open
        Whether it is to be open.
    mode
        ``rail``, ``road`` or ``ferry``; absent: rail and road.
    """

    iso3_a: str
    iso3_b: str
    is_open: bool
    mode: LandMode | None = None


@dataclass(frozen=True)
class SetOpen(_Checked):
    """Open or shut a link, crossing, project, port (to ships and ferries) or sea passage."""

    target: str
    is_open: bool


@dataclass(frozen=True)
class SetRates(_Checked):
    """Change the speed or price of a mode in an economy, links with values of their own included.

    What another edit states for a link stays as stated. Where one edit names an economy and
    another all of them, the one that names it holds there, alone.

    Attributes
    ----------
    mode
        ``rail``, ``road`` or ``ferry``.
    iso3
        Economy; empty for all.
    speed_factor, usd_factor
        New over old; bands move along.
    speed_kmh, usd_per_tonne_km
        New level of every link; not drawn.
    """

    mode: LandMode
    iso3: str = ""
    speed_factor: float | None = None
    usd_factor: float | None = None
    speed_kmh: float | None = None
    usd_per_tonne_km: float | None = None


@dataclass(frozen=True)
class SetCarbonPrice(_Checked):
    """Put a price on what a mode emits, in an economy or in all.

    Where one edit names an economy and another all of them, the one that names it holds there.

    Attributes
    ----------
    mode
        ``road``, ``rail``, ``ferry``, ``sea``, ``air`` or ``pipeline``.
    usd_per_tonne_co2e
        Price, USD a tonne of CO2e, well to wheel.
    iso3
        Economy in which the links lie; empty for all.
    """

    mode: PricedMode
    usd_per_tonne_co2e: float
    iso3: str = ""


@dataclass(frozen=True)
class SetCapacity(_Checked):
    """State what a port or a crossing can take in one direction.

    Attributes
    ----------
    target
        Port or crossing, by id or name.
    factor
        New over old capacity.
    million_tonnes
        New capacity, a year.
    cargo_group
        What the port handles: ``bulk``, ``liquid``, ``gas`` or ``boxes``; empty: all.
    """

    target: str
    factor: float | None = None
    million_tonnes: float | None = None
    cargo_group: str = ""


@dataclass(frozen=True)
class SetGauge(_Checked):
    """Bring the railways of an economy to another gauge; gauge breaks move to where it ends.

    Attributes
    ----------
    iso3
        Economy.
    gauge_mm
        New gauge.
    from_gauge_mm
        Only railways of this gauge; absent: all of them.
    """

    iso3: str
    gauge_mm: int
    from_gauge_mm: int | None = None


@dataclass(frozen=True)
class SetTerminal(_Checked):
    """State what a port, ferry port, gauge break or road-rail transfer takes; what is absent stays.

    Attributes
    ----------
    place
        Place by id or name.
    kind
        ``port``, ``ferry``, ``gauge_break`` or ``transfer``.
    fixed_hours, queue_hours
        Handling, and the wait for it. Not drawn, unless `hours_low` and `hours_high` say how wide
        the sum is.
    usd_per_tonne
        Charge each passage; not drawn, unless a low and a high say how wide.
    """

    place: str
    kind: TerminalKind
    fixed_hours: float | None = None
    queue_hours: float | None = None
    hours_low: float | None = None
    hours_high: float | None = None
    usd_per_tonne: float | None = None
    usd_per_tonne_low: float | None = None
    usd_per_tonne_high: float | None = None


Edit: TypeAlias = (
    OpenProject
    | AddPlace
    | AddLink
    | AddCrossing
    | SetLink
    | SetCrossing
    | SetRates
    | SetCarbonPrice
    | SetCapacity
    | SetGauge
    | SetTerminal
    | SetSeason
    | SetBorder
    | SetOpen
)
