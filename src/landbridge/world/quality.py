"""What the baseline rests on: its cells by standing, and how its fit did in the tests."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from landbridge.tables import embedded_table
from landbridge.world.base import CellStatus, World
from landbridge.world.tables import status_title

STANDINGS = {
    CellStatus.DOMESTIC: "domestic",
    CellStatus.PUBLISHED: "published",
    CellStatus.ICIO: "OECD-informed",
    CellStatus.IMPUTED: "imputed",
    CellStatus.OVERRIDE: "set by hand",
    CellStatus.RECORDED_TWICE: "recorded by both",
    CellStatus.RECORDED_ONCE: "recorded by one",
    CellStatus.CARRIED: "carried forward",
    CellStatus.ZERO: "no trade recorded",
}
"""How a flow is known, in a word or two."""
BASES = {
    CellStatus.DOMESTIC: "Gross output less exports",
    CellStatus.PUBLISHED: "Partner shares in the World Factbook, February 2026",
    CellStatus.ICIO: "OECD Inter-Country Input-Output table 2022, with the totals of 2023",
    CellStatus.IMPUTED: "Totals, distance and ties (docs/baseline.md)",
    CellStatus.RECORDED_TWICE: "CEPII BACI 2023 (release V202501); both sides report",
    CellStatus.RECORDED_ONCE: "CEPII BACI 2023 (release V202501); one side reports",
    CellStatus.CARRIED: "CEPII BACI 2018 to 2020, carried to 2023 (docs/baseline.md)",
    CellStatus.ZERO: "CEPII BACI 2023: a side reports, and recorded none",
}
"""What a flow of each standing rests on; flows set by hand name their own source."""


def baseline_quality(world: World, *, focus_iso3: Sequence[str] = ()) -> pd.DataFrame:
    """Count the cells of goods trade by how they are known.

    Parameters
    ----------
    world
        The world to read.
    focus_iso3
        Economies whose trade with each other is counted apart; codes that are not in the world
        are passed over.

    Returns
    -------
    pandas.DataFrame
        One row a status: status (its name), title, cells, share_of_trade_percent (of goods trade
        between economies; missing for domestic sales), focus_cells.
    """
    count = len(world.iso3)
    foreign = ~np.eye(count, dtype=bool)
    trade = world.goods[foreign].sum()
    in_focus = np.array([code in set(focus_iso3) for code in world.iso3])
    focus = in_focus[:, None] & in_focus[None, :]
    rows = []
    for status in CellStatus:
        held = world.status_goods == int(status)
        between = status is not CellStatus.DOMESTIC
        share = 100.0 * world.goods[held & foreign].sum() / trade if between else np.nan
        rows.append(
            {
                "status": status.name.lower(),
                "title": status_title(int(status)),
                "cells": int(held.sum()),
                "share_of_trade_percent": float(share),
                "focus_cells": int((held & focus).sum()),
            }
        )
    return pd.DataFrame(rows)


def fit_quality() -> pd.DataFrame:
    """Read the tests of the fit, measured when the baseline was built.

    Returns
    -------
    pandas.DataFrame
        The columns of ``world/data/fit_quality.schema.toml``.
    """
    return embedded_table("world", "fit_quality")
