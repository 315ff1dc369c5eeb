"""The world before the change: checked, balanced where asked for, ready to answer shocks.

Symbols as in `landbridge.equilibrium.market`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, get_args

import numpy as np
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import connected_components

from landbridge.equilibrium.market import Closure, Market, shares
from landbridge.equilibrium.solver import Effort, Factor, SolverOptions, settle
from landbridge.errors import DataError, InputError, suggest
from landbridge.units import BoolArray, FloatArray, IntArray

DEFAULT_OPTIONS: Final = SolverOptions()
ROUNDING: Final = 1e-9
"""A deficit below this share of output is no deficit."""
NAMES_IN_MESSAGE: Final = 8


@dataclass(frozen=True)
class Baseline:
    """Checked flows, ready to answer shocks.

    Attributes
    ----------
    iso3
        N codes.
    flows
        ``[N, N]`` million USD; imbalances removed under the purged closure.
    shares
        ``[N, N]`` share of each exporter in each importer's expenditure.
    output, expenditure, deficit
        ``[N]`` million USD.
    theta, closure
        Trade elasticity and closure.
    blocks
        ``[N]`` label of the group of economies that trade with one another.
    duties
        ``[N, N]`` what buyers pay in tariffs over the border price, ratio; None where there are
        none. Flows, shares and spending are at border prices.
    purge_residual, purge_effort
        How well the imbalances were removed and what it took.
    factor
        Factorisation of the Jacobian near the baseline; None where there is none yet.
    """

    iso3: tuple[str, ...]
    flows: FloatArray
    shares: FloatArray
    output: FloatArray
    expenditure: FloatArray
    deficit: FloatArray
    theta: float
    closure: Closure
    blocks: IntArray
    purge_residual: float
    purge_effort: Effort
    factor: Factor | None
    duties: FloatArray | None = None

    @property
    def purchase_shares(self) -> FloatArray:
        """Share of each exporter in what an importer pays, tariffs included, ``[N, N]`` ratio."""
        if self.duties is None:
            return self.shares
        paid = self.shares * (1.0 + self.duties)
        return np.asarray(paid / paid.sum(axis=0))

    @property
    def revenue(self) -> FloatArray:
        """Tariff revenue, ``[N]`` million USD."""
        if self.duties is None:
            return np.zeros_like(self.output)
        return np.asarray((self.flows * self.duties).sum(axis=0))


def prepare(
    flows: FloatArray,
    *,
    theta: float,
    closure: Closure,
    iso3: Sequence[str] | None = None,
    options: SolverOptions = DEFAULT_OPTIONS,
    duties: FloatArray | None = None,
) -> Baseline:
    """Check the flows and, under the purged closure, remove trade imbalances.

    Parameters
    ----------
    flows, theta, closure, iso3, options, duties
        As in `solve`.

    Returns
    -------
    Baseline
        Ready for `solve_prepared`.

    Raises
    ------
    DataError, InputError, ConvergenceError
        As in `solve`.
    """
    flows = np.asarray(flows, dtype=np.float64)
    names = _check(flows, theta=theta, closure=closure, iso3=iso3)
    checked = None if duties is None else check_duties(names, duties)
    output, expenditure = flows.sum(axis=1), flows.sum(axis=0)
    purged = closure == "purged"
    blocks = trade_blocks(flows, names, must_balance=purged)
    baseline = Baseline(
        iso3=names,
        flows=flows,
        shares=flows / expenditure,
        output=output,
        expenditure=expenditure,
        deficit=np.zeros_like(output) if purged else expenditure - output,
        theta=float(theta),
        closure=closure,
        blocks=blocks,
        purge_residual=0.0,
        purge_effort=Effort(),
        factor=None,
        duties=checked,
    )
    _check_parts(baseline, blocks)
    return _purge(baseline, options) if purged else baseline


def check_freeness(baseline: Baseline, freeness_hat: FloatArray) -> FloatArray:
    """Refuse a shock of the wrong shape, or with negative or missing values."""
    freeness_hat = np.asarray(freeness_hat, dtype=np.float64)
    count = len(baseline.iso3)
    if freeness_hat.shape != (count, count):
        raise InputError(
            f"the change of trade freeness has shape {freeness_hat.shape}, not ({count}, {count})",
            mend="Give one ratio for every flow, exporter x importer; 1 where nothing changes.",
        )
    wrong = ~np.isfinite(freeness_hat) | (freeness_hat < 0)
    if wrong.any():
        exporter, importer = (int(k) for k in np.argwhere(wrong)[0])
        raise InputError(
            f"{int(wrong.sum())} of {count * count} ratios of trade freeness are negative, missing"
            f" or infinite, the first from {baseline.iso3[exporter]} to {baseline.iso3[importer]}:"
            f" {freeness_hat[exporter, importer]}",
            mend="Freeness is tau_hat ** -theta: above 0, or 0 to shut a flow.",
        )
    return freeness_hat


def check_duties(iso3: tuple[str, ...], duties: FloatArray) -> FloatArray:
    """Refuse duties of the wrong shape, or of minus one or less: a buyer pays something."""
    duties = np.asarray(duties, dtype=np.float64)
    count = len(iso3)
    if duties.shape != (count, count):
        raise InputError(
            f"the duties have shape {duties.shape}, not ({count}, {count})",
            mend="Give one rate for every flow, exporter x importer; 0 where nothing is charged.",
        )
    wrong = ~np.isfinite(duties) | (duties <= -1.0)
    if wrong.any():
        exporter, importer = (int(k) for k in np.argwhere(wrong)[0])
        raise InputError(
            f"{int(wrong.sum())} duties are missing, infinite or -100 percent and below, the first"
            f" on {iso3[exporter]} into {iso3[importer]}: {duties[exporter, importer]}",
            mend="A duty is a ratio of the price at the border, such as 0.05.",
        )
    return duties


def market_after(baseline: Baseline, freeness_hat: FloatArray) -> Market:
    """Put a checked shock on a baseline.

    Where there are duties, freeness is that of sales at border prices (`border_freeness`).

    Raises
    ------
    DataError
        The shock leaves an economy with nobody to sell to or to buy from, or cuts the world
        into parts whose trade cannot balance.
    InputError
        The shock cuts the world into parts and the closure has no answer to that.
    """
    weights = baseline.shares * freeness_hat
    blocks = baseline.blocks
    if not freeness_hat.all():
        _check_partners(weights, baseline.iso3, where="flows that the shock leaves open")
        blocks = trade_blocks(weights, baseline.iso3, must_balance=baseline.closure == "purged")
        _check_parts(baseline, blocks)
    return Market(
        weights=weights,
        output=baseline.output,
        deficit=baseline.deficit,
        theta=baseline.theta,
        closure=baseline.closure,
        blocks=blocks,
    )


def listed(names: tuple[str, ...], which: BoolArray) -> str:
    """Name the chosen economies, not too many of them."""
    chosen = [name for name, yes in zip(names, which, strict=True) if yes]
    if len(chosen) > NAMES_IN_MESSAGE:
        left = len(chosen) - NAMES_IN_MESSAGE
        return f"{', '.join(chosen[:NAMES_IN_MESSAGE])} and {left} more"
    return ", ".join(chosen)


def _check(
    flows: FloatArray, *, theta: float, closure: Closure, iso3: Sequence[str] | None
) -> tuple[str, ...]:
    """Refuse what cannot be a trade matrix; give the names of the economies."""
    check_closure(closure)
    if not np.isfinite(theta) or theta <= 0:
        raise InputError(
            f"the trade elasticity is {theta}", mend="Give a number above 0; 4 is common."
        )
    if flows.ndim != 2 or flows.shape[0] != flows.shape[1] or flows.shape[0] == 0:  # noqa: PLR2004
        raise DataError(
            f"flows have shape {flows.shape}",
            mend="Give a square array, exporter x importer, with domestic sales on the diagonal.",
        )
    names = names_of(flows.shape[0], iso3)
    wrong = ~np.isfinite(flows) | (flows < 0)
    if wrong.any():
        exporter, importer = (int(k) for k in np.argwhere(wrong)[0])
        raise DataError(
            f"{int(wrong.sum())} flows are negative, missing or infinite, the first from"
            f" {names[exporter]} to {names[importer]}: {flows[exporter, importer]}",
            mend="A flow is a number of million USD, 0 or more.",
        )
    _check_partners(flows, names, where="flows")
    return names


def check_closure(closure: str) -> None:
    """Refuse a closure that is not known."""
    if closure not in get_args(Closure):
        known = [str(name) for name in get_args(Closure)]
        raise InputError(
            f"there is no closure {closure!r}",
            mend=suggest(str(closure), known) or f"Choose one of {', '.join(known)}.",
        )


def names_of(count: int, iso3: Sequence[str] | None) -> tuple[str, ...]:
    """Names of the economies, made up where none are given."""
    if iso3 is None:
        return tuple(f"economy {position + 1}" for position in range(count))
    names = tuple(iso3)
    if len(names) != count or len(set(names)) != count:
        raise InputError(
            f"{len(names)} names ({len(set(names))} different) for {count} economies",
            mend="Give one ISO3 code for each row of the flows.",
        )
    return names


def _check_partners(flows: FloatArray, names: tuple[str, ...], *, where: str) -> None:
    """Refuse an economy that sells or buys nothing."""
    totals = (("sells", flows.sum(axis=1)), ("buys", flows.sum(axis=0)))
    faults = [
        f"{listed(names, total <= 0)} {verb} nothing" for verb, total in totals if total.min() <= 0
    ]
    if faults:
        raise DataError(
            "; ".join(faults),
            where=where,
            mend="Give its domestic sales (gross output less exports), or leave it out.",
        )


def trade_blocks(flows: FloatArray, names: tuple[str, ...], *, must_balance: bool) -> IntArray:
    """Label the groups of economies that trade with one another, ``[N]``."""
    count = len(flows)
    if (flows > 0).all():
        return np.zeros(count, dtype=np.int64)
    graph = csr_matrix((flows > 0).astype(np.int8))
    _, weak = connected_components(graph, directed=True, connection="weak")
    if must_balance:
        _, strong = connected_components(graph, directed=True, connection="strong")
        largest = np.bincount(strong)[strong]
        best = np.zeros(int(weak.max()) + 1, dtype=np.int64)
        np.maximum.at(best, weak, largest)
        outside = largest < best[weak]
        if strong.max() > weak.max():
            outside = outside if outside.any() else np.bincount(weak)[weak] > largest
            raise DataError(
                f"trade cannot be balanced for {listed(names, outside)}: there is nobody to sell"
                " to abroad while it buys, or nobody to buy from while it sells",
                mend="Add the missing flows, or choose the additive or proportional closure.",
            )
    return np.asarray(weak, dtype=np.int64)


def _check_parts(baseline: Baseline, blocks: IntArray) -> None:
    check_blocks(
        baseline.iso3,
        blocks=blocks,
        output=baseline.output,
        deficit=baseline.deficit,
        closure=baseline.closure,
    )


def check_blocks(
    names: tuple[str, ...],
    *,
    blocks: IntArray,
    output: FloatArray,
    deficit: FloatArray,
    closure: Closure,
) -> None:
    """Refuse a deficit that nobody could finance."""
    if closure == "purged" or not blocks.any():
        return
    size = np.bincount(blocks, output)
    open_deficit = np.abs(np.bincount(blocks, deficit)) > ROUNDING * size
    stuck = open_deficit[blocks]
    if closure == "proportional":
        stuck = np.abs(deficit) > ROUNDING * output
    if stuck.any():
        raise InputError(
            f"the world falls into {int(blocks.max()) + 1} parts that do not trade, and under the"
            f" {closure} closure nobody would finance {listed(names, stuck)}",
            mend="Choose the purged closure.",
        )


def _purge(baseline: Baseline, options: SolverOptions) -> Baseline:
    """Re-solve the baseline without trade imbalances; that is the new baseline."""
    ones = np.ones_like(baseline.flows)
    market = market_after(baseline, ones)
    settled = settle(market, np.zeros_like(baseline.output), options=options)
    point = settled.point
    share = shares(market, point)
    flows = share * point.expenditure
    return Baseline(
        iso3=baseline.iso3,
        flows=flows,
        shares=share,
        output=point.income,
        expenditure=point.expenditure,
        deficit=np.zeros_like(point.income),
        theta=baseline.theta,
        closure=baseline.closure,
        blocks=baseline.blocks,
        purge_residual=point.gap,
        purge_effort=settled.effort,
        factor=settled.factor,
        duties=baseline.duties,
    )
