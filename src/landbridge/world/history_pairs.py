"""A pair's trade over the years beside the baseline's point and band."""

from __future__ import annotations

from typing import Final

import pandas as pd

from landbridge.world.base import World
from landbridge.world.history import pair_history
from landbridge.world.tables import pair_table

RECORDED: Final = "recorded"
NOT_KNOWN: Final = "not known"
BASELINE: Final = "baseline"


def history_beside(world: World, one: str, other: str) -> pd.DataFrame:
    """Set what two economies sold each other by year beside a world's figure for the pair.

    Parameters
    ----------
    world
        Its year's figure closes each series.
    one, other
        ISO3 codes.

    Returns
    -------
    pandas.DataFrame
        One row a direction, year and kind of figure: exporter, importer, year, figure (recorded,
        not known, baseline), goods_million_usd, goods_low_million_usd, goods_high_million_usd (the
        90 percent band, baseline only), status (how the baseline knows it).

    Raises
    ------
    UnknownNameError, DataError
        One of them is not in the panel, or not in the world.
    """
    table = pair_history(one, other)
    known = table["goods_million_usd"].notna()
    table["figure"] = known.map({True: RECORDED, False: NOT_KNOWN})
    table["status"] = ""
    said = pair_table(world, one, other)
    closing = pd.DataFrame(
        {
            "exporter": said["exporter"],
            "importer": said["importer"],
            "year": world.year,
            "goods_million_usd": said["goods_million_usd"],
            "goods_low_million_usd": said["goods_low_million_usd"],
            "goods_high_million_usd": said["goods_high_million_usd"],
            "figure": BASELINE,
            "status": said["status_goods"],
        }
    )
    columns = [
        *("exporter", "importer", "year", "figure", "goods_million_usd"),
        *("goods_low_million_usd", "goods_high_million_usd", "status"),
    ]
    # Each direction's series, closed by its figure of the baseline.
    parts = [
        rows[rows["exporter"] == exporter] for exporter in (one, other) for rows in (table, closing)
    ]
    return pd.concat(parts, ignore_index=True).reindex(columns=columns)
