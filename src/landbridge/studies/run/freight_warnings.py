"""Warnings of a run: where the freight model is far off at what the scenario changes or uses."""

from __future__ import annotations

import pandas as pd

from landbridge.freight.network.compiled import FreightNetwork
from landbridge.freight.network.tables import PORT_MARK, by_text, column, rows
from landbridge.freight.validate.words import freight_warnings
from landbridge.studies.chain.inputs import Inputs
from landbridge.studies.chain.watched import ReportedTrip
from landbridge.studies.validation.baseline import baseline_validation

KEYS = {"crossings": "crossing", "links": "link", "terminals": "terminal"}


def scenario_warnings(inputs: Inputs, trips: list[ReportedTrip]) -> tuple[str, ...]:
    """Warn of elements that the scenario touches and the freight model is far off at.

    Parameters
    ----------
    inputs
        The prepared scenario.
    trips
        Its trips as they were routed, before and after.

    Returns
    -------
    tuple of str
        Nothing where the scenario leaves the network as it is.
    """
    changed = changed_elements(inputs.before, inputs.after)
    if not changed:
        return ()
    return freight_warnings(
        baseline_validation(inputs.basis, "runs"), changed | _used(inputs, trips)
    )


def changed_elements(before: FreightNetwork, after: FreightNetwork) -> set[str]:
    """Find the ids of crossings, links, ports and passages that differ between two networks."""
    one, other = before.tables, after.tables
    if one is other:
        return set()
    found = {mark.removeprefix(PORT_MARK) for mark in one.closed ^ other.closed}
    for name, key in KEYS.items():
        differ = _differ(getattr(one, name), getattr(other, name), key)
        if name == "terminals":
            places = by_text(one.terminals, key, "place") | by_text(other.terminals, key, "place")
            differ = {places[row] for row in differ}
        found |= differ
    return found


def _differ(one: pd.DataFrame, other: pd.DataFrame, key: str) -> set[str]:
    """Find the keys of rows that are in one table alone, or not alike in both."""
    if one is other:
        return set()
    columns = [name for name in one.columns if name in other.columns]
    sides = [
        # As text, so that a missing value is like another missing one.
        dict(zip(column(table, key), map(str, rows(table[columns])), strict=True))
        for table in (one, other)
    ]
    return {name for name in sides[0] | sides[1] if sides[0].get(name) != sides[1].get(name)}


def _used(inputs: Inputs, trips: list[ReportedTrip]) -> set[str]:
    """Find the links, crossings and ports that the trips pass."""
    found = {name for reported in trips for name in reported.trip.links}
    nodes = by_text(inputs.after.nodes, "name", "node")
    for reported in trips:
        legs = reported.trip.legs
        ports = legs.loc[legs["kind"] == "port", "from_name"]
        found |= {nodes[name] for name in ports if name in nodes}
    return found
