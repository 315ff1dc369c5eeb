"""Named corridors: which links of the network belong to one."""

from __future__ import annotations

from collections import Counter, defaultdict
from itertools import pairwise
from typing import NamedTuple

import pandas as pd

from landbridge.codes import fold
from landbridge.errors import UnknownNameError, suggest
from landbridge.freight.network.compiled import FreightNetwork
from landbridge.freight.network.tables import column, rows
from landbridge.tables import embedded_table


class NamedCorridor(NamedTuple):
    """A corridor of the table ``freight/corridors``: its id, and what a reader sees."""

    corridor: str
    name: str


def find_corridor(text: str, *, where: str = "corridors") -> NamedCorridor:
    """Find the corridor that is meant, by id or by the name before the colon.

    Raises
    ------
    UnknownNameError
        There is no such corridor; the nearest ones are offered.

    Examples
    --------
    >>> find_corridor("Middle Corridor").corridor
    'middle-corridor'
    """
    table = embedded_table("freight", "corridors")
    ids = column(table, "corridor")
    short = [name.split(":")[0] for name in column(table, "name")]
    known: dict[str, NamedCorridor] = {}
    for corridor, name in zip(ids, short, strict=True):
        # Two branches of one corridor share a name; each is then told apart by its id.
        one = NamedCorridor(corridor, name if short.count(name) == 1 else f"{name} ({corridor})")
        known.setdefault(fold(name), one)
        known[fold(corridor)] = one
    if fold(text) in known:
        return known[fold(text)]
    raise UnknownNameError(
        f"'{text}' is not a corridor of the tables.",
        where=where,
        mend=suggest(text, ids) or f"Known: {', '.join(ids)}.",
    )


def corridor_links(network: FreightNetwork, corridor: str) -> frozenset[str]:
    """Collect the open links, and sea legs as ``port>port``, between a corridor's places.

    Parameters
    ----------
    network
        The network; a planned link belongs only where a scenario has built it.
    corridor
        Id of the corridor.
    """
    legs = embedded_table("freight", "corridor_legs")
    legs = legs[legs["corridor"] == corridor].sort_values("sequence")
    pairs = list(pairwise(rows(legs)))
    wanted = {frozenset((a.place, b.place)) for a, b in pairs}
    links = network.tables.links
    wholes = _ends_of_wholes(links)
    found = {
        row.link
        for row in rows(links[links["is_open"]])
        if wholes.get(row.part_of, frozenset((row.from_node, row.to_node))) in wanted
    }
    by_sea = {f"{a.place}>{b.place}" for a, b in pairs if b.mode == "sea"}
    return frozenset(found | by_sea | {">".join(leg.split(">")[::-1]) for leg in by_sea})


def _ends_of_wholes(links: pd.DataFrame) -> dict[str, frozenset[str]]:
    """Find the two ends of each link that was split: the places where one part of it ends."""
    parts = links[links["part_of"] != ""]
    touched: dict[str, Counter[str]] = defaultdict(Counter)
    for row in rows(parts):
        touched[row.part_of].update((row.from_node, row.to_node))
    return {
        whole: frozenset(node for node, times in counted.items() if times == 1)
        for whole, counted in touched.items()
    }
