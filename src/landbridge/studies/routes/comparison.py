"""Routes beside each other: by time, by money, and by both together."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from typing import Final

import numpy as np
import pandas as pd

from landbridge.basis import Basis
from landbridge.draws.defaults import DEFAULT_SEED
from landbridge.errors import (
    FaultsError,
    InputError,
    LandbridgeError,
    NoRouteError,
    UnknownNameError,
    suggest,
)
from landbridge.freight.profile.time_cost import Profile, ends_of
from landbridge.freight.routes.least_cost import Trip
from landbridge.scenarios.reading import attach
from landbridge.studies.routes.profiles import (
    RouteAsked,
    Setting,
    find_trip,
    freight_draws,
    make_setting,
    profile_routes,
)
from landbridge.tables import embedded_table
from landbridge.tasks import Progress
from landbridge.units import FloatArray

NEEDED: Final = ("label", "origin", "destination")
OPTIONAL: Final = ("via", "scenario", "year", "shipment", "start", "end")
ENDS: Final = ("door", "ship")
MOST_ROUTES: Final = 30
COLUMNS: Final = (
    "label",
    "shipment",
    "km",
    "hours",
    "hours_low",
    "hours_high",
    "usd_per_tonne",
    "usd_per_tonne_low",
    "usd_per_tonne_high",
    "time_usd_per_tonne",
    "generalised_usd_per_tonne",
    "generalised_usd_per_tonne_low",
    "generalised_usd_per_tonne_high",
    "rank_time",
    "rank_money",
    "rank_sum",
    "probability_best",
    "node_time_percent",
    "crossings",
    "setting",
    "way",
)


@dataclass(frozen=True)
class Comparison:
    """Routes to lay beside each other.

    Attributes
    ----------
    name, title, note
        Id or file, what a reader sees, and what to mind.
    routes
        The routes, in order.
    """

    name: str
    title: str
    routes: tuple[RouteAsked, ...]
    note: str = ""


@dataclass(frozen=True, eq=False)
class Compared:
    """What a comparison found.

    Attributes
    ----------
    comparison
        What was asked.
    profiles
        One a route (and kind of shipment) that exists, in order.
    settings
        The setting of each.
    table
        One row a profile; columns `COLUMNS`. Ranks are among the routes of one kind of shipment;
        `probability_best` is the share of draws in which the sum of money and time is least.
    notes
        Routes without a way, and why.
    draws, seed
        Of the bands.
    """

    comparison: Comparison
    profiles: tuple[Profile, ...]
    settings: tuple[Setting, ...]
    table: pd.DataFrame
    notes: tuple[str, ...]
    draws: int
    seed: int


def comparison_names() -> tuple[str, ...]:
    """List the names of the comparisons that ship with Landbridge."""
    return tuple(embedded_table("studies", "comparisons")["comparison"])


def find_comparison(name_or_file: str) -> Comparison:
    """Look up a comparison by its name, or read a file (CSV).

    Parameters
    ----------
    name_or_file
        A name of the table ``study/comparisons``, or a path that ends in ``.csv``: columns label,
        origin, destination and, as needed, via (places joined by ``|``), scenario, year,
        shipment, start, end (door or ship).

    Raises
    ------
    UnknownNameError
        There is no such comparison.
    FaultsError
        The file's rows cannot be used; all faults are told.
    """
    if name_or_file.casefold().endswith(".csv"):
        return _read(Path(name_or_file))
    known = embedded_table("studies", "comparisons").set_index("comparison")
    if name_or_file not in known.index:
        raise UnknownNameError(
            f"there is no comparison '{name_or_file}'.",
            where="compare-routes",
            mend=suggest(name_or_file, list(known.index))
            or f"Known: {', '.join(known.index)}; or name a CSV file.",
        )
    rows = embedded_table("studies", "comparison_routes")
    own = rows[rows["comparison"] == name_or_file].sort_values("sequence")
    routes = tuple(_route({str(k): _text(v) for k, v in row.items()}) for row in _records(own))
    told = known.loc[name_or_file]
    return Comparison(name_or_file, str(told["title"]), routes, _text(told["note"]))


Settings = dict[tuple[str, int | None], Setting]
"""By scenario and year."""


def settings_of(
    basis: Basis,
    comparison: Comparison,
    *,
    month: int | None = None,
    value: float | None = None,
) -> Settings:
    """Make every network that the routes of a comparison need.

    Parameters
    ----------
    basis
        Network and parameters.
    comparison
        The routes.
    month, value
        As in `profiles.make_setting`; the month is for the scenarios among them.
    """
    return {
        key: make_setting(basis, *key, month=month if key[0] else None, value=value)
        for key in dict.fromkeys(asked.setting for asked in comparison.routes)
    }


def compare(
    comparison: Comparison,
    settings: Settings,
    *,
    shipments: Sequence[str] = ("",),
    draws: int = 0,
    seed: int = DEFAULT_SEED,
    progress: Progress | None = None,
) -> Compared:
    """Find every route of a comparison and lay them beside each other.

    Parameters
    ----------
    comparison
        The routes.
    settings
        As `settings_of` makes them.
    shipments
        Kinds of shipment; ``""`` is general cargo. A route that names its own keeps it.
    draws, seed
        For the bands. Routes share each draw in what they have in common.
    progress
        Told after each group of routes on one network.

    Raises
    ------
    NoRouteError
        No route has a way.
    """
    drawn = {key: freight_draws(one, draws=draws, seed=seed) for key, one in settings.items()}
    wanted = [
        asked if asked.shipment else replace(asked, shipment=shipment)
        for shipment in shipments
        for asked in comparison.routes
    ]
    trips: dict[int, Trip] = {}
    notes: list[str] = []
    for place, asked in enumerate(wanted):
        try:
            trips[place] = find_trip(settings[asked.setting], asked)
        except NoRouteError as error:
            if len(wanted) == 1:
                raise
            notes.append(f"{asked.label or comparison.title}: {error.message}")
        except InputError as error:
            if len(comparison.routes) == 1:
                raise
            where = f"route '{asked.label}'" + (f", {error.where}" if error.where else "")
            raise InputError(error.message, where=where, mend=error.mend) from error
    if not trips:
        raise NoRouteError(f"no route of {comparison.name} has a way. {' '.join(notes)}")
    profiles: dict[int, Profile] = {}
    keys = dict.fromkeys((wanted[place].setting, wanted[place].shipment) for place in trips)
    for done, key in enumerate(keys, start=1):
        own = [place for place in trips if (wanted[place].setting, wanted[place].shipment) == key]
        made = profile_routes(
            settings[key[0]],
            [wanted[place] for place in own],
            [trips[place] for place in own],
            draws=drawn[key[0]],
        )
        profiles |= dict(zip(own, made, strict=True))
        if progress is not None:
            progress("Networks and shipments", done, len(keys))
    ordered = [profiles[place] for place in trips]
    used = [settings[wanted[place].setting] for place in trips]
    return Compared(
        comparison=comparison,
        profiles=tuple(ordered),
        settings=tuple(used),
        table=_table(ordered, used),
        notes=tuple(dict.fromkeys(notes)),
        draws=draws,
        seed=seed,
    )


def compared_profiles(
    comparison: Comparison, profiles: Sequence[Profile], settings: Sequence[Setting], *, seed: int
) -> Compared:
    """Lay profiles that are there already beside each other.

    Parameters
    ----------
    comparison
        Its name and title; one route a profile.
    profiles, settings
        The profiles, and the setting of each.
    seed
        That of the draws.
    """
    return Compared(
        comparison=comparison,
        profiles=tuple(profiles),
        settings=tuple(settings),
        table=_table(profiles, settings),
        notes=(),
        draws=profiles[0].draws,
        seed=seed,
    )


def _table(profiles: Sequence[Profile], settings: Sequence[Setting]) -> pd.DataFrame:
    found = []
    for profile, setting in zip(profiles, settings, strict=True):
        every = np.ones(len(profile.rows), dtype=bool)
        hours, usd = profile.sums(every)
        total = profile.generalised_usd_per_tonne
        nodes, _ = profile.sums((profile.rows["kind"] == "node").to_numpy())
        found.append(
            {
                "label": profile.label,
                "shipment": "" if profile.shipment is None else profile.shipment.name,
                "km": float(profile.rows["km"].sum()),
                **_banded("hours", hours),
                **_banded("usd_per_tonne", usd),
                "time_usd_per_tonne": float(total[0] - usd[0]),
                **_banded("generalised_usd_per_tonne", total),
                "node_time_percent": float(100.0 * nodes[0] / hours[0]),
                "crossings": int((profile.rows["activity"] == "border").sum()),
                "setting": setting.title,
                "way": profile.trip.text,
            }
        )
    table = pd.DataFrame(found)
    groups = table.groupby("shipment", sort=False)
    for rank, by in (
        ("rank_time", "hours"),
        ("rank_money", "usd_per_tonne"),
        ("rank_sum", "generalised_usd_per_tonne"),
    ):
        table[rank] = groups[by].rank(method="min").astype("int64")
    table["probability_best"] = np.nan
    for members in groups.groups.values():
        table.loc[members, "probability_best"] = _best([profiles[row] for row in members])
    return table[list(COLUMNS)]


def _best(profiles: Sequence[Profile]) -> FloatArray:
    """Compute the share of draws in which each route's sum is least; not a number without draws."""
    sums = np.stack([profile.generalised_usd_per_tonne[1:] for profile in profiles])
    if sums.shape[1] == 0:
        return np.full(len(profiles), np.nan)
    least = np.argmin(sums, axis=0)
    return np.asarray(np.bincount(least, minlength=len(profiles)) / sums.shape[1])


def _banded(name: str, values: FloatArray) -> dict[str, float]:
    low, high = ends_of(values[0], values[1:])
    return {name: float(values[0]), f"{name}_low": float(low), f"{name}_high": float(high)}


def _read(path: Path) -> Comparison:
    lines = io.StringIO(attach(path.name, path).text, newline="")
    try:
        reader = csv.DictReader(lines)
        heads = [head.strip() for head in reader.fieldnames or []]
        records = [
            {k.strip(): (v or "").strip() for k, v in row.items() if isinstance(k, str)}
            for row in islice(reader, MOST_ROUTES + 1)
        ]
    except csv.Error as error:
        raise InputError(f"this is no CSV: {error}.", where=str(path)) from None
    faults = [f"the column '{name}' is missing" for name in NEEDED if name not in heads]
    allowed = (*NEEDED, *OPTIONAL)
    faults += [
        f"there is no column '{head}' here. {suggest(head, allowed)}".strip()
        for head in heads
        if head not in allowed
    ]
    if not faults and not 1 <= len(records) <= MOST_ROUTES:
        held = f"more than {MOST_ROUTES}" if records else "no"
        faults.append(f"it has {held} routes; write from 1 to {MOST_ROUTES}")
    routes = []
    for number, record in enumerate(records if not faults else [], start=2):
        try:
            routes.append(_route(record))
        except LandbridgeError as error:
            faults.append(f"line {number}: {error}")
    labels = [asked.label for asked in routes]
    faults += [f"the label '{one}' is given twice" for one in _twice(labels)]
    if faults:
        raise FaultsError(faults, where=str(path))
    return Comparison(path.stem, path.stem.replace("-", " ").replace("_", " "), tuple(routes))


def _twice(labels: Sequence[str]) -> list[str]:
    return [one for one in dict.fromkeys(labels) if labels.count(one) > 1]


def _route(record: Mapping[str, str]) -> RouteAsked:
    for name in NEEDED:
        if not record.get(name):
            raise InputError(f"{name} is empty")
    ends = [record.get(name) or ENDS[0] for name in ("start", "end")]
    for name, end in zip(("start", "end"), ends, strict=True):
        if end not in ENDS:
            raise InputError(f"{name} is '{end}'; write {' or '.join(ENDS)}")
    year = record.get("year", "")
    if year and not year.isdigit():
        raise InputError(f"year is '{year}'; write a year such as 2022")
    return RouteAsked(
        origin=record["origin"],
        destination=record["destination"],
        via=tuple(place.strip() for place in record.get("via", "").split("|") if place.strip()),
        scenario=record.get("scenario", ""),
        year=int(year) if year else None,
        shipment=record.get("shipment", ""),
        start="ship" if ends[0] == "ship" else "door",
        end="ship" if ends[1] == "ship" else "door",
        label=record["label"],
    )


def _records(table: pd.DataFrame) -> list[dict[str, object]]:
    return [{str(k): v for k, v in row.items()} for row in table.to_dict(orient="records")]


def _text(value: object) -> str:
    if value is None or value is pd.NA or (isinstance(value, float) and np.isnan(value)):
        return ""
    return str(int(value)) if isinstance(value, float) else str(value)
