"""Find every row that keeps a Poisson regression from having a maximum.

A row is separated when some combination of regressors and fixed effects is zero wherever the
flow is positive, nowhere negative where it is zero, and positive in that row: the likelihood
then rises for ever as the combination's coefficient falls (Correia, Guimaraes and Zylkin 2021,
the criterion behind their iterative rectifier). Dropping these rows leaves all other estimates
as they are in the limit.

Rows are found in three steps. Groups without any positive flow go first. Then random
combinations are fitted on the positive rows alone: a row with no flow that the fit predicts
cannot be separated, and in a dense panel that is all of them. What is left is decided exactly by
a linear programme (largest number of rows that a combination can lift at once), so no tolerance
has to tell a slow rectifier from a finished one.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
from scipy import sparse
from scipy.optimize import linprog

from landbridge.errors import ConvergenceError
from landbridge.gravity.fixed_effects.absorber import Absorber, Goal
from landbridge.gravity.panel import Panel
from landbridge.units import BoolArray, FloatArray, IntArray

SMALL: Final = 3000
"""Up to so many rows the linear programme is posed on the rows as they are."""
PROBES: Final = 2
"""Random combinations tried at first; doubled while they do not span what is undetermined."""
MOST_PROBES: Final = 512
PROBE_ACCURACY: Final = 1e-10
UNDETERMINED: Final = 1e-6
"""A fitted combination of unit size that is off by more is not predicted."""
NULL: Final = 1e-8
"""Relative size below which a singular value is rounding."""
LIFTED: Final = 0.5
FEASIBILITY: Final = (1e-9, 1e-7)
"""Tolerances of the programme: the second is tried where the first cannot be reached."""
SEED: Final = 20_210_101
"""Of the probes only; what is found does not depend on it (but for chance of measure zero)."""

Method = Literal["auto", "programme", "probes"]


@dataclass(frozen=True)
class Separation:
    """Rows that are separated.

    Attributes
    ----------
    by_group
        ``[rows]`` the row's exporter, importer, pair or other group never has a positive flow.
    by_combination
        ``[rows]`` a combination of effects and regressors separates it.
    """

    by_group: BoolArray
    by_combination: BoolArray

    @property
    def rows(self) -> BoolArray:
        """``[rows]`` all of them."""
        return self.by_group | self.by_combination


def empty_groups(panel: Panel) -> BoolArray:
    """Mark the rows of groups that never have a positive flow, ``[rows]``."""
    positive = panel.outcome > 0
    marked = np.zeros(len(positive), dtype=np.bool_)
    for effect in panel.effects:
        held = np.bincount(effect.codes[positive], minlength=effect.count) > 0
        marked |= ~held[effect.codes]
    # Dropping rows without a flow never empties a group that has one: one round is enough.
    return marked


def find_combinations(panel: Panel, absorber: Absorber, method: Method = "auto") -> BoolArray:
    """Mark the rows that a combination of regressors and fixed effects separates.

    Parameters
    ----------
    panel
        Without empty groups.
    absorber
        Its fixed effects.
    method
        ``programme`` poses the linear programme on all rows, ``probes`` looks for undetermined
        rows first; ``auto`` takes the former for small panels.

    Returns
    -------
    BoolArray
        ``[rows]``.
    """
    zero = panel.outcome == 0
    if not zero.any():
        return np.zeros(len(zero), dtype=np.bool_)
    if method == "programme" or (method == "auto" and len(zero) <= SMALL):
        return _by_programme(panel)
    span = _undetermined(panel, absorber)
    if span is None:
        return _by_programme(panel)
    marked = np.zeros(len(zero), dtype=np.bool_)
    rows, basis = span
    if not len(rows):
        return marked
    try:
        marked[rows] = _lift(sparse.csr_array(basis))
    except ConvergenceError:
        # The basis carries the projection's rounding; the design itself is exact.
        return _by_programme(panel)
    return marked


def _by_programme(panel: Panel) -> BoolArray:
    """Pose the programme on every row: combinations that vanish on the positive rows."""
    zero = panel.outcome == 0
    count = len(zero)
    parts: list[sparse.csr_array] = [
        sparse.csr_array(
            (np.ones(count), (np.arange(count), effect.codes)), shape=(count, effect.count)
        )
        for effect in panel.effects
    ]
    if len(panel.regressors):
        size = np.abs(panel.regressors).max(axis=1)
        scaled = panel.regressors / np.where(size > 0, size, 1.0)[:, None]
        parts.append(sparse.csr_array(scaled.T))
    marked = np.zeros(count, dtype=np.bool_)
    if not parts:
        return marked
    design = sparse.csr_array(sparse.hstack(parts, format="csr"))
    marked[zero] = _lift(design[zero], design[~zero])
    return marked


def _lift(design: sparse.csr_array, pinned: sparse.csr_array | None = None) -> BoolArray:
    """Lift as many rows as can be lifted at once, none pushed down, the pinned ones at zero."""
    rows, columns = design.shape
    below = sparse.hstack([-design, sparse.eye_array(rows)], format="csr")
    equal = None
    if pinned is not None and pinned.shape[0]:
        padding = sparse.csr_array((pinned.shape[0], rows))
        equal = sparse.hstack([pinned, padding], format="csr")
    for feasibility in FEASIBILITY:
        found = linprog(
            np.concatenate([np.zeros(columns), -np.ones(rows)]),
            A_ub=below,
            b_ub=np.zeros(rows),
            A_eq=equal,
            b_eq=None if equal is None else np.zeros(equal.shape[0]),
            bounds=[(None, None)] * columns + [(0.0, 1.0)] * rows,
            method="highs",
            options={
                "primal_feasibility_tolerance": feasibility,
                "dual_feasibility_tolerance": feasibility,
            },
        )
        if found.x is not None and found.status == 0:
            return np.asarray(found.x[columns:] > LIFTED)
    raise ConvergenceError(
        f"the search for separated rows did not finish ({found.message})",
        residual=float("nan"),
        iterations=int(found.get("nit", 0)),
        mend="Scale regressors of very different size.",
    )


def _undetermined(panel: Panel, absorber: Absorber) -> tuple[IntArray, FloatArray] | None:
    """Find the rows that the positive rows do not determine, and a basis of what is free there.

    Returns None where the free combinations are too many for probes.
    """
    zero = panel.outcome == 0
    variables = len(panel.regressors)
    random = np.random.default_rng(SEED)
    system = absorber.weigh(absorber.place((~zero).astype(np.float64)))
    size = np.sqrt((panel.regressors**2).mean(axis=1))
    scaled = panel.regressors / np.where(size > 0, size, 1.0)[:, None]
    probes = PROBES if panel.effects else 0
    while probes <= MOST_PROBES:
        values = np.zeros((variables + probes, len(zero)))
        values[:variables] = scaled
        for effect in panel.effects:
            drawn = random.standard_normal((probes, effect.count))
            values[variables:] += drawn[:, effect.codes]
        laid = absorber.place(values)
        system.project(laid, Goal.same(len(laid), PROBE_ACCURACY))
        left = absorber.pick(laid)
        left = np.vstack([_vanishing(left[:variables], zero), left[variables:, zero]])
        rows = np.flatnonzero(np.abs(left).max(axis=0, initial=0.0) > UNDETERMINED)
        if not len(rows):
            return rows, np.zeros((0, 0))
        basis, sizes, _ = np.linalg.svd(left[:, rows].T, full_matrices=False)
        rank = int((sizes > NULL * sizes[0]).sum())
        if rank < len(left) or not panel.effects:
            return np.flatnonzero(zero)[rows], basis[:, :rank]
        probes *= 2
    return None


def _vanishing(regressors: FloatArray, zero: BoolArray) -> FloatArray:
    """Find combinations of regressors that vanish on the positive rows, on the other rows."""
    on_positive = regressors[:, ~zero]
    gram = on_positive @ on_positive.T / max(int((~zero).sum()), 1)
    if not len(gram):
        return np.zeros((0, int(zero.sum())))
    sizes, ways = np.linalg.eigh(gram)
    found = ways[:, sizes < NULL**1.5].T
    return np.asarray(found @ regressors[:, zero]) if len(found) else np.zeros((0, int(zero.sum())))
