"""What the command line does with gravity: estimate from a file, and a pair's potential.

Each function takes paths and options and returns a result; writing and printing are separate.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final, Literal, TypeAlias

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
from landbridge.gravity.uses.history_panel import EMBEDDED, trade_panel
from landbridge.gravity.uses.pair_potential import in_history, pair_potential
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
from landbridge.tables import embedded_path
from landbridge.world.base import CellStatus, World
from landbridge.world.baseline import load_baseline
from landbridge.world.history import ATTRIBUTION, load_history

Reader = Callable[[Path], pd.DataFrame]
Method: TypeAlias = Literal["own_past", "cross_section"]
LEAST_PAST: Final = 4
"""Years of the panel that a pair's own past needs before the world's year."""
_GUESS: Final = (
    "A flow marked imputed is itself a model's guess: its missing trade means nothing.",
)
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


@dataclass(frozen=True, eq=False)
class Potential:
    """What a pair might trade.

    Attributes
    ----------
    table
        One row a direction (see `pair_potential` and `trade_potential`), with status: how the
        baseline knows the flow.
    fit
        The equation behind it; None where it rests on the pair's own past.
    unit
        Of the flows.
    notes
        What a reader must know.
    method
        How it was found.
    """

    table: pd.DataFrame
    fit: GravityFit | None
    unit: str
    notes: tuple[str, ...]
    method: Method = "cross_section"


def estimate(path: Path, *, reader: Reader | None = None, mapper: Mapper = one_by_one) -> Estimates:
    """Estimate the equations of an estimation file.

    Parameters
    ----------
    path
        A TOML file (see docs/gravity.md), or the name of one that ships (``agreements.toml``).
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
    shipped = embedded_path("gravity", path.name)
    if not path.exists() and path.parent == Path() and shipped.is_file():
        path = shipped
    file = read_estimation(path)
    data = Path(file.data)
    if not data.is_absolute() and file.data != EMBEDDED:
        data = path.parent / data
    return _estimate_on(data, file, reader, mapper)


def _estimate_on(
    data: Path, file: EstimationFile, reader: Reader | None, mapper: Mapper
) -> Estimates:
    """Estimate on a file, or on the embedded panel where it is named instead of one."""
    if file.data != EMBEDDED:
        table = reader(data) if reader else read_flows(data, named=_words(file.model_dump()))
        return estimate_table(file, table, mapper=mapper)
    # Leads and lags may reach for years that are not estimated on.
    years = () if file.design.lead_lag else file.rows.years
    panel = trade_panel(years, trade=file.rows.trade)
    return replace(estimate_table(file, panel.table, mapper=mapper), notes=panel.notes)


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
    return _estimate_on(options.data, _checked(text), reader, mapper)


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
    method: Method | None = None,
    options: PotentialOptions | None = None,
) -> Potential:
    """Say what two economies would trade, in both directions.

    Parameters
    ----------
    one, other
        Names or codes.
    world
        The embedded baseline when left out.
    kind
        Goods or services.
    method
        ``own_past``: sizes and what the pair traded before (`pair_potential`). ``cross_section``:
        what it would trade if it were like others: the equation (distance, ties, depth of shared
        blocs; exporter and importer effects) estimated on the baseline's published flows only,
        sizes from all flows. When left out: ``own_past`` for goods of pairs that the embedded
        panel holds, ``cross_section`` for others.
    options
        Draws and comparable pairs of a cross-section, and the level of either's band.

    Raises
    ------
    InputError
        Own past is asked for where the panel has none.
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
    lacking = _no_past(world, codes, kind)
    if method == "own_past" and lacking:
        raise InputError(lacking, where="--method", mend="Write --method cross_section.")
    options = options or PotentialOptions(reliable="observed")
    if method == "cross_section" or lacking:
        found = _cross_section(world, codes, kind, options)
        notes = found.notes if method or kind == "services" else (lacking, *found.notes)
        return replace(found, notes=notes)
    return _own_past(world, codes, options.level)


def _no_past(world: World, codes: tuple[str, str], kind: Kind) -> str:
    """Say why the pair's own past cannot be had; empty where it can."""
    if kind != "goods":
        return "The embedded panel holds goods only."
    if world.year <= load_history().years[0] + LEAST_PAST:
        return f"The embedded panel has too few years before {world.year}."
    if not (in_history(codes, world.year) and in_history(codes[::-1], world.year)):
        return "The embedded panel does not hold this pair: the cross-section stands in."
    return ""


def _own_past(world: World, codes: tuple[str, str], level: float) -> Potential:
    result = pair_potential(world, [codes, codes[::-1]], level=level)
    past, base = result.past, result.base
    notes = (
        (
            f"Potential: goods of {base} brought to the sizes of {world.year}, and the pair's own "
            "past: part of its gap to what gravity makes usual closes, part of its last move "
            f"passes (learnt from {past.start} to {past.end})."
        ),
        (
            f"Bands hold {level:.0%} and two thirds of what pairs of the same size and unrest "
            "missed by, on pairs held out."
        ),
        *(_GUESS if (_status(world, result.table, "goods") == "imputed").any() else ()),
        ATTRIBUTION,
    )
    table = result.table.assign(status=_status(world, result.table, "goods"))
    return Potential(table=table, fit=None, unit="million USD", notes=notes, method="own_past")


def _cross_section(
    world: World, codes: tuple[str, str], kind: Kind, options: PotentialOptions
) -> Potential:
    table = world_panel(world, kind=kind)
    fitted = fit(world_spec(table), table[table["observed"]])
    found = trade_potential(fitted, table, [codes, codes[::-1]], year=world.year, options=options)
    found["status"] = _status(world, found, kind)
    notes = [
        (
            f"Estimated on {fitted.diagnostics.rows_used:,} flows of {world.year} that are"
            " recorded or published; the pair itself is left out of its own potential."
        ),
        (
            f"The band holds {options.level:.0%} of draws: coefficients, and the spread of"
            f" {int(found['comparable'].max())} comparable pairs about their own potential."
        ),
        *(_GUESS if (found["status"] == "imputed").any() else ()),
    ]
    return Potential(
        table=found, fit=fitted, unit="million USD", notes=tuple(notes), method="cross_section"
    )


def _status(world: World, table: pd.DataFrame, kind: Kind) -> pd.Series:
    status = world.status_goods if kind == "goods" else world.status_services
    ends = zip(table["exporter"], table["importer"], strict=True)
    names = [
        CellStatus(int(status[world.index(exporter), world.index(importer)])).name.lower()
        for exporter, importer in ends
    ]
    return pd.Series(names, index=table.index)


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
