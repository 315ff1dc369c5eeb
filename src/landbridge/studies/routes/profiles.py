"""Profiles of routes on today's network, a scenario's, or with the borders of a year."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, replace
from functools import partial
from typing import Literal, NamedTuple, TypeAlias

import numpy as np

from landbridge.basis import Basis
from landbridge.draws.engine import Draw, run_draws
from landbridge.errors import InputError, NoRouteError
from landbridge.freight.costs.pricing import FreightDraw, FreightParameters
from landbridge.freight.costs.shipments import find_shipment
from landbridge.freight.network.compiled import FreightNetwork, Layer
from landbridge.freight.network.places import find_place
from landbridge.freight.profile.time_cost import Draw as FreightPair
from landbridge.freight.profile.time_cost import Profile, profile_trips
from landbridge.freight.routes.least_cost import Trip, best_trip, trip_of
from landbridge.freight.search.ways import Ways, ways_between, why_not
from landbridge.gravity.uses.parameter_estimates import ParameterEstimates
from landbridge.scenarios.asking import ask, lines_of
from landbridge.scenarios.parameters import Parameter
from landbridge.scenarios.schema import Scenario
from landbridge.studies.chain.assumptions import assumptions_of, central_freight
from landbridge.studies.chain.networks import OpenedBasis, basis_of_year, open_on
from landbridge.tasks import no_progress
from landbridge.units import FloatArray

End: TypeAlias = Literal["door", "ship"]
"""A trip starts or ends at a door in the place, or on a ship in its port."""
TODAY = "today"
VALUE = "value_usd_per_tonne"
"""The parameter that says what a tonne of goods is worth."""
BORDERS = "borders"
MODE_MARK = ":"
"""Between a place to pass and the mode in which it is passed: ``Poti:sea``."""


@dataclass(frozen=True)
class RouteAsked:
    """A route that is asked for.

    Attributes
    ----------
    origin, destination, via
        Places by id or name; the way passes those of `via` in their order. ``Poti:sea`` passes
        that place at sea: goods go on board, or come ashore, there.
    scenario
        Name or file of a scenario; ``""`` for today's network.
    year
        Year of observation of the borders; absent: the latest.
    shipment
        A kind of shipment; ``""`` for general cargo.
    start, end
        At a door, or on a ship.
    label
        What a reader sees of it; made of the rest where it is empty.
    """

    origin: str
    destination: str
    via: tuple[str, ...] = ()
    scenario: str = ""
    year: int | None = None
    shipment: str = ""
    start: End = "door"
    end: End = "door"
    label: str = ""

    @property
    def setting(self) -> tuple[str, int | None]:
        """What the network depends on: scenario and year."""
        return self.scenario, self.year


@dataclass(frozen=True, eq=False)
class Setting:
    """A network, with the parameters that go with it.

    Attributes
    ----------
    title
        ``today``, the scenario's name, the year of the borders.
    opened
        The basis with the scenario's rows and the value of a tonne in it, and the network with the
        scenario's measures.
    """

    title: str
    opened: OpenedBasis

    @property
    def network(self) -> FreightNetwork:
        """The network to route on."""
        return self.opened.after

    @property
    def parameters(self) -> Mapping[str, Parameter]:
        """Every parameter by name."""
        return self.opened.basis.parameters

    @property
    def freight(self) -> FreightParameters:
        """The central freight parameters."""
        return central_freight(self.parameters)


def make_setting(
    basis: Basis,
    scenario: str | Scenario = "",
    year: int | None = None,
    *,
    month: int | None = None,
    value: float | None = None,
) -> Setting:
    """Make the network of a scenario, with the borders of a year.

    Parameters
    ----------
    basis
        Network and parameters; with air in it where goods may fly.
    scenario
        Name, file, ``a+b``, or a scenario; ``""`` for today's network.
    year
        Year of observation of the borders; what the scenario says of a border goes before it.
    month
        Month for which the scenario's seasons are read.
    value
        Value of a tonne, USD; absent: that of general cargo, which is drawn.

    Raises
    ------
    UnknownNameError, InputError, FaultsError
        The scenario, the year or a file cannot be used.
    """
    ready = basis if year is None else basis_of_year(basis, year)
    opened = _opened(ready, scenario, year, month)
    told = [TODAY if opened.scenario is None else opened.scenario.name]
    told += [f"borders of {year}"] * (year is not None) + [f"month {month}"] * (month is not None)
    told += [
        one.name if one.name.startswith(BORDERS) else f"own {one.name}"
        for one in basis.inputs
        if one.used_for in ("network", "parameters")
    ]
    told += ["with air"] * any(layer.mode == "air" for layer in basis.network.layers)
    parameters = dict(opened.basis.parameters)
    if value is not None:
        one = parameters[VALUE]
        parameters[VALUE] = replace(
            one, low=value, central=value, high=value, source="stated", confidence="stated"
        )
        told.append(f"{value:,.0f} USD a tonne")
    basis = replace(opened.basis, parameters=parameters)
    return Setting(", ".join(told), replace(opened, basis=basis))


def _opened(
    basis: Basis, scenario: str | Scenario, year: int | None, month: int | None
) -> OpenedBasis:
    if not scenario:
        return open_on(basis, month=month)
    where = scenario if isinstance(scenario, str) else scenario.name
    with lines_of(where) if isinstance(scenario, str) else nullcontext():
        read = ask(scenario) if isinstance(scenario, str) else scenario
        if year is not None:  # The year that is asked for goes before the scenario's own.
            read = read.model_copy(update={"border_year": None})
        return open_on(basis, read, where=where, month=month)


def find_trip(setting: Setting, asked: RouteAsked) -> Trip:
    """Find the least-cost path of a route that is asked for.

    Raises
    ------
    UnknownNameError
        A place or the kind of shipment is not known; the nearest names are offered.
    NoRouteError
        There is no way, with the reason.
    InputError
        A trip is to start or end on a ship where no ship calls.
    """
    shipment = asked.shipment or None
    stops = [_stop(setting.network, place) for place in asked.via]
    if asked.start == asked.end == "door" and not any(stop.mode for stop in stops):
        return best_trip(
            setting.network,
            setting.freight,
            asked.origin,
            asked.destination,
            shipment=shipment,
            via=asked.via,
        )
    ways = ways_between(
        setting.network, setting.freight, asked.origin, asked.destination, shipment=shipment
    )
    ways = replace(ways, doors=(_doors(ways, 0, asked.start), _doors(ways, 1, asked.end)))
    # A ship is loaded or unloaded in this very port: it does not sail on to the next one.
    at_ends = np.isin(ways.start, ways.doors[0]) & (asked.start == "ship")
    at_ends |= np.isin(ways.end, ways.doors[1]) & (asked.end == "ship")
    weights = np.where(at_ends & (ways.modes == "sea"), np.inf, ways.general)
    places, modes = [stop.node for stop in stops], [stop.mode for stop in stops]
    arcs = ways.through(weights, places, modes=modes) if stops else ways.least(weights)
    if not arcs:
        raise NoRouteError(_no_way(ways, weights, asked))
    return trip_of(ways, arcs)


def profile_routes(
    setting: Setting,
    asked: Sequence[RouteAsked],
    trips: Sequence[Trip],
    *,
    draws: Sequence[FreightPair],
) -> list[Profile]:
    """Lay routes of one kind of shipment out as profiles.

    Parameters
    ----------
    setting
        The network (`make_setting`).
    asked, trips
        The routes, and the way of each (`find_trip`).
    draws
        As `freight_draws` makes them; the routes share each draw.
    """
    kinds = {one.shipment for one in asked}
    if len(kinds) > 1:
        raise ValueError("the routes are of one kind of shipment")
    kind = next(iter(kinds), "")
    return profile_trips(
        setting.network,
        trips,
        setting.freight,
        draws=draws,
        shipment=find_shipment(kind) if kind else None,
        labels=[one.label or label_of(one, trip) for one, trip in zip(asked, trips, strict=True)],
        breaks=[_names(setting.network, one.via) for one in asked],
    )


def label_of(asked: RouteAsked, trip: Trip) -> str:
    """Make a label of what sets a route apart: ends, places asked for, scenario, year, shipment."""
    parts = [f"{trip.origin} - {trip.destination}"]
    if asked.via:
        parts.append(f"by {', '.join(asked.via)}")
    told = [asked.scenario, f"borders of {asked.year}" if asked.year else "", asked.shipment]
    extra = ", ".join(one for one in told if one)
    return f"{' '.join(parts)} ({extra})" if extra else " ".join(parts)


def freight_draws(setting: Setting, *, draws: int, seed: int) -> list[FreightPair]:
    """Draw the common parameters and the rows' own uncertainty.

    Parameters
    ----------
    setting
        Whose parameters are drawn.
    draws
        How many.
    seed
        The same seed gives the same draws; two settings share what they have in common.
    """
    return run_draws(
        partial(_one_draw, setting.parameters, setting.opened.basis.estimates),
        draws=draws,
        seed=seed,
        jobs=1,
        progress=no_progress,
    )


def _one_draw(
    parameters: Mapping[str, Parameter], estimates: ParameterEstimates | None, drawn: Draw
) -> tuple[FreightParameters, FreightDraw]:
    return assumptions_of(drawn.parameters(parameters, estimates)).freight, drawn.freight()


def _doors(ways: Ways, which: int, end: End) -> list[int]:
    if end == "door":
        return ways.doors[which]
    node = ways.ends[which]
    afloat = [n for n, one in enumerate(ways.network.layers) if one == Layer(node, "sea")]
    if not afloat:
        raise InputError(
            f"no ship calls at {ways.names[node]}.",
            where="origin" if which == 0 else "destination",
            mend="Name a port of the network.",
        )
    return afloat


def _no_way(ways: Ways, weights: FloatArray, asked: RouteAsked) -> str:
    if not (asked.via and ways.least(weights)):
        return why_not(ways)
    start, end = (ways.names[node] for node in ways.ends)
    return f"there is no way from {start} to {end} by {', '.join(asked.via)}"


class _Stop(NamedTuple):
    """A place to pass, and the mode in which; empty: any."""

    node: str
    mode: str


def _stop(network: FreightNetwork, text: str) -> _Stop:
    place, colon, mode = text.partition(MODE_MARK)
    node = find_place(network.tables, place.strip(), where="via")
    found = sorted({layer.mode for layer in network.layers if layer.node == node})
    wanted = mode.strip().casefold()
    if colon and wanted not in found:
        raise InputError(
            f"'{mode.strip()}' is not a mode of {place.strip()}.",
            where="via",
            mend=f"There: {', '.join(found) or 'none'}.",
        )
    return _Stop(node, wanted)


def _names(network: FreightNetwork, places: Sequence[str]) -> list[str]:
    nodes = network.tables.nodes.set_index("node")["name"]
    return [str(nodes[_stop(network, place).node]) for place in places]
