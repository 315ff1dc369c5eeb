"""From the measures of a scenario to edits of the freight network."""

from __future__ import annotations

import re
from collections.abc import Sequence

from landbridge import codes
from landbridge.errors import FaultsError, LandbridgeError
from landbridge.freight import edits as freight
from landbridge.freight.network import FreightNetwork
from landbridge.scenario.schema import (
    BuildLink,
    BuildProject,
    ChangeCrossing,
    ChangeLink,
    Close,
    Measure,
    Open,
    Scenario,
)


def edits_of(measure: Measure) -> tuple[freight.Edit, ...]:
    """Give the edits of the network that one measure makes; none for a policy measure.

    Raises
    ------
    UnknownNameError
        A new link names an economy that is not known.
    """
    where = f"measure {measure.id}"
    if isinstance(measure, BuildProject):
        return (freight.BuildProject(project=measure.project),)
    if isinstance(measure, BuildLink):
        return (
            freight.BuildLink(
                id=measure.link,
                from_place=measure.from_place,
                to_place=measure.to_place,
                mode=measure.mode,
                km=measure.km,
                iso3=codes.resolve(measure.iso3, where=where),
                gauge_mm=measure.gauge_mm,
                speed_kmh=measure.speed_kmh,
                usd_per_tonne_km=measure.usd_per_tonne_km,
            ),
        )
    if isinstance(measure, ChangeLink):
        return (
            freight.ChangeLink(
                link=measure.link,
                km=measure.km,
                speed_kmh=measure.speed_kmh,
                usd_per_tonne_km=measure.usd_per_tonne_km,
                gauge_mm=measure.gauge_mm,
            ),
        )
    if isinstance(measure, ChangeCrossing):
        return tuple(_crossing(name, measure) for name in measure.crossings)
    if isinstance(measure, Open | Close):
        is_open = isinstance(measure, Open)
        return tuple(freight.SetOpen(target=target, is_open=is_open) for target in measure.targets)
    return ()


def _crossing(name: str, measure: ChangeCrossing) -> freight.ChangeCrossing:
    hours = measure.hours
    banded = hours is not None and hours.low < hours.high
    return freight.ChangeCrossing(
        crossing=name,
        direction=measure.direction,
        hours=None if hours is None else hours.central,
        hours_low=hours.low if hours is not None and banded else None,
        hours_high=hours.high if hours is not None and banded else None,
        usd_per_tonne=measure.usd_per_tonne,
        probability_open=measure.probability_open,
    )


def apply_measures(scenario: Scenario, network: FreightNetwork, *, where: str) -> FreightNetwork:
    """Give the network with every measure of a scenario made; the same object if there is none.

    Parameters
    ----------
    scenario
        Whose measures are made, in the order of the file.
    network
        The network before.
    where
        The scenario's file, for messages.

    Raises
    ------
    FaultsError
        A measure names a station, link, crossing or project that is not there, or asks for the
        impossible; all of them at once.
    """
    faults: list[str] = []
    changed = network
    for measure in scenario.measures:
        try:
            edits: Sequence[freight.Edit] = edits_of(measure)
            if edits:
                changed = freight.apply_edits(changed, edits)
        except LandbridgeError as error:
            # The freight room names its own edit first; a user knows the measure.
            text = re.sub(r"^\w+\([^)]*\): ", "", str(error))
            named = f"measure {measure.id}"
            faults.append(text if text.startswith(named) else f"{named}: {text}")
    if faults:
        raise FaultsError(faults, where=where)
    return changed
