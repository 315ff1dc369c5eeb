"""What to estimate: the outcome, the regressors, the fixed effects and the inference."""

from __future__ import annotations

import hashlib
from enum import StrEnum
from typing import Annotated, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

NamedEffect = Literal[
    "exporter-year",
    "importer-year",
    "pair",
    "symmetric-pair",
    "exporter",
    "importer",
    "year",
    "sector",
    "sector-year",
    "exporter-sector",
    "importer-sector",
    "exporter-sector-year",
    "importer-sector-year",
    "pair-sector",
    "symmetric-pair-sector",
]
"""The groups of gravity, by name; `pair` tells directions apart, `symmetric-pair` does not."""

GroupBy = NamedEffect | tuple[str, ...]
"""A named group, or the columns whose combinations are the groups."""

SYMMETRIC_PAIR: Final = "symmetric-pair"

Estimator = Literal["ppml", "ols"]
Transform = Literal["level", "log"]


class Inference(StrEnum):
    """How standard errors come about; `docs/gravity.md` gives each formula.

    With scores ``s`` (residual times the regressor net of fixed effects), ``H`` the Hessian, G
    clusters, N rows used and K regressors, the covariance is ``q H^-1 M H^-1``.
    """

    PPMLHDFE_CLUSTER = "ppmlhdfe-cluster"
    """``M``: outer products of cluster sums; ``q = G / (G - 1)``. Several clusterings: by
    inclusion and exclusion, with G the smallest number of clusters (ppmlhdfe, reghdfe)."""
    AGTPA_CLUSTER = "agtpa-cluster"
    """The Advanced Guide's tables: Stata's ``ppml``, which is the same, and for least squares
    ``q = G / (G - 1) * (N - 1) / (N - K)``, where fixed effects do not count in K."""
    PPMLHDFE_ROBUST = "ppmlhdfe-robust"
    """``M``: outer products of rows; ``q = N / (N - 1)``."""
    HC1 = "hc1"
    """The same with ``q = N / (N - K)``."""
    DYADIC = "dyadic"
    """``M``: products of all pairs of dyads that share a member (Aronow, Samii and Assenova 2015;
    Cameron and Miller 2014); ``q = 1``."""
    PAIR_BOOTSTRAP = "pair-bootstrap"
    """Covariance of estimates over samples of whole clusters drawn with replacement."""
    WEIDNER_ZYLKIN = "weidner-zylkin"
    """Weidner and Zylkin (2021): leverage-corrected clustered covariance for two-way and
    three-way gravity, and for three-way the coefficients less their bias of order 1/N."""


class Limits(BaseModel):
    """How exact the solution must be, and how long to try.

    Attributes
    ----------
    adding_up
        Largest gap between fitted and observed total of any fixed-effect group, over the
        observed total.
    step
        Last change of a coefficient, in standard deviations of the linear index.
    projection
        Fixed-effects part that may be left in the regressors, over their size.
    iterations
        Most Newton steps.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    adding_up: Annotated[float, Field(gt=0, lt=1)] = 1e-9
    step: Annotated[float, Field(gt=0, lt=1)] = 1e-10
    projection: Annotated[float, Field(gt=0, lt=1)] = 1e-10
    iterations: Annotated[int, Field(ge=1)] = 200


class GravitySpec(BaseModel):
    """One gravity equation, ready to be fitted to a panel.

    Attributes
    ----------
    outcome
        Column of the flows: not negative under PPML.
    regressors
        Columns whose coefficients are wanted.
    fixed_effects
        Named groups, or tuples of columns; none gives an intercept.
    estimator
        Poisson pseudo-maximum likelihood, or ordinary least squares.
    transform
        ``log`` takes the logarithm of the outcome and drops rows that are not positive (OLS).
    inference, cluster
        How standard errors come about, and the groups within which rows depend on each other.
    offset, weights
        Columns: added to the linear index; how much each row counts (positive).
    exporter, importer, year, sector
        Key columns; None where the panel has no such key. Together they identify a row.
    missing, separated, singletons, collinear
        What to do with rows that lack a value, rows that the model fits without error at any
        coefficient, groups of one row, and regressors that others explain: drop and count them,
        or refuse (keep, for singletons).
    confidence
        Of the interval in the table of coefficients.
    draws, seed
        Of the bootstrap.
    limits
        How exact the solution must be.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    outcome: str = "trade"
    regressors: tuple[str, ...] = ()
    fixed_effects: tuple[GroupBy, ...] = ("exporter-year", "importer-year")
    estimator: Estimator = "ppml"
    transform: Transform = "level"
    inference: Inference = Inference.PPMLHDFE_CLUSTER
    cluster: tuple[GroupBy, ...] = ("pair",)
    offset: str | None = None
    weights: str | None = None
    exporter: str | None = "exporter"
    importer: str | None = "importer"
    year: str | None = "year"
    sector: str | None = None
    missing: Literal["drop", "refuse"] = "drop"
    separated: Literal["drop", "refuse"] = "drop"
    singletons: Literal["drop", "keep"] = "drop"
    collinear: Literal["drop", "refuse"] = "refuse"
    confidence: Annotated[float, Field(gt=0, lt=1)] = 0.95
    draws: Annotated[int, Field(ge=2, le=100_000)] = 500
    seed: Annotated[int, Field(ge=0)] = 0
    limits: Limits = Limits()

    @model_validator(mode="after")
    def _fits_together(self) -> GravitySpec:
        repeated = {name for name in self.regressors if self.regressors.count(name) > 1}
        if repeated:
            raise ValueError(f"these regressors stand twice: {', '.join(sorted(repeated))}")
        if self.outcome in self.regressors:
            raise ValueError(f"the outcome '{self.outcome}' stands among the regressors too")
        if self.estimator == "ppml" and self.transform == "log":
            raise ValueError(
                'PPML takes flows in levels; the logarithm is for estimator = "ols" only'
            )
        if any(isinstance(group, tuple) and not group for group in self.groupings):
            raise ValueError("a fixed effect or cluster needs at least one column")
        if not self.cluster and self.inference in CLUSTERED:
            raise ValueError(f"{self.inference.value} needs at least one cluster")
        return self

    @property
    def groupings(self) -> tuple[GroupBy, ...]:
        """Fixed effects and clusters together."""
        return (*self.fixed_effects, *self.cluster)

    def sha256(self) -> str:
        """Hash the specification's content."""
        return hashlib.sha256(self.model_dump_json().encode()).hexdigest()


CLUSTERED: Final = frozenset(
    {
        Inference.PPMLHDFE_CLUSTER,
        Inference.AGTPA_CLUSTER,
        Inference.PAIR_BOOTSTRAP,
    }
)


def title(group: GroupBy) -> str:
    """Name a group for a reader: ``exporter-year``, or its columns joined by a multiplication."""
    return group if isinstance(group, str) else " x ".join(group)
