"""How much a sector relies on each supplier, directly and through the suppliers' own suppliers.

Everything here is accounting on the sectoral world at fixed shares, as in Leontief (1936) and, for
value added by origin, Koopman, Wang and Wei (2014); the look-through share is that of Baldwin,
Freeman and Theodorakopoulos (2023). What happens once shares move is the equilibrium's matter.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from landbridge.codes import name_of
from landbridge.errors import ConvergenceError
from landbridge.units import FloatArray
from landbridge.world.sectors.base import SectoralWorld

TOLERANCE = 1e-12
MOST_ROUNDS = 2_000
PERCENT = 100.0


@dataclass(frozen=True, eq=False)
class Origins:
    """Where the cost of one sector of one economy comes from.

    Attributes
    ----------
    iso3, sector
        The user.
    direct
        ``[N, S]`` ratio: what it buys as inputs from each supplier's sector, over its output.
    through
        ``[N, S]`` ratio: all purchases at every stage behind it (look-through), over its output.
    value_added
        ``[N, S]`` ratio: value added of each economy's sector in its output; adds up to one.
    """

    iso3: str
    sector: str
    direct: FloatArray
    through: FloatArray
    value_added: FloatArray


@dataclass(frozen=True, eq=False)
class SupplierLoss:
    """What the user loses at once when a supplier stops, shares fixed.

    Attributes
    ----------
    in_proportion
        ``[N, S]`` ratio of output lost where the lost part of costs is the lost part of output,
        at every stage, at home and abroad.
    if_indispensable
        ``[N, S]`` ratio of output lost at the first stage where every input that matters is
        needed in its proportion, so that the scarcest one sets output.
    """

    in_proportion: FloatArray
    if_indispensable: FloatArray


def import_shares(world: SectoralWorld) -> FloatArray:
    """Compute each exporter's share in an importer's purchases of a sector, ``[N, N, S]``."""
    total = world.expenditure[None, :, :]
    shares: FloatArray = np.divide(
        world.paid, total, out=np.zeros_like(world.flows), where=total > 0
    )
    return shares


def origins(world: SectoralWorld, iso3: str, sector: str) -> Origins:
    """Look behind one sector of one economy.

    Parameters
    ----------
    world
        The sectoral world.
    iso3, sector
        The user: an economy and one of its sectors.

    Raises
    ------
    ConvergenceError
        The stages behind the sector do not die out.
    """
    user, column = world.index(iso3), world.sector_index(sector)
    from_whom = import_shares(world)
    demand = np.zeros_like(world.output)
    demand[user, column] = 1.0
    direct = _stage_back(world, from_whom, demand)
    through, stage = direct.copy(), direct
    for _ in range(MOST_ROUNDS):
        stage = _stage_back(world, from_whom, stage)
        through += stage
        if stage.sum() < TOLERANCE:
            break
    else:
        raise ConvergenceError(
            f"the stages behind {sector} of {iso3} do not die out",
            residual=float(stage.sum()),
            iterations=MOST_ROUNDS,
        )
    value_added = world.value_added_share * (through + demand)
    return Origins(iso3, world.sectors.codes[column], direct, through, value_added)


def _stage_back(world: SectoralWorld, from_whom: FloatArray, output: FloatArray) -> FloatArray:
    """Compute what is bought, by supplier and its sector, to make ``[N, S]`` of output."""
    inputs = np.einsum("nst,nt->ns", world.input_share, output, optimize=True)
    return np.asarray(np.einsum("ins,ns->is", from_whom, inputs, optimize=True))


def supplier_table(world: SectoralWorld, found: Origins) -> pd.DataFrame:
    """Rank the economies behind a sector.

    Returns
    -------
    pandas.DataFrame
        One row an economy that supplies anything, the user's own economy included: supplier,
        name, direct_percent (of inputs), look_through_percent (of purchases at all stages),
        value_added_percent (of output), main_input (the sector it matters most by, directly),
        structure. Sorted by value_added_percent.
    """
    direct, through = found.direct.sum(axis=1), found.through.sum(axis=1)
    table = pd.DataFrame(
        {
            "supplier": world.iso3,
            "name": [name_of(code) for code in world.iso3],
            "direct_percent": PERCENT * direct / max(direct.sum(), TOLERANCE),
            "look_through_percent": PERCENT * through / max(through.sum(), TOLERANCE),
            "value_added_percent": PERCENT * found.value_added.sum(axis=1),
            "main_input": [world.sectors.codes[row.argmax()] for row in found.direct],
            "structure": [str(kind) for kind in world.structure],
        }
    )
    table = table[table["look_through_percent"] > 0]
    return table.sort_values("value_added_percent", ascending=False, ignore_index=True)


def input_table(world: SectoralWorld, found: Origins, theta: FloatArray) -> pd.DataFrame:
    """Say for each input of a sector how concentrated and how replaceable its suppliers are.

    Parameters
    ----------
    world
        The sectoral world.
    found
        From `origins`.
    theta
        ``[S]`` trade elasticities of the sectors.

    Returns
    -------
    pandas.DataFrame
        One row an input: input, title, percent_of_inputs, domestic_percent, first_supplier (the
        greatest foreign one), first_supplier_percent (of the input), concentration (sum of
        squared supplier shares, 0 to 1), first_supplier_world_percent (its share of the world's
        exports of that input: the more, the fewer can stand in), trade_elasticity.
    """
    total = found.direct.sum()
    exports = world.flows.sum(axis=1) - np.einsum("iis->is", world.flows)
    user = world.index(found.iso3)
    rows = []
    for column, code in enumerate(world.sectors.codes):
        bought = found.direct[:, column]
        value = bought.sum()
        if value <= 0:
            continue
        foreign = bought.copy()
        foreign[user] = 0.0
        first = int(foreign.argmax())
        traded = exports[:, column].sum()
        rows.append(
            {
                "input": code,
                "title": world.sectors.titles[column],
                "percent_of_inputs": PERCENT * value / total,
                "domestic_percent": PERCENT * bought[user] / value,
                "first_supplier": world.iso3[first] if foreign[first] > 0 else "",
                "first_supplier_percent": PERCENT * foreign[first] / value,
                "concentration": float(((bought / value) ** 2).sum()),
                "first_supplier_world_percent": (
                    PERCENT * exports[first, column] / traded if traded > 0 else 0.0
                ),
                "trade_elasticity": float(theta[column]),
            }
        )
    table = pd.DataFrame(rows)
    return table.sort_values("percent_of_inputs", ascending=False, ignore_index=True)


def cut_off(
    world: SectoralWorld,
    supplier: str,
    *,
    user: str,
    sectors: tuple[str, ...] = (),
    matters: float = 0.01,
) -> SupplierLoss:
    """Say what is lost at once when a supplier sells nothing more to an economy.

    Parameters
    ----------
    world
        The sectoral world.
    supplier, user
        Codes; the supplier's deliveries to the user stop.
    sectors
        Which of the supplier's sectors stop; empty for all.
    matters
        Smallest share of an input in output that counts as indispensable.

    Returns
    -------
    SupplierLoss
        Two rules for the short run, with no stocks, no other suppliers and no other inputs.
    """
    from_whom = import_shares(world)
    columns = [world.sector_index(code) for code in sectors] or list(
        range(len(world.sectors.codes))
    )
    stopped = np.zeros_like(world.expenditure)  # [user, input]: part of the input that is gone
    row, column = world.index(supplier), world.index(user)
    stopped[column, columns] = from_whom[row, column, columns]
    direct = np.where(world.input_share >= matters, stopped[:, :, None], 0.0).max(axis=1)
    return SupplierLoss(_spread(world, from_whom, stopped), direct)


def _spread(world: SectoralWorld, from_whom: FloatArray, stopped: FloatArray) -> FloatArray:
    """Let the loss travel on until it settles: each stage passes on its part of costs."""
    loss = np.zeros_like(stopped)
    gap = np.inf
    for _ in range(MOST_ROUNDS):
        # What still comes of an input is short by what its other suppliers could not make.
        lack = np.minimum(stopped + np.einsum("ins,is->ns", from_whom, loss, optimize=True), 1.0)
        new = np.einsum("nst,ns->nt", world.input_share, lack, optimize=True)
        gap = float(np.abs(new - loss).max())
        if gap < TOLERANCE:
            return np.asarray(new)
        loss = new
    raise ConvergenceError(
        "the loss of a supplier does not settle",
        residual=gap,
        iterations=MOST_ROUNDS,
    )
