"""Panels to estimate on, and a slow regression with dummies that shares no code with ours."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest


def make_panel(
    *,
    economies: int = 6,
    years: int = 4,
    seed: int = 0,
    domestic: bool = True,
    fill: float = 1.0,
    zeros: float = 0.15,
    sectors: int = 0,
    symmetric: bool = False,
) -> pd.DataFrame:
    """Draw flows with exporter-year, importer-year and pair effects and gamma noise."""
    random = np.random.default_rng(seed)
    codes = [f"E{number:02}" for number in range(economies)]
    axes = [codes, codes, range(2000, 2000 + years), range(max(sectors, 1))]
    table = pd.MultiIndex.from_product(axes).to_frame(index=False)
    table.columns = ["exporter", "importer", "year", "sector"]
    if not domestic:
        table = table[table["exporter"] != table["importer"]]
    if fill < 1.0:
        table = table[random.uniform(size=len(table)) < fill]
    table = table.reset_index(drop=True)
    rows = len(table)
    pair = table["exporter"] + table["importer"]
    if symmetric:
        pair = pair.where(
            table["exporter"] < table["importer"], table["importer"] + table["exporter"]
        )
    table["distance"] = pair.map(
        dict(zip(sorted(set(pair)), random.normal(size=500), strict=False))
    )
    table["agreement"] = (random.uniform(size=rows) < 0.4).astype(float)
    table["tariff"] = random.uniform(0.0, 0.3, rows)
    table["shift"] = random.normal(0.0, 0.3, rows)
    table["weight"] = random.uniform(0.5, 2.0, rows)
    index = 0.5 * table["agreement"] - 2.0 * table["tariff"] - 0.7 * table["distance"]
    for columns, spread in ((["exporter", "year"], 1.0), (["importer", "year"], 1.0)):
        group = table.groupby(columns).ngroup()
        index = index + random.normal(0.0, spread, int(group.max()) + 1)[group]
    flows = np.exp(index) * random.gamma(2.0, 0.5, rows)
    table["trade"] = np.where(random.uniform(size=rows) < zeros, 0.0, flows)
    if sectors == 0:
        table = table.drop(columns="sector")
    return table


def independent(design: np.ndarray) -> list[int]:
    """Choose columns that span all of them, the first ones first."""
    chosen, basis = [], np.zeros((len(design), 0))
    for position in range(design.shape[1]):
        column = design[:, position] / np.linalg.norm(design[:, position])
        for _ in range(2):
            column = column - basis @ (basis.T @ column)
        size = np.linalg.norm(column)
        if size > 1e-9:
            chosen.append(position)
            basis = np.column_stack([basis, column / size])
    return chosen


def regress(design: np.ndarray, target: np.ndarray, weight: np.ndarray) -> np.ndarray:
    """Regress by weighted least squares on independent columns (QR)."""
    root = np.sqrt(weight)
    q, r = np.linalg.qr(design * root[:, None])
    return np.linalg.solve(r, q.T @ (target.T * root).T)


def dummy_regression(
    table: pd.DataFrame,
    regressors: tuple[str, str],
    groups: list[pd.Series],
    *,
    offset: str | None = None,
    weights: str | None = None,
    linear: bool = False,
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Fit by Newton on dummies; gives coefficients, their Hessian block's inverse, fit, scores."""
    outcome = table["trade"].to_numpy(float)
    shift = np.zeros(len(table)) if offset is None else table[offset].to_numpy(float)
    weight = np.ones(len(table)) if weights is None else table[weights].to_numpy(float)
    parts = [table[list(regressors)].to_numpy(float)]
    parts += [pd.get_dummies(group).to_numpy(float) for group in groups]
    design = np.hstack(parts) if groups else np.hstack([*parts, np.ones((len(table), 1))])
    count = len(regressors)
    design = design[:, independent(design)]
    if linear:
        beta = regress(design, outcome - shift, weight)
        fitted, curvature = design @ beta + shift, weight
    else:
        beta = np.zeros(design.shape[1])
        fitted = 0.5 * (outcome + outcome.mean())
        index = np.log(fitted)
        for _ in range(200):
            curvature = weight * fitted
            target = index - shift + (outcome - fitted) / fitted
            moved = regress(design, target, curvature)
            change = np.abs(moved[:count] - beta[:count]).max(initial=0.0)
            beta, index = moved, design @ moved + shift
            gap = np.abs(np.exp(index) - fitted).max()
            fitted = np.exp(index)
            if change < 1e-13 and gap < 1e-12 * fitted.max():
                break
        curvature = weight * fitted
    others, own = design[:, count:], design[:, :count]
    net = own - others @ regress(others, own, curvature)
    hessian = (net * curvature[:, None]).T @ net
    scores = net * (weight * (outcome - fitted))[:, None]
    return beta[:count], np.linalg.inv(hessian), fitted, scores


@pytest.fixture
def panel() -> Callable[..., Any]:
    """Return the function that draws a panel."""
    return make_panel


@pytest.fixture
def oracle() -> Callable[..., Any]:
    """Return the regression with dummies."""
    return dummy_regression
