"""What passes where: links, crossings, ports and passages by class of cargo."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
import pandas as pd

from landbridge.freight.carriage.carry import Carried
from landbridge.freight.carriage.classes import CargoClass
from landbridge.freight.flows.elements import passage_km
from landbridge.freight.network.compiled import ArcKind, FreightNetwork
from landbridge.freight.network.tables import by_text
from landbridge.units import BoolArray, FloatArray, IntArray

COLUMNS: Final = ("kind", "element", "direction", "mode", "cargo", "tonnes_million", "usd_million")
KIND_OF: Final = {int(ArcKind.LINK): "link", int(ArcKind.CROSSING): "crossing"}
TONNES, USD = 0, 1


def passing(
    network: FreightNetwork, classes: Sequence[CargoClass], carried: Sequence[Carried]
) -> pd.DataFrame:
    """List what passes every element of the network.

    Parameters
    ----------
    network
        The network.
    classes, carried
        K classes, and what each does; the first quantity million tonnes, the second million USD.

    Returns
    -------
    pandas.DataFrame
        One row an element, direction and class that passes, columns `COLUMNS` and ``teu_million``
        (0 where the class does not go in boxes). Direction: ``forward`` or ``backward`` as the
        row of a link or crossing is written, ``loaded`` or ``unloaded`` at a port, ``both``
        through a passage. At a port that only ferries serve: to and from ferries.
    """
    names = sorted(set(network.tables.sea_links["passage"]) - {""} - network.tables.closed)
    through = passage_km(network, tuple(names)) > 0
    straits = dict(zip(names, through, strict=True))
    parts = [
        _of_class(network, straits, one, done) for one, done in zip(classes, carried, strict=True)
    ]
    table = pd.concat(parts, ignore_index=True)
    load = {one.name: one.tonnes_per_teu for one in classes}
    per = table["cargo"].map(load)
    boxes = (table["tonnes_million"] / per.where(per > 0)).fillna(0.0)
    return table.assign(teu_million=boxes)


def _of_class(
    network: FreightNetwork, straits: dict[str, BoolArray], cargo: CargoClass, done: Carried
) -> pd.DataFrame:
    arcs = network.arcs
    modes = np.array([layer.mode for layer in network.layers])[arcs.start]
    parts = []
    for kind, title in KIND_OF.items():
        mine = np.flatnonzero((arcs.kind == kind) & (done.arcs[TONNES] > 0))
        names = [arcs.name[arc] for arc in mine]
        ways = np.where(arcs.forward[mine], "forward", "backward")
        parts.append(_rows(title, names, ways, modes[mine], done.arcs[:, mine]))
    ports = list(network.sea.ports)
    for way, values in (("loaded", done.loaded), ("unloaded", done.unloaded)):
        parts.append(_rows("port", ports, way, "sea", values))
    for way, arcs_there, names in _ferry_quays(network):
        parts.append(_rows("port", names, way, "ferry", done.arcs[:, arcs_there]))
    through = [np.array([leg[there].sum() for there in straits.values()]) for leg in done.legs]
    parts.append(_rows("passage", list(straits), "both", "sea", np.stack(through)))
    found = pd.concat([part for part in parts if len(part)], ignore_index=True)
    found = found[found["tonnes_million"] > 0].assign(cargo=cargo.name)
    keys = ["kind", "element", "direction", "mode", "cargo"]
    return found.groupby(keys, as_index=False, sort=False).sum()


def _ferry_quays(network: FreightNetwork) -> list[tuple[str, IntArray, list[str]]]:
    """List the arcs over the quays of ports without a sea: direction, arcs, ports."""
    ferry = np.array([layer.mode == "ferry" for layer in network.layers])
    node = np.array([layer.node for layer in network.layers])
    start, end = network.arcs.start, network.arcs.end
    kinds = by_text(network.tables.nodes, "node", "kind")
    alone = {name for name, kind in kinds.items() if kind == "port"} - set(network.sea.ports)
    here = (network.arcs.kind == int(ArcKind.FERRY_PORT)) & np.isin(node[start], sorted(alone))
    ways = {"loaded": ~ferry[start] & ferry[end], "unloaded": ferry[start] & ~ferry[end]}
    found = {way: np.flatnonzero(here & over) for way, over in ways.items()}
    return [(way, arcs, node[start[arcs]].tolist()) for way, arcs in found.items()]


def _rows(
    kind: str,
    names: list[str],
    direction: str | np.ndarray,
    mode: str | np.ndarray,
    values: FloatArray,
) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "kind": kind,
            "element": names,
            "direction": direction,
            "mode": mode,
            "tonnes_million": values[TONNES],
            "usd_million": values[USD],
        }
    )
