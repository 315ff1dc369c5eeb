"""Splitting links where something joins them: the parts together are what the whole was.

A part has the attributes of the link, and of its length the share that lies between its ends, so
that hours and cost divide in the same proportion and their sums stay. Links are split last, after
all other edits: those that name a link reach it whole.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import pairwise
from typing import Any

import pandas as pd

from landbridge.freight.edits.positions import shares_along
from landbridge.freight.edits.records import Point
from landbridge.freight.network.tables import FreightTables, coordinates, rows, shape_points

Cut = tuple[float, str]
"""How far along a link it is cut, from 0 to 1, and the place there."""


def course(row_from: str, row_to: str, shape: str, where: Mapping[str, Point]) -> tuple[Point, ...]:
    """List the vertices of a link from its first place to its last."""
    return (where[row_from], *shape_points(shape), where[row_to])


def shape_text(points: Sequence[Point]) -> str:
    """Write the points between a link's ends as the tables have them."""
    return ";".join(f"{x:.4f} {y:.4f}" for x, y in points)


def split_joined(tables: FreightTables) -> FreightTables:
    """Split the links that new lines joined on the way, and new lines at the places they pass."""
    joins = tables.joins
    held = set(tables.links["link"])
    cuts: dict[str, list[Cut]] = defaultdict(list)
    for row in rows(joins):
        if row.split in held:
            cuts[row.split].append((row.share, row.node))
    return split_links(tables, cuts)


def split_links(tables: FreightTables, cuts: Mapping[str, Sequence[Cut]]) -> FreightTables:
    """Split links at places.

    Parameters
    ----------
    tables
        With the places in it.
    cuts
        By id of the link, where it is cut.

    Returns
    -------
    FreightTables
        The parts are called ``<link>~1`` and so on, from the link's first place to its last, and
        know the whole (`part_of`).
    """
    if not cuts:
        return tables
    where = coordinates(tables.nodes)
    links = tables.links
    made = []
    for row in rows(links[links["link"].isin(cuts)]):
        made += _parts(row._asdict(), sorted(cuts[row.link]), where)
    parts = pd.DataFrame(made, columns=links.columns).astype(links.dtypes.to_dict())
    kept = links[~links["link"].isin(cuts)]
    return replace(tables, links=pd.concat([kept, parts], ignore_index=True))


def _parts(
    row: Mapping[str, Any], cuts: Sequence[Cut], where: Mapping[str, Point]
) -> list[dict[str, Any]]:
    points = course(row["from_node"], row["to_node"], row["shape"], where)
    along = shares_along(points)
    stops = [(0.0, row["from_node"]), *cuts, (1.0, row["to_node"])]
    parts = []
    for number, ((start, a), (end, b)) in enumerate(pairwise(stops), start=1):
        between = [
            point for point, at in zip(points[1:-1], along[1:-1], strict=True) if start < at < end
        ]
        parts.append(
            {
                **row,
                "link": f"{row['link']}~{number}",
                "part_of": row["part_of"] or row["link"],
                "from_node": a,
                "to_node": b,
                "km": row["km"] * (end - start),
                "shape": shape_text(between),
            }
        )
    return parts
