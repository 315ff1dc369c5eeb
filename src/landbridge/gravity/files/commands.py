"""What the command line does with gravity: estimate from a file, and a pair's potential.

Each function takes paths and options and returns a result; writing and printing are separate.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import pandas as pd

from landbridge.codes import name_of, resolve
from landbridge.errors import FaultsError, InputError
from landbridge.freight.network.compiled import load_network
from landbridge.gravity.files.designing import build_columns, choose_rows, rate_notes
from landbridge.gravity.files.flow_files import read_flows
from landbridge.gravity.files.plot import coefficient_plot
from landbridge.gravity.files.reading import (
    Equation,
    EstimationFile,
    HandoverSection,
    check_estimation,
    read_estimation,
)
from landbridge.gravity.files.tables import TableOptions, html_page, regression_table, write_xlsx
from landbridge.gravity.ppml.bootstrap import Mapper, one_by_one
from landbridge.gravity.ppml.estimation import fit
from landbridge.gravity.ppml.results import GravityFit
from landbridge.gravity.uses.effects import Keys
from landbridge.gravity.uses.parameter_estimates import (
    COVARIANCE_FILE,
    ESTIMATES_FILE,
    ParameterEstimates,
    covariance_table,
    estimates_table,
    parameter_estimates,
)
from landbridge.gravity.uses.potential import PotentialOptions, trade_potential
from landbridge.gravity.uses.world_panel import Kind, world_panel, world_spec
from landbridge.world.base import CellStatus, World
from landbridge.world.baseline import load_baseline

Reader = Callable[[Path], pd.DataFrame]
SAME: Final = (
    *("estimator", "inference", "transform", "offset", "weights", "exporter", "importer"),
    *("year", "sector", "collinear", "draws", "seed"),
)
"""Options that have the same name in a specification."""
ONE_EQUATION: Final = re.compile(r"^equations\[1\](\.|: )")


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
    handover
        The section that names parameters of a run; None where there is none.
    """

    title: str
    fits: Mapping[str, GravityFit]
    options: TableOptions = field(default_factory=TableOptions)
    handover: HandoverSection | None = None

    def parameters(self) -> ParameterEstimates | None:
        """Make the parameters of a run that the file hands over; None where it names none.

        Raises
        ------
        UnknownNameError
            A term that the equation does not have.
        """
        section = self.handover
        if section is None:
            return None
        return parameter_estimates(
            self.fits[self.handed_from()],
            elasticity_from=section.elasticity_from,
            flows=section.flows,
            agreements={str(depth): terms for depth, terms in section.agreements.items()},
        )

    def handed_from(self) -> str:
        """Find the title of the equation that the parameters come from."""
        named = self.handover.equation if self.handover is not None else ""
        return named or next(iter(self.fits))

    def text(self) -> str:
        """Write the regression table as text."""
        head = f"{self.title}\n\n" if self.title else ""
        return head + regression_table(list(self.fits.values()), options=self.options)

    def coefficients(self) -> pd.DataFrame:
        """Gather all coefficients in one table: equation, term, estimate, std_error, ..."""
        parts = [
            fitted.coefficients.assign(equation=name)[["equation", *fitted.coefficients.columns]]
            for name, fitted in self.fits.items()
        ]
        return pd.concat(parts, ignore_index=True)

    def diagnostics(self) -> pd.DataFrame:
        """Gather all diagnostics in one table: equation, what, value."""
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
    transform, offset, weights, exporter, importer, year, sector, collinear, draws, seed
        As in `GravitySpec`.
    log
        Columns to take the logarithm of first.
    years
        Only these; all when left out.
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
    transform: str = "level"
    offset: str | None = None
    weights: str | None = None
    exporter: str | None = "exporter"
    importer: str | None = "importer"
    year: str | None = "year"
    sector: str | None = None
    collinear: str = "refuse"
    draws: int = 500
    seed: int = 0
    log: tuple[str, ...] = ()
    years: tuple[int, ...] = ()
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
    return estimate_table(file, _read(data, file, reader), mapper=mapper)


def _read(data: Path, file: EstimationFile, reader: Reader | None) -> pd.DataFrame:
    return reader(data) if reader else read_flows(data, named=_words(file.model_dump()))


def _words(said: object) -> set[str]:
    """Collect every text in a file: among them are the columns that it needs."""
    if isinstance(said, str):
        return {said}
    if isinstance(said, Mapping):
        return set().union(*(_words(each) for each in (*said, *said.values())))
    if isinstance(said, tuple | list):
        return set().union(*(_words(each) for each in said))
    return set()


def estimate_options(
    options: Options, *, reader: Reader | None = None, mapper: Mapper = one_by_one
) -> Estimates:
    """Estimate one equation given by options (see `estimate`)."""
    raw: dict[str, object] = {
        "outcome": options.outcome,
        "regressors": options.regressors,
        "fixed_effects": [_group(text) for text in options.fixed_effects],
        "cluster": [_group(text) for text in options.cluster],
    }
    raw |= {name: getattr(options, name) for name in SAME}
    text: dict[str, object] = {
        "data": str(options.data),
        "rows": {
            "trade": "international" if options.international else "all",
            "years": options.years,
        },
        "design": {"log": options.log},
        "equations": [raw],
    }
    file = _checked(text)
    return estimate_table(file, _read(options.data, file, reader), mapper=mapper)


def estimate_table(
    file: EstimationFile, table: pd.DataFrame, *, mapper: Mapper = one_by_one
) -> Estimates:
    """Estimate the equations of a file on a table that is at hand."""
    first = file.equations[0]
    keys = Keys(first.exporter or "", first.importer or "", first.year or "")
    network = load_network() if file.design.freight else None
    table = build_columns(table, file.design, keys, network=network)
    table = choose_rows(table, file.rows, keys)
    fits: dict[str, GravityFit] = {}
    for number, equation in enumerate(file.equations, start=1):
        title = equation.title or f"({number})"
        with _in_equation(title, several=len(file.equations) > 1):
            fits[title] = fit(equation, table, mapper=mapper)
    options = TableOptions(
        titles=tuple(fits),
        labels=file.labels,
        stars=file.stars,
        notes=rate_notes(table, file.design, keys),
    )
    found = Estimates(title=file.title, fits=fits, options=options, handover=file.handover)
    found.parameters()  # a term that is not there is said before anything is written
    return found


@contextmanager
def _in_equation(title: str, *, several: bool) -> Iterator[None]:
    """Say in which of several equations something went wrong."""
    try:
        yield
    except FaultsError as error:
        if not several:
            raise
        raise FaultsError(error.faults, where=f"equation '{title}'") from None
    except InputError as error:
        if not several:
            raise
        where = f"equation '{title}'" + (f", {error.where}" if error.where else "")
        raise InputError(error.message, where=where, mend=error.mend) from None


def write_estimates(estimates: Estimates, out: Path) -> tuple[Path, ...]:
    """Write tables, plot, numbers and provenance into a folder; gives the files written."""
    out.mkdir(parents=True, exist_ok=True)
    fits = list(estimates.fits.values())
    texts = {
        "table.txt": estimates.text(),
        "table.html": html_page(fits, title=estimates.title, options=estimates.options),
        "table.tex": regression_table(fits, "latex", options=estimates.options),
        "coefficients.svg": coefficient_plot(
            fits,
            titles=list(estimates.fits),
            labels=estimates.options.labels or {},
            heading=estimates.title or "Coefficients",
        ),
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
    parameters = estimates.parameters()
    if parameters is not None:
        texts[ESTIMATES_FILE] = estimates_table(parameters)
        texts[COVARIANCE_FILE] = covariance_table(parameters)
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
    for code in codes:
        if code not in world.iso3:
            raise InputError(
                f"{name_of(code)} is not in the world of {world.year}: no trade totals are "
                "published for it.",
                where="trade potential",
                mend="`landbridge world` lists the economies that are.",
            )
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


def _checked(raw: Mapping[str, object]) -> EstimationFile:
    """Check options through the same rules as a file."""
    try:
        return check_estimation(raw, where="options")
    except FaultsError as error:
        faults = [ONE_EQUATION.sub("", fault) for fault in error.faults]
        raise FaultsError(faults, where="options") from None


def _group(text: str) -> str | list[str]:
    return text.split("*") if "*" in text else text


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
