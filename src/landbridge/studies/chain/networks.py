"""The network that a question asks for: of a scenario, of a year, with things shut or built."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

import pandas as pd

from landbridge.basis import Basis, below
from landbridge.errors import InputError, LandbridgeError
from landbridge.freight.edits.applying import Edit, OpenProject, SetBorder, SetOpen, apply_edits
from landbridge.freight.edits.own_rows import SELF_TOLD
from landbridge.freight.edits.replacing import lay_own_rows
from landbridge.freight.network.compiled import FreightNetwork, recompile
from landbridge.freight.network.tables import FreightTables
from landbridge.scenarios.opening import open_network, with_settings
from landbridge.scenarios.parameters import with_estimates
from landbridge.scenarios.schema import Scenario, Settings

BORDER: Final = re.compile(r"([A-Z]{3})-([A-Z]{3})")
SHOWN_ROWS: Final = 5
OWN_ROWS: Final = ("Replaced: ", "Borders as observed: ")
"""How a note starts that says what stands in the place of defaults."""


@dataclass(frozen=True, eq=False)
class OpenedBasis:
    """A basis with a scenario's data in it, and the network with its measures.

    Attributes
    ----------
    basis
        World, network before the measures, parameters (estimates in their place), and what stands
        in the place of defaults.
    after
        The network with the measures; the same network without a scenario.
    scenario
        Which one; None for the network as it stands.
    """

    basis: Basis
    after: FreightNetwork
    scenario: Scenario | None = None


def open_on(
    basis: Basis, scenario: Scenario | None = None, *, where: str = "", month: int | None = None
) -> OpenedBasis:
    """Lay a scenario's data over the network of a basis, and make its measures.

    Parameters
    ----------
    basis
        Network and parameters before the scenario.
    scenario
        Whose measures; None for the network as it stands.
    where
        The scenario's file, for messages.
    month
        Month for which the scenario's seasons are read.

    Raises
    ------
    InputError, FaultsError
        Data or measures are at fault, or a month is given that changes nothing.

    Examples
    --------
    >>> from landbridge.basis import embedded_basis
    >>> opened = open_on(embedded_basis())
    >>> len(opened.after.tables.links) == len(opened.basis.network.tables.links)
    True
    """
    if scenario is None and month is not None:
        raise InputError("a month changes nothing without a scenario.", where="month")
    asked = None if scenario is None else with_settings(scenario, Settings(), month=month)
    opened = open_network(basis.network, asked, where=where, parameters=basis.parameters)
    ready = basis.with_rows(
        opened.before,
        with_estimates(opened.parameters, basis.estimates),
        replaced=opened.replaced,
        observed=opened.observed,
    )
    return OpenedBasis(ready, opened.after, asked)


def basis_of_year(basis: Basis, year: int) -> Basis:
    """Set the crossings of a basis to a year of observation; rows of the user's own stay.

    Parameters
    ----------
    basis
        With the crossings of no year in particular.
    year
        Year of observation.

    Raises
    ------
    InputError
        Nothing was observed in that year, or the basis is of a year already.
    """
    if len(basis.observed):
        raise InputError(
            "the borders of this model are those of one year already.",
            where="year of the borders",
            mend="Load it without a year of the borders.",
        )
    before = basis.network.tables
    laid = lay_own_rows(before, (), border_year=year)
    mine = basis.replaced
    if len(mine):
        mine = mine[(mine["table"] == "crossings") & (mine["sha256"] != "")]
    told = laid.replaced
    if len(mine):
        own = set(zip(mine["row"], mine["column"], strict=True))
        told = told[[key not in own for key in zip(told["row"], told["column"], strict=True)]]
    return replace(
        basis,
        network=recompile(basis.network, _with_own_cells(laid.tables, before, mine)),
        replaced=below(basis.replaced, told),
        observed=laid.observed,
    )


def _with_own_cells(
    tables: FreightTables, before: FreightTables, mine: pd.DataFrame
) -> FreightTables:
    """Put the cells of crossings that the user set back over a year of observation."""
    if not len(mine):
        return tables
    crossings = tables.crossings.copy()
    for row, column in zip(mine["row"], mine["column"], strict=True):
        at = crossings["crossing"] == row
        for name in (column, *(one for one in SELF_TOLD if one in crossings)):
            crossings.loc[at, name] = before.crossings.loc[at, name]
    return replace(tables, crossings=crossings)


def changed_network(
    network: FreightNetwork, *, close: Sequence[str] = (), build: Sequence[str] = ()
) -> FreightNetwork:
    """Shut things in a network and build projects.

    Parameters
    ----------
    network
        Where to start.
    close
        Links, crossings, ports, passages; or a border as two codes, ``AFG-PAK``.
    build
        Projects of the register.

    Raises
    ------
    InputError
        A name is not known; the nearest are offered.
    """
    edits: list[Edit] = [OpenProject(name) for name in build]
    for name in close:
        border = BORDER.fullmatch(name)
        edits.append(
            SetBorder(border[1], border[2], is_open=False)
            if border
            else SetOpen(name, is_open=False)
        )
    try:
        return apply_edits(network, edits)
    except LandbridgeError as error:
        # The freight room names its own edits; a user knows the options.
        text = re.sub(r"(^|\n\s*- )\w+\([^)]*\): ", r"\1", str(error))
        named = [*(["close"] if close else []), *(["build"] if build else [])]
        raise InputError(text, where=" or ".join(named)) from error


def own_row_notes(replaced: pd.DataFrame, observed: pd.DataFrame) -> tuple[str, ...]:
    """Say in sentences what a network has in the place of defaults.

    Parameters
    ----------
    replaced, observed
        As in `Basis`.
    """
    notes = []
    if len(replaced):
        own = replaced[replaced["sha256"] != ""]
        for (table, file), cells in own.groupby(["table", "from"], sort=False):
            rows = list(dict.fromkeys(cells["row"]))
            named = ", ".join(rows[:SHOWN_ROWS]) + (", ..." if len(rows) > SHOWN_ROWS else "")
            notes.append(
                f"{OWN_ROWS[0]}{len(cells)} cells of {len(rows)} rows of {table} by {file} "
                f"({named})."
            )
    if len(observed):
        sides = int(observed["sides_of_year"].sum())
        notes.append(
            f"{OWN_ROWS[1]}{len(observed)} crossings, {sides} sides and directions; the "
            "others keep the default."
        )
    return tuple(notes)


def own_row_tables(basis: Basis) -> dict[str, pd.DataFrame]:
    """Return the tables of what stands in the place of defaults; none where nothing does."""
    tables = {"replaced": basis.replaced, "observed": basis.observed}
    return {name: table for name, table in tables.items() if len(table)}


def notes_on(basis: Basis) -> tuple[str, ...]:
    """Say what a reader must know of a basis: own rows, and how a user's world was completed."""
    world = basis.notes if basis.inputs else ()
    return (*own_row_notes(basis.replaced, basis.observed), *world)
