"""The embedded panel as a table for estimation: flows, sizes, distance, ties and agreements."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final, Literal

import numpy as np
import pandas as pd

from landbridge.atlas.binding import binding_depths
from landbridge.atlas.blocs import DEPTHS, depth_rank
from landbridge.atlas.economies import distance_km, pair_ties
from landbridge.gravity.uses.effects import MID_YEAR
from landbridge.units import BoolArray
from landbridge.world.domestic import domestic_sales
from landbridge.world.history import ATTRIBUTION, History, load_history, span_of

EMBEDDED: Final = "embedded"
"""What an estimation file names as its data to have this panel."""
EARLY_RELEASE: Final = 2023
TIES: Final = ("contiguity", "common_language", "colonial_tie", "common_coloniser")
COLUMN_OF_DEPTH: Final = {
    depth: f"agreement_{depth}" for depth in DEPTHS if depth_rank(depth) >= depth_rank("preference")
}


@dataclass(frozen=True, eq=False)
class TradePanel:
    """The embedded panel, laid out.

    Attributes
    ----------
    table
        One row an exporter, importer and year: exporter, importer, year, goods_million_usd,
        imputed (domestic sales are), gdp_exporter_million_usd, gdp_importer_million_usd,
        distance_km, ln_distance, border (1 across a border), contiguity, common_language,
        colonial_tie, common_coloniser, rta (a free trade area or deeper binds the pair in
        mid-year, by the atlas), agreement_<depth> (the deepest that binds it; at most one is 1).
    notes
        What was left out or imputed.
    """

    table: pd.DataFrame
    notes: tuple[str, ...]


def trade_panel(
    years: Sequence[int] = (), *, trade: Literal["all", "international"] = "all"
) -> TradePanel:
    """Lay the embedded panel out, ready for `estimate`.

    Parameters
    ----------
    years
        Years of trade; all when empty.
    trade
        Whether domestic sales are among the flows; they are imputed (`domestic_sales`).

    Returns
    -------
    TradePanel
        Zeros are rows; cells that are not known are not.

    Raises
    ------
    InputError
        The panel does not hold a year.

    Examples
    --------
    >>> panel = trade_panel((2019,), trade="international")
    >>> row = panel.table.query("exporter == 'CHN' and importer == 'PAK'").iloc[0]
    >>> bool(row["rta"] == 1.0), bool(row["contiguity"] == 1.0)
    (True, True)
    """
    history = load_history()
    wanted = sorted(set(years)) or list(history.years)
    fixed = _fixed(history)
    parts, notes = [], []
    for year in wanted:
        used = history.known[history.at(year)] & ~np.eye(len(history.iso3), dtype=np.bool_)
        flows = history.goods[history.at(year)].copy()
        if trade == "all":
            sales = domestic_sales(history, year)
            np.fill_diagonal(flows, sales.million_usd)
            np.fill_diagonal(used, sales.million_usd > 0)
            notes.append(sales.note)
        parts.append(_year(history, year, flows[used], used, fixed))
    unknown = int(sum((~history.known[history.at(year)]).sum() for year in wanted))
    why = "an economy has no trade on record in that year, or the cell is empty between years of "
    why += "much trade"
    if EARLY_RELEASE in wanted:
        why += f" (in the early release of {EARLY_RELEASE}: after them)"
    kept = (
        f"Goods of {span_of(tuple(wanted))} between {len(history.iso3)} economies; {unknown:,} "
        f"cells are left out because {why}. Other empty cells are zero."
    )
    return TradePanel(pd.concat(parts, ignore_index=True), (kept, *notes, ATTRIBUTION))


def agreement_square(history: History, year: int) -> BoolArray:
    """Mark pairs that a free trade area or deeper binds in mid-year, ``[N, N]``."""
    depth = binding_depths(history.iso3, on=date(year, *MID_YEAR))
    return np.asarray(depth >= depth_rank("free_trade_area"))


def _fixed(history: History) -> pd.DataFrame:
    """Lay out what no year changes, a row a cell of the square."""
    codes, count = np.asarray(history.iso3, dtype=object), len(history.iso3)
    distance, ties = distance_km(history.iso3), pair_ties(history.iso3)
    exporter, importer = np.indices((count, count)).reshape(2, -1)
    table = pd.DataFrame(
        {
            "exporter": codes[exporter],
            "importer": codes[importer],
            "distance_km": distance.ravel(),
            "ln_distance": np.log(distance.ravel()),
            "border": (exporter != importer).astype(np.float64),
        }
    )
    for tie in TIES:
        table[tie] = getattr(ties, tie).ravel().astype(np.float64)
    return table


def _year(
    history: History, year: int, flows: np.ndarray, used: BoolArray, fixed: pd.DataFrame
) -> pd.DataFrame:
    exporter, importer = np.nonzero(used)
    table = fixed[used.ravel()].copy()
    gdp = history.gdp(year)
    table.insert(2, "year", year)
    table.insert(3, "goods_million_usd", flows)
    table.insert(4, "imputed", exporter == importer)
    table.insert(5, "gdp_exporter_million_usd", gdp[exporter])
    table.insert(6, "gdp_importer_million_usd", gdp[importer])
    depth = binding_depths(history.iso3, on=date(year, *MID_YEAR))[used]
    table["rta"] = (depth >= depth_rank("free_trade_area")).astype(np.float64)
    for name, column in COLUMN_OF_DEPTH.items():
        table[column] = (depth == depth_rank(name)).astype(np.float64)
    return table
