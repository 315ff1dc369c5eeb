"""From the measures of a scenario to edits of the freight network."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from landbridge import codes
from landbridge.errors import FaultsError, InputError, LandbridgeError
from landbridge.freight.edits import applying as freight
from landbridge.freight.edits.geojson import LineDefaults, read_lines
from landbridge.freight.edits.words import describe_all
from landbridge.freight.network.compiled import FreightNetwork
from landbridge.scenarios.fields import Band
from landbridge.scenarios.measures import (
    BuildCrossing,
    BuildLink,
    BuildLinks,
    BuildPlace,
    BuildProject,
    ChangeCrossing,
    ChangeGauge,
    ChangeLink,
    ChangeRates,
    ChangeTerminal,
    Close,
    CloseBorder,
    Measure,
    Open,
    OpenBorder,
    Season,
)
from landbridge.scenarios.parties import WORLD, expand_all
from landbridge.scenarios.schema import Scenario

Edits = tuple[freight.Edit, ...]


def edits_of(measure: Measure, scenario: Scenario) -> Edits:
    """Give the edits of the network that one measure makes; none for a policy measure.

    Parameters
    ----------
    measure
        The measure.
    scenario
        Whose date, month and files are read.

    Raises
    ------
    UnknownNameError
        An economy or a bloc is not known.
    InputError
        A file is missing or holds no lines.
    FaultsError
        Lines of a file are at fault.
    """
    make = _MAKERS.get(type(measure))
    return () if make is None else make(measure, scenario)


def describe_measure(measure: Measure, scenario: Scenario) -> str:
    """Say in words what a measure changes in the network; empty for a policy measure."""
    return describe_all(edits_of(measure, scenario))


def apply_measures(scenario: Scenario, network: FreightNetwork, *, where: str) -> FreightNetwork:
    """Give the network with every measure of a scenario made; the same object if there is none.

    Parameters
    ----------
    scenario
        Whose measures are made; their order does not matter (`freight.edits.applying`).
    network
        The network before.
    where
        The scenario's file, for messages.

    Raises
    ------
    FaultsError
        A measure names a station, link, crossing or project that is not there, asks for the
        impossible, or contradicts another; all of them at once.
    """
    faults: list[str] = []
    edits: list[freight.Edit] = []
    labels: list[str] = []
    for measure in scenario.measures:
        label = f"measure {measure.id}"
        try:
            made = edits_of(measure, scenario)
        except LandbridgeError as error:
            faults += _named(error, label)
            continue
        edits += made
        labels += [label] * len(made)
    try:
        changed = freight.apply_edits(network, edits, labels=labels)
    except LandbridgeError as error:
        faults += _named(error, "")
    if faults:
        raise FaultsError(faults, where=where)
    return changed


def _named(error: LandbridgeError, label: str) -> list[str]:
    """Give the faults of an error, each with the measure at fault in front."""
    lines = error.faults if isinstance(error, FaultsError) else [str(error)]
    file = f"{error.where}: " if isinstance(error, FaultsError) and error.where and label else ""
    return [
        line if re.match(r"measure [a-z0-9-]+: ", line) else f"{label}: {file}{line}"
        for line in lines
    ]


def _project(measure: BuildProject, scenario: Scenario) -> Edits:
    del scenario
    return (freight.BuildProject(project=measure.project),)


def _link(measure: BuildLink, scenario: Scenario) -> Edits:
    del scenario
    iso3 = codes.resolve(measure.iso3, where=f"measure {measure.id}") if measure.iso3 else ""
    return (
        freight.BuildLink(
            id=measure.link,
            from_place=measure.from_place,
            to_place=measure.to_place,
            mode=measure.mode,
            km=measure.km,
            iso3=iso3,
            gauge_mm=measure.gauge_mm,
            speed_kmh=measure.speed_kmh,
            usd_per_tonne_km=measure.usd_per_tonne_km,
            snap_km=measure.snap_km,
        ),
    )


def _links(measure: BuildLinks, scenario: Scenario) -> Edits:
    file = scenario.files.get(measure.file)
    if file is None:
        raise InputError(
            f"the file '{measure.file}' was not read.",
            mend="Read the scenario from a file; the lines lie beside it.",
        )
    iso3 = codes.resolve(measure.iso3, where=f"measure {measure.id}") if measure.iso3 else ""
    defaults = LineDefaults(
        prefix=measure.id,
        mode=measure.mode,
        iso3=iso3,
        gauge_mm=measure.gauge_mm,
        speed_kmh=measure.speed_kmh,
        usd_per_tonne_km=measure.usd_per_tonne_km,
        snap_km=measure.snap_km,
    )
    return tuple(read_lines(file.text, defaults, where=measure.file))


def _place(measure: BuildPlace, scenario: Scenario) -> Edits:
    del scenario
    where = f"measure {measure.id}"
    other = measure.other_economy
    return (
        freight.BuildPlace(
            place=measure.place,
            name=measure.name,
            iso3=codes.resolve(measure.economy, where=where),
            longitude=measure.at[0],
            latitude=measure.at[1],
            kind=measure.place_kind,
            iso3_other=codes.resolve(other, where=where) if other else "",
        ),
    )


def _new_crossing(measure: BuildCrossing, scenario: Scenario) -> Edits:
    del scenario
    back_hours = measure.hours_backward or measure.hours
    back_usd = measure.usd_per_tonne_backward or measure.usd_per_tonne
    return (
        freight.BuildCrossing(
            place=measure.place,
            mode=measure.mode,
            forward=_costs(measure.hours, measure.usd_per_tonne),
            backward=_costs(back_hours, back_usd),
            probability_open=measure.probability_open,
        ),
    )


def _change_link(measure: ChangeLink, scenario: Scenario) -> Edits:
    del scenario
    return (
        freight.ChangeLink(
            link=measure.link,
            km=measure.km,
            speed_kmh=measure.speed_kmh,
            usd_per_tonne_km=measure.usd_per_tonne_km,
            gauge_mm=measure.gauge_mm,
        ),
    )


def _crossings(measure: ChangeCrossing, scenario: Scenario) -> Edits:
    del scenario
    edit = freight.ChangeCrossing(
        crossing="",
        direction=measure.direction,
        probability_open=measure.probability_open,
        **_banded("hours", measure.hours),
        **_banded("usd_per_tonne", measure.usd_per_tonne),
    )
    return tuple(replace(edit, crossing=name) for name in measure.crossings)


def _rates(measure: ChangeRates, scenario: Scenario) -> Edits:
    edit = freight.ChangeRates(
        mode=measure.mode,
        speed_factor=measure.speed_factor,
        usd_factor=measure.usd_factor,
        speed_kmh=measure.speed_kmh,
        usd_per_tonne_km=measure.usd_per_tonne_km,
    )
    if any(isinstance(p, str) and p.strip().casefold() == WORLD for p in measure.economies):
        return (edit,)
    where = f"measure {measure.id}"
    found = expand_all(measure.economies, on=scenario.date, where=where)
    return tuple(replace(edit, iso3=iso3) for iso3 in found)


def _gauge(measure: ChangeGauge, scenario: Scenario) -> Edits:
    where = f"measure {measure.id}"
    return tuple(
        freight.ChangeGauge(iso3, measure.gauge_mm, measure.from_gauge_mm)
        for iso3 in expand_all(measure.economies, on=scenario.date, where=where)
    )


def _terminal(measure: ChangeTerminal, scenario: Scenario) -> Edits:
    del scenario
    return tuple(
        freight.ChangeTerminal(
            place=place,
            kind=measure.terminal,
            fixed_hours=measure.fixed_hours,
            queue_hours=measure.queue_hours,
            hours_low=measure.hours_low,
            hours_high=measure.hours_high,
            **_banded("usd_per_tonne", measure.usd_per_tonne),
        )
        for place in measure.places
    )


def _season(measure: Season, scenario: Scenario) -> Edits:
    return tuple(
        freight.SetSeason(target, measure.months_open, scenario.month) for target in measure.targets
    )


def _border(measure: CloseBorder | OpenBorder, scenario: Scenario) -> Edits:
    del scenario
    one, other = (codes.resolve(name, where=f"measure {measure.id}") for name in measure.between)
    is_open = isinstance(measure, OpenBorder)
    return (freight.SetBorder(one, other, is_open=is_open, mode=measure.mode),)


def _open(measure: Open | Close, scenario: Scenario) -> Edits:
    del scenario
    is_open = isinstance(measure, Open)
    return tuple(freight.SetOpen(target=target, is_open=is_open) for target in measure.targets)


def _costs(hours: Band, usd_per_tonne: Band) -> freight.CrossingCosts:
    return freight.CrossingCosts(
        **_banded("hours", hours), **_banded("usd_per_tonne", usd_per_tonne)
    )


def _banded(name: str, band: Band | None) -> dict[str, Any]:
    """Give a value with its low and high; the ends are left out where the band has no width."""
    if band is None:
        return {}
    wide = band.low < band.high
    ends = {f"{name}_low": band.low, f"{name}_high": band.high} if wide else {}
    return {name: band.central, **ends}


_MAKERS: Mapping[type, Callable[[Any, Scenario], Edits]] = {
    BuildProject: _project,
    BuildLink: _link,
    BuildLinks: _links,
    BuildPlace: _place,
    BuildCrossing: _new_crossing,
    ChangeLink: _change_link,
    ChangeCrossing: _crossings,
    ChangeRates: _rates,
    ChangeGauge: _gauge,
    ChangeTerminal: _terminal,
    Season: _season,
    OpenBorder: _border,
    CloseBorder: _border,
    Open: _open,
    Close: _open,
}
