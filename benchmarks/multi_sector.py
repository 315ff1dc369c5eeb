"""Time the equilibrium with sectors beside a plain nested fixed point, same answer in one run.

    python -m pip install -e '.[test]'
    python benchmarks/multi_sector.py

The plain loop is the algorithm of the programs around Caliendo and Parro (2015): prices at given
wages, then spending at given prices, then a damped step of wages, until trade balances. Worlds are
made up, but for NAFTA on 31 regions and 40 sectors (``../shared/reference``, where it is there).
Both run to a residual of 1e-10 on one thread; seconds are those of the processor, so that other
work on the machine counts less.
"""

from __future__ import annotations

import platform
import resource
import time
import warnings
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TypeVar

import numpy as np
import pandas as pd
from threadpoolctl import threadpool_limits

from landbridge.equilibrium import (
    SectoralBaseline,
    SectoralEquilibrium,
    SectoralShock,
    SectoralTables,
    SectorOptions,
    decompose_sectors,
    prepare_sectors,
    solve_draws,
    solve_sectors,
)
from landbridge.tasks import no_progress, run_tasks

REFERENCE = Path(__file__).resolve().parents[1].parent / "shared" / "reference" / "caliendo_parro"
SIZES = ((31, 40), (80, 20), (80, 50), (141, 65))
TOLERANCE = 1e-10
OPTIONS = SectorOptions(tolerance=TOLERANCE)
REPEATS = 5
PEER_REPEATS = 3
DENSE_LIMIT = 1300  # economies times sectors; beyond, dense systems take minutes
MOST_STEPS = 2000
DAMPING = 0.3
DRAWS = 1000
DRAW_SIZE = (80, 20)

Result = TypeVar("Result")


def timed(call: Callable[[], Result], repeats: int = REPEATS) -> tuple[float, Result]:
    """Median processor seconds of some calls, and the last result."""
    seconds = []
    for _ in range(repeats):
        begun = time.process_time()
        result = call()
        seconds.append(time.process_time() - begun)
    return float(np.median(seconds)), result


def made_up(count: int, sectors: int, seed: int = 0) -> tuple[SectoralTables, np.ndarray]:
    """A world in which two thirds are bought at home, with tariffs, inputs and deficits."""
    rng = np.random.default_rng(seed)
    size = np.exp(rng.normal(0.0, 1.2, count))
    mix = rng.dirichlet(np.full(sectors, 3.0), size=count)
    shares = rng.dirichlet(np.full(count, 0.5), size=(count, sectors)).transpose(2, 0, 1) * 0.34
    shares *= (size / size.mean())[:, None, None] ** 0.8
    everyone = np.arange(count)
    shares[everyone, everyone] += 0.66
    shares /= shares.sum(axis=0)
    flows = shares * (2.0 * size[:, None] * mix)
    own = rng.uniform(0.3, 0.6, (count, sectors))
    inputs = rng.dirichlet(np.full(sectors, 0.5), size=(count, sectors)).transpose(0, 2, 1)
    tariffs = rng.uniform(0.0, 0.2, flows.shape)
    tariffs[everyone, everyone] = 0.0
    tables = SectoralTables(
        flows=flows,
        value_added_shares=own,
        input_shares=inputs * (1.0 - own)[:, None, :],
        tariffs=tariffs,
        final_shares=rng.dirichlet(np.full(sectors, 3.0), size=count),
    )
    return tables, rng.uniform(2.0, 8.0, sectors)


def cheaper(shape: tuple[int, ...], seed: int, spread: float = 0.05) -> SectoralShock:
    """Trade costs move by some percent everywhere."""
    hat = np.exp(np.random.default_rng(seed).normal(-0.02, spread, shape))
    hat[np.arange(shape[0]), np.arange(shape[0])] = 1.0
    return SectoralShock(iceberg_hat=hat)


def dearer(shape: tuple[int, ...]) -> SectoralShock:
    """Every border twice as dear."""
    hat = np.full(shape, 2.0)
    hat[np.arange(shape[0]), np.arange(shape[0])] = 1.0
    return SectoralShock(iceberg_hat=hat)


def nested(
    baseline: SectoralBaseline, shock: SectoralShock, *, dense: bool = False
) -> tuple[np.ndarray, int, float]:
    """Real spending by the plain nested fixed point; its outer steps and its residual.

    Dense solves spending as one linear system of all economies and sectors in every step, as the
    authors' own program does; otherwise it is iterated.
    """
    theta, tariffs = baseline.theta, baseline.tariffs
    if shock.tariffs is not None:
        tariffs = shock.tariffs
    cost = (1.0 + tariffs) / (1.0 + baseline.tariffs)
    if shock.iceberg_hat is not None:
        cost = cost * shock.iceberg_hat
    weights = np.ascontiguousarray((baseline.shares * cost**-theta).transpose(2, 0, 1))
    sold = weights / np.ascontiguousarray((1.0 + tariffs).transpose(2, 0, 1))
    inputs = np.ascontiguousarray(baseline.input_shares.transpose(0, 2, 1))
    own, final = baseline.value_added_shares.T, baseline.final_shares.T
    power, value_added = theta[:, None], baseline.value_added
    log_wages = np.zeros(len(value_added))
    log_costs, spending = np.zeros(own.shape), baseline.expenditure.T.copy()
    gap, steps = 1.0, 0
    while steps < MOST_STEPS:
        steps += 1
        inner = max(1e-3 * gap, 0.1 * TOLERANCE)
        moved = np.inf
        while moved >= inner:
            supply = np.exp(-power * log_costs)
            index = np.matmul(supply[:, None, :], weights)[:, 0, :]
            log_prices = -np.log(index) / power
            new = own * log_wages + np.matmul(inputs, log_prices.T[:, :, None])[:, :, 0].T
            moved = np.abs(new - log_costs).max()
            log_costs = new
        wages = np.exp(log_wages)
        supply = np.exp(-power * log_costs)
        index = np.matmul(supply[:, None, :], weights)[:, 0, :]
        landed = np.matmul(supply[:, None, :], sold)[:, 0, :] / index
        if dense:
            shares = sold * supply[:, :, None] / index[:, None, :]
            spending = dense_spending(inputs, final, shares, 1.0 - landed, wages * value_added)
        moved = np.inf
        while moved >= inner:
            sales = supply * np.matmul(sold, (spending / index)[:, :, None])[:, :, 0]
            income = wages * value_added + (spending * (1.0 - landed)).sum(axis=0)
            new = np.matmul(sales.T[:, None, :], inputs)[:, 0, :].T + final * income
            moved = np.abs(new / spending - 1.0).max()
            spending = new
        residual = np.log((own * sales).sum(axis=0) / (wages * value_added))
        gap = float(np.abs(residual).max())
        if gap < TOLERANCE:
            break
        log_wages = log_wages + DAMPING * residual
        log_wages -= np.log(np.exp(log_wages) @ value_added / value_added.sum())
    prices = np.exp((final * -np.log(index) / power).sum(axis=0))
    return income / prices / baseline.final_spending, steps, gap


def dense_spending(
    inputs: np.ndarray,
    final: np.ndarray,
    shares: np.ndarray,
    duty: np.ndarray,
    earned: np.ndarray,
) -> np.ndarray:
    """Spending of every economy on every sector from one linear system."""
    sectors, count = final.shape
    size = sectors * count
    used = np.einsum("nkj,knm->jnkm", inputs, shares, optimize=True)
    home = np.arange(count)
    used[:, home, :, home] += final.T[:, :, None] * duty.T[:, None, :]
    known = (final * earned).ravel()
    return np.linalg.solve(np.eye(size) - used.reshape(size, size), known).reshape(sectors, count)


def nafta() -> tuple[SectoralBaseline, SectoralShock] | None:
    """The world and the shock of Caliendo and Parro (2015); None where the data are not here."""
    path = REFERENCE / "cp2015_nafta.rda"
    if not path.is_file():
        return None
    import rdata  # noqa: PLC0415 - only needed here, and slow to import

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        stored = rdata.read_rda(str(path))["cp2015_nafta"]
    regions, sectors = stored["sets"]["regions"], stored["sets"]["sectors"]

    def cube(frame: pd.DataFrame, columns: dict[str, np.ndarray], value: str) -> np.ndarray:
        found = np.zeros([len(axis) for axis in columns.values()])
        places = [pd.Index(axis).get_indexer(frame[column]) for column, axis in columns.items()]
        found[tuple(places)] = frame[value]
        return found

    trade = {"exporter": regions, "importer": regions, "sector": sectors}
    plane = {"region": regions, "sector": sectors}
    used = cube(
        stored["intermediate_consumption"],
        {"region": regions, "input": sectors, "sector": sectors},
        "value",
    )
    added = cube(stored["value_added"], plane, "value")
    output = added + used.sum(axis=1)
    tables = SectoralTables(
        flows=cube(stored["trade"], trade, "value"),
        value_added_shares=added / output,
        input_shares=used / output[:, None, :],
        tariffs=cube(stored["trade"], trade, "tariff"),
    )
    theta = stored["theta"].set_index("sector").loc[list(sectors), "value"].to_numpy()
    baseline = prepare_sectors(tables, theta=theta, closure="purged", options=OPTIONS)
    return baseline, SectoralShock(tariffs=cube(stored["trade"], trade, "tariff_cfl"))


def against_nested() -> pd.DataFrame:
    """Landbridge and the plain loop, world by world."""
    worlds = []
    for count, sectors in SIZES:
        tables, theta = made_up(count, sectors)
        seconds, baseline = timed(
            partial(prepare_sectors, tables, theta=theta, closure="purged", options=OPTIONS), 1
        )
        shape = tables.flows.shape
        name = f"{count} x {sectors}"
        worlds.append((name, "some percent everywhere", seconds, baseline, cheaper(shape, seed=1)))
        worlds.append((name, "every border x 2", seconds, baseline, dearer(shape)))
    stored = nafta()
    if stored is not None:
        worlds.append(("31 x 40", "NAFTA", np.nan, *stored))
    return pd.DataFrame([compared(*world) for world in worlds])


def compared(
    size: str, name: str, prepared: float, baseline: SectoralBaseline, shock: SectoralShock
) -> dict[str, object]:
    """One row: ours, the plain loop, and for the smallest worlds the loop with dense systems."""
    seconds, found = timed(partial(solve_sectors, baseline, shock, options=OPTIONS))
    peer_seconds, (real, steps, gap) = timed(partial(nested, baseline, shock), PEER_REPEATS)
    dense_seconds = np.nan
    if baseline.expenditure.size <= DENSE_LIMIT:
        dense_seconds, _ = timed(partial(nested, baseline, shock, dense=True), 1)
    parts_seconds, parts = timed(partial(decompose_sectors, baseline, shock, options=OPTIONS), 1)
    return {
        "economies x sectors": size,
        "shock": name,
        "baseline s": prepared,
        "counterfactual s": seconds,
        "sweeps": found.certificate.sweeps,
        "residual": found.certificate.residual,
        "plain loop s": peer_seconds,
        "its steps": steps,
        "its residual": gap,
        "times faster": peer_seconds / seconds,
        "loop with dense systems s": dense_seconds,
        "largest difference, pp": 100 * float(np.abs(found.real_spending_hat - real).max()),
        "decomposition s": parts_seconds,
        "points": parts.points,
    }


def one_draw(
    tables: SectoralTables, theta: np.ndarray, number: int
) -> tuple[SectoralBaseline, SectoralShock]:
    """Other elasticities, so another baseline, and another shock."""
    factor = np.random.default_rng(number).normal(1.0, 0.1, len(theta)).clip(0.6, 1.4)
    baseline = prepare_sectors(tables, theta=theta * factor, closure="purged", options=OPTIONS)
    return baseline, cheaper(tables.flows.shape, seed=number)


def welfare(found: SectoralEquilibrium) -> tuple[np.ndarray, float]:
    """Welfare, and the memory in MB that the process has needed so far."""
    return found.welfare_hat, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def draws() -> pd.DataFrame:
    """All draws, in two processes; every one solves its own baseline and its shock."""
    run = partial(run_tasks, jobs=2, progress=no_progress, what="draws")
    make = partial(one_draw, *made_up(*DRAW_SIZE))
    begun = time.perf_counter()
    found = solve_draws(make, range(DRAWS), keep=welfare, run=run, options=OPTIONS)
    seconds = time.perf_counter() - begun
    with threadpool_limits(limits=1):
        alone, _ = timed(lambda: solve_sectors(*make(0), options=OPTIONS))
    return pd.DataFrame(
        [
            {
                "draws": len(found.numbers),
                "failures": len(found.failures),
                "wall-clock s": seconds,
                "processor ms of one draw": 1e3 * alone,
                "memory MB a process": max(memory for _, memory in found.kept),
            }
        ]
    )


def as_markdown(frame: pd.DataFrame) -> str:
    lines = ["| " + " | ".join(frame.columns) + " |", "|" + "---|" * len(frame.columns)]
    for row in frame.itertuples(index=False):
        cells = [f"{value:.3g}" if isinstance(value, float) else str(value) for value in row]
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines)


def main() -> None:
    print(f"Python {platform.python_version()}, numpy {np.__version__}, {platform.machine()}\n")
    with threadpool_limits(limits=1):
        print("### Plain nested fixed point, both to 1e-10\n")
        print(as_markdown(against_nested()), flush=True)
    print(f"\n### {DRAWS} draws of {DRAW_SIZE[0]} x {DRAW_SIZE[1]}, two processes\n")
    print(as_markdown(draws()))


if __name__ == "__main__":
    main()
