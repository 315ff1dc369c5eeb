"""What the examples of a page take as given: the files a reader has, the names already there."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable, Mapping
from itertools import product
from pathlib import Path

import numpy as np
import xlsxwriter

from landbridge.equilibrium import SectoralShock
from landbridge.gravity.uses.parameter_estimates import (
    COVARIANCE_FILE,
    ESTIMATES_FILE,
    ParameterEstimates,
    covariance_table,
    estimates_table,
)
from landbridge.tables import embedded_path, embedded_table, read_raw
from landbridge.world.baseline import load_baseline

from ..report.conftest import make_result  # noqa: TID252 - tests are no package
from ..sources.conftest import Made  # noqa: TID252 - tests are no package

Names = dict[str, object]
CODES = ("KAZ", "PAK", "UZB")
SECTORS = ("A", "C29", "G")


def _rows(path: Path, header: Iterable[object], rows: Iterable[Iterable[object]]) -> None:
    path.parent.mkdir(exist_ok=True)
    with path.open("w", newline="", encoding="utf-8") as handle:
        csv.writer(handle).writerows([list(header), *map(list, rows)])


def _sources(folder: Path) -> Names:
    made = Made(folder)
    flows = made.baci([(2023, 842, 699, "010121", 1500, 2), (2023, 586, 842, "010121", 1, 2)])
    made.zipped("BACI_HS17_V202601.zip", {"x.csv": flows})
    rows = [{**made.industry("PAK", "UZB", 1, 5), "year": 2019}]
    made.itpd(rows).rename(folder / "ITPD_E_R02.csv")
    with xlsxwriter.Workbook(str(folder / "my flows.xlsx")) as book:
        page = book.add_worksheet()
        page.write_row(0, 0, ["from", "to", "yr", "worth"])
        page.write_row(1, 0, ["Pakistan", "UZB", 2020, 5])
    return {}


def _sectors(folder: Path) -> Names:
    cells = list(product(CODES, CODES, SECTORS))
    _rows(
        folder / "my tables" / "flows.csv",
        ("exporter", "importer", "sector", "million_usd", "year"),
        ((a, b, s, 300 if a == b else 10, 2017) for a, b, s in cells),
    )
    _rows(
        folder / "my tables" / "inputs.csv",
        ("economy", "input", "user", "share"),
        ((a, s, t, 0.1) for a, s, t in product(CODES, SECTORS, SECTORS)),
    )
    return {}


def _gravity(folder: Path) -> Names:
    random = np.random.default_rng(1)
    economies = ("ARM", "BLR", "KAZ", "KGZ", "PAK", "UZB")
    _rows(
        folder / "flows.csv",
        ("exporter", "importer", "year", "trade", "rta", "ln_tariff_factor"),
        (
            (a, b, year, random.gamma(2.0, 10.0), random.integers(2), random.uniform(0, 0.2))
            for a, b, year in product(economies, economies, (2000, 2005, 2010))
            if a != b
        ),
    )
    return {}


def _equilibrium(_folder: Path) -> Names:
    flows = np.array([[80.0, 10.0, 10.0], [12.0, 200.0, 8.0], [9.0, 11.0, 90.0]])
    hat = np.where(np.eye(3) > 0, 1.0, 1.1)
    return {"flows": flows, "freeness_hat": hat, "codes": CODES}


def _sectoral(_folder: Path) -> Names:
    one = np.array([[80.0, 10.0, 10.0], [12.0, 200.0, 8.0], [9.0, 11.0, 90.0]])
    flows = np.stack([one, 2.0 * one], axis=2)
    abroad = (np.eye(3) == 0)[:, :, None]
    cheaper, tariffs = np.where(abroad, [0.95, 0.9], 1.0), np.where(abroad, [0.1, 0.05], 0.0)
    return {
        "flows": flows,
        "value_added_shares": np.full((3, 2), 0.5),
        "input_shares": np.full((3, 2, 2), 0.25),
        "tariffs": tariffs,
        "new_tariffs": 0.5 * tariffs,
        "tau_hat": cheaper,
        "theta": np.array([4.0, 6.0]),
        "codes": CODES,
        "shock": SectoralShock(iceberg_hat=cheaper, tariffs=0.5 * tariffs),
    }


def _report(_folder: Path) -> Names:
    return {"found": make_result()}


def _python(folder: Path) -> Names:
    """Make the files that the page on Python reads: flows of two kinds, rows and estimates."""
    world = load_baseline()
    codes = ("CHN", "KAZ", "KGZ", "RUS", "TUR", "UZB")
    numbers = {"CHN": 156, "KAZ": 398, "KGZ": 417, "RUS": 643, "TUR": 792, "UZB": 860}
    pairs = [(a, b) for a, b in product(codes, codes) if a != b]
    values = {(a, b): world.goods[world.index(a), world.index(b)] for a, b in pairs}
    made = Made(folder)
    flows = made.baci(
        [(2022, numbers[a], numbers[b], "010121", 1000 * v, 1) for (a, b), v in values.items()]
    )
    countries = made.baci_countries([(n, c, c[:2], c) for c, n in numbers.items()])
    made.zipped(
        "BACI_2022.zip",
        {"BACI_HS17_Y2022_V202401b.csv": flows, "country_codes_V202401b.csv": countries},
    )
    _rows(
        folder / "trade.csv",
        ("origin", "destination", "usd"),
        ((a, b, 1e6 * v) for (a, b), v in values.items()),
    )
    rows = embedded_table("freight", "crossings").head(1)
    (folder / "my_rows").mkdir()
    read_raw(embedded_path("freight", "crossings.csv")).head(len(rows)).to_csv(
        folder / "my_rows" / "crossings.csv", index=False
    )
    (folder / "tables").mkdir()
    estimates = ParameterEstimates(
        names=("trade_elasticity",),
        estimates=np.array([5.0]),
        covariance=np.array([[0.25]]),
        from_terms=("ln_tariff_factor",),
        source="made up",
    )
    (folder / "tables" / ESTIMATES_FILE).write_text(estimates_table(estimates), encoding="utf-8")
    (folder / "tables" / COVARIANCE_FILE).write_text(covariance_table(estimates), encoding="utf-8")
    return {}


GIVEN: Mapping[str, Callable[[Path], Names]] = {
    "docs/sources.md": _sources,
    "docs/sectors.md": _sectors,
    "docs/gravity.md": _gravity,
    "docs/equilibrium.md": _equilibrium,
    "docs/equilibrium-sectors.md": _sectoral,
    "docs/report.md": _report,
    "docs/python.md": _python,
    "README.md": _python,
}
