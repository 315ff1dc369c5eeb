"""What part of a flow a sector is: from measures by sector to the model of one sector."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from landbridge.basis import Basis
from landbridge.scenarios.values.duties import FARM_SECTORS
from landbridge.units import FloatArray
from landbridge.world.sectors.base import SectoralWorld
from landbridge.world.sectors.facts import GOODS
from landbridge.world.sectors.isic import shipped_groups


def sector_shares(basis: Basis, sectors: Sequence[str]) -> dict[str, FloatArray]:
    """Compute each sector's share of the goods flow, or of the services flow for a service.

    Parameters
    ----------
    basis
        Its tables by sector are brought to the totals of its world.
    sectors
        Codes of the world with 20 sectors.

    Returns
    -------
    dict
        ``[N, N]`` ratio by code, exporter first; zero where the pair has no such trade.
    """
    if not sectors:
        return {}
    held = basis.sectoral_world()
    goods = held.sectors.counted_as(GOODS)
    totals = {kind: held.flows[:, :, goods == kind].sum(axis=2) for kind in (True, False)}
    found = {}
    for code in sectors:
        at = held.sectors.codes.index(code)
        total = totals[bool(goods[at])]
        found[code] = np.divide(
            held.flows[:, :, at], total, out=np.zeros_like(total), where=total > 0
        )
    return found


def farm_share(world: SectoralWorld) -> FloatArray:
    """Compute the share of farm goods and food in each importer's imports of goods, ``[N]``."""
    groups = shipped_groups(world.sectors)
    goods = world.sectors.counted_as(GOODS)
    farm = np.array([code in FARM_SECTORS for code in groups])
    home = np.einsum("iis->is", world.flows)
    imports = world.flows.sum(axis=0) - home
    total = imports[:, goods].sum(axis=1)
    return np.asarray(
        np.divide(
            imports[:, farm & goods].sum(axis=1), total, out=np.zeros_like(total), where=total > 0
        )
    )
