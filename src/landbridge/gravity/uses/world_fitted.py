"""The fitted baseline: what gravity predicts for each pair, with every economy's totals kept.

An observed zero stays zero whatever a scenario does to its cost, and a small observed flow is
mostly chance. The fitted baseline is positive wherever distance and ties are known, so that a
scenario moves every pair. It is offered beside the observed one, never in its place unasked.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

import numpy as np
import pandas as pd

from landbridge import gravity
from landbridge.codes import known_codes
from landbridge.errors import InputError
from landbridge.gravity.ppml.newton import Problem, solve_poisson
from landbridge.gravity.ppml.results import GravityFit
from landbridge.gravity.spec import Limits
from landbridge.gravity.uses.sizes import plain_grid
from landbridge.gravity.uses.world_panel import Kind, world_panel, world_spec
from landbridge.units import PERCENT, FloatArray
from landbridge.world.base import CellStatus, World

KINDS: Final[tuple[Kind, ...]] = ("goods", "services")
SMALL_MILLION_USD: Final = 1.0
FEWEST_FLOWS: Final = 100


@dataclass(frozen=True, eq=False)
class FittedWorld:
    """A world whose foreign trade is what gravity predicts.

    Attributes
    ----------
    world
        Every economy's exports, imports and domestic sales of goods and of services as observed;
        each pair's flow as fitted. Fitted cells are ``IMPUTED`` with the spread of observed flows
        about their fitted ones.
    fits
        The equations, ``goods`` and ``services``, estimated on published flows only.
    table
        One row a pair: exporter, importer, goods_million_usd and goods_fitted_million_usd, the
        same of services.
    notes
        What was filled, and how far fitted and observed flows lie apart.
    """

    world: World
    fits: dict[Kind, GravityFit]
    table: pd.DataFrame
    notes: tuple[str, ...]


def fitted_world(world: World) -> FittedWorld:
    """Put fitted flows in the place of observed ones.

    The usual equation (distance, ties, depth of shared blocs; exporter and importer effects) is
    estimated on the flows that rest on a published figure. The flows it predicts are then scaled
    by exporter and importer until they add up to the observed exports and imports (1e-9).

    Parameters
    ----------
    world
        The observed baseline.

    Raises
    ------
    InputError
        Too few published flows to estimate on, or an economy of which no distance is known.
    ConvergenceError
        No flows add up to the totals.

    Source of the method: Yotov, Piermartini, Monteiro and Larch (2016), An Advanced Guide to Trade
    Policy Analysis, ch. 2 (the baseline of fitted flows).
    """
    flows: dict[str, FloatArray] = {}
    spreads: dict[str, FloatArray] = {}
    fits: dict[Kind, GravityFit] = {}
    notes = []
    _check_known(world)
    for kind in KINDS:
        fits[kind], flows[kind], spreads[kind] = _fitted(world, kind)
        notes.append(_told(world, kind, flows[kind]))
    return FittedWorld(
        world=replace(
            world,
            goods=flows["goods"],
            services=flows["services"],
            sd_log_goods=spreads["goods"],
            sd_log_services=spreads["services"],
            status_goods=_status(flows["goods"]),
            status_services=_status(flows["services"]),
            notes=(*world.notes, *notes),
        ),
        fits=fits,
        table=_beside(world, flows),
        notes=tuple(notes),
    )


def fitted_flows(world: World, kind: Kind) -> tuple[FloatArray, float]:
    """Predict flows by gravity, totals kept, and measure how far published ones lie off.

    Parameters
    ----------
    world
        The observed baseline.
    kind
        Goods or services.

    Returns
    -------
    tuple
        ``[N, N]`` million USD, the diagonal as observed; and the standard deviation of the log of
        published over fitted flows.

    Raises
    ------
    InputError, ConvergenceError
        As `fitted_world`.
    """
    _check_known(world)
    _, flows, spread = _fitted(world, kind)
    return flows, float(spread.max())


def _check_known(world: World) -> None:
    """Refuse economies of which no distance is known."""
    strange = [code for code in world.iso3 if code not in set(known_codes())]
    if strange:
        raise InputError(
            f"no distances are known of {', '.join(strange)}.",
            where="fitted baseline",
            mend="Leave the rest of the world out, or use the observed baseline.",
        )


def _fitted(world: World, kind: Kind) -> tuple[GravityFit, FloatArray, FloatArray]:
    table = world_panel(world, kind=kind)
    if int(table["observed"].sum()) < FEWEST_FLOWS:
        raise InputError(
            f"only {int(table['observed'].sum())} flows of {kind} rest on a published figure; an "
            f"equation needs {FEWEST_FLOWS}.",
            where="fitted baseline",
        )
    found = gravity.fit(world_spec(table), table[table["observed"]])
    observed = world.goods if kind == "goods" else world.services
    count = len(world.iso3)
    terms = [str(term) for term in found.coefficients["term"]]
    index = table[terms].to_numpy(dtype=np.float64) @ found.coefficients["estimate"].to_numpy()
    offset = np.zeros((count, count))
    place = {code: at for at, code in enumerate(world.iso3)}
    rows, columns = (table[end].map(place).to_numpy() for end in ("exporter", "importer"))
    offset[rows, columns] = index
    foreign = observed.copy()
    np.fill_diagonal(foreign, 0.0)
    # An economy that sells (or buys) nothing abroad has no effect: its cells stay zero.
    used = (foreign.sum(axis=1) > 0)[:, None] & (foreign.sum(axis=0) > 0)
    np.fill_diagonal(used, val=False)
    problem = Problem(
        outcome=foreign.ravel(),
        offset=offset.ravel(),
        weights=used.astype(np.float64).ravel(),
        regressors=np.zeros((0, used.size)),
        absorber=plain_grid(count),
        limits=Limits(),
    )
    fitted = np.where(used, solve_poisson(problem).mean.reshape(used.shape), 0.0)
    np.fill_diagonal(fitted, observed.diagonal())
    seen = np.zeros_like(used)
    seen[rows, columns] = table["observed"].to_numpy()
    return found, fitted, _spread(observed, fitted, seen & used & (observed > 0))


def _spread(observed: FloatArray, fitted: FloatArray, seen: np.ndarray) -> FloatArray:
    """Measure the spread of published flows about their fitted ones, for every fitted cell."""
    away = np.log(observed[seen] / fitted[seen])
    spread = np.where(fitted > 0, float(away.std()), 0.0)
    np.fill_diagonal(spread, 0.0)
    return spread


def _status(flows: FloatArray) -> np.ndarray:
    status = np.full(flows.shape, int(CellStatus.IMPUTED), dtype=np.int8)
    np.fill_diagonal(status, int(CellStatus.DOMESTIC))
    return status


def _told(world: World, kind: Kind, fitted: FloatArray) -> str:
    observed = world.goods if kind == "goods" else world.services
    off = ~np.eye(len(world.iso3), dtype=np.bool_)
    filled = int(((fitted > 0) & (observed == 0) & off).sum())
    empty = int(((fitted == 0) & off).sum())
    both = off & (fitted > 0) & (observed > SMALL_MILLION_USD)
    away = float(np.median(np.abs(np.log(observed[both] / fitted[both]))))
    return (
        f"Fitted {kind}: {filled:,} flows that were zero are positive, {empty:,} stay zero (an "
        "economy without any trade); the median flow above 1 million USD lies "
        f"{PERCENT * np.expm1(away):.0f} percent from its fitted value. Totals are kept."
    )


def _beside(world: World, flows: dict[str, FloatArray]) -> pd.DataFrame:
    exporter, importer = np.nonzero(~np.eye(len(world.iso3), dtype=np.bool_))
    codes = np.asarray(world.iso3, dtype=object)
    return pd.DataFrame(
        {
            "exporter": codes[exporter],
            "importer": codes[importer],
            "goods_million_usd": world.goods[exporter, importer],
            "goods_fitted_million_usd": flows["goods"][exporter, importer],
            "services_million_usd": world.services[exporter, importer],
            "services_fitted_million_usd": flows["services"][exporter, importer],
        }
    )
