"""Tables a user asks of a world: who trades what with whom, and how well each cell is known."""

from __future__ import annotations

import numpy as np
import pandas as pd

from landbridge.codes import known_codes, name_of
from landbridge.world.base import CellStatus, World

BAND_DEVIATIONS = 1.645
"""Standard deviations on either side that hold 90 percent of a normal distribution."""

STATUS_TITLES = {
    CellStatus.DOMESTIC: "domestic: gross output less exports",
    CellStatus.PUBLISHED: "published elsewhere: a figure or a partner share",
    CellStatus.ICIO: "informed by the OECD input-output table",
    CellStatus.IMPUTED: "imputed from totals and distance",
    CellStatus.OVERRIDE: "set by hand, see overrides",
    CellStatus.RECORDED_TWICE: "recorded by both sides' customs",
    CellStatus.RECORDED_ONCE: "recorded by one side's customs",
    CellStatus.CARRIED: "carried forward from earlier years",
    CellStatus.ZERO: "no trade recorded",
}


def status_title(status: int) -> str:
    """Say in words how a cell is known."""
    return STATUS_TITLES[CellStatus(status)]


def pair_table(world: World, iso3: str, partner: str | None = None) -> pd.DataFrame:
    """List what an economy sells to and buys from its partners, cell by cell with its standing.

    Parameters
    ----------
    world
        The world to read.
    iso3
        The economy.
    partner
        One partner, or None for all.

    Returns
    -------
    pandas.DataFrame
        One row a flow: first the economy's exports (largest first), then its imports, then its
        domestic sales (left out when a partner is named). Columns: exporter, importer,
        exporter_name, importer_name, goods_million_usd, services_million_usd,
        total_million_usd, goods_share_percent, status_goods, status_services,
        sd_log_goods, sd_log_services, goods_low_million_usd, goods_high_million_usd (the 5th and
        95th percentile), services_low_million_usd, services_high_million_usd.

    Raises
    ------
    DataError
        One of the two is not in the world.
    """
    own = world.index(iso3)
    others = [world.index(partner)] if partner is not None else _others(world, own)
    selling = sorted(others, key=lambda other: -world.flows[own, other])
    buying = sorted(others, key=lambda other: -world.flows[other, own])
    rows = [(own, other) for other in selling] + [(other, own) for other in buying]
    if partner is None:
        rows.append((own, own))
    at = np.array(rows).T
    return _flow_table(world, at[0], at[1])


def _others(world: World, own: int) -> list[int]:
    return [other for other in range(len(world.iso3)) if other != own]


def _flow_table(world: World, exporter: np.ndarray, importer: np.ndarray) -> pd.DataFrame:
    codes = np.array(world.iso3)
    known = set(known_codes())
    names = np.array([name_of(code) if code in known else code for code in world.iso3])
    at = (exporter, importer)
    goods, services = world.goods[at], world.services[at]
    sd_goods, sd_services = world.sd_log_goods[at], world.sd_log_services[at]
    return pd.DataFrame(
        {
            "exporter": codes[exporter],
            "importer": codes[importer],
            "exporter_name": names[exporter],
            "importer_name": names[importer],
            "goods_million_usd": goods,
            "services_million_usd": services,
            "total_million_usd": goods + services,
            "goods_share_percent": 100.0 * world.goods_share[at],
            "status_goods": [status_title(int(status)) for status in world.status_goods[at]],
            "status_services": [status_title(int(status)) for status in world.status_services[at]],
            "sd_log_goods": sd_goods,
            "sd_log_services": sd_services,
            "goods_low_million_usd": goods * np.exp(-BAND_DEVIATIONS * sd_goods),
            "goods_high_million_usd": goods * np.exp(BAND_DEVIATIONS * sd_goods),
            "services_low_million_usd": services * np.exp(-BAND_DEVIATIONS * sd_services),
            "services_high_million_usd": services * np.exp(BAND_DEVIATIONS * sd_services),
        }
    )
