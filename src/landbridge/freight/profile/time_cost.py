"""Time and cost-distance profile of a trip, after UNESCAP: legs are slopes, nodes are steps.

The method was set out by UNESCAP in 2004 after Beresford and Dubey (1990) and Banomyong (2000):
distance on one axis, time or cost added up along the way on the other. Here a node is told apart
into its activities as far as the data go: handling and waiting at terminals and ports, formalities
and the expected wait for a shut border at crossings.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias

import numpy as np
import pandas as pd

from landbridge.freight.costs.pricing import FreightDraw, FreightParameters
from landbridge.freight.costs.shipments import Shipment
from landbridge.freight.network.compiled import FreightNetwork
from landbridge.freight.profile.activities import Part, activities, parts_of
from landbridge.freight.routes.least_cost import Trip
from landbridge.freight.routes.retrace import Priced, priced, retrace
from landbridge.units import BoolArray, FloatArray

Draw: TypeAlias = tuple[FreightParameters, FreightDraw]
"""One draw: the common parameters and the rows' own uncertainty."""

LOW, HIGH = 5.0, 95.0
COLUMNS: Final = (
    "sequence",
    "kind",
    "mode",
    "activity",
    "name",
    "iso3",
    "from_name",
    "to_name",
    "km",
    "hours",
    "hours_low",
    "hours_high",
    "usd_per_tonne",
    "usd_per_tonne_low",
    "usd_per_tonne_high",
    "cumulative_km",
    "cumulative_hours",
    "cumulative_hours_low",
    "cumulative_hours_high",
    "cumulative_usd_per_tonne",
    "cumulative_usd_per_tonne_low",
    "cumulative_usd_per_tonne_high",
    "payments",
    "remark",
    "source",
    "confidence",
    "link",
)


@dataclass(frozen=True, eq=False)
class Profile:
    """A trip as a profile.

    Attributes
    ----------
    label
        What a reader sees of this route beside others.
    trip
        The trip.
    rows
        One row an activity, in order; columns `COLUMNS`. The bands are the 5th and 95th
        percentile of the draws: those of rows do not add up, those of the running totals are
        taken of each draw's own total.
    hours, usd_per_tonne
        ``[draws, rows]`` of each draw; no rows where nothing was drawn.
    hour_usd_per_tonne
        ``[1 + draws]`` what an hour costs, the central value first.
    shipment
        The kind of shipment; absent for general cargo.
    breaks
        Names of places where a row ends although nothing happens there: those a reader named.
    """

    label: str
    trip: Trip
    rows: pd.DataFrame
    hours: FloatArray
    usd_per_tonne: FloatArray
    hour_usd_per_tonne: FloatArray
    shipment: Shipment | None = None
    breaks: tuple[str, ...] = ()

    @property
    def draws(self) -> int:
        """How many draws stand behind the bands."""
        return len(self.hours)

    @property
    def generalised_usd_per_tonne(self) -> FloatArray:
        """Money and time at its value, ``[1 + draws]`` USD per tonne, the central value first."""
        hours, usd = self.sums(np.ones(len(self.rows), dtype=bool))
        return np.asarray(usd + hours * self.hour_usd_per_tonne)

    def sums(self, wanted: BoolArray) -> tuple[FloatArray, FloatArray]:
        """Compute the hours and USD per tonne of some rows, the central value first.

        Parameters
        ----------
        wanted
            ``[rows]`` flags.

        Returns
        -------
        tuple of FloatArray
            ``[1 + draws]`` each.
        """
        hours = np.vstack([self.rows["hours"].to_numpy(), self.hours])
        usd = np.vstack([self.rows["usd_per_tonne"].to_numpy(), self.usd_per_tonne])
        return hours[:, wanted].sum(axis=1), usd[:, wanted].sum(axis=1)


def profile_trip(
    network: FreightNetwork,
    trip: Trip,
    parameters: FreightParameters,
    *,
    draws: Sequence[Draw] = (),
    shipment: Shipment | None = None,
    label: str = "",
    breaks: Collection[str] = (),
) -> Profile:
    """Lay out a trip as a profile.

    The way is kept in every draw; what it takes and costs is drawn.

    Parameters
    ----------
    network
        The network on which the trip was found.
    trip
        The trip.
    parameters
        Those with which it was found.
    draws
        Draws for the bands; without them the bands have no width.
    shipment
        The kind of shipment with which it was found; its own numbers are not drawn.
    label
        What a reader sees of it beside others; the ends of the trip by default.
    breaks
        Names of places where a row ends although nothing happens there.

    Examples
    --------
    >>> from landbridge.freight.costs.pricing import central_parameters
    >>> from landbridge.freight.network.compiled import load_network
    >>> from landbridge.freight.routes.least_cost import best_trip
    >>> network, parameters = load_network(), central_parameters()
    >>> trip = best_trip(network, parameters, "Karachi", "Kabul")
    >>> profile = profile_trip(network, trip, parameters)
    >>> bool(abs(profile.rows["hours"].sum() - trip.hours) < 1e-6)
    True
    """
    return profile_trips(
        network,
        [trip],
        parameters,
        draws=draws,
        shipment=shipment,
        labels=[label] if label else (),
        breaks=[breaks],
    )[0]


def profile_trips(
    network: FreightNetwork,
    trips: Sequence[Trip],
    parameters: FreightParameters,
    *,
    draws: Sequence[Draw] = (),
    shipment: Shipment | None = None,
    labels: Sequence[str] = (),
    breaks: Sequence[Collection[str]] = (),
) -> list[Profile]:
    """Lay out several trips on one network as profiles: each draw is priced once for all.

    Parameters
    ----------
    network, parameters, draws, shipment
        As in `profile_trip`.
    trips
        The trips.
    labels, breaks
        As in `profile_trip`, one a trip; or none at all.
    """
    found = [retrace(network, trip) for trip in trips]
    parts = [
        parts_of(network, trip, one, breaks=own)
        for trip, one, own in zip(trips, found, breaks or [()] * len(trips), strict=True)
    ]
    own = _own(parameters, shipment)
    of_draws = [_own(each, shipment) for each, _ in draws]
    central = priced(network, found, own, shipment=shipment)
    drawn = [
        priced(network, found, each, draw=draw, shipment=shipment)
        for each, (_, draw) in zip(of_draws, draws, strict=True)
    ]
    rates = np.array([each.usd_per_tonne_hour for each in (own, *of_draws)])
    return [
        _profile(
            trip,
            parts[place],
            label=labels[place] if labels else f"{trip.origin} - {trip.destination}",
            central=_split(parts[place], [central[place]]),
            drawn=_split(parts[place], [one[place] for one in drawn]),
            rates=rates,
            shipment=shipment,
            breaks=tuple(breaks[place]) if breaks else (),
        )
        for place, trip in enumerate(trips)
    ]


def _profile(
    trip: Trip,
    parts: Sequence[Part],
    *,
    label: str,
    central: FloatArray,
    drawn: FloatArray,
    rates: FloatArray,
    shipment: Shipment | None,
    breaks: tuple[str, ...],
) -> Profile:
    return Profile(
        label=label,
        trip=trip,
        rows=_rows(parts, trip, central[:, 0], drawn),
        hours=drawn[0],
        usd_per_tonne=drawn[1],
        hour_usd_per_tonne=rates,
        shipment=shipment,
        breaks=breaks,
    )


def _own(parameters: FreightParameters, shipment: Shipment | None) -> FreightParameters:
    return parameters if shipment is None else shipment.parameters(parameters)


def _split(parts: Sequence[Part], found: Sequence[Priced]) -> FloatArray:
    """Compute hours and USD per tonne of each part in each pricing: ``[2, pricings, parts]``."""
    values = np.empty((2, len(found), len(parts)))
    for place, one in enumerate(found):
        values[0, place] = [part.hours(one) for part in parts]
        values[1, place] = [part.usd_per_tonne(one) for part in parts]
    return values


def _rows(
    parts: Sequence[Part], trip: Trip, central: FloatArray, drawn: FloatArray
) -> pd.DataFrame:
    length = trip.legs["km"].to_numpy(dtype=np.float64)
    km = np.array([length[list(part.legs)].sum() for part in parts])
    known = activities()
    table = pd.DataFrame(
        {
            "sequence": np.arange(1, len(parts) + 1),
            "kind": [known[part.activity].kind for part in parts],
            "activity": [part.activity for part in parts],
            "mode": [part.mode for part in parts],
            "name": [part.name for part in parts],
            "iso3": [part.iso3 for part in parts],
            "from_name": [part.start for part in parts],
            "to_name": [part.end for part in parts],
            "km": km,
            "cumulative_km": np.cumsum(km),
            "payments": [part.payments for part in parts],
            "remark": [part.remark for part in parts],
            "source": [part.source for part in parts],
            "confidence": [part.confidence for part in parts],
            "link": [part.link for part in parts],
        }
    )
    for place, name in enumerate(("hours", "usd_per_tonne")):
        for head, centre, band in (
            (name, central[place], drawn[place]),
            (f"cumulative_{name}", np.cumsum(central[place]), np.cumsum(drawn[place], axis=1)),
        ):
            table[head] = centre
            table[f"{head}_low"], table[f"{head}_high"] = ends_of(centre, band)
    return table[list(COLUMNS)]


def ends_of(central: FloatArray, drawn: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Compute the 5th and 95th percentile over draws; the centre where nothing was drawn.

    Parameters
    ----------
    central
        ``[...]``.
    drawn
        ``[draws, ...]``.
    """
    if len(drawn) == 0:
        return central, central
    low, high = np.percentile(drawn, [LOW, HIGH], axis=0)
    return np.asarray(low), np.asarray(high)
