"""How the new lines of a scenario hang together, and whether they reach the network.

A piece is what is joined by new lines alone. One that reaches the network nowhere carries nothing
and is refused. One that reaches it at a single place leads nowhere else, and says so in a warning.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain
from typing import Any

import pandas as pd

from landbridge.errors import InputError
from landbridge.freight.edits.joining import LAND, Ground, nearest, turned
from landbridge.freight.edits.positions import Courses
from landbridge.freight.edits.records import AddLink, Point
from landbridge.freight.edits.splitting import course
from landbridge.freight.network.tables import FreightTables, by_text, coordinates, rows

Key = tuple[str, str]
"""A place and a mode; without a mode where goods change it."""
EXCHANGES = ("city", "port")
SHOWN = 3


@dataclass(frozen=True)
class Piece:
    """New lines that are joined to each other.

    Attributes
    ----------
    lines
        Their ids, sorted.
    held
        Places at which they reach the network, sorted.
    """

    lines: tuple[str, ...]
    held: tuple[str, ...]


def join_new_ends(tables: FreightTables, edits: Sequence[AddLink]) -> FreightTables:
    """Let ends that joined nothing join the other new lines, at their ends or on their way."""
    joins = tables.joins.copy()
    by_id = {edit.id: edit for edit in edits}
    where = coordinates(tables.nodes)
    links = tables.links
    mine = links[links["link"].isin(by_id) & links["mode"].isin(LAND)]
    lines = {
        row.link: (row.mode, course(row.from_node, row.to_node, row.shape, where), row.km)
        for row in rows(mine)
    }
    for place, row in zip(joins.index, rows(joins), strict=True):
        if row.joined != "new" or row.line not in by_id:
            continue
        at_node = joins[(joins["node"] == row.node) & (joins["line"] != row.line)]
        others = [name for name, one in lines.items() if name != row.line and one[0] == row.mode]
        on = Courses.of([lines[name][1] for name in others]).nearest(where[row.node])
        told: dict[str, str | float] = {}
        if len(at_node):
            told = _joined_line(str(at_node["line"].iloc[0]), 0.0)
        elif on is not None and on.km <= by_id[row.line].snap_km and 0.0 < on.share < 1.0:
            other = others[on.line]
            told = _joined_line(other, on.km) | {
                "split": other, "share": on.share, "to_km": on.share * lines[other][2],
            }  # fmt: skip
        for name, value in told.items():
            joins.loc[place, name] = value
    return replace(tables, joins=joins)


def _joined_line(line: str, km: float) -> dict[str, str | float]:
    return {"joined": "line", "to": line, "name": f"the new line {line}", "km_away": km}


def mark_pieces(tables: FreightTables, ground: Ground, edits: Sequence[AddLink]) -> FreightTables:
    """Warn of new lines that reach the network at one place alone, or nowhere.

    Parameters
    ----------
    tables
        With the new lines.
    ground
        The network before.
    edits
        The lines.
    """
    by_id = {edit.id: edit for edit in edits}
    joins = tables.joins.copy()
    for piece in pieces(tables, ground, by_id):
        mine = joins[joins["line"].isin(piece.lines)]
        if not piece.held:
            joins.loc[mine.index, "isolated"] = True
            joins.loc[mine.index[0], "warning"] = _isolated(tables, ground, piece, by_id, mine)
        elif len(piece.held) == 1:
            joins.loc[mine.index[0], "warning"] = _dead_end(ground, piece, mine)
    return replace(tables, joins=joins)


def isolated_faults(tables: FreightTables, lines: Sequence[str]) -> list[InputError]:
    """List as faults the new lines that reach the network nowhere, one a piece."""
    joins = tables.joins
    mine = joins[joins["line"].isin(lines) & joins["isolated"] & (joins["warning"] != "")]
    return [InputError(row.warning, where=row.where) for row in rows(mine)]


def pieces(tables: FreightTables, ground: Ground, lines: Mapping[str, AddLink]) -> list[Piece]:
    """Find the pieces that new land and ferry lines make."""
    kinds = by_text(tables.nodes, "node", "kind")
    links = tables.links[tables.links["link"].isin(lines)]
    ends: dict[str, list[Key]] = {}
    for row in rows(links):
        ends[row.link] = [_key(node, row.mode, kinds) for node in (row.from_node, row.to_node)]
    on_link = set()
    for row in rows(tables.joins):
        if row.split in ends:
            ends[row.split].append(_key(row.node, row.mode, kinds))
        elif row.joined == "link":
            on_link.add(row.node)
    groups = _groups(ends)
    found = []
    for members in groups:
        keys = set(chain.from_iterable(ends[line] for line in members))
        held = {
            node
            for node, mode in keys
            if node in on_link
            or kinds[node] == "port"
            or (node in ground.held and (not mode or node in ground.carried.get(mode, ())))
        }
        found.append(Piece(tuple(sorted(members)), tuple(sorted(held))))
    return found


def _key(node: str, mode: str, kinds: Mapping[str, str]) -> Key:
    return (node, "" if kinds[node] in EXCHANGES or mode not in LAND else mode)


def _groups(ends: Mapping[str, Sequence[Key]]) -> list[list[str]]:
    """Group lines that share a key, directly or through others."""
    by_key: dict[Key, list[str]] = defaultdict(list)
    for line, keys in ends.items():
        for key in keys:
            by_key[key].append(line)
    groups, seen = [], set[str]()
    for first in ends:
        if first in seen:
            continue
        seen.add(first)
        group, queue = [first], [first]
        while queue:
            for other in chain.from_iterable(by_key[key] for key in ends[queue.pop()]):
                if other not in seen:
                    seen.add(other)
                    group.append(other)
                    queue.append(other)
        groups.append(group)
    return groups


def _isolated(
    tables: FreightTables,
    ground: Ground,
    piece: Piece,
    edits: Mapping[str, AddLink],
    mine: pd.DataFrame,
) -> str:
    loose = [row for row in rows(mine) if row.joined == "new"]
    snap = max(edits[line].snap_km for line in piece.lines)
    who = _lines(piece.lines)
    if not loose:
        verb = "joins" if len(piece.lines) == 1 else "join each other, and"
        return (
            f"{who} {verb} nothing of the network: no line leads to the places at the ends. Build "
            "one from there to a place or a link of the network."
        )
    told = "; ".join(
        f"the {row.part} of {row.line} {at(row.longitude, row.latitude)} is {row.km_away:,.1f} km "
        f"from {row.name}"
        for row in loose[:SHOWN]
    )
    verb = "joins" if len(piece.lines) == 1 else "join"
    return (
        f"{who} {verb} nothing of the network within {snap:g} km: {told}. "
        f"{_if_turned(tables, ground, edits, loose)}Draw an end to a place or a link, name the "
        "place, or raise snap_km."
    )


def _if_turned(
    tables: FreightTables, ground: Ground, edits: Mapping[str, AddLink], loose: Sequence[Any]
) -> str:
    """Say what loose ends would join with longitude and latitude swapped; empty for nothing."""
    points: list[Point] = [(row.longitude, row.latitude) for row in loose]
    swapped = turned(points)
    if swapped is None:
        return ""
    for row, point in zip(loose, swapped, strict=True):
        edit = edits[row.line]
        found = nearest(tables, ground, edit, point)
        if found.km <= edit.snap_km:
            return f"Longitude and latitude look swapped: the other way round it is {found.told}. "
    return ""


def _dead_end(ground: Ground, piece: Piece, mine: pd.DataFrame) -> str:
    held = piece.held[0]
    loose = [row for row in rows(mine) if row.joined == "new"]
    name = ground.names.get(held) or str(mine.loc[mine["node"] == held, "name"].iloc[0])
    verb = "joins" if len(piece.lines) == 1 else "join"
    told = [
        f"the {row.part} of {row.line} {at(row.longitude, row.latitude)} joins nothing, the "
        f"nearest is {row.name}, {row.km_away:,.1f} km away"
        for row in loose[:SHOWN]
    ]
    return (
        f"{_lines(piece.lines)} {verb} the network at {name} alone, so nothing passes through"
        + (f": {'; '.join(told)}." if told else ".")
    )


def at(longitude: float, latitude: float) -> str:
    """Write where a point is, for a message."""
    return f"(longitude {longitude:.2f}, latitude {latitude:.2f})"


def _lines(lines: Sequence[str]) -> str:
    shown = ", ".join(lines[:SHOWN]) + (f" and {len(lines) - SHOWN} more" * (len(lines) > SHOWN))
    return f"the line {shown}" if len(lines) == 1 else f"the lines {shown}"
