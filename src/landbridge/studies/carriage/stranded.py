"""What cannot go where ports and crossings are full: tables and sentences."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
import pandas as pd

from landbridge.codes import name_of
from landbridge.freight.carriage.carry import Carried
from landbridge.freight.carriage.limited import Limited
from landbridge.freight.carriage.passing import TONNES, USD
from landbridge.freight.network.compiled import FreightNetwork
from landbridge.freight.network.tables import by_text

TOLD: Final = 4
LEAST_TOLD: Final = 0.01
"""Million tonnes a year under which a row is left out."""
NEARLY_FULL: Final = 0.95
"""A place is called full where so much of what it can take passes, and those who come wait."""
LIMITED: Final = (
    "In one direction ports take at most 1.3 times what they take today (1.05 times of gas), and "
    "crossings 1.5 times by road and 1.4 by rail, or what is known of them. Most of these numbers "
    "are recalled. Links, straits and what is built have no limit unless the scenario states one."
)
STAYS: Final = (
    "Goods stay where they are when going would cost half their value more than today. Emissions "
    "after the change are not counted with limits."
)


def stranded_table(
    iso3: Sequence[str],
    cargo: Sequence[str],
    before: Sequence[Carried],
    after: Sequence[Carried],
) -> pd.DataFrame:
    """List what goes today and cannot go after the change, by exporter and class of cargo.

    Parameters
    ----------
    iso3
        N codes.
    cargo
        K names of classes.
    before, after
        What is carried of each.
    """
    parts = []
    for name, one, other in zip(cargo, before, after, strict=True):
        lost = (other.unmoved - one.unmoved).sum(axis=2)
        parts.append(
            pd.DataFrame(
                {
                    "exporter": iso3,
                    "name": [name_of(code) for code in iso3],
                    "cargo": name,
                    "stranded_million_tonnes": lost[TONNES],
                    "stranded_million_usd": lost[USD],
                }
            )
        )
    table = pd.concat(parts, ignore_index=True)
    table = table[table["stranded_million_tonnes"] >= LEAST_TOLD]
    return table.sort_values("stranded_million_tonnes", ascending=False, ignore_index=True)


def full_places(network: FreightNetwork, limited: Limited) -> pd.DataFrame:
    """List the places that are full: what they take, what passes, and what a place there costs.

    Parameters
    ----------
    network
        For names.
    limited
        How ports and crossings were filled.
    """
    names = by_text(network.tables.nodes, "node", "name")
    names |= by_text(network.tables.crossings, "crossing", "name")
    busy = limited.load >= NEARLY_FULL * limited.limits.capacity
    full = np.flatnonzero((limited.price > 0) & busy)
    places = [limited.limits.places[row] for row in full]
    table = pd.DataFrame(
        {
            "kind": [place.kind for place in places],
            "element": [place.element for place in places],
            "name": [names[place.element] for place in places],
            "direction": [place.direction for place in places],
            "cargo_group": [place.group or "all" for place in places],
            "capacity_million_tonnes": limited.limits.capacity[full],
            "tonnes_million": limited.load[full],
            "waiting_usd_per_tonne": limited.price[full],
        }
    )
    return table.sort_values("waiting_usd_per_tonne", ascending=False, ignore_index=True)


def stranded_sentences(stranded: pd.DataFrame, full: pd.DataFrame) -> tuple[str, ...]:
    """Say what cannot go, whose it is, and where it would have to wait.

    Parameters
    ----------
    stranded, full
        From `stranded_table` and `full_places`.
    """
    if not len(full):
        return ("No port or crossing is full, and nothing is stranded.",)
    by_cargo = _summed(stranded, "cargo")
    whole = float(by_cargo.sum())
    if whole < LEAST_TOLD:
        return (f"{len(full)} ports and crossings are full, and nothing is stranded.",)
    classes = ", ".join(f"{name} {value:,.3g}" for name, value in by_cargo.head(TOLD).items())
    owners = _summed(stranded, "name")
    told = ", ".join(f"{name} {value:,.3g}" for name, value in owners.head(TOLD).items())
    cannot = f"{whole:,.3g} million tonnes a year cannot go ({classes}), most of {told}."
    return (cannot, f"{len(full)} ports and crossings are full in one direction or both.")


def _summed(table: pd.DataFrame, key: str) -> pd.Series:
    """Sum stranded tonnes by a column, largest first."""
    found = table.groupby(key)["stranded_million_tonnes"].sum()
    return found.sort_values(ascending=False)
