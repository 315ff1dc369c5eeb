"""From the measures of a scenario to edits of the freight network."""

from __future__ import annotations

import re
from functools import lru_cache

from landbridge.errors import FaultsError, LandbridgeError
from landbridge.freight.edits.applying import Edit, Isolated, apply_edits
from landbridge.freight.network.compiled import FreightNetwork
from landbridge.scenarios.schema import Scenario

NETWORKS_KEPT = 8
"""Networks held: a scenario that another verb asks for again finds its network made.

Each takes some ten megabytes.
"""


def apply_measures(
    scenario: Scenario, network: FreightNetwork, *, where: str, isolated: Isolated = "refuse"
) -> FreightNetwork:
    """Make a network with every measure of a scenario made; the same object if there is none.

    Parameters
    ----------
    scenario
        Whose measures are made; their order does not matter (`freight.edits.applying`).
    network
        The network before.
    where
        The scenario's file, for messages.
    isolated
        As in `apply_edits`: keep lines that reach the network nowhere where these are only some of
        the measures.

    Raises
    ------
    FaultsError
        A measure names a station, link, crossing or project that is not there, asks for the
        impossible, builds a line that joins nothing, or contradicts another; all of them at once.
    """
    faults: list[str] = []
    edits: list[Edit] = []
    labels: list[str] = []
    for measure in scenario.measures:
        label = f"measure {measure.id}"
        try:
            made = measure.edits(scenario)
        except LandbridgeError as error:
            faults += _named(error, label)
            continue
        edits += made
        labels += [label] * len(made)
    try:
        changed = _edited(network, tuple(edits), tuple(labels), isolated)
    except LandbridgeError as error:
        faults += _named(error, "")
    if faults:
        raise FaultsError(faults, where=where)
    return changed


@lru_cache(maxsize=NETWORKS_KEPT)
def _edited(
    network: FreightNetwork, edits: tuple[Edit, ...], labels: tuple[str, ...], isolated: Isolated
) -> FreightNetwork:
    """Apply edits, or recall their network: edits and networks are frozen."""
    return apply_edits(network, edits, labels=labels, isolated=isolated)


def _named(error: LandbridgeError, label: str) -> list[str]:
    """List the faults of an error, each with the measure at fault in front."""
    lines = error.faults if isinstance(error, FaultsError) else [str(error)]
    file = f"{error.where}: " if isinstance(error, FaultsError) and error.where and label else ""
    return [
        line if re.match(r"measure [a-z0-9-]+: ", line) else f"{label}: {file}{line}"
        for line in lines
    ]
