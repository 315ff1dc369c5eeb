"""Rebuild the tariffs by sector of NAFTA that the bridge to Caliendo and Parro (2015) takes.

    PYTHONPATH=src:tools python tools/build_bridge_tariffs.py cp2015_nafta.rda

Reads the data of the program cp2015 (MIT licence, github.com/paulofelipe/cp2015), takes the mean of
its tariffs by sector of ours, weighted by the trade of 1993, and writes
``studies/data/bridge_sector_tariffs.csv``. Needs the package rdata.
"""

from __future__ import annotations

import sys
import warnings
from importlib import import_module
from pathlib import Path
from typing import Any, Final

import pandas as pd

from landbridge.tables import embedded_path
from landbridge.units import PERCENT

SHOCK: Final = "nafta-1993"
ECONOMIES: Final = {"Mexico": "MEX", "Canada": "CAN", "USA": "USA"}
SECTORS: Final = {
    "Agriculture": ("A",),
    "Mining": ("B05T06", "B07T09"),
    "Food": ("C10T12",),
    "Textile": ("C13T15",),
    "Wood": ("C16T18",),
    "Paper": ("C16T18",),
    "Petroleum": ("C19",),
    "Chemicals": ("C20T21",),
    "Plastic": ("C22T23",),
    "Minerals": ("C22T23",),
    "Basic metals": ("C24",),
    "Metal products": ("C25_28",),
    "Machinery n.e.c": ("C25_28",),
    "Office": ("C26T27",),
    "Electrical": ("C26T27",),
    "Communication": ("C26T27",),
    "Medical": ("C26T27",),
    "Auto": ("C29",),
    "Other Transport": ("C30T33",),
    "Other": ("C30T33",),
}
"""Their sectors of goods (ISIC Rev. 3) in ours; mining stands for both of ours."""
DIGITS: Final = 2


def read_trade(path: Path) -> pd.DataFrame:
    """Read the table of trade and tariffs of the program."""
    rdata: Any = import_module("rdata")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        table: pd.DataFrame = rdata.read_rda(str(path))["cp2015_nafta"]["trade"]
    return table


def tariffs_by_sector(trade: pd.DataFrame) -> pd.DataFrame:
    """Average tariffs before and after by pair and sector of ours, percent.

    Parameters
    ----------
    trade
        sector, exporter, importer, value, tariff_bln, tariff_cfl.

    Returns
    -------
    pandas.DataFrame
        The columns of ``bridge_sector_tariffs``.
    """
    inside = trade["exporter"].isin(ECONOMIES) & trade["importer"].isin(ECONOMIES)
    abroad = trade["exporter"] != trade["importer"]
    kept = trade[inside & abroad & trade["sector"].isin(SECTORS)].copy()
    kept["ours"] = kept["sector"].map(SECTORS)
    kept = kept.explode("ours")
    keys = ["importer", "exporter", "ours"]
    # A pair that did not trade in a sector takes the plain mean of its tariffs there.
    traded = kept.groupby(keys)["value"].transform("sum") > 0
    kept["value"] = kept["value"].where(traded, 1.0)
    for column in ("tariff_bln", "tariff_cfl"):
        kept[column] *= kept["value"] * PERCENT
    sums = kept.groupby(keys)[["value", "tariff_bln", "tariff_cfl"]].sum().reset_index()
    found = pd.DataFrame(
        {
            "shock": SHOCK,
            "exporter": sums["exporter"].map(ECONOMIES),
            "importer": sums["importer"].map(ECONOMIES),
            "sector": sums["ours"],
            "before_percent": (sums["tariff_bln"] / sums["value"]).round(DIGITS),
            "after_percent": (sums["tariff_cfl"] / sums["value"]).round(DIGITS),
        }
    )
    return found.sort_values(["importer", "exporter", "sector"], ignore_index=True)


def main() -> None:
    """Read the file that is named and write the table."""
    table = tariffs_by_sector(read_trade(Path(sys.argv[1])))
    table.to_csv(embedded_path("studies", "bridge_sector_tariffs.csv"), index=False)


if __name__ == "__main__":
    main()
