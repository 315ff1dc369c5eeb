"""Estimate gravity equations from a file, from a table, or on the embedded panel."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Final

import pandas as pd

from landbridge.basis import Basis, InputFile, embedded_basis
from landbridge.errors import InputError
from landbridge.freight.network.compiled import FreightNetwork
from landbridge.gravity.files.commands import (
    Estimates,
    Options,
    estimate_options,
)
from landbridge.gravity.files.commands import estimate as estimate_file
from landbridge.gravity.spec import Inference
from landbridge.gravity.uses.history_panel import EMBEDDED
from landbridge.report.pages.estimate import present_estimate
from landbridge.results import Result
from landbridge.studies.contract import Provenance, Study
from landbridge.verbs.asking.fits import fits_certificate
from landbridge.verbs.asking.loading import file_input
from landbridge.version import VERSION

TOML: Final = ".toml"
NONE: Final = "none"
OPTION_OF: Final = {
    "regressors": "--regressor",
    "fixed_effects": "--fixed-effect",
    "year": "--year-column",
    "years": "--year",
}
"""How messages call an option."""
MOST_TOLD: Final = 6


def estimate(
    source: str | Path | pd.DataFrame,
    *,
    regressors: str | Sequence[str] = (),
    fixed_effects: Sequence[str] | None = None,
    cluster: str | Sequence[str] = (),
    outcome: str | None = None,
    estimator: str | None = None,
    transform: str | None = None,
    inference: str | None = None,
    offset: str | None = None,
    weights: str | None = None,
    exporter: str | None = None,
    importer: str | None = None,
    year_column: str | None = None,
    sector: str | None = None,
    collinear: str | None = None,
    draws: int | None = None,
    seed: int | None = None,
    log: str | Sequence[str] = (),
    years: Sequence[int] = (),
    international: bool = False,
    basis: Basis | None = None,
) -> Result[Estimates]:
    """Estimate gravity: PPML with fixed effects, in the field's usual table.

    Parameters
    ----------
    source
        An estimation file (``.toml``) or the name of one that ships, in which all else stands; or
        the data: a file of flows, a table, or ``embedded`` for the panel that ships.
    regressors
        Columns whose coefficients are wanted.
    fixed_effects
        ``exporter-year``, ``importer-year``, ``pair``, ``symmetric-pair`` ..., or columns joined by
        ``*``; exporter-year and importer-year where absent, an intercept where empty.
    cluster
        Clusters of the errors; several are multi-way. The pair where absent.
    outcome
        The column explained; ``trade`` where absent.
    estimator
        ``ppml`` or ``ols``.
    transform
        ``level``, or ``log`` of the outcome with ``ols``.
    inference
        ``ppmlhdfe-cluster``, ``agtpa-cluster``, ``ppmlhdfe-robust``, ``hc1``, ``dyadic``,
        ``pair-bootstrap`` or ``weidner-zylkin``.
    offset, weights
        Columns: added to the linear index; how much a row counts.
    exporter, importer, year_column, sector
        Columns of the keys; ``none`` as `year_column` stands for one cross-section.
    collinear
        ``refuse`` or ``drop`` regressors that others explain.
    draws, seed
        Samples of the bootstrap.
    log
        Columns to take the logarithm of, as ``ln_COLUMN``.
    years
        Only these; all where absent.
    international
        Whether to leave out domestic trade.
    basis
        Its network gives time and cost of freight where the file asks for them; what ships where
        absent.

    Returns
    -------
    Result
        ``coefficients`` (equation, term, estimate, std_error, z, p, low, high) and ``diagnostics``;
        saved, the parameters that a run takes with ``estimates=`` too.

    Raises
    ------
    InputError, FaultsError
        The file, the data or the options cannot be used; all faults at once.
    ConvergenceError
        An equation has no solution within its limits.

    Examples
    --------
    >>> import landbridge as lb
    >>> found = lb.estimate(
    ...     "embedded", regressors=["rta", "ln_distance"], years=[2019], international=True
    ... )
    >>> list(found.tables["coefficients"]["term"])
    ['rta', 'ln_distance']
    """
    told: dict[str, object] = {
        "regressors": _several(regressors),
        "fixed_effects": None if fixed_effects is None else _several(fixed_effects),
        "cluster": _several(cluster),
        "outcome": outcome,
        "estimator": estimator,
        "transform": transform,
        "inference": inference,
        "offset": offset,
        "weights": weights,
        "exporter": exporter,
        "importer": importer,
        "year": year_column,
        "sector": sector,
        "collinear": collinear,
        "draws": draws,
        "seed": seed,
        "log": _several(log),
        "years": tuple(years),
        "international": international or None,
    }
    given = {name: value for name, value in told.items() if value not in {None, ()}}
    if fixed_effects is not None:
        given["fixed_effects"] = told["fixed_effects"]

    def network() -> FreightNetwork:
        return (basis or embedded_basis()).network

    if isinstance(source, pd.DataFrame):
        table = source
        options = _options(Path("table"), given)
        return result_of(estimate_options(options, reader=lambda _: table), ())
    file = Path(source)
    if file.suffix.casefold() == TOML:
        _refuse(file, given)
        found = estimate_file(file, network=network)
    else:
        found = estimate_options(_options(file, given))
    return result_of(found, (file_input("estimation", file),))


def result_of(found: Estimates, inputs: tuple[InputFile, ...]) -> Result[Estimates]:
    """Put estimates into the form that all results share."""
    certificate = fits_certificate(found.fits)
    spec = next(iter(found.fits.values())).spec
    drawn = spec.inference == Inference.PAIR_BOOTSTRAP
    return Result(
        Study(
            kind="estimate",
            name="estimate",
            title=found.title or "Gravity estimates",
            headline=_headline(found),
            tables={
                "coefficients": found.coefficients(),
                "diagnostics": found.diagnostics(),
                "estimate_certificate": certificate,
            },
            notes=(*found.options.notes, *found.notes),
            certificate=certificate,
            provenance=Provenance(
                version=VERSION,
                baseline_year=0,
                draws=spec.draws if drawn else 0,
                seed=spec.seed if drawn else 0,
                inputs=inputs,
            ),
            found=found,
        ),
        present_estimate,
    )


def _headline(found: Estimates) -> tuple[str, ...]:
    """Say each equation's first coefficients with their intervals."""
    labels = found.options.labels or {}
    told = []
    for name, one in found.fits.items():
        rows = one.coefficients.head(MOST_TOLD).to_dict(orient="records")
        terms = "; ".join(
            f"{labels.get(str(row['term']), row['term'])} {row['estimate']:.3f} "
            f"({row['low']:.3f} to {row['high']:.3f})"
            for row in rows
        )
        head = f"{name}: " if len(found.fits) > 1 else ""
        told.append(f"{head}{terms or 'no coefficient'}; {one.diagnostics.rows_used:,} rows.")
    return tuple(told)


def _several(names: str | Sequence[str]) -> tuple[str, ...]:
    return (names,) if isinstance(names, str) else tuple(names)


def _refuse(file: Path, given: dict[str, object]) -> None:
    """Refuse options beside an estimation file."""
    if given:
        raise InputError(
            "stands in the estimation file, or nowhere.",
            where=", ".join(OPTION_OF.get(name, f"--{name}") for name in given),
            mend=f"Write it into {file.name}, or give the data instead of the file.",
        )


def _options(data: Path, given: dict[str, object]) -> Options:
    """Put what is given into the options of one equation."""
    if "regressors" not in given:
        raise InputError(
            "say what explains the trade.",
            where="--regressor",
            mend="Write -x COLUMN, or give an estimation file (docs/gravity.md).",
        )
    if given.get("year") == NONE:
        given["year"] = None
    if data == Path(EMBEDDED):
        given.setdefault("outcome", "goods_million_usd")
    return Options(data=data, **given)  # type: ignore[arg-type]
