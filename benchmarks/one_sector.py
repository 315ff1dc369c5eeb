"""Time the one-sector equilibrium against its peers, on the same data in one run.

    python -m pip install -e '.[benchmark,test]'
    python benchmarks/one_sector.py

Peers: gegravity 0.3 on its own sample of 30 countries, and the plain fixed point that the Stata
and R programs ge_gravity use, on WIOD's 44 economies. Data are read from
``../shared/reference``. Every row says how far the answers are apart; a time beside a different
answer means little.
"""

from __future__ import annotations

import platform
import time
import warnings
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TypeVar

import numpy as np
import pandas as pd
import pyreadr
from threadpoolctl import threadpool_limits

from landbridge.equilibrium import Closure, prepare, solve, solve_prepared

REFERENCE = Path(__file__).resolve().parents[1].parent / "shared" / "reference"
REPEATS = 7
TOLERANCE = 1e-12
MOST_STEPS = 100_000
WIOD_YEAR = 2000
WIOD_THETA = 4.0
EU_EFFECT = 0.22424901
SAMPLE_SIGMA = 5.0
SAMPLE_COEFFICIENTS = {
    "lndist": -0.3764,
    "contiguity": 0.8850,
    "pta": 0.4823,
    "common_language": 0.0392,
    "international": -3.4224,
}
OMR_RESCALE = 10  # gegravity's own example; without a rescale factor its baseline fails

Result = TypeVar("Result")


def timed(call: Callable[[], Result], repeats: int = REPEATS) -> tuple[float, Result]:
    """Median seconds of some calls, and the last result."""
    seconds = []
    for _ in range(repeats):
        begun = time.perf_counter()
        result = call()
        seconds.append(time.perf_counter() - begun)
    return float(np.median(seconds)), result


def largest(difference: np.ndarray) -> float:
    return float(np.abs(difference).max())


# ----------------------------------------------------------------------- plain fixed point


def plain(
    flows: np.ndarray, freeness: np.ndarray, theta: float, closure: Closure
) -> tuple[np.ndarray, int, bool]:
    """Real income by the fixed point of ge_gravity, run to the same residual as ours.

    ge_gravity itself stops when no flow moves by more than 1e-8 in logs, which is looser.
    """
    output, spending = flows.sum(axis=1), flows.sum(axis=0)
    weights = flows / spending * freeness
    wages = np.ones_like(output)
    for step in range(MOST_STEPS):
        power = weights.T @ wages**-theta
        if closure == "additive":
            now = output * wages + (spending - output) * (output @ wages) / output.sum()
        else:
            now = spending * wages
            now *= (output @ wages) / now.sum()
        residual = wages**-theta * (weights @ (now / power)) / (output * wages)
        if not np.isfinite(residual).all() or (residual <= 0).any():
            return wages, step, False
        if largest(np.log(residual)) < TOLERANCE:
            return wages * power ** (1.0 / theta), step, True
        wages = wages * residual ** (1.0 / (1.0 + theta))
        wages *= output.sum() / (output @ wages)
    return wages * power ** (1.0 / theta), MOST_STEPS, False


def wiod() -> tuple[np.ndarray, np.ndarray]:
    """Flows of 2000, and the freeness of EU enlargement."""
    path = REFERENCE / "ge_gravity" / "TradeData0014_Results.rda"
    stored = pyreadr.read_r(str(path))["TradeData0014_Results"]
    stored = stored[stored["year"] == WIOD_YEAR]

    def matrix(column: str) -> np.ndarray:
        wide = stored.pivot_table(
            index="exporter", columns="importer", values=column, aggfunc="sum"
        )
        return np.asarray(wide.to_numpy(dtype=np.float64))

    return matrix("trade"), np.exp(EU_EFFECT * (matrix("eu_effect") > 0))


def against_fixed_point() -> pd.DataFrame:
    """Landbridge and the plain fixed point, shock by shock."""
    flows, enlargement = wiod()
    shocks = {"EU enlargement": enlargement}
    for factor in (0.5, 1.5, 2.0, 4.0, 10.0):
        freeness = np.full_like(flows, factor**-WIOD_THETA)
        np.fill_diagonal(freeness, 1.0)
        shocks[f"all borders x {factor:g}"] = freeness
    rows = []
    closures: tuple[Closure, ...] = ("proportional", "additive")
    for closure in closures:
        baseline = prepare(flows, theta=WIOD_THETA, closure=closure)
        for name, freeness in shocks.items():
            seconds, found = timed(partial(solve_prepared, baseline, freeness))
            peer_seconds, (income, steps, converged) = timed(
                partial(plain, flows, freeness, WIOD_THETA, closure), 1
            )
            rows.append(
                {
                    "closure": closure,
                    "shock": name,
                    "landbridge ms": 1e3 * seconds,
                    "Newton steps": found.certificate.newton_steps,
                    "fixed point ms": 1e3 * peer_seconds if converged else np.nan,
                    "its steps": str(steps) if converged else f"fails after {steps}",
                    "times faster": peer_seconds / seconds if converged else np.nan,
                    "largest difference of real income, pp": (
                        100.0 * largest(found.real_income_hat - income) if converged else np.nan
                    ),
                }
            )
    return pd.DataFrame(rows)


# ------------------------------------------------------------------------------- gegravity


def balance(kernel: np.ndarray, output: np.ndarray, spending: np.ndarray) -> np.ndarray:
    """Scale rows and columns to the given totals: fitted structural gravity."""
    rows = np.ones(len(output))
    while True:
        columns = spending / (rows @ kernel)
        moved = output / (kernel @ columns)
        gap = largest(moved / rows - 1.0)
        rows = moved
        if gap < TOLERANCE:
            return np.asarray(rows[:, None] * kernel * (spending / (rows @ kernel)))


def sample() -> pd.DataFrame:
    frame = pd.read_csv(REFERENCE / "gegravity" / "sample_data_set.dlm")
    return frame.sort_values(["exporter", "importer"]).reset_index(drop=True)


def with_agreement(frame: pd.DataFrame) -> pd.DataFrame:
    """Canada and Japan sign an agreement: the example of gegravity's own documentation."""
    pair = frame["exporter"].isin(["CAN", "JPN"]) & frame["importer"].isin(["CAN", "JPN"])
    changed = frame.copy()
    changed.loc[pair & (frame["exporter"] != frame["importer"]), "pta"] = 1
    return changed


def without_borders(frame: pd.DataFrame) -> pd.DataFrame:
    """Half of the border effect gone: a large shock."""
    return frame.assign(international=frame["international"] * 0.5)


def cost(frame: pd.DataFrame) -> np.ndarray:
    """Trade freeness, exporter x importer."""
    names = list(SAMPLE_COEFFICIENTS)
    index = frame[names].to_numpy(dtype=np.float64) @ [SAMPLE_COEFFICIENTS[one] for one in names]
    side = round(len(frame) ** 0.5)
    return np.asarray(np.exp(index).reshape(side, side))


def ours(frame: pd.DataFrame, changed: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    """Percent change of real income, from the raw table to the answer; and the fitted flows."""
    before = cost(frame)
    output = frame.groupby("exporter")["Y"].first().to_numpy(float)
    spending = frame.groupby("importer")["E"].first().to_numpy(float)
    fitted = balance(before, output / output.sum(), spending / spending.sum())
    theta = SAMPLE_SIGMA - 1.0
    found = solve(fitted, cost(changed) / before, theta=theta, closure="proportional")
    return 100.0 * (found.real_income_hat - 1.0), fitted


def its_equations(frame: pd.DataFrame, changed: pd.DataFrame) -> np.ndarray:
    """What gegravity's equations say: resistances at the baseline's output and expenditure.

    Output and expenditure shares do not move with prices, so prices are the inverse of outward
    resistances and nothing feeds back.
    """
    output = frame.groupby("exporter")["Y"].first().to_numpy(float)
    spending = frame.groupby("importer")["E"].first().to_numpy(float)
    output, spending = output / output.sum(), spending / spending.sum()
    products = [  # of outward and inward resistance of an economy to itself, to the power theta
        np.diag(balance(kernel, output, spending) / kernel) / (output * spending)
        for kernel in (cost(frame), cost(changed))
    ]
    change = (products[1] / products[0]) ** (-1.0 / (SAMPLE_SIGMA - 1.0))
    return np.asarray(100.0 * (change - 1.0))


def theirs(frame: pd.DataFrame, changed: pd.DataFrame) -> tuple[float, float, np.ndarray]:
    """Seconds for gegravity's baseline and simulation, and its percent change of real GDP."""
    import gegravity  # noqa: PLC0415 - only needed here, and slow to import

    values = [
        {"var": name, "coeff": value, "ste": 0.1} for name, value in SAMPLE_COEFFICIENTS.items()
    ]
    baseline = gegravity.BaselineData(
        frame,
        imp_var_name="importer",
        exp_var_name="exporter",
        year_var_name="year",
        trade_var_name="trade",
        expend_var_name="E",
        output_var_name="Y",
    )
    model = gegravity.OneSectorGE(
        baseline,
        year="2006",
        expend_var_name="E",
        output_var_name="Y",
        reference_importer="DEU",
        sigma=SAMPLE_SIGMA,
        cost_variables=list(SAMPLE_COEFFICIENTS),
        cost_coeff_values=gegravity.CostCoeffs(
            pd.DataFrame(values), identifier_col="var", coeff_col="coeff", stderr_col="ste"
        ),
        quiet=True,
    )
    begun = time.perf_counter()
    model.build_baseline(omr_rescale=OMR_RESCALE)
    built = time.perf_counter()
    model.define_experiment(changed.assign(year=changed["year"].astype(str)))
    model.simulate()
    done = time.perf_counter()
    results = model.country_results.sort_index()
    return built - begun, done - built, results["GDP change (percent)"].to_numpy(float)


def against_gegravity() -> pd.DataFrame:
    """Landbridge and gegravity on gegravity's sample."""
    frame = sample()
    rows = []
    for name, change in (
        ("agreement of Canada and Japan", with_agreement),
        ("half of the border effect gone", without_borders),
    ):
        changed = change(frame)
        seconds, (real_income, fitted) = timed(partial(ours, frame, changed))
        freeness = cost(changed) / cost(frame)
        check, _, _ = plain(fitted, freeness, SAMPLE_SIGMA - 1.0, "proportional")
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            built, simulated, real_gdp = theirs(frame, changed)
        rows.append(
            {
                "shock": name,
                "landbridge ms": 1e3 * seconds,
                "gegravity ms": 1e3 * (built + simulated),
                "of which baseline": 1e3 * built,
                "times faster": (built + simulated) / seconds,
                "largest change, percent": largest(real_income),
                "landbridge less plain fixed point, pp": largest(
                    real_income - 100.0 * (check - 1.0)
                ),
                "landbridge less gegravity, pp": largest(real_income - real_gdp),
                "gegravity less its own equations, pp": largest(
                    real_gdp - its_equations(frame, changed)
                ),
            }
        )
    return pd.DataFrame(rows)


def against_size() -> pd.DataFrame:
    """How the time grows with the number of economies: made-up flows, a bloc of a tenth."""
    rows = []
    for count in (50, 100, 210, 250, 400):
        rng = np.random.default_rng(count)
        size = np.exp(rng.normal(0.0, 2.0, count))
        flows = np.outer(size, size) / size.sum() * np.exp(rng.normal(0.0, 1.5, (count, count)))
        np.fill_diagonal(flows, 3.0 * size)
        freeness = np.ones_like(flows)
        freeness[: count // 10, : count // 10] = 1.2
        np.fill_diagonal(freeness, 1.0)
        prepared, baseline = timed(partial(prepare, flows, theta=5.0, closure="purged"))
        solved, found = timed(partial(solve_prepared, baseline, freeness))
        rows.append(
            {
                "economies": count,
                "remove imbalances ms": 1e3 * prepared,
                "one shock ms": 1e3 * solved,
                "residual": found.certificate.residual,
            }
        )
    return pd.DataFrame(rows)


def show(title: str, table: pd.DataFrame) -> None:
    """Print a table in Markdown."""
    print(f"\n### {title}\n")
    print("| " + " | ".join(table.columns) + " |")
    print("|" + "---|" * len(table.columns))
    for row in table.itertuples(index=False):
        cells = (f"{cell:.3g}" if isinstance(cell, float) else str(cell) for cell in row)
        print("| " + " | ".join("-" if cell == "nan" else cell for cell in cells) + " |")


def main() -> None:
    print(f"Python {platform.python_version()}, numpy {np.__version__}, {platform.machine()}")
    with threadpool_limits(limits=1):
        show("gegravity 0.3, its sample of 30 countries", against_gegravity())
        show("Plain fixed point of ge_gravity, WIOD-44, both to 1e-12", against_fixed_point())
        show("Size, purged closure", against_size())


if __name__ == "__main__":
    main()
