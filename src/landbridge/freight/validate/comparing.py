"""Hold modelled flows against published figures: how far off, and what could not be compared.

The error of a figure is the log of modelled over published; its factor is how many times too much
or too little that is. Where a model carries nothing, or almost, the error stops at a thousand
times.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, NamedTuple

import numpy as np
import pandas as pd

from landbridge.freight.validate.modelled import BOTH, ModelledFlows
from landbridge.freight.validate.observed import Figure, comparable_figures, figures_of
from landbridge.freight.validate.sides import side_of
from landbridge.units import PERCENT, USD_PER_MILLION

FARTHEST: Final = 1000.0
"""Times off at which an error stops: a model that carries nothing has no log."""
NEAR: Final = 5.0
"""Factor within which a figure counts as near."""
SHOWN: Final = "shown"
KINDS_OF: Final[dict[str, tuple[str, ...]]] = {
    "port": ("port",),
    "strait": ("passage",),
    "crossing": ("crossing",),
    "corridor": ("crossing", "link"),
}
UNITS_OF: Final[dict[str, tuple[str, float]]] = {
    "tonnes": ("million tonnes", USD_PER_MILLION),
    "TEU": ("million TEU", USD_PER_MILLION),
    "USD": ("million USD", USD_PER_MILLION),
    "percent of value": ("percent of value", 1.0),
    "percent of tonnes": ("percent of tonnes", 1.0),
}
COLUMN_OF: Final = {
    "tonnes": "tonnes",
    "TEU": "teu",
    "USD": "usd",
    "percent of value": "usd",
    "percent of tonnes": "tonnes",
}
TABLE: Final = (
    "figure", "kind", "element", "name", "exporter", "importer", "mode", "direction", "cargo",
    "year", "unit", "observed", "observed_low", "observed_high", "modelled", "log_error", "factor",
    "within_band", "clipped", "use", "confidence", "source", "address", "note",
)  # fmt: skip
LEFT_OUT: Final = ("figure", "kind", "element", "name", "use", "reason")
SUMMARY: Final = (
    "kind", "use", "figures", "median_abs_log_error", "median_factor", "near", "within_band",
    "stopped",
)  # fmt: skip
EVERY: Final = "all"


@dataclass(frozen=True, eq=False)
class Validation:
    """Modelled flows beside published figures.

    Attributes
    ----------
    table
        One row a figure that was compared, columns `TABLE`: observed and modelled in `unit` a
        year, the band of the observed, log_error (log of modelled over observed), factor (modelled
        over observed, or its inverse: 1 or more), clipped (the error stopped at `FARTHEST`).
    left_out
        One row a figure that was not compared, and why, columns `LEFT_OUT`.
    summary
        One row a kind and use, and of all kinds, columns `SUMMARY`; near counts factors of at most
        `NEAR`.
    title
        Which model it is.
    """

    table: pd.DataFrame
    left_out: pd.DataFrame
    summary: pd.DataFrame
    title: str

    def median_error(self, use: str) -> float:
        """Return the median absolute log error of a use over all kinds; missing without figures."""
        found = self.table.loc[self.table["use"] == use, "log_error"].abs()
        return float(found.median())

    def counts(self) -> pd.DataFrame:
        """Count the figures compared and left out, by reason: reason, figures."""
        reasons = self.left_out["reason"].value_counts()
        lines = [("compared", len(self.table)), *reasons.items()]
        return pd.DataFrame(lines, columns=["reason", "figures"])


class _Flow(NamedTuple):
    """A modelled amount, or why there is none."""

    amount: float = np.nan
    reason: str = ""


def validate(
    flows: ModelledFlows,
    *,
    groups: Mapping[str, frozenset[str]],
    figures: pd.DataFrame | None = None,
) -> Validation:
    """Match modelled flows with published figures.

    Parameters
    ----------
    flows
        What the model carries.
    groups
        Codes of the members of every bloc that a figure names.
    figures
        From `comparable_figures`; those that ship by default.

    Returns
    -------
    Validation
        Every figure is in its table or among those left out.

    Examples
    --------
    >>> import numpy as np
    >>> import pandas as pd
    >>> from landbridge.freight.validate.modelled import ELEMENT_COLUMNS, PAIR_COLUMNS
    >>> made = [("port", "koper", "port", "both", "all", 44.54e6, np.nan, np.nan)]
    >>> flows = ModelledFlows(
    ...     pd.DataFrame(made, columns=list(ELEMENT_COLUMNS)),
    ...     pd.DataFrame(columns=list(PAIR_COLUMNS)),
    ...     "twice the figure",
    ... )
    >>> found = validate(flows, groups={})
    >>> float(found.table["factor"].iloc[0])
    2.0
    """
    known = comparable_figures() if figures is None else figures
    compared, left = [], []
    rows_of = flows.elements.groupby("element").indices
    cargoes = set(flows.elements["cargo"]) | set(flows.pairs["cargo"])
    for row in figures_of(known):
        flow = _reason(row, cargoes)
        if flow is None and row.exporter:
            flow = _of_pairs(row, flows.pairs, groups)
        elif flow is None:
            here = [place for name in row.elements for place in rows_of.get(name, ())]
            flow = _of_elements(row, flows.elements.iloc[here])
        if flow.reason:
            left.append((row.figure, row.kind, row.element, row.name, row.use, flow.reason))
        else:
            compared.append(_line(row, flow.amount))
    table = pd.DataFrame(compared, columns=list(TABLE))
    return Validation(
        table=table,
        left_out=pd.DataFrame(left, columns=list(LEFT_OUT)),
        summary=_summary(table),
        title=flows.title,
    )


def _reason(row: Figure, cargoes: set[str]) -> _Flow | None:
    """Find why a figure is not compared wherever it is; None where it may be."""
    if row.quantity not in UNITS_OF:
        return _Flow(reason=f"no model counts {row.quantity}")
    if row.use == "show":
        return _Flow(reason=SHOWN)
    if row.cargoes and not set(row.cargoes) & cargoes:
        return _Flow(reason="the model does not tell classes of cargo apart")
    return None


def _of_elements(row: Figure, table: pd.DataFrame) -> _Flow:
    """Sum up what passes its elements; `table` has their rows."""
    column = COLUMN_OF[row.quantity]
    wanted = table["kind"].isin(KINDS_OF[row.kind])
    if set(row.elements) - set(table.loc[wanted, "element"]):
        return _Flow(reason="no such element in the network")
    if row.direction != BOTH:
        if (table.loc[wanted, "direction"] == BOTH).any():
            return _Flow(reason="the model does not tell the directions apart")
        wanted &= table["direction"] == row.direction
    if row.cargoes:
        wanted &= table["cargo"].isin(row.cargoes)
    values = table.loc[wanted, column]
    if values.isna().any():
        return _Flow(reason=f"the model has no {row.quantity}")
    return _Flow(float(values.sum()))


def _of_pairs(row: Figure, table: pd.DataFrame, groups: Mapping[str, frozenset[str]]) -> _Flow:
    """Sum up trade between two sides by mode, or its share in that by all modes."""
    column = COLUMN_OF[row.quantity]
    one, other = row.exporter, row.importer
    between = side_of(table["exporter"], one, groups, opposite=other) & side_of(
        table["importer"], other, groups, opposite=one
    )
    if row.direction == BOTH:
        between |= side_of(table["exporter"], other, groups, opposite=one) & side_of(
            table["importer"], one, groups, opposite=other
        )
    if row.cargoes:
        between &= table["cargo"].isin(row.cargoes)
    if not between.any():
        return _Flow(reason="no such trade in the model")
    if not (table["mode"] == row.mode).any():
        return _Flow(reason=f"no way by {row.mode} in the model")
    values = table.loc[between, column]
    if values.isna().any():
        return _Flow(reason=f"the model has no {row.quantity}")
    part = float(values[table.loc[between, "mode"] == row.mode].sum())
    if not row.quantity.startswith("percent"):
        return _Flow(part)
    return _Flow(PERCENT * part / float(values.sum()))


def _line(row: Figure, amount: float) -> tuple[object, ...]:
    unit, scale = UNITS_OF[row.quantity]
    ratio = amount / row.amount
    clipped = not 1.0 / FARTHEST <= ratio <= FARTHEST
    error = float(np.log(np.clip(ratio, 1.0 / FARTHEST, FARTHEST)))
    return (
        row.figure, row.kind, row.element, row.name, row.exporter, row.importer, row.mode,
        row.direction, row.cargo, row.year, unit, row.amount / scale, row.low / scale,
        row.high / scale, amount / scale, error, float(np.exp(abs(error))),
        bool(row.low <= amount <= row.high), clipped, row.use, row.confidence, row.source,
        row.address, row.note,
    )  # fmt: skip


def _summary(table: pd.DataFrame) -> pd.DataFrame:
    lines = []
    for kind in (*dict.fromkeys(table["kind"]), EVERY):
        mine = table if kind == EVERY else table[table["kind"] == kind]
        for use in ("fit", "hold"):
            part = mine[mine["use"] == use]
            if part.empty:
                continue
            median = float(part["log_error"].abs().median())
            lines.append(
                (
                    kind, use, len(part), median, float(np.exp(median)),
                    int((part["factor"] <= NEAR).sum()), int(part["within_band"].sum()),
                    int(part["clipped"].sum()),
                )
            )  # fmt: skip
    return pd.DataFrame(lines, columns=list(SUMMARY))
