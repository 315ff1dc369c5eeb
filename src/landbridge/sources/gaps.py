"""Fill what a file of flows lacks: economies that it does not name, pairs that nobody reported."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from landbridge.errors import InputError
from landbridge.units import FloatArray
from landbridge.world.base import CellStatus, World
from landbridge.world.building.complete import CARRIED, FROM_FILE, IMPUTED, complete_flows

STATUS_OF: Final = {
    FROM_FILE: CellStatus.PUBLISHED,
    CARRIED: CellStatus.CARRIED,
    IMPUTED: CellStatus.IMPUTED,
}
COLUMNS: Final = ["exporter", "importer", "trade", "value"]


@dataclass(frozen=True)
class Filled:
    """Flows of a file with their gaps filled.

    Attributes
    ----------
    flows
        exporter, importer, trade (goods or services), value in million USD.
    cells
        exporter, importer, status (as `world.building.complete` names it) and sd_log of every
        pair of goods that trades.
    """

    flows: pd.DataFrame
    cells: pd.DataFrame

    def standing(
        self, iso3: tuple[str, ...], status: NDArray[np.int8], sd_log: FloatArray
    ) -> tuple[NDArray[np.int8], FloatArray]:
        """Say of every goods cell how it is known; pairs that do not trade are true zeros.

        Parameters
        ----------
        iso3
            N codes.
        status, sd_log
            ``[N, N]`` as they would be without a cell being filled.
        """
        at = {code: place for place, code in enumerate(iso3)}
        rows = self.cells[self.cells["exporter"].isin(at) & self.cells["importer"].isin(at)]
        places = (
            rows["exporter"].map(at).to_numpy(dtype=np.int64),
            rows["importer"].map(at).to_numpy(dtype=np.int64),
        )
        off = ~np.eye(len(iso3), dtype=np.bool_)
        status = np.where(off, np.int8(CellStatus.ZERO), status).astype(np.int8)
        sd_log = np.where(off, 0.0, sd_log)
        status[places] = rows["status"].map(STATUS_OF).to_numpy(dtype=np.int8)
        sd_log[places] = rows["sd_log"].to_numpy(dtype=np.float64)
        return status, sd_log


def fill_gaps(
    flows: pd.DataFrame, base: World, *, year: int, rest: str, notes: list[str]
) -> Filled:
    """Fill the gaps of goods; services and domestic sales stay as they are.

    Parameters
    ----------
    flows
        exporter, importer, trade, value in million USD; a value that is missing is not known.
    base
        The embedded world, whose economies are added.
    year
        Calendar year of the flows.
    rest
        Code of a rest of the world.
    notes
        What was done is added to it.

    Raises
    ------
    InputError
        The file has a rest of the world: then it has no gaps.
    """
    if rest in set(flows["exporter"]) | set(flows["importer"]):
        raise InputError(
            f"the file has a rest of the world ({rest}), so no economy is missing.",
            where="gaps",
            mend="Leave gaps=fill out.",
        )
    foreign = flows["exporter"] != flows["importer"]
    goods = flows[foreign & (flows["trade"] == "goods")]
    given = goods[goods["value"].notna()].rename(columns={"value": "million_usd"})
    given = given.assign(million_usd=given["million_usd"].clip(lower=0.0))
    done = complete_flows(given[["exporter", "importer", "million_usd"]], base, year=year)
    notes += done.notes
    filled = done.table.rename(columns={"million_usd": "value"}).assign(trade="goods")
    kept = flows[~(foreign & (flows["trade"] == "goods"))]
    return Filled(pd.concat([filled[COLUMNS], kept[COLUMNS]], ignore_index=True), done.table)
