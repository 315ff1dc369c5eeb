"""Ways between places: the least-cost one and others, profiles, and comparisons of routes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import product
from pathlib import Path
from typing import Final, TypeVar

import pandas as pd

from landbridge.basis import Basis
from landbridge.draws.defaults import DEFAULT_DRAWS, DEFAULT_SEED
from landbridge.errors import InputError
from landbridge.freight.costs.shipments import find_shipment
from landbridge.report.formats.route_tables import route_tables
from landbridge.report.maps.boundaries import BoundaryView
from landbridge.report.pages.route_files import present_routes
from landbridge.report.pages.routes import headline
from landbridge.report.presentation import Presentation
from landbridge.results import Result
from landbridge.scenarios.schema import Scenario
from landbridge.studies.chain.networks import own_row_notes, own_row_tables
from landbridge.studies.contract import Study, provenance_of
from landbridge.studies.routes.comparison import (
    Compared,
    Comparison,
    compare,
    find_comparison,
    settings_of,
)
from landbridge.studies.routes.profiles import TODAY, RouteAsked, Setting, make_setting
from landbridge.studies.routes.ways import Ways, find_ways
from landbridge.studies.run.effects import side_by_side
from landbridge.tasks import Progress, no_progress
from landbridge.verbs.asking.networks import effects_on
from landbridge.verbs.asking.scenarios import Asked, ScenarioLike, open_scenario

Found = TypeVar("Found")
CHECKS: Final = ("check", "value", "limit", "unit", "passed")
SHIPMENTS: Final = ("full-container", "part-load")
"""What a planner and a small shipper send: the default of a comparison."""
GENERAL: Final = "general"
"""Name of the average tonne among kinds of shipment."""


def route(
    basis: Basis,
    origin: str,
    destination: str,
    *,
    scenario: ScenarioLike | None = None,
    via: str | Sequence[str] = (),
    alternatives: int = 1,
    shipment: str = "",
    from_ship: bool = False,
    to_ship: bool = False,
    month: int | None = None,
    value: float | None = None,
    draws: int = DEFAULT_DRAWS,
    seed: int = DEFAULT_SEED,
) -> Result[Ways]:
    """Find the path of least generalised cost (money plus time at its value), and others.

    Parameters
    ----------
    basis
        Network and parameters; goods may fly where it was loaded with ``air=True``.
    origin, destination
        City, station or port.
    scenario
        Route on the network of this scenario.
    via
        Places to pass, in order; ``Poti:sea`` boards a ship there. A text is cut at its commas.
    alternatives
        How many distinct ways.
    shipment
        ``full-container``, ``part-load`` or ``bulk``; an average tonne where empty.
    from_ship, to_ship
        Start, or end, on a ship in the port.
    month
        Month for which the scenario's seasons are read.
    value
        What a tonne is worth, USD; that of general cargo where absent.
    draws
        Draws for the bands of the profiles; 0 for none.
    seed
        The same seed gives the same bands.

    Returns
    -------
    Result
        Tables ``ways``, ``legs`` and those of `profile`, and a map.

    Raises
    ------
    UnknownNameError, InputError
        A place, a kind of shipment or the scenario is not known.
    NoRouteError
        There is no way, with the reason.

    Examples
    --------
    >>> import landbridge as lb
    >>> found = lb.load().route("Tashkent", "Karachi", draws=0)
    >>> found.tables["legs"]["mode"].iloc[0]
    'road'
    """
    _check_value(value, shipment)
    asked = RouteAsked(
        origin=origin,
        destination=destination,
        via=_places(via),
        shipment=shipment,
        start="ship" if from_ship else "door",
        end="ship" if to_ship else "door",
    )
    setting = _setting(basis, _asked(scenario), None, month, value)
    found = find_ways(setting, asked, count=alternatives, draws=draws, seed=seed)
    study = _study(
        "route",
        basis,
        found,
        compared=found.compared,
        settings=[setting],
        tables=found.tables(),
        notes=found.notes(),
    )
    return Result(study, _present_ways)


def profile(
    basis: Basis,
    origin: str,
    destination: str,
    *,
    via: str | Sequence[str] = (),
    scenario: ScenarioLike | Sequence[ScenarioLike] = (),
    border_year: int | Sequence[int] = (),
    month: int | None = None,
    value: float | None = None,
    shipment: str = "",
    from_ship: bool = False,
    to_ship: bool = False,
    draws: int = DEFAULT_DRAWS,
    seed: int = DEFAULT_SEED,
    progress: Progress = no_progress,
) -> Result[Compared]:
    """Lay a route out as a time and cost-distance profile, after UNESCAP, with its bands.

    Parameters
    ----------
    basis
        Network and parameters.
    origin, destination, via, month, value, shipment, from_ship, to_ship
        As in `route`.
    scenario
        One or several, to be laid over each other; ``today`` is the network as it stands.
    border_year
        Borders as observed in this year, or in several, to be laid over each other. A user's own
        observations count where the model is loaded with the year.
    draws
        Draws for the bands; 0 for none.
    seed
        The same seed gives the same bands.
    progress
        Told how far the work is.

    Returns
    -------
    Result
        Tables ``routes``, ``profile``, ``indicators``, ``line_haul``, ``borders``,
        ``observations`` and ``route_sources``, charts and a map.

    Raises
    ------
    UnknownNameError, InputError
        A place, a kind of shipment, a scenario or the year is not known.
    NoRouteError
        There is no way.

    Examples
    --------
    >>> import landbridge as lb
    >>> found = lb.load().profile("Karachi", "Kabul", via="Torkham", draws=0)
    >>> bool(found.tables["profile"]["activity"].eq("border").any())
    True
    """
    _check_value(value, shipment)
    scenarios = {
        "" if one is None else one.scenario.name: one for one in map(_asked, _several(scenario))
    } or {"": None}
    years: Iterable[int | None] = [border_year] if isinstance(border_year, int) else border_year
    years = [*dict.fromkeys(years)] or [None]
    places = _places(via)
    cases = list(product(scenarios, years))
    asked = [
        RouteAsked(
            origin=origin,
            destination=destination,
            via=places,
            scenario=name,
            year=year,
            shipment=shipment,
            start="ship" if from_ship else "door",
            end="ship" if to_ship else "door",
            label=_label(name, year) if len(cases) > 1 else "",
        )
        for name, year in cases
    ]
    title = f"{origin} - {destination}" + (f" by {', '.join(places)}" if places else "")
    comparison = Comparison(title, title, tuple(asked))
    settings = {
        (name, year): _setting(basis, scenarios[name], year, month, value) for name, year in cases
    }
    found = compare(comparison, settings=settings, draws=draws, seed=seed, progress=progress)
    study = _study("profile", basis, found, compared=found, settings=list(settings.values()))
    return Result(study, _present_compared)


def compare_routes(
    basis: Basis,
    comparison: str | Path | Comparison,
    *,
    shipment: Sequence[str] = SHIPMENTS,
    draws: int = DEFAULT_DRAWS,
    seed: int = DEFAULT_SEED,
    progress: Progress = no_progress,
) -> Result[Compared]:
    """Lay routes beside each other: by time, by money, and by both together.

    Parameters
    ----------
    basis
        Network and parameters.
    comparison
        A comparison that ships, a CSV of routes, or a `Comparison`.
    shipment
        Kinds of shipment; ``general`` is the average tonne.
    draws
        Draws for the bands, and for how often a route is the best; 0 for none.
    seed
        The same seed gives the same bands.
    progress
        Told how far the work is.

    Returns
    -------
    Result
        Tables as those of `profile`, charts and a map.

    Raises
    ------
    UnknownNameError, FaultsError, InputError
        There is no such comparison or kind of shipment, or rows of the file are at fault.
    NoRouteError
        No route has a way.

    Examples
    --------
    >>> import landbridge as lb
    >>> found = lb.load().compare_routes("tashkent-sea", shipment=["general"], draws=0)
    >>> int(found.tables["routes"]["rank_sum"].min())
    1
    """
    kinds = ["" if one == GENERAL else one for one in shipment]
    for one in kinds:
        if one:
            find_shipment(one, where="shipment")
    asked = comparison if isinstance(comparison, Comparison) else find_comparison(str(comparison))
    settings = settings_of(basis, asked)
    found = compare(
        asked, settings=settings, shipments=kinds, draws=draws, seed=seed, progress=progress
    )
    study = _study("compare-routes", basis, found, compared=found, settings=list(settings.values()))
    return Result(study, _present_compared)


def _study(
    kind: str,
    basis: Basis,
    found: Found,
    *,
    compared: Compared,
    settings: Sequence[Setting],
    tables: Mapping[str, pd.DataFrame] | None = None,
    notes: Sequence[str] = (),
) -> Study[Found]:
    told = (compared.comparison.note, *compared.notes, *notes)
    own = [
        note
        for one in settings
        for note in own_row_notes(one.opened.basis.replaced, one.opened.basis.observed)
    ]
    scenarios = [one.opened.scenario for one in settings if one.opened.scenario is not None]
    effects = side_by_side(
        {
            one.title: effects_on(one.opened, choice="least")
            for one in settings
            if one.opened.scenario is not None
        }
    )
    return Study(
        kind=kind,
        name="routes",
        title=compared.comparison.title,
        headline=(*effects.warnings, *headline(compared)),
        tables={
            **(tables or {}),
            **route_tables(compared),
            **effects.tables(),
            **_own_tables(settings),
        },
        notes=tuple(dict.fromkeys(note for note in (*told, *effects.notes, *own) if note)),
        certificate=pd.DataFrame(columns=list(CHECKS)),
        provenance=provenance_of(basis, *scenarios, draws=compared.draws, seed=compared.seed),
        found=found,
    )


def _own_tables(settings: Sequence[Setting]) -> dict[str, pd.DataFrame]:
    """Lay out what stands in the place of defaults, network by network."""
    found: dict[str, list[pd.DataFrame]] = {}
    for one in settings:
        for name, table in own_row_tables(one.opened.basis).items():
            named = table.copy()
            if len(settings) > 1:
                named.insert(0, "setting", one.title)
            found.setdefault(name, []).append(named)
    return {name: pd.concat(tables, ignore_index=True) for name, tables in found.items()}


def _present_ways(study: Study[Ways], view: BoundaryView) -> Presentation:
    return _present(study, study.found.compared, view)


def _present_compared(study: Study[Compared], view: BoundaryView) -> Presentation:
    return _present(study, study.found, view)


def _present(study: Study[Found], compared: Compared, view: BoundaryView) -> Presentation:
    return present_routes(
        compared,
        tables=study.tables,
        headline=study.headline,
        notes=study.notes,
        provenance=study.provenance,
        view=view,
    )


def _asked(scenario: ScenarioLike | None) -> Asked | None:
    """Read a scenario; None for today's network."""
    if scenario is None or (isinstance(scenario, str) and scenario in ("", TODAY)):
        return None
    return open_scenario(scenario)


def _setting(
    basis: Basis, asked: Asked | None, year: int | None, month: int | None, value: float | None
) -> Setting:
    if asked is None:
        return make_setting(basis, "", year, month=month, value=value)
    with asked.lines():
        return make_setting(basis, asked.scenario, year, month=month, value=value)


def _several(scenario: ScenarioLike | Sequence[ScenarioLike]) -> list[ScenarioLike]:
    if isinstance(scenario, str | Path | Mapping | Scenario):
        return [scenario]
    return list(scenario)


def _places(via: str | Sequence[str]) -> tuple[str, ...]:
    """Read the places to pass.

    Raises
    ------
    InputError
        A name is missing between the commas.
    """
    given = via.split(",") if isinstance(via, str) and via.strip() else via
    places = () if isinstance(given, str) else tuple(place.strip() for place in given)
    if not all(places):
        raise InputError(
            "a name is missing between the commas.", where="via", mend="Write Torkham,Kabul."
        )
    return places


def _check_value(value: float | None, shipment: str) -> None:
    if value is not None and shipment:
        raise InputError(
            "a kind of shipment has a value of its own.",
            where="value",
            mend="Leave out the shipment, or the value.",
        )


def _label(scenario: str, year: int | None) -> str:
    borders = f"borders of {year}" if year else ""
    return ", ".join(part for part in (scenario or ("" if year else TODAY), borders) if part)
