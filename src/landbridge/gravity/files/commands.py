"""Estimations from a file or from options: paths in, estimates out; nothing is written here."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final

import pandas as pd

from landbridge.errors import FaultsError, InputError
from landbridge.freight.network.compiled import FreightNetwork
from landbridge.gravity.files.designing import build_columns, choose_rows, rate_notes
from landbridge.gravity.files.flow_files import read_flows
from landbridge.gravity.files.reading import (
    Equation,
    EstimationFile,
    HandoverSection,
    check_estimation,
    read_estimation,
)
from landbridge.gravity.files.tables import TableOptions, regression_table
from landbridge.gravity.ppml.bootstrap import Mapper, one_by_one
from landbridge.gravity.ppml.estimation import fit
from landbridge.gravity.ppml.results import GravityFit
from landbridge.gravity.uses.effects import Keys
from landbridge.gravity.uses.history_panel import EMBEDDED, trade_panel
from landbridge.gravity.uses.parameter_estimates import (
    ParameterEstimates,
    parameter_estimates,
)
from landbridge.tables import embedded_path

Reader = Callable[[Path], pd.DataFrame]
NetworkOf = Callable[[], FreightNetwork]
"""Loads the network when a file asks for freight."""
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
    notes
        What was left out of the data, or imputed in them.
    """

    title: str
    fits: Mapping[str, GravityFit]
    options: TableOptions = field(default_factory=TableOptions)
    handover: HandoverSection | None = None
    notes: tuple[str, ...] = ()

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


def estimate(
    path: Path,
    *,
    reader: Reader | None = None,
    mapper: Mapper = one_by_one,
    network: NetworkOf | None = None,
) -> Estimates:
    """Estimate the equations of an estimation file.

    Parameters
    ----------
    path
        A TOML file (see docs/gravity.md), or the name of one that ships (``agreements.toml``).
    reader
        Reads the flows; csv, Stata, xlsx and parquet files when left out.
    mapper
        Runs the bootstrap's samples.
    network
        Loads the freight network, for a file whose design asks for time or cost of freight.

    Raises
    ------
    InputError, FaultsError
        The file or the data cannot be used.
    ConvergenceError
        An equation has no solution within its limits.
    """
    shipped = embedded_path("gravity", path.name)
    if not path.exists() and path.parent == Path() and shipped.is_file():
        path = shipped
    file = read_estimation(path)
    data = Path(file.data)
    if not data.is_absolute() and file.data != EMBEDDED:
        data = path.parent / data
    return _estimate_on(data, file, reader, _Tools(mapper, network))


@dataclass(frozen=True)
class _Tools:
    """What runs a bootstrap, and what loads a network."""

    mapper: Mapper
    network: NetworkOf | None


def _estimate_on(
    data: Path, file: EstimationFile, reader: Reader | None, tools: _Tools
) -> Estimates:
    """Estimate on a file, or on the embedded panel where it is named instead of one."""
    if file.data != EMBEDDED:
        table = reader(data) if reader else read_flows(data, named=_words(file.model_dump()))
        return estimate_table(file, table, mapper=tools.mapper, network=tools.network)
    # Leads and lags may reach for years that are not estimated on.
    years = () if file.design.lead_lag else file.rows.years
    panel = trade_panel(years, trade=file.rows.trade)
    found = estimate_table(file, panel.table, mapper=tools.mapper, network=tools.network)
    return replace(found, notes=panel.notes)


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
    return _estimate_on(options.data, _checked(text), reader, _Tools(mapper, None))


def estimate_table(
    file: EstimationFile,
    table: pd.DataFrame,
    *,
    mapper: Mapper = one_by_one,
    network: NetworkOf | None = None,
) -> Estimates:
    """Estimate the equations of a file on a table that is at hand (see `estimate`)."""
    first = file.equations[0]
    keys = Keys(first.exporter or "", first.importer or "", first.year or "")
    loaded = network() if file.design.freight and network is not None else None
    table = build_columns(table, file.design, keys, network=loaded)
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
    "estimate",
    "estimate_options",
    "estimate_table",
    "read_flows",
]
