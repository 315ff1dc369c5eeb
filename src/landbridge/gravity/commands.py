"""What the command line does with gravity: estimate from a file, and a pair's potential.

Each function takes paths and options and returns a result; writing and printing are separate.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path
from typing import Final

import numpy as np
import pandas as pd
from pydantic import ValidationError

from landbridge.codes import resolve
from landbridge.errors import FaultsError, InputError
from landbridge.gravity.bootstrap import Mapper, one_by_one
from landbridge.gravity.effects import (
    Keys,
    across_borders,
    ad_valorem,
    bloc_effects,
    border_years,
    depth_effects,
    international,
    lead_lag,
)
from landbridge.gravity.estimation import fit
from landbridge.gravity.plot import coefficient_plot
from landbridge.gravity.potential import PotentialOptions, trade_potential
from landbridge.gravity.reading import (
    DesignSection,
    Equation,
    EstimationFile,
    RowsSection,
    read_estimation,
)
from landbridge.gravity.results import GravityFit
from landbridge.gravity.tables import TableOptions, regression_table, write_xlsx
from landbridge.gravity.world_panel import Kind, world_panel, world_spec
from landbridge.world.base import CellStatus, World
from landbridge.world.baseline import load_baseline

Reader = Callable[[Path], pd.DataFrame]
SUFFIXES: Final = (".csv", ".dta", ".xlsx", ".parquet")


@dataclass(frozen=True, eq=False)
class Estimates:
    """What an estimation gave.

    Attributes
    ----------
    title
        Heading.
    fits
        By the equation's title, in order.
    options
        How the table looks.
    """

    title: str
    fits: Mapping[str, GravityFit]
    options: TableOptions = field(default_factory=TableOptions)

    def text(self) -> str:
        """Give the regression table as text."""
        head = f"{self.title}\n\n" if self.title else ""
        return head + regression_table(list(self.fits.values()), options=self.options)

    def coefficients(self) -> pd.DataFrame:
        """Give all coefficients in one table: equation, term, estimate, std_error, ..."""
        parts = [
            fitted.coefficients.assign(equation=name)[["equation", *fitted.coefficients.columns]]
            for name, fitted in self.fits.items()
        ]
        return pd.concat(parts, ignore_index=True)

    def diagnostics(self) -> pd.DataFrame:
        """Give all diagnostics in one table: equation, what, value."""
        parts = [
            fitted.diagnostics.table().assign(equation=name)[["equation", "what", "value"]]
            for name, fitted in self.fits.items()
        ]
        return pd.concat(parts, ignore_index=True)


@dataclass(frozen=True)
class Options:
    """An estimation without a file: what stands on the command line.

    Attributes
    ----------
    data
        The flows.
    regressors, fixed_effects, cluster
        As in `GravitySpec`; groups by name, or columns joined by ``*``.
    outcome, estimator, inference
        As in `GravitySpec`.
    log
        Columns to take the logarithm of first.
    international
        Whether to leave out domestic trade.
    """

    data: Path
    regressors: tuple[str, ...]
    fixed_effects: tuple[str, ...] = ("exporter-year", "importer-year")
    cluster: tuple[str, ...] = ("pair",)
    outcome: str = "trade"
    estimator: str = "ppml"
    inference: str = "ppmlhdfe-cluster"
    log: tuple[str, ...] = ()
    international: bool = False


@dataclass(frozen=True, eq=False)
class Potential:
    """What a pair might trade.

    Attributes
    ----------
    table
        One row a direction (see `trade_potential`), with status: how the baseline knows the flow.
    fit
        The equation behind it.
    unit
        Of the flows.
    notes
        What a reader must know.
    """

    table: pd.DataFrame
    fit: GravityFit
    unit: str
    notes: tuple[str, ...]


def estimate(path: Path, *, reader: Reader | None = None, mapper: Mapper = one_by_one) -> Estimates:
    """Estimate the equations of an estimation file.

    Parameters
    ----------
    path
        A TOML file (see docs/gravity.md).
    reader
        Reads the flows; csv, Stata, xlsx and parquet files when left out.
    mapper
        Runs the bootstrap's samples.

    Raises
    ------
    InputError, FaultsError
        The file or the data cannot be used.
    ConvergenceError
        An equation has no solution within its limits.
    """
    file = read_estimation(path)
    data = Path(file.data)
    if not data.is_absolute():
        data = path.parent / data
    return estimate_table(file, (reader or read_flows)(data), mapper=mapper)


def estimate_options(
    options: Options, *, reader: Reader | None = None, mapper: Mapper = one_by_one
) -> Estimates:
    """Estimate one equation given by options (see `estimate`)."""
    raw = {
        "outcome": options.outcome,
        "regressors": options.regressors,
        "fixed_effects": [_group(text) for text in options.fixed_effects],
        "cluster": [_group(text) for text in options.cluster],
        "estimator": options.estimator,
        "inference": options.inference,
    }
    text: dict[str, object] = {
        "data": str(options.data),
        "rows": {"trade": "international" if options.international else "all"},
        "design": {"log": options.log},
        "equations": [raw],
    }
    file = _checked(text)
    return estimate_table(file, (reader or read_flows)(options.data), mapper=mapper)


def estimate_table(
    file: EstimationFile, table: pd.DataFrame, *, mapper: Mapper = one_by_one
) -> Estimates:
    """Estimate the equations of a file on a table that is at hand."""
    first = file.equations[0]
    keys = Keys(first.exporter or "", first.importer or "", first.year or "")
    table = _design(table, file.design, keys)
    table = _rows(table, file.rows, keys)
    fits: dict[str, GravityFit] = {}
    for number, equation in enumerate(file.equations, start=1):
        fits[equation.title or f"({number})"] = fit(equation, table, mapper=mapper)
    options = TableOptions(titles=tuple(fits), labels=file.labels, stars=file.stars)
    return Estimates(title=file.title, fits=fits, options=options)


def write_estimates(estimates: Estimates, out: Path) -> tuple[Path, ...]:
    """Write tables, plot, numbers and provenance into a folder; gives the files written."""
    out.mkdir(parents=True, exist_ok=True)
    fits = list(estimates.fits.values())
    texts = {
        "table.txt": estimates.text(),
        "table.html": regression_table(fits, "html", options=estimates.options),
        "table.tex": regression_table(fits, "latex", options=estimates.options),
        "coefficients.svg": coefficient_plot(fits, titles=list(estimates.fits)),
        "coefficients.csv": estimates.coefficients().to_csv(index=False),
        "diagnostics.csv": estimates.diagnostics().to_csv(index=False),
        "provenance.json": json.dumps(
            {
                name: vars(each.provenance) | {"spec": each.spec.model_dump(mode="json")}
                for name, each in estimates.fits.items()
            },
            indent=2,
        ),
    }
    written = []
    for number, each in enumerate(fits, start=1):
        suffix = "" if len(fits) == 1 else f"_{number}"
        texts[f"covariance{suffix}.csv"] = each.covariance.to_csv()
        texts[f"fixed_effects{suffix}.csv"] = each.fixed_effects.to_csv(index=False)
    for name, text in texts.items():
        (out / name).write_text(text, encoding="utf-8")
        written.append(out / name)
    write_xlsx(out / "table.xlsx", fits, options=estimates.options)
    return (*written, out / "table.xlsx")


def potential(
    one: str,
    other: str,
    *,
    world: World | None = None,
    kind: Kind = "goods",
    options: PotentialOptions | None = None,
) -> Potential:
    """Say what two economies would trade if they were like others, in both directions.

    The equation (distance, ties, depth of shared blocs; exporter and importer effects) is
    estimated on the baseline's published flows only; sizes come from all flows.

    Parameters
    ----------
    one, other
        Names or codes.
    world
        The embedded baseline when left out.
    kind
        Goods or services.
    options
        Draws and comparable pairs.
    """
    world = world or load_baseline()
    codes = (resolve(one), resolve(other))
    if codes[0] == codes[1]:
        raise InputError("name two different economies.", where="trade potential")
    table = world_panel(world, kind=kind)
    fitted = fit(world_spec(table), table[table["observed"]])
    options = options or PotentialOptions(reliable="observed")
    found = trade_potential(fitted, table, [codes, codes[::-1]], year=world.year, options=options)
    status = world.status_goods if kind == "goods" else world.status_services
    ends = zip(found["exporter"], found["importer"], strict=True)
    found["status"] = [
        CellStatus(int(status[world.index(exporter), world.index(importer)])).name.lower()
        for exporter, importer in ends
    ]
    notes = [
        (
            f"Estimated on {fitted.diagnostics.rows_used:,} flows of {world.year} that rest on a"
            " published figure; the pair itself is left out of its own potential."
        ),
        (
            f"The band holds {options.level:.0%} of draws: coefficients, and the spread of"
            f" {int(found['comparable'].max())} comparable pairs about their own potential."
        ),
    ]
    if (found["status"] == "imputed").any():
        notes.append(
            "A flow marked imputed is itself a model's guess: its missing trade means nothing."
        )
    return Potential(table=found, fit=fitted, unit="million USD", notes=tuple(notes))


def read_flows(path: Path) -> pd.DataFrame:
    """Read a tidy table of flows: csv, Stata, xlsx or parquet.

    Raises
    ------
    InputError
        There is no such file, its kind is not known, or it cannot be read.
    """
    if not path.is_file():
        raise InputError(f"there is no file '{path}'.", mend="Check the path.")
    try:
        if path.suffix == ".csv":
            return pd.read_csv(path)
        if path.suffix == ".dta":
            return pd.read_stata(path)
        if path.suffix == ".xlsx":
            fast = find_spec("python_calamine") is not None
            return pd.read_excel(path, engine="calamine" if fast else "openpyxl")
        if path.suffix == ".parquet":
            return pd.read_parquet(path)
    except ImportError as error:
        raise InputError(
            f"reading {path.suffix} files needs a package that is not installed ({error}).",
            where=str(path),
            mend="Save the table as csv, or install the package.",
        ) from None
    except (ValueError, OSError, UnicodeDecodeError) as error:
        raise InputError(f"cannot be read as {path.suffix}: {error}.", where=str(path)) from None
    raise InputError(
        f"'{path.suffix}' files are not read here.",
        where=str(path),
        mend=f"Use one of: {', '.join(SUFFIXES)}.",
    )


def _checked(raw: Mapping[str, object]) -> EstimationFile:
    """Check options through the same rules as a file."""
    try:
        return EstimationFile.model_validate(raw)
    except ValidationError as error:
        faults = [
            f"{'.'.join(str(part) for part in entry['loc'] if not isinstance(part, int))}:"
            f" {entry['msg']}"
            for entry in error.errors(include_url=False)
        ]
        raise FaultsError(list(dict.fromkeys(faults)), where="options") from None


def _group(text: str) -> str | list[str]:
    return text.split("*") if "*" in text else text


def _design(table: pd.DataFrame, section: DesignSection, keys: Keys) -> pd.DataFrame:
    """Build the columns that a file asks for; leads and lags before any row is left out."""
    for column in section.log:
        table = _logarithm(table, column)
    for rate in section.rates:
        table = ad_valorem(table, rate.column, unit=rate.unit).table
    for each in section.lead_lag:
        table = lead_lag(table, each.column, leads=each.leads, lags=each.lags, keys=keys).table
    if section.blocs:
        table = bloc_effects(table, section.blocs, diversion=section.diversion, keys=keys).table
    if section.depth is not None:
        table = depth_effects(table, shallowest=section.depth, keys=keys).table
    if section.border_years:
        table = border_years(table, base_year=section.base_year, keys=keys).table
    if section.across_borders:
        table = across_borders(table, section.across_borders, keys=keys).table
    return table


def _logarithm(table: pd.DataFrame, column: str) -> pd.DataFrame:
    if column not in table.columns:
        raise InputError(f"there is no column '{column}' to take the logarithm of.")
    values = table[column].to_numpy(dtype=np.float64)
    if (values <= 0).any():
        raise InputError(f"column '{column}' holds values that are not positive: no logarithm.")
    return table.assign(**{f"ln_{column}": np.log(values)})


def _rows(table: pd.DataFrame, section: RowsSection, keys: Keys) -> pd.DataFrame:
    if section.years:
        keys.check(table)
        known = set(table[keys.year].unique().tolist())
        unknown = [year for year in section.years if year not in known]
        if unknown:
            raise InputError(f"the data have no rows of {', '.join(map(str, unknown))}.")
        table = table[table[keys.year].isin(section.years)]
    if section.trade == "international":
        keys.check(table)
        table = table[international(table, keys=keys)]
    return table


__all__: Sequence[str] = [
    "Equation",
    "Estimates",
    "Options",
    "Potential",
    "estimate",
    "estimate_options",
    "estimate_table",
    "potential",
    "read_flows",
    "write_estimates",
]
