"""The least-cost path between two places, or several distinct ways, with their profiles."""

from __future__ import annotations

from dataclasses import dataclass, replace

import pandas as pd

from landbridge.brief import brief_repr
from landbridge.draws.defaults import DEFAULT_SEED
from landbridge.errors import InputError
from landbridge.freight.choice.logit import Choice, choose
from landbridge.freight.routes.alternatives import Alternatives, alternatives
from landbridge.freight.routes.least_cost import Trip
from landbridge.studies.routes.comparison import Compared, Comparison, compared_profiles
from landbridge.studies.routes.profiles import (
    RouteAsked,
    Setting,
    find_trip,
    freight_draws,
    profile_routes,
)

UNFLOWN = "No leg flies: "
LEAST = "least cost"


@dataclass(frozen=True, eq=False, repr=False)
class Ways:
    """One way or several, from one place to another.

    Attributes
    ----------
    setting
        The network.
    trips
        The ways, the least-cost one first.
    alternatives
        What sets the ways apart; None where one way was asked for.
    compared
        Their profiles, side by side.
    """

    setting: Setting
    trips: tuple[Trip, ...]
    alternatives: Alternatives | None
    compared: Compared

    def choice(self) -> Choice | None:
        """Compute the shares of a logit choice among the ways; None where there is one way."""
        return None if self.alternatives is None else choose(self.alternatives)

    def tables(self) -> dict[str, pd.DataFrame]:
        """Return ``ways`` (one row a way) and ``legs`` (one row a leg, by way)."""
        labels = [profile.label for profile in self.compared.profiles]
        legs = []
        for label, trip in zip(labels, self.trips, strict=True):
            table = trip.legs.copy()
            table.insert(0, "route", label)
            legs.append(table)
        return {"ways": self._ways(labels), "legs": pd.concat(legs, ignore_index=True)}

    def _ways(self, labels: list[str]) -> pd.DataFrame:
        choice = self.choice()
        if self.alternatives is not None and choice is not None:
            shares = choice.routes["share_percent"].to_numpy()
            return self.alternatives.table.assign(share_percent=shares)
        trip = self.trips[0]
        return pd.DataFrame(
            [
                {
                    "route": labels[0],
                    "found_as": LEAST,
                    "km": trip.km,
                    "hours": trip.hours,
                    "usd_per_tonne": trip.usd_per_tonne,
                    "generalised_usd_per_tonne": trip.generalised_usd_per_tonne,
                    "way": trip.text,
                }
            ]
        )

    def notes(self) -> tuple[str, ...]:
        """Say what was asked for and is not there, and what the shares are."""
        notes = list(self.alternatives.notes) if self.alternatives is not None else []
        choice = self.choice()
        if choice is not None:
            notes.append(
                "Shares are those of a logit choice among these ways on the log of their cost with "
                f"time; their expected cost is {choice.expected_usd_per_tonne:,.0f} USD per tonne."
            )
        flies = any("air" in set(trip.legs["mode"]) for trip in self.trips)
        if not flies and any(layer.mode == "air" for layer in self.setting.network.layers):
            worth = self.setting.freight.value_usd_per_tonne
            notes.append(
                f"{UNFLOWN}at {worth:,.0f} USD a tonne it costs more than it saves; the value of "
                "a tonne says what yours is worth."
            )
        return tuple(notes)

    def __repr__(self) -> str:
        """Say what it is, not all that it holds."""
        return brief_repr(self)


def find_ways(
    setting: Setting,
    asked: RouteAsked,
    *,
    count: int = 1,
    draws: int = 0,
    seed: int = DEFAULT_SEED,
) -> Ways:
    """Find the least-cost path of a route, or several distinct ones, and lay them out as profiles.

    Parameters
    ----------
    setting
        The network (`profiles.make_setting`).
    asked
        The route.
    count
        How many ways at most.
    draws, seed
        For the bands of the profiles.

    Raises
    ------
    UnknownNameError, InputError
        A place or a kind of shipment is not known; several ways by places to pass.
    NoRouteError
        There is no way, with the reason.
    """
    found = None if count == 1 else _alternatives(setting, asked, count)
    trips: tuple[Trip, ...]
    if found is None:
        trips = (find_trip(setting, asked),)
        labels = [asked.label]
    else:
        trips = tuple(one.trip for one in found.routes)
        labels = [one.name for one in found.routes]
    routes = tuple(replace(asked, label=label) for label in labels)
    title = f"{trips[0].origin} - {trips[0].destination}"
    drawn = freight_draws(setting, draws=draws, seed=seed)
    profiles = profile_routes(setting, routes, trips, draws=drawn)
    compared = compared_profiles(
        Comparison(title, title, routes), profiles, [setting] * len(profiles), seed=seed
    )
    return Ways(setting, trips, found, compared)


def _alternatives(setting: Setting, asked: RouteAsked, count: int) -> Alternatives:
    if asked.via or asked.start != "door" or asked.end != "door":
        raise InputError(
            "alternatives are sought from door to door, without places to pass.",
            where="alternatives",
            mend="Leave out the places to pass, and ships at the ends.",
        )
    return alternatives(
        setting.network,
        setting.freight,
        asked.origin,
        asked.destination,
        count=count,
        shipment=asked.shipment or None,
    )
