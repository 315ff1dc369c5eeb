"""Gas and oil by pipeline: a mode of its own, which general cargo never uses.

A commodity flows through sections of its own lines only, both ways, at a tariff per distance. What
is planned carries nothing until it is named.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np
import pandas as pd
from scipy.sparse.csgraph import dijkstra

from landbridge.codes import fold
from landbridge.errors import InputError, NoRouteError, UnknownNameError, suggest
from landbridge.evidence import told_sources
from landbridge.freight.network.sea import least_arcs
from landbridge.freight.network.tables import by_text, column
from landbridge.tables import embedded_table

Commodity: TypeAlias = Literal["gas", "oil"]
UNITS: dict[Commodity, str] = {"gas": "1000 m3", "oil": "tonne"}
CAPACITY_UNITS: dict[Commodity, str] = {"gas": "bn m3", "oil": "m tonnes"}
TARIFF_KM = 100.0


@dataclass(frozen=True, eq=False)
class PipelineTrip:
    """The cheapest way of a commodity between two places.

    Attributes
    ----------
    commodity
        ``gas`` or ``oil``.
    legs
        One row a section, in order: ``section``, ``title``, ``from_name``, ``to_name``, ``iso3``,
        ``km``, ``status``, ``capacity_per_year``, ``tariff_low``, ``tariff``, ``tariff_high`` (USD
        per unit for the section), ``source``, ``confidence``.
    km
        Length.
    usd_per_unit, usd_low, usd_high
        Sum of the sections' tariffs, USD per 1000 m3 of gas or tonne of oil.
    capacity_per_year
        Least capacity on the way, billion m3 or million tonnes a year.
    """

    commodity: Commodity
    legs: pd.DataFrame
    km: float
    usd_per_unit: float
    usd_low: float
    usd_high: float
    capacity_per_year: float


def pipeline_trip(
    commodity: Commodity,
    origin: str,
    destination: str,
    *,
    with_pipelines: Sequence[str] = (),
    without_pipelines: Sequence[str] = (),
) -> PipelineTrip:
    """Find the cheapest way of a commodity by pipeline.

    Parameters
    ----------
    commodity
        ``gas`` or ``oil``.
    origin, destination
        Places of the table ``pipeline_places``, by id or name.
    with_pipelines
        Pipelines that are not open, taken to be.
    without_pipelines
        Pipelines taken to be shut.

    Raises
    ------
    UnknownNameError
        A commodity, place or pipeline is not known.
    InputError
        Both places are one.
    NoRouteError
        No pipeline that is open leads there.

    Examples
    --------
    >>> trip = pipeline_trip("gas", "Galkynysh", "Multan", with_pipelines=["tapi"])
    >>> trip.km
    1488.0
    """
    sections = embedded_table("freight", "pipelines")
    places = embedded_table("freight", "pipeline_places")
    commodity_named(commodity)
    for name in (*with_pipelines, *without_pipelines):
        if name not in set(sections["pipeline"]):
            known = sorted(set(sections["pipeline"]))
            raise UnknownNameError(f"'{name}' is not a pipeline", mend=suggest(name, known))
    start, end = (_place(places, name) for name in (origin, destination))
    if start == end:
        raise InputError(f"the way starts and ends at {origin}")
    usable = (sections["status"] == "open") | sections["pipeline"].isin(list(with_pipelines))
    usable &= ~sections["pipeline"].isin(list(without_pipelines))
    mine = sections[usable & (sections["commodity"] == commodity)].reset_index(drop=True)
    order = _cheapest(mine, start, end)
    if order is None:
        raise NoRouteError(
            f"no open pipeline carries {commodity} from {origin} to {destination}",
            mend=_who_else(sections, commodity),
        )
    return _trip(commodity, mine, order, by_text(places, "place", "name"), start)


def commodity_named(text: str) -> Commodity:
    """Find the commodity that a user means.

    Raises
    ------
    UnknownNameError
        It is neither gas nor oil.
    """
    for name in UNITS:
        if name == text.strip().casefold():
            return name
    raise UnknownNameError(f"'{text}' is not piped here", mend="Name gas or oil.")


def pipelines() -> pd.DataFrame:
    """List the pipelines, one row each: sections added up, in the table's order.

    Returns
    -------
    pandas.DataFrame
        ``pipeline``, ``commodity``, ``from``, ``to`` (ends of its first and last section), ``km``,
        ``status`` (all that its sections have), ``capacity_per_year`` (the least, billion m3 or
        million tonnes), ``economies``.
    """
    sections = embedded_table("freight", "pipelines")
    names = by_text(embedded_table("freight", "pipeline_places"), "place", "name")
    found = []
    for name, own in sections.groupby("pipeline", sort=False):
        found.append(
            {
                "pipeline": name,
                "commodity": own["commodity"].iloc[0],
                "from": names[own["from_place"].iloc[0]],
                "to": names[own["to_place"].iloc[-1]],
                "km": float(own["km"].sum()),
                "status": ", ".join(dict.fromkeys(own["status"])),
                "capacity_per_year": float(own["capacity_per_year"].min()),
                "economies": " ".join(dict.fromkeys(own["iso3"])),
            }
        )
    return pd.DataFrame(found)


def pipeline_totals(trip: PipelineTrip) -> dict[str, float]:
    """List a trip's totals by name; units as in `PipelineTrip`."""
    return {
        "km": trip.km,
        "usd_per_unit": trip.usd_per_unit,
        "usd_per_unit_low": trip.usd_low,
        "usd_per_unit_high": trip.usd_high,
        "capacity_per_year": trip.capacity_per_year,
    }


def _place(places: pd.DataFrame, text: str) -> str:
    known = {fold(name): place for place, name in by_text(places, "place", "name").items()}
    known |= {fold(place): place for place in column(places, "place")}
    if fold(text) not in known:
        raise UnknownNameError(
            f"'{text}' is not a place of the pipelines", mend=suggest(text, column(places, "name"))
        )
    return known[fold(text)]


def _cheapest(sections: pd.DataFrame, start: str, end: str) -> list[int] | None:
    names = sorted({*column(sections, "from_place"), *column(sections, "to_place")})
    if not {start, end} <= set(names):
        return None
    number = {name: index for index, name in enumerate(names)}
    a = np.array([number[name] for name in column(sections, "from_place")])
    b = np.array([number[name] for name in column(sections, "to_place")])
    usd = (sections["km"] * sections["tariff"]).to_numpy(dtype=np.float64) / TARIFF_KM
    graph, used = least_arcs(np.r_[a, b], np.r_[b, a], np.r_[usd, usd], len(names))
    source = np.array([number[start]])
    cost, before = dijkstra(graph, indices=source, return_predecessors=True)
    if not np.isfinite(cost[0, number[end]]):
        return None
    arcs = np.r_[a, b][used] * len(names) + np.r_[b, a][used]
    at = {int(key): int(arc) % len(sections) for key, arc in zip(arcs, used, strict=True)}
    order, node = [], number[end]
    while node != number[start]:
        order.append(at[int(before[0, node]) * len(names) + node])
        node = int(before[0, node])
    return order[::-1]


def _who_else(sections: pd.DataFrame, commodity: str) -> str:
    shut = sections[(sections["commodity"] == commodity) & (sections["status"] != "open")]
    return "Not open, but may be taken to be: " + ", ".join(sorted(set(shut["pipeline"]))) + "."


def _trip(
    commodity: Commodity,
    sections: pd.DataFrame,
    order: list[int],
    names: dict[str, str],
    start: str,
) -> PipelineTrip:
    legs = sections.iloc[order].reset_index(drop=True)
    stops = [start]
    for a, b in zip(column(legs, "from_place"), column(legs, "to_place"), strict=True):
        stops.append(b if a == stops[-1] else a)
    for tariff in ("tariff_low", "tariff", "tariff_high"):
        legs[tariff] = legs[tariff] * legs["km"] / TARIFF_KM
    legs = told_sources(legs).assign(
        from_name=[names[stop] for stop in stops[:-1]], to_name=[names[stop] for stop in stops[1:]]
    )[
        ["section", "title", "from_name", "to_name", "iso3", "km", "status", "capacity_per_year",
         "tariff_low", "tariff", "tariff_high", "source", "confidence"]
    ]  # fmt: skip
    return PipelineTrip(
        commodity=commodity,
        legs=legs,
        km=float(legs["km"].sum()),
        usd_per_unit=float(legs["tariff"].sum()),
        usd_low=float(legs["tariff_low"].sum()),
        usd_high=float(legs["tariff_high"].sum()),
        capacity_per_year=float(legs["capacity_per_year"].min()) if len(legs) else float("inf"),
    )
