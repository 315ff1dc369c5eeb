"""Making edits: each is a frozen record that maps tables to tables; a network is compiled once.

The order in which edits are listed does not matter: projects come first, then gauges, new places,
crossings and links, then rates by economy, single links, crossings and terminals, then seasons,
and last of all what is shut or opened, whole borders before single crossings. So the particular
holds against the general, and what is shut is shut. Two edits that want one thing to be two
things are refused.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

from landbridge.errors import FaultsError, InputError, LandbridgeError
from landbridge.freight.edits import borders as edit_borders
from landbridge.freight.edits import building
from landbridge.freight.edits import capacity as edit_capacity
from landbridge.freight.edits import carbon as edit_carbon
from landbridge.freight.edits import links as edit_links
from landbridge.freight.edits.conflicts import contradictions
from landbridge.freight.edits.pieces import isolated_faults
from landbridge.freight.edits.records import (
    AddCrossing,
    AddLink,
    AddPlace,
    CrossingCosts,
    Edit,
    OpenProject,
    SetBorder,
    SetCapacity,
    SetCarbonPrice,
    SetCrossing,
    SetGauge,
    SetLink,
    SetOpen,
    SetRates,
    SetSeason,
    SetTerminal,
    name_of,
)
from landbridge.freight.edits.splitting import split_joined
from landbridge.freight.edits.words import describe
from landbridge.freight.network.compiled import FreightNetwork, recompile
from landbridge.freight.network.tables import FreightTables, by_text, column, rows

__all__ = [
    "AddCrossing",
    "AddLink",
    "AddPlace",
    "CrossingCosts",
    "Edit",
    "OpenProject",
    "SetBorder",
    "SetCapacity",
    "SetCarbonPrice",
    "SetCrossing",
    "SetGauge",
    "SetLink",
    "SetOpen",
    "SetRates",
    "SetSeason",
    "SetTerminal",
    "apply_edits",
    "describe",
    "edit_tables",
]

Isolated: TypeAlias = Literal["refuse", "keep"]
"""What is done with new lines that reach the network nowhere."""
_STEPS: dict[type, Callable[..., FreightTables]] = {
    OpenProject: edit_links.open_project,
    SetGauge: edit_links.set_gauge,
    AddPlace: building.add_place,
    AddCrossing: edit_borders.add_crossing,
    AddLink: building.add_links,
    SetRates: edit_links.set_rates,
    SetCarbonPrice: edit_carbon.set_carbon_prices,
    SetCapacity: edit_capacity.set_capacities,
    SetLink: edit_links.set_link,
    SetCrossing: edit_borders.set_crossing,
    SetTerminal: edit_borders.set_terminal,
    SetSeason: edit_borders.set_season,
    SetBorder: edit_borders.set_border,
    SetOpen: edit_borders.set_open,
}
"""How each edit is made, in the order in which they are made."""
TOGETHER = (AddLink, SetRates, SetGauge, SetCarbonPrice, SetCapacity)
"""Kinds of which all edits are made at once, whatever their order."""


@dataclass(frozen=True)
class _Named:
    """An edit and how it is called in a message."""

    edit: Edit
    where: str


def apply_edits(
    network: FreightNetwork,
    edits: Sequence[Edit],
    *,
    labels: Sequence[str] = (),
    isolated: Isolated = "refuse",
) -> FreightNetwork:
    """Compile the network of edited tables; the old one stays as it is.

    Parameters
    ----------
    network
        Where to start; returned where there is nothing to edit.
    edits
        What to change; their order does not matter (see the module).
    labels
        How each edit is called in messages, one an edit; absent: by its kind and first field.
    isolated
        Refuse new lines that reach the network nowhere, or keep them where the edits are only some
        of those that belong together.

    Raises
    ------
    UnknownNameError, InputError, FaultsError
        As in `edit_tables`.

    Examples
    --------
    >>> from landbridge.freight.network.compiled import load_network
    >>> before = load_network()
    >>> after = apply_edits(before, [SetOpen("Suez Canal", is_open=False)])
    >>> "suez" in after.tables.closed, "suez" in before.tables.closed
    (True, False)
    """
    return recompile(network, edit_tables(network.tables, edits, labels=labels, isolated=isolated))


def edit_tables(
    tables: FreightTables,
    edits: Sequence[Edit],
    *,
    labels: Sequence[str] = (),
    isolated: Isolated = "refuse",
) -> FreightTables:
    """Make edits of tables; the old tables stay as they are.

    Parameters
    ----------
    tables
        Where to start; returned where there is nothing to edit.
    edits
        What to change; their order does not matter (see the module).
    labels
        How each edit is called in messages, one an edit; absent: by its kind and first field.
    isolated
        Refuse new lines that reach the network nowhere, or keep them where the edits are only some
        of those that belong together.

    Raises
    ------
    UnknownNameError
        One edit names something that is not there.
    InputError
        One edit makes no sense.
    FaultsError
        Several edits are at fault, or contradict each other.

    Examples
    --------
    >>> from landbridge.freight.network.tables import load_tables
    >>> tables = edit_tables(load_tables(), [SetOpen("port of Karachi", is_open=False)])
    >>> sorted(tables.shut_ports)
    ['karachi']
    """
    if not edits:
        return tables
    called = labels or [name_of(edit) for edit in edits]
    named = [_Named(edit, where) for edit, where in zip(edits, called, strict=True)]
    faults: list[LandbridgeError] = []
    changed = tables
    for kind in _STEPS:
        mine = [one for one in named if type(one.edit) is kind]
        changed = _make(changed, kind, mine, faults)
    if not faults:
        faults += contradictions(changed, [one.edit for one in named], [one.where for one in named])
        faults += _without_crossing(changed, named)
        if isolated == "refuse":
            built = [edit.id for edit in edits if isinstance(edit, AddLink)]
            faults += isolated_faults(changed, built)
    if len(faults) == 1:
        raise faults[0]
    if faults:
        raise FaultsError([str(fault) for fault in faults], where="edits of the freight network")
    # Last of all, so that edits which name a link have reached it whole.
    return split_joined(changed)


def _make(
    tables: FreightTables, kind: type, named: Sequence[_Named], faults: list[LandbridgeError]
) -> FreightTables:
    """Make the edits of one kind; faults are added to the list, and what is at fault left out."""
    step = _STEPS[kind]
    if kind in TOGETHER:
        try:
            edits, wheres = [one.edit for one in named], [one.where for one in named]
            return step(tables, edits, wheres) if named else tables
        except FaultsError as error:
            faults += [InputError(fault) for fault in error.faults]
            return tables
        except LandbridgeError as error:
            faults.append(error)
            return tables
    for one in named:
        try:
            tables = step(tables, one.edit, one.where)
        except LandbridgeError as error:
            faults.append(error)
    return tables


def _without_crossing(tables: FreightTables, named: Sequence[_Named]) -> Iterator[LandbridgeError]:
    """Name new links that meet another economy's at a border place where nothing may pass."""
    built = {one.edit.id: one.where for one in named if isinstance(one.edit, AddLink)}
    if not built:
        return
    links = tables.links[tables.links["is_open"]]
    sides: dict[tuple[str, str], set[str]] = {}
    kinds = by_text(tables.nodes, "node", "kind")
    for row in rows(links):
        for node in (row.from_node, row.to_node):
            if kinds[node] == "border":
                sides.setdefault((node, row.mode), set()).add(row.iso3)
    crossings = set(
        zip(column(tables.crossings, "place"), column(tables.crossings, "mode"), strict=True)
    )
    for row in rows(links[links["link"].isin(built)]):
        for node in (row.from_node, row.to_node):
            two = sorted(sides.get((node, row.mode), set()))
            if len(two) > 1 and (node, row.mode) not in crossings:
                yield InputError(
                    f"{row.mode} links of {' and '.join(two)} meet at {node}, which has no "
                    f"{row.mode} crossing: nothing would pass.",
                    where=built[row.link],
                    mend=f"Add one (build_crossing at {node} for {row.mode}, with its hours and "
                    "USD per tonne).",
                )
