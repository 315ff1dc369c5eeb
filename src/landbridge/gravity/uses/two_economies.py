"""Trade potential of two economies by name: by their own past, or as if they were like others."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final, Literal, TypeAlias

import pandas as pd

from landbridge.codes import name_of, resolve
from landbridge.errors import InputError
from landbridge.gravity.ppml.estimation import fit
from landbridge.gravity.ppml.results import GravityFit
from landbridge.gravity.uses.pair_potential import in_history, pair_potential
from landbridge.gravity.uses.potential import PotentialOptions, trade_potential
from landbridge.gravity.uses.world_panel import Kind, world_panel, world_spec
from landbridge.world.base import CellStatus, World
from landbridge.world.history import ATTRIBUTION, load_history

Method: TypeAlias = Literal["own_past", "cross_section"]
LEAST_PAST: Final = 4
"""Years of the panel that a pair's own past needs before the world's year."""
_GUESS: Final = (
    "A flow marked imputed is itself a model's guess: its missing trade means nothing.",
)


@dataclass(frozen=True, eq=False)
class Potential:
    """What a pair might trade.

    Attributes
    ----------
    table
        One row a direction (see `pair_potential` and `trade_potential`), with status: how the
        baseline knows the flow.
    fit
        The equation behind it; None where it rests on the pair's own past.
    unit
        Of the flows.
    notes
        What a reader must know.
    method
        How it was found.
    """

    table: pd.DataFrame
    fit: GravityFit | None
    unit: str
    notes: tuple[str, ...]
    method: Method = "cross_section"


def potential(
    world: World,
    one: str,
    other: str,
    *,
    kind: Kind = "goods",
    method: Method | None = None,
    options: PotentialOptions | None = None,
) -> Potential:
    """Say what two economies would trade, in both directions.

    Parameters
    ----------
    world
        Whose flows are read.
    one, other
        Names or codes.
    kind
        Goods or services.
    method
        ``own_past``: sizes and what the pair traded before (`pair_potential`). ``cross_section``:
        what it would trade if it were like others: the equation (distance, ties, depth of shared
        blocs; exporter and importer effects) estimated on the baseline's published flows only,
        sizes from all flows. When left out: ``own_past`` for goods of pairs that the embedded
        panel holds, ``cross_section`` for others.
    options
        Draws and comparable pairs of a cross-section, and the level of either's band.

    Raises
    ------
    InputError
        Own past is asked for where the panel has none.
    """
    codes = (resolve(one), resolve(other))
    if codes[0] == codes[1]:
        raise InputError("name two different economies.", where="trade potential")
    for code in codes:
        if code not in world.iso3:
            raise InputError(
                f"{name_of(code)} is not in the world of {world.year}: no trade totals are "
                "published for it.",
                where="trade potential",
                mend="`landbridge world` lists the economies that are.",
            )
    lacking = _no_past(world, codes, kind)
    if method == "own_past" and lacking:
        raise InputError(lacking, where="--method", mend="Write cross-section.")
    options = options or PotentialOptions(reliable="observed")
    if method == "cross_section" or lacking:
        found = _cross_section(world, codes, kind, options)
        notes = found.notes if method or kind == "services" else (lacking, *found.notes)
        return replace(found, notes=notes)
    return _own_past(world, codes, options.level)


def _no_past(world: World, codes: tuple[str, str], kind: Kind) -> str:
    """Say why the pair's own past cannot be had; empty where it can."""
    if kind != "goods":
        return "The embedded panel holds goods only."
    if world.year <= load_history().years[0] + LEAST_PAST:
        return f"The embedded panel has too few years before {world.year}."
    if not (in_history(codes, world.year) and in_history(codes[::-1], world.year)):
        return "The embedded panel does not hold this pair: the cross-section stands in."
    return ""


def _own_past(world: World, codes: tuple[str, str], level: float) -> Potential:
    result = pair_potential(world, [codes, codes[::-1]], level=level)
    past, base = result.past, result.base
    notes = (
        (
            f"Potential: goods of {base} brought to the sizes of {world.year}, and the pair's own "
            "past: part of its gap to what gravity makes usual closes, part of its last move "
            f"passes (learnt from {past.start} to {past.end})."
        ),
        (
            f"Bands hold {level:.0%} and two thirds of what pairs of the same size and unrest "
            "missed by, on pairs held out."
        ),
        *(_GUESS if (_status(world, result.table, "goods") == "imputed").any() else ()),
        ATTRIBUTION,
    )
    table = result.table.assign(status=_status(world, result.table, "goods"))
    return Potential(table=table, fit=None, unit="million USD", notes=notes, method="own_past")


def _cross_section(
    world: World, codes: tuple[str, str], kind: Kind, options: PotentialOptions
) -> Potential:
    table = world_panel(world, kind=kind)
    fitted = fit(world_spec(table), table[table["observed"]])
    found = trade_potential(fitted, table, [codes, codes[::-1]], year=world.year, options=options)
    found["status"] = _status(world, found, kind)
    notes = [
        (
            f"Estimated on {fitted.diagnostics.rows_used:,} flows of {world.year} that are"
            " recorded or published; the pair itself is left out of its own potential."
        ),
        (
            f"The band holds {options.level:.0%} of draws: coefficients, and the spread of"
            f" {int(found['comparable'].max())} comparable pairs about their own potential."
        ),
        *(_GUESS if (found["status"] == "imputed").any() else ()),
    ]
    return Potential(
        table=found, fit=fitted, unit="million USD", notes=tuple(notes), method="cross_section"
    )


def _status(world: World, table: pd.DataFrame, kind: Kind) -> pd.Series:
    status = world.status_goods if kind == "goods" else world.status_services
    ends = zip(table["exporter"], table["importer"], strict=True)
    names = [
        CellStatus(int(status[world.index(exporter), world.index(importer)])).name.lower()
        for exporter, importer in ends
    ]
    return pd.Series(names, index=table.index)
