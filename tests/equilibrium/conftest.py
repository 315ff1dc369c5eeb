"""Made-up worlds with sectors for the tests of this room."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from landbridge.equilibrium import SectoralShock, SectoralTables


def small_world(*, tariffs: bool = True, sectors: int = 3) -> SectoralTables:
    """Four economies that trade everything, input shares and final shares in order."""
    rng = np.random.default_rng(7)
    flows = rng.uniform(1.0, 10.0, (4, 4, sectors))
    everyone = np.arange(4)
    flows[everyone, everyone] += rng.uniform(50.0, 150.0, (4, sectors))
    own = rng.uniform(0.3, 0.6, (4, sectors))
    inputs = rng.dirichlet(np.ones(sectors), size=(4, sectors)).transpose(0, 2, 1)
    duties = rng.uniform(0.0, 0.3, flows.shape)
    duties[everyone, everyone] = 0.0
    return SectoralTables(
        flows=flows,
        value_added_shares=own,
        input_shares=inputs * (1.0 - own)[:, None, :],
        tariffs=duties if tariffs else None,
        final_shares=rng.dirichlet(np.full(sectors, 5.0), size=4),
        iso3=["KAZ", "PAK", "RUS", "UZB"],
        sectors=[f"S{number}" for number in range(sectors)],
    )


def corridor(tables: SectoralTables, *, cheaper: float = 0.9) -> np.ndarray:
    """Cheaper trade between the first two economies, both ways, all sectors."""
    hat = np.ones(tables.flows.shape)
    hat[0, 1] = hat[1, 0] = cheaper
    return hat


def random_case(
    rng: np.random.Generator, *, largest: int = 40, most_sectors: int = 30
) -> tuple[SectoralTables, np.ndarray, SectoralShock, float]:
    """An economy of 2 to 40 members and 1 to 30 sectors, most of them small, and a hard shock.

    Holes in trade, sectors that nobody makes or buys, no inputs, tariffs up to 60 percent,
    elasticities up to 60; costs from a tenth to ten times, new tariffs, subsidies and taxes.
    """
    count = int(np.exp(rng.uniform(np.log(2.0), np.log(largest + 0.999))))
    sectors = int(np.exp(rng.uniform(0.0, np.log(most_sectors + 0.999))))
    theta = rng.uniform(1.5, 12.0, sectors)
    if rng.random() < 0.2:
        theta = np.exp(rng.uniform(np.log(0.5), np.log(60.0), sectors))
    tables = random_tables(rng, count, sectors)
    shape, everyone = tables.flows.shape, np.arange(count)
    kind = rng.integers(4)
    log_cost: np.ndarray
    if kind == 0:
        log_cost = rng.uniform(-1.0, 1.0, shape)
    elif kind == 1:
        log_cost = np.full(shape, rng.uniform(-1.0, 1.0))
    elif kind == 2:
        log_cost = rng.uniform(-1.0, 1.0) * rng.integers(0, 2, shape)
    else:
        log_cost = rng.normal(0.0, 0.05, shape)
    if rng.random() < 0.7:
        log_cost[everyone, everyone] = 0.0
    changes = {"iceberg_hat": 10.0**log_cost}
    if rng.random() < 0.4:
        changes["tariffs"] = off_diagonal(rng.uniform(0.0, 1.0, shape))
    if rng.random() < 0.3:
        changes["export_subsidies"] = off_diagonal(rng.uniform(-0.3, 0.3, shape))
    if rng.random() < 0.3:
        changes["productivity_hat"] = np.exp(rng.normal(0.0, 0.2, (count, sectors)))
    if rng.random() < 0.3:
        sold = tables.flows.sum(axis=(1, 2))
        changes["taxes_million_usd"] = rng.uniform(0.0, 0.005, count) * sold
    labour = float(rng.choice([0.0, 0.0, 0.5, 2.0]))
    return tables, theta, SectoralShock(**changes), labour


def random_tables(rng: np.random.Generator, count: int, sectors: int) -> SectoralTables:
    """Tables with holes; final demand given or left to what inputs leave."""
    size = np.exp(rng.normal(0.0, 1.5, count))
    mix = rng.dirichlet(np.ones(sectors), size=count)
    flows = np.outer(size, size)[:, :, None] / size.sum() * mix[:, None, :]
    flows *= np.exp(rng.normal(0.0, rng.uniform(0.0, 2.0), flows.shape))
    if rng.random() < 0.6:
        flows *= rng.random(flows.shape) < rng.uniform(0.2, 1.0)
    everyone = np.arange(count)
    flows[everyone, (everyone + 1) % count] += 1e-3 * size[:, None] / sectors
    home = 3.0 * size * np.exp(rng.normal(0.0, 0.7, count))
    flows[everyone, everyone] = home[:, None] * rng.dirichlet(np.full(sectors, 0.7), size=count)
    if sectors > 1 and rng.random() < 0.3:
        flows[rng.integers(count), :, rng.integers(sectors)] = 0.0
        flows[:, rng.integers(count), rng.integers(sectors)] = 0.0
    own = np.ones((count, sectors))
    if rng.random() < 0.8:
        own = rng.uniform(0.15, 0.9, (count, sectors))
    inputs = rng.dirichlet(np.full(sectors, 0.4), size=(count, sectors)).transpose(0, 2, 1)
    taxed = rng.random() < 0.7
    given = rng.random() < 0.8
    return SectoralTables(
        flows=flows,
        value_added_shares=own,
        input_shares=inputs * (1.0 - own)[:, None, :],
        tariffs=off_diagonal(rng.uniform(0.0, 0.6, flows.shape)) if taxed else None,
        final_shares=rng.dirichlet(np.full(sectors, 0.5), size=count) if given else None,
    )


def off_diagonal(cube: np.ndarray) -> np.ndarray:
    """The same without the diagonal."""
    everyone = np.arange(len(cube))
    cube[everyone, everyone] = 0.0
    return cube


@pytest.fixture(scope="session")
def cases() -> Any:
    """Makers of worlds and shocks."""
    return SimpleNamespace(
        small_world=small_world,
        corridor=corridor,
        random_case=random_case,
        random_tables=random_tables,
    )
