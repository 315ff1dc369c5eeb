"""Coefficients as parameters of the equilibrium: their values, their covariance, their draws.

The trade elasticity theta is that of the freeness of trade, ``cost^-theta``. The coefficient of
the log of one plus a tariff is minus theta where flows are valued with the tariff, and minus theta
less one where they are valued before it, as customs record them (the buyer pays the tariff out of
what is spent). An agreement's effect is the sum of its coefficients, log points of trade.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final, Literal, TypeAlias

import numpy as np
import pandas as pd

from landbridge.errors import DataError, InputError, UnknownNameError, suggest
from landbridge.units import FloatArray

if TYPE_CHECKING:
    from landbridge.gravity.ppml.results import GravityFit

THETA: Final = "trade_elasticity"
AGREEMENT: Final = "agreement_"
ESTIMATES_FILE: Final = "parameters.csv"
COVARIANCE_FILE: Final = "parameters_covariance.csv"
COLUMNS: Final = ("parameter", "estimate", "std_error", "from_terms", "source")
MOST_BYTES: Final = 1_000_000
SMALL: Final = 1e-9
"""Of an eigenvalue of a covariance: what rounding in a text file may leave below zero."""
CUT_IN_STANDARD_ERRORS: Final = 2.5
"""Draws further from the centre are drawn again, as for every parameter with a normal band."""
BAND_IN_STANDARD_ERRORS: Final = 2.0

Valued: TypeAlias = Literal["before_tariffs", "after_tariffs"]


@dataclass(frozen=True, eq=False)
class ParameterEstimates:
    """Parameters of a run that were estimated together.

    Attributes
    ----------
    names
        P parameters.
    estimates
        ``[P]``, each in its parameter's unit.
    covariance
        ``[P, P]``.
    from_terms
        Terms of the equation behind each, for a reader.
    source
        Which equation on which data, for a reader.
    """

    names: tuple[str, ...]
    estimates: FloatArray
    covariance: FloatArray
    from_terms: tuple[str, ...]
    source: str

    @property
    def std_errors(self) -> FloatArray:
        """Standard errors, ``[P]``."""
        return np.sqrt(np.maximum(np.diag(self.covariance), 0.0))

    def draw(self, rng: np.random.Generator) -> dict[str, float]:
        """Draw all of them together from their normal distribution.

        No component lies further than two and a half standard errors from its centre.
        """
        sizes, ways = np.linalg.eigh(self.covariance)
        root = ways * np.sqrt(np.maximum(sizes, 0.0))
        # An eigenvector's sign is arbitrary: fix it, so that machines agree.
        root *= np.where(ways[np.abs(ways).argmax(axis=0), range(len(ways))] < 0, -1.0, 1.0)
        furthest = CUT_IN_STANDARD_ERRORS * self.std_errors * (1.0 + 1e-12)
        while True:
            away = root @ rng.standard_normal(len(self.estimates))
            if (np.abs(away) <= furthest).all():
                break
        drawn = self.estimates + away
        return {name: float(value) for name, value in zip(self.names, drawn, strict=True)}


def parameter_estimates(
    fit: GravityFit,
    *,
    elasticity_from: str = "",
    flows: Valued = "before_tariffs",
    agreements: Mapping[str, Sequence[str]] | None = None,
    source: str = "",
) -> ParameterEstimates:
    """Turn coefficients of a fit into parameters of a run.

    Parameters
    ----------
    fit
        The estimated equation.
    elasticity_from
        Term of the log of one plus an ad valorem rate; empty for none.
    flows
        Whether the flows explained are valued before tariffs or with them.
    agreements
        Terms that add up to the effect of an agreement, by its depth.
    source
        For a reader; made from the fit when left out.

    Raises
    ------
    InputError
        Nothing is named, or a term that the fit does not have.
    """
    terms = [str(term) for term in fit.coefficients["term"]]
    wanted = {f"{AGREEMENT}{depth}": tuple(names) for depth, names in (agreements or {}).items()}
    shift = []
    rows = []
    if elasticity_from:
        rows.append((THETA, _weights((elasticity_from,), terms, -1.0)))
        shift.append(-1.0 if flows == "before_tariffs" else 0.0)
    for name, named in wanted.items():
        if not named:
            raise InputError(f"{name} has no term.", where="handover")
        rows.append((name, _weights(named, terms, 1.0)))
        shift.append(0.0)
    if not rows:
        raise InputError(
            "no parameter is named.",
            where="handover",
            mend="Write elasticity_from = TERM, or agreements = {DEPTH = [TERMS]}.",
        )
    ways = np.stack([way for _, way in rows])
    centre = fit.coefficients["estimate"].to_numpy(dtype=np.float64)
    return ParameterEstimates(
        names=tuple(name for name, _ in rows),
        estimates=ways @ centre + np.array(shift),
        covariance=ways @ fit.covariance.to_numpy(dtype=np.float64) @ ways.T,
        from_terms=((elasticity_from,) if elasticity_from else ())
        + tuple(" + ".join(named) for named in wanted.values()),
        source=source or _source(fit),
    )


def _source(fit: GravityFit) -> str:
    told = fit.provenance
    return (
        f"Estimated by {fit.spec.estimator.upper()} on {fit.diagnostics.rows_used:,} rows (data "
        f"{told.data_sha256[:12]}, equation {told.spec_sha256[:12]})."
    )


def _weights(named: Sequence[str], terms: Sequence[str], sign: float) -> FloatArray:
    way = np.zeros(len(terms))
    for term in named:
        if term not in terms:
            hint = suggest(term, terms) or f"Its terms: {', '.join(terms[:20])}."
            raise UnknownNameError(
                f"the equation has no coefficient '{term}'.", where="handover", mend=hint
            )
        way[terms.index(term)] = sign
    return way


def _checked(found: ParameterEstimates, *, where: str) -> ParameterEstimates:
    """Refuse a trade elasticity that may be zero: the equilibrium has none without it."""
    if THETA in found.names:
        at = found.names.index(THETA)
        value, error = float(found.estimates[at]), float(found.std_errors[at])
        if value - CUT_IN_STANDARD_ERRORS * error <= 0:
            raise InputError(
                f"the trade elasticity is {value:.3g} with a standard error of {error:.3g}: draws "
                f"reach {CUT_IN_STANDARD_ERRORS:g} standard errors down and must stay above zero.",
                where=where,
                mend="Estimate it on more data, or state it in the scenario's parameters.",
            )
    return found


def estimates_table(found: ParameterEstimates) -> str:
    """Write the file of estimates as CSV text."""
    table = pd.DataFrame(
        {
            "parameter": found.names,
            "estimate": found.estimates,
            "std_error": found.std_errors,
            "from_terms": found.from_terms,
            "source": found.source,
        }
    )
    return table.to_csv(index=False)


def covariance_table(found: ParameterEstimates) -> str:
    """Write the file of the covariance as CSV text."""
    names = list(found.names)
    return pd.DataFrame(found.covariance, index=names, columns=names).to_csv()


def read_estimates(folder: Path) -> ParameterEstimates:
    """Read what ``landbridge estimate --out FOLDER`` wrote for a run.

    Raises
    ------
    InputError
        The folder holds no parameters, or a trade elasticity that cannot be told from zero.
    DataError
        A file was changed so that it cannot be used.
    """
    values = folder / ESTIMATES_FILE
    if not folder.is_dir():
        raise InputError(f"there is no folder '{folder}'.", where="--estimates")
    if not values.is_file():
        raise InputError(
            f"the folder holds no {ESTIMATES_FILE}.",
            where=str(folder),
            mend="Add a [handover] section to the estimation file (docs/gravity.md) and estimate "
            "again with --out.",
        )
    where = str(values)
    rows, covariance = _read_csv(values), _read_csv(folder / COVARIANCE_FILE)
    if not rows or tuple(rows[0]) != COLUMNS or any(len(row) != len(COLUMNS) for row in rows):
        raise DataError(f"its columns are not {', '.join(COLUMNS)}.", where=where)
    names = tuple(row[0] for row in rows[1:])
    try:
        estimates = np.array([float(row[1]) for row in rows[1:]])
        matrix = np.array([[float(cell) for cell in row[1:]] for row in covariance[1:]])
    except ValueError:
        raise DataError("a value is no number.", where=where) from None
    heads = [row[:1] for row in covariance[1:]]
    if (
        not names
        or covariance[0][1:] != list(names)
        or heads != [[name] for name in names]
        or matrix.shape != (len(names), len(names))
    ):
        raise DataError(
            f"{COVARIANCE_FILE} is not square in the parameters of {ESTIMATES_FILE}.", where=where
        )
    sound = np.isfinite(estimates).all() and np.isfinite(matrix).all()
    if not sound or not np.allclose(matrix, matrix.T) or np.linalg.eigvalsh(matrix)[0] < -SMALL:
        raise DataError("the covariance is none: not symmetric, negative or infinite.", where=where)
    return _checked(
        ParameterEstimates(
            names=names,
            estimates=estimates,
            covariance=matrix,
            from_terms=tuple(row[3] for row in rows[1:]),
            source=f"{folder.name}: {rows[1][4]}",
        ),
        where=where,
    )


def _read_csv(path: Path) -> list[list[str]]:
    try:
        if path.stat().st_size > MOST_BYTES:
            raise DataError(f"is larger than {MOST_BYTES:,} bytes.", where=str(path))
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise InputError(f"cannot be read: {error.strerror}.", where=str(path)) from None
    except UnicodeDecodeError:
        raise DataError("is no text in UTF-8.", where=str(path)) from None
    return [row for row in csv.reader(io.StringIO(text)) if row]
