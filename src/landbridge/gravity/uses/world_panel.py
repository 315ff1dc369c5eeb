"""A world as a gravity panel: flows with distance, ties and agreements, and what is observed."""

from __future__ import annotations

from typing import Final, Literal

import numpy as np
import pandas as pd

from landbridge.atlas.economies import distance_km, pair_ties
from landbridge.gravity.spec import GravitySpec, Inference
from landbridge.gravity.uses.effects import depth_effects
from landbridge.world.base import CellStatus, World

TIES: Final = ("contiguity", "common_language", "colonial_tie", "common_coloniser")
OBSERVED: Final = (
    CellStatus.RECORDED_TWICE,
    CellStatus.RECORDED_ONCE,
    CellStatus.ZERO,
    CellStatus.PUBLISHED,
    CellStatus.ICIO,
    CellStatus.OVERRIDE,
)

Kind = Literal["goods", "services"]


def world_panel(world: World, *, kind: Kind = "goods") -> pd.DataFrame:
    """Lay a world out as a gravity panel, foreign trade only.

    Parameters
    ----------
    world
        Flows and how each cell is known.
    kind
        Goods or services.

    Returns
    -------
    pandas.DataFrame
        One row an ordered pair: exporter, importer, year, trade (million USD), ln_distance (log
        of km), contiguity, common_language, colonial_tie, common_coloniser, depth_* (blocs in
        common, in force in mid-year), observed (whether the flow is recorded or published).
    """
    codes, count = world.iso3, len(world.iso3)
    flows = world.goods if kind == "goods" else world.services
    status = world.status_goods if kind == "goods" else world.status_services
    exporter, importer = np.nonzero(~np.eye(count, dtype=np.bool_))
    known = pair_ties(codes)
    names = np.asarray(codes, dtype=object)
    table = pd.DataFrame(
        {
            "exporter": names[exporter],
            "importer": names[importer],
            "year": world.year,
            "trade": flows[exporter, importer],
            "ln_distance": np.log(distance_km(codes)[exporter, importer]),
        }
    )
    for tie in TIES:
        table[tie] = getattr(known, tie)[exporter, importer].astype(float)
    table["observed"] = np.isin(status[exporter, importer], OBSERVED)
    return depth_effects(table).table


def world_spec(table: pd.DataFrame, *, inference: Inference = Inference.DYADIC) -> GravitySpec:
    """Specify the usual equation for `world_panel`: distance, ties and depth of blocs."""
    depths = [str(name) for name in table.columns if str(name).startswith("depth_")]
    return GravitySpec(
        regressors=("ln_distance", *TIES, *depths),
        fixed_effects=("exporter-year", "importer-year"),
        inference=inference,
        collinear="drop",
    )
