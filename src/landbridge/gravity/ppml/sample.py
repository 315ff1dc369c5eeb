"""Which rows an estimation can use: separated rows and singletons leave, counted."""

from __future__ import annotations

from typing import Final

import numpy as np

from landbridge.errors import InputError
from landbridge.gravity.panel import Panel
from landbridge.gravity.spec import GravitySpec
from landbridge.units import BoolArray, FloatArray

BY_GROUP: Final = "separated (group)"
BY_COMBINATION: Final = "separated (combination)"
SINGLETON: Final = "singleton"
VANISHING: Final = 1e-6
"""Fitted share of a group's total below which a row without a flow may be separated. A separated
row would be below the limit on adding-up, which is a thousand times smaller."""


def drop_singletons(spec: GravitySpec, panel: Panel) -> Panel:
    """Drop rows that are alone in a group, again and again until none is left.

    A row alone and without a flow is separated, and counted as that.
    """
    if spec.singletons == "keep":
        return panel
    while True:
        alone = np.zeros(len(panel.row), dtype=np.bool_)
        for effect in panel.effects:
            alone |= np.bincount(effect.codes, minlength=effect.count)[effect.codes] == 1
        if spec.estimator == "ppml" and (alone & (panel.outcome == 0)).any():
            panel = panel.keep(~(alone & (panel.outcome == 0)), BY_COMBINATION)
            continue
        panel = panel.keep(~alone, SINGLETON)
        if not alone.any():
            return panel


def check_enough(panel: Panel) -> None:
    """Refuse a panel with fewer rows than regressors.

    Raises
    ------
    InputError
        Says why rows were dropped.
    """
    if len(panel.row) > len(panel.names):
        return
    told = ", ".join(f"{count} {reason}" for reason, count in panel.dropped.items() if count)
    raise InputError(
        f"{len(panel.row)} rows are left for {len(panel.names)} regressors (dropped: {told}).",
        where="panel",
        mend="Use fewer fixed effects or more data.",
    )


def check_refused(spec: GravitySpec, separated: int) -> None:
    """Refuse separated rows where the specification says so."""
    if spec.separated == "refuse" and separated:
        raise InputError(
            f"{separated} rows are separated: the model fits their zero flows without limit.",
            where="panel",
            mend='Set separated = "drop" to leave them out and count them.',
        )


def may_be_separated(panel: Panel, mean: FloatArray) -> BoolArray:
    """Tell which rows a solution has driven towards zero, as it does with separated rows.

    At a solution the totals of a separated row's groups add up without it, so its fitted flow is
    nothing beside them. Where no row is like that, none is separated.

    Parameters
    ----------
    panel
        The rows used.
    mean
        ``[rows]`` fitted flows.
    """
    weighted = panel.weights * panel.outcome
    smallest = np.full(len(mean), float(weighted.sum()))
    for effect in panel.effects:
        totals = np.bincount(effect.codes, weighted, effect.count)
        np.minimum(smallest, totals[effect.codes], out=smallest)
    # Without singletons a group can be left without any flow: its rows were separated before.
    vanishing = (panel.weights * mean <= VANISHING * smallest) | (smallest == 0)
    return np.asarray((panel.outcome == 0) & vanishing)
