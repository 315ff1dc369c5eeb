"""PPML with three-way fixed effects: Landbridge beside pyfixest, and how time grows.

    python benchmarks/gravity_ppml.py --peer-python /path/to/python/with/pyfixest

Each program runs in a process of its own on the same file, in turn, several times; the fastest
run counts, because a shared machine only ever adds time. Reading the file does not count. Without
`--peer-python` this interpreter is used for both, and pyfixest is left out where it is missing.
"""

from __future__ import annotations

import argparse
import json
import platform
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

RUNS = 3
ECONOMIES, YEARS = 150, 30
GROWTH = ((41, 30), (75, 30), (129, 30), (183, 30), (231, 30), (289, 60))
SAME = 1e-6

OURS = """
import json, resource, sys, time
import pandas as pd
from landbridge.gravity import GravitySpec, fit
table = pd.read_pickle(sys.argv[1])
spec = GravitySpec(
    regressors=("agreement", "tariff", "noise"),
    fixed_effects=("exporter-year", "importer-year", "pair"),
)
small = table[(table.exporter < 9) & (table.importer < 9)]
fit(spec, small)
wall, cpu = time.perf_counter(), time.process_time()
found = fit(spec, table)
print(json.dumps({
    "wall": time.perf_counter() - wall, "cpu": time.process_time() - cpu,
    "memory": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    "estimate": list(found.coefficients.estimate), "error": list(found.coefficients.std_error),
    "gap": found.diagnostics.adding_up_gap,
}))
"""

PEER = """
import json, resource, sys, time, warnings
warnings.filterwarnings("ignore")
import pandas as pd
import pyfixest
table = pd.read_pickle(sys.argv[1])
for name, one, other in (("ey", "exporter", "year"), ("iy", "importer", "year"),
                         ("pair", "exporter", "importer")):
    table[name] = table[one] * 1000 + table[other]
tight = {"fixef_tol": 1e-10, "iwls_tol": 1e-12, "iwls_maxiter": 200}
if sys.argv[2] != "tight":
    tight = {}
def run(data):
    return pyfixest.fepois("trade ~ agreement + tariff + noise | ey + iy + pair", data,
        vcov={"CRV1": "pair"}, ssc=pyfixest.ssc(k_adj=False), **tight)
run(table[(table.exporter < 9) & (table.importer < 9)])
wall, cpu = time.perf_counter(), time.process_time()
found = run(table)
taken = time.perf_counter() - wall, time.process_time() - cpu
fitted = table.assign(fitted=found.predict(type="response"))
totals = fitted.groupby(["importer", "year"])[["trade", "fitted"]].sum()
print(json.dumps({
    "wall": taken[0], "cpu": taken[1],
    "memory": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    "estimate": list(found.coef()), "error": list(found.se()),
    "gap": float((totals.fitted / totals.trade - 1).abs().max()),
}))
"""


def make_panel(economies: int, years: int, seed: int = 1) -> pd.DataFrame:
    """Draw international flows: skewed sizes, distance, phased-in agreements, a fifth zeros."""
    random = np.random.default_rng(seed)
    size = random.normal(0.0, 2.0, economies)
    place = random.uniform(0.0, 1.0, (economies, 2))
    away = np.log(0.05 + np.linalg.norm(place[:, None] - place, axis=2))
    steps = random.normal(0.02, 0.08, (2, economies, years)).cumsum(axis=2)
    selling, buying = size[:, None] + steps[0], size[:, None] + steps[1]
    bond = random.normal(0.0, 1.0, (economies, economies)) - away
    axes = np.meshgrid(np.arange(economies), np.arange(economies), np.arange(years), indexing="ij")
    exporter, importer, year = (axis.ravel() for axis in axes)
    foreign = exporter != importer
    exporter, importer, year = exporter[foreign], importer[foreign], year[foreign]
    start = random.integers(0, 2 * years, (economies, economies))
    agreement = (year >= start[exporter, importer]).astype(float)
    tariff = random.uniform(0.0, 0.2, (economies, years))[importer, year] * (1.0 - agreement)
    tariff += 0.02 * random.normal(size=len(year))
    noise = random.normal(size=len(year))
    index = selling[exporter, year] + buying[importer, year] + bond[exporter, importer]
    mean = np.exp(index + 0.3 * agreement - 2.0 * tariff + 0.05 * noise)
    trade = mean * random.gamma(2.0, 0.5, len(mean))
    trade[random.uniform(size=len(mean)) < 0.2 * np.exp(-0.3 * np.log1p(mean))] = 0.0
    return pd.DataFrame(
        {
            "exporter": exporter,
            "importer": importer,
            "year": year,
            "trade": trade,
            "agreement": agreement,
            "tariff": tariff,
            "noise": noise,
        }
    )


def run(python: str, program: str, *arguments: str) -> dict[str, Any]:
    done = subprocess.run(
        [python, "-c", program, *arguments], capture_output=True, text=True, check=True
    )
    found: dict[str, Any] = json.loads(done.stdout.strip().splitlines()[-1])
    return found


def best(runs: list[dict[str, Any]]) -> dict[str, Any]:
    return min(runs, key=lambda each: float(each["wall"]))


def compare(peer: str, folder: Path) -> None:
    table = make_panel(ECONOMIES, YEARS)
    path = str(folder / "panel.pkl")
    table.to_pickle(path)
    print(
        f"\n{ECONOMIES} economies, {YEARS} years, {len(table):,} rows, three-way, pair clusters\n"
    )
    programs = {
        "landbridge": (sys.executable, OURS, ""),
        "pyfixest, its defaults": (peer, PEER, "default"),
        "pyfixest, tight": (peer, PEER, "tight"),
    }
    found: dict[str, list[dict[str, Any]]] = {name: [] for name in programs}
    for _ in range(RUNS):
        for name, (python, program, how) in programs.items():
            try:
                found[name].append(run(python, program, path, how))
            except subprocess.CalledProcessError as fault:
                print(f"{name}: not run ({fault.stderr.strip().splitlines()[-1]})")
    ours = best(found["landbridge"])
    print(
        "| program | seconds | processor seconds | times ours | memory MB | adding-up gap |"
        " coefficients, largest difference | standard errors |"
    )
    print("|---|---|---|---|---|---|---|---|")
    for name, runs in found.items():
        if not runs:
            continue
        one = best(runs)
        away = np.abs(np.array(one["estimate"]) - ours["estimate"]).max()
        error = np.abs(np.array(one["error"]) - ours["error"]).max()
        print(
            f"| {name} | {one['wall']:.2f} | {one['cpu']:.2f} | {one['wall'] / ours['wall']:.1f}"
            f" | {one['memory']:.0f} | {one['gap']:.0e} | {away:.1e} | {error:.1e} |"
        )
        if away > SAME:
            raise SystemExit(f"{name} gives another answer")


def grow(folder: Path) -> None:
    print("\nGrowth, three-way, three regressors, pair clusters\n")
    print("| economies | years | rows | seconds | processor seconds | memory MB | adding-up gap |")
    print("|---|---|---|---|---|---|---|")
    for economies, years in GROWTH:
        table = make_panel(economies, years)
        path = str(folder / "panel.pkl")
        table.to_pickle(path)
        one = best([run(sys.executable, OURS, path) for _ in range(2)])
        print(
            f"| {economies} | {years} | {len(table):,} | {one['wall']:.2f} | {one['cpu']:.2f}"
            f" | {one['memory']:.0f} | {one['gap']:.0e} |",
            flush=True,
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--peer-python", default=sys.executable)
    parser.add_argument("--skip-growth", action="store_true")
    options = parser.parse_args()
    print(f"Python {platform.python_version()}, numpy {np.__version__}, {platform.machine()}")
    with tempfile.TemporaryDirectory() as folder:
        compare(options.peer_python, Path(folder))
        if not options.skip_growth:
            grow(Path(folder))


if __name__ == "__main__":
    main()
