"""Market access: how much demand an economy reaches, and how much supply reaches it.

With phi_in the freeness of trade from i to n, Y output and E expenditure, seller's and buyer's
access solve (Anderson and van Wincoop 2003; Redding and Venables 2004; Donaldson and Hornbeck
2016)::

    FMA_i = sum_n phi_in E_n / CMA_n
    CMA_n = sum_i phi_in Y_i / FMA_i

the sum over partners of what they spend, by the freeness of trade with them, each deflated by the
competition there (its multilateral resistance). They are known up to one factor that raises all
FMA and lowers all CMA; the measure of an economy is their product, which has none::

    FMA_i CMA_i = sum_n phi_in E_n CMA_i / CMA_n

million USD: what partners spend, by the freeness of trade with them, each against the competition
there relative to that at home. An economy that trades with nobody has its own spending.

*Level.* Goods alone; phi_in = b (1 + k_in / v) ** -theta between economies and 1 within one, k_in
the generalised cost and v the value of a tonne. The one number b stands for every other cost of
crossing a border; it makes the world's foreign share of goods what it is in the baseline.

*Change.* In ratios to the baseline, with shares from the observed trade, output and expenditure as
they are; exact for any change of freeness.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd

from landbridge.errors import ConvergenceError
from landbridge.freight.network.compiled import FreightNetwork
from landbridge.studies.chain.setting import Setting, freeness_of
from landbridge.units import FloatArray

ROUNDS: Final = 20_000
TOLERANCE: Final = 1e-11
RESIDUAL_LIMIT: Final = 1e-10
"""Ten times the tolerance: the last round and the scaling add rounding to it."""
BORDER_STEPS: Final = 200
BORDER_TOLERANCE: Final = 1e-8


@dataclass(frozen=True, eq=False)
class MarketAccess:
    """Market access of every economy.

    Attributes
    ----------
    level
        ``[N]`` seller's times buyer's access, million USD.
    border
        The freeness b that stands for all costs but freight, ratio.
    foreign_share
        ``[N]`` the part of seller's access that lies abroad, ratio.
    certificate
        One row a check: check, value, limit, unit, passed.
    """

    level: FloatArray
    border: float
    foreign_share: FloatArray
    certificate: pd.DataFrame


def market_access(setting: Setting) -> MarketAccess:
    """Compute the level of market access, freight costs as the network has them.

    Pairs that the network does not serve take the median freight freeness of those it serves.

    Raises
    ------
    ConvergenceError
        Access or the border's freeness was not found.
    """
    goods = setting.world.goods
    output, spending = goods.sum(axis=1), goods.sum(axis=0)
    wanted = 1.0 - np.trace(goods) / goods.sum()
    freight = freight_freeness(setting)
    inside = np.diag_indices_from(freight)
    low, high = -20.0, 5.0
    start = None
    for _ in range(BORDER_STEPS):
        middle = (low + high) / 2.0
        freeness = np.exp(middle) * freight
        freeness[inside] = 1.0
        seller, buyer = resistances(freeness, output, spending, start=start)
        start = buyer
        trade = freeness * np.outer(output / seller, spending / buyer)
        foreign = 1.0 - float(np.trace(trade) / trade.sum())
        if abs(foreign - wanted) < BORDER_TOLERANCE:
            break
        low, high = (middle, high) if foreign < wanted else (low, middle)
    else:
        raise ConvergenceError(
            "no freeness of borders gives the world's foreign trade",
            residual=abs(foreign - wanted),
            iterations=BORDER_STEPS,
        )
    own = np.diag(trade) / trade.sum(axis=1)
    return MarketAccess(
        level=seller * buyer,
        border=float(np.exp(middle)),
        foreign_share=1.0 - own,
        certificate=_certificate(
            _residual(freeness, output, spending, seller, buyer), abs(foreign - wanted)
        ),
    )


def _residual(
    freeness: FloatArray,
    output: FloatArray,
    spending: FloatArray,
    seller: FloatArray,
    buyer: FloatArray,
) -> float:
    """Measure how far access is from its two equations, up to the factor that is free; log."""
    one = np.log(seller / (freeness @ (spending / buyer)))
    other = np.log(buyer / ((output / seller) @ freeness))
    return float(max(np.ptp(one), np.abs(other + one.mean()).max()))


def _certificate(residual: float, gap: float) -> pd.DataFrame:
    rows = [
        ("market access against its equations", residual, RESIDUAL_LIMIT, "log"),
        ("the world's foreign share of goods", gap, BORDER_TOLERANCE, "ratio"),
    ]
    table = pd.DataFrame(rows, columns=["check", "value", "limit", "unit"])
    table["passed"] = table["value"] <= table["limit"]
    return table


def freight_freeness(setting: Setting) -> FloatArray:
    """Compute ``(1 + k / v) ** -theta`` between economies, 1 within one, ``[N, N]``."""
    served = setting.served
    freeness = (1.0 + np.where(served, setting.ad_valorem, 0.0)) ** -setting.theta
    if served.any():
        freeness = np.where(served, freeness, np.median(freeness[served]))
    freeness[np.diag_indices_from(freeness)] = 1.0
    return np.asarray(freeness)


def access_hat(setting: Setting, after: FreightNetwork) -> FloatArray:
    """Compute market access on another network over that of today, ``[N]`` ratio.

    Output and expenditure stay what they are: the part of the change that is access alone. What
    trade and income then become is the equilibrium's to say.

    Raises
    ------
    ConvergenceError
        Access was not found.
    """
    base = setting.prepared
    change = freeness_of(setting, after)
    # In ratios, baseline flows stand for freeness times both sides: access of 1 balances them.
    seller, buyer = resistances(base.flows * change, base.output, base.expenditure, by_flows=True)
    return np.asarray(seller * buyer)


def resistances(
    freeness: FloatArray,
    output: FloatArray,
    spending: FloatArray,
    *,
    by_flows: bool = False,
    start: FloatArray | None = None,
) -> tuple[FloatArray, FloatArray]:
    """Solve for seller's and buyer's access.

    Parameters
    ----------
    freeness
        ``[N, N]``; or, `by_flows`, baseline flows times the change of freeness.
    output, spending
        ``[N]`` million USD.
    by_flows
        Solve for ratios to the baseline.
    start
        ``[N]`` buyer's access to start from.

    Returns
    -------
    tuple
        ``[N]`` each; seller's access scaled so that, weighted by output, its log mean is that of
        buyer's access weighted by spending.

    Raises
    ------
    ConvergenceError
        They were not found.
    """
    one = np.ones(len(output))
    supply, demand = (one, one) if by_flows else (output, spending)
    buyer = np.ones(len(output)) if start is None else start.copy()
    gap = np.inf
    for _ in range(ROUNDS):
        seller = freeness @ (demand / buyer) / (output if by_flows else one)
        found = (supply / seller) @ freeness / (spending if by_flows else one)
        gap = float(np.abs(np.log(found / buyer)).max())
        buyer = found
        if gap < TOLERANCE:
            break
    else:
        raise ConvergenceError("market access was not found", residual=gap, iterations=ROUNDS)
    seller = freeness @ (demand / buyer) / (output if by_flows else one)
    lean = np.average(np.log(seller), weights=output) - np.average(np.log(buyer), weights=spending)
    return np.asarray(seller * np.exp(-lean / 2.0)), np.asarray(buyer * np.exp(lean / 2.0))
