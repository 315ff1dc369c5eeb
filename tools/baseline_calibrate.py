"""Test how well left-out cells are found, set the deviation of each class, and tabulate both."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.optimize import minimize

from baseline_evidence import Pieces, Totals, Weights, kind_evidence
from icio import IcioTable
from landbridge.tables import embedded_table
from landbridge.world import leave_out as lo
from landbridge.world.assemble import Goods
from landbridge.world.calibration import CellClass, terms_of
from landbridge.world.draws import balance
from landbridge.world.evidence import StoredEvidence, evidence_for
from landbridge.world.overrides import trade_overrides
from landbridge.world.published import compare_published
from landbridge.world.reconcile import reconcile

FloatArray = NDArray[np.float64]
ECONOMY_GROUPS: Final = 19
PAIR_GROUPS: Final = 4
ABOVE: Final = (50.0, 1.0)  # million USD
SIZES: Final = ((1.0, 10.0), (10.0, 50.0), (50.0, 500.0), (500.0, np.inf))
SMALLEST: Final = 0.01
SMALLEST_ERROR: Final = 1e-4
SMOOTH: Final = 0.02
WITHIN_ONE: Final = 0.68
WITHIN_TWO: Final = 0.93
"""Tails are longer than a normal's: at 71 in a hundred within one deviation, 92 are within two."""
WITHIN: Final = {
    CellClass.LISTED: (0.67, 0.935),
    CellClass.CARRIED_BLIND: (0.67, 0.925),
    CellClass.IMPUTED: (0.67, 0.92),
}
"""Other shares for classes with longer tails."""
PAST_TERMS: Final = (
    "level", "slope", "bend", "small", "move", "pull", "doubt", "restless", "idle",
    "settled", "loose",
)  # fmt: skip
TERMS: Final = {
    CellClass.LISTED: ("level", "slope", "pull", "doubt", "restless", "strain", "settled", "loose"),
    CellClass.CARRIED: PAST_TERMS,
    CellClass.CARRIED_BLIND: PAST_TERMS,
    CellClass.IMPUTED: ("level", "slope", "bend", "small"),
}
"""What the deviation of a class may depend on; a term that never varies is left out."""

RECORDED: Final = (CellClass.RECORDED_TWICE.value, CellClass.RECORDED_ONCE.value)
RECORDED_WITHIN: Final = 0.68
RECORDED_SLOPE: Final = -0.06
"""Assumed: one reporter's figure strayed from BACI by 0.24 in the median over all sizes, large ones
by less (Comtrade 2016, an earlier study); too few published pairs are small to measure it here."""
BOUNDS: Final = {
    CellClass.RECORDED_TWICE: (0.05, 0.6),
    CellClass.RECORDED_ONCE: (0.05, 0.6),
    CellClass.LISTED: (0.03, 2.0),
    CellClass.CARRIED: (0.08, 3.0),
    CellClass.CARRIED_BLIND: (0.08, 3.0),
    CellClass.IMPUTED: (0.3, 3.5),
}
SMALLEST_ICIO: Final = 1e-3
"""Million USD; smaller flows of the OECD table are the residue of its own balancing."""


@dataclass(frozen=True)
class Tests:
    """Predictions beside what was left out, one frame a test; see `landbridge.world.leave_out`."""

    year: pd.DataFrame
    floor: pd.DataFrame
    economies: pd.DataFrame
    economies_published: pd.DataFrame
    pairs: pd.DataFrame
    pairs_blind: pd.DataFrame
    kernel: pd.DataFrame

    def named(self) -> Iterator[tuple[str, pd.DataFrame]]:
        """Name every test as the table of errors does."""
        yield "2019 from 2016, its totals and its short lists", self.year
        yield "noise floor: 2016 scaled to the totals of 2019", self.floor
        yield "economies left out of 2023, recorded totals", self.economies
        yield "economies left out of 2023, totals of balances of payments", self.economies_published
        yield "pairs left out of 2023", self.pairs
        yield "pairs left out of 2023, no list and no raw materials", self.pairs_blind
        yield "kernel and lists alone, no past", self.kernel


def run_tests(stored: StoredEvidence) -> Tests:
    """Run every test on goods."""
    observed = stored.observed
    pairs, sets = (
        lo.groups_of(observed.reports, PAIR_GROUPS),
        lo.groups_of(observed.held, ECONOMY_GROUPS),
    )

    def joined(frames: list[pd.DataFrame]) -> pd.DataFrame:
        return pd.concat(frames, ignore_index=True)

    return Tests(
        year=lo.year_ahead(stored),
        floor=lo.scaled_past(),
        economies=joined([lo.economies_left_out(stored, group) for group in sets]),
        economies_published=joined(
            [lo.economies_left_out(stored, group, totals="published") for group in sets]
        ),
        pairs=joined([lo.pairs_left_out(stored, group) for group in pairs]),
        pairs_blind=joined([lo.pairs_left_out(stored, group, blind=True) for group in pairs]),
        kernel=lo.kernel_alone(stored),
    )


def set_parameters(
    tests: Tests, goods: Goods, iso3: tuple[str, ...], services: pd.DataFrame
) -> pd.DataFrame:
    """Fit the deviation of each class on the tests that speak of it."""
    both = pd.concat([tests.pairs, tests.economies, tests.economies_published], ignore_index=True)
    left_out = "economies and pairs left out of 2023"
    published = compare_published(goods.flows, goods.status, iso3)
    rows = [
        _recorded(CellClass.RECORDED_TWICE, published),
        _recorded(CellClass.RECORDED_ONCE, published),
        _fitted(CellClass.LISTED, both, left_out, iso3),
        _fitted(CellClass.CARRIED, both, left_out, iso3),
        _fitted(
            CellClass.CARRIED_BLIND,
            tests.pairs_blind,
            "pairs left out, no list, no raw materials",
            iso3,
        ),
        _fitted(CellClass.IMPUTED, tests.kernel, "kernel and lists against recorded trade", iso3),
    ]
    return pd.concat([pd.DataFrame(rows), services], ignore_index=True)


def quality_table(
    tests: Tests, parameters: pd.DataFrame, goods: Goods, iso3: tuple[str, ...]
) -> pd.DataFrame:
    """Tabulate the errors of every test, by size, class and region."""
    regions = embedded_table("atlas", "regions").set_index("iso3")["region"]
    rows: list[dict[str, str | float]] = []
    for test, whole in tests.named():
        for name, part in _parts(whole, regions):
            sd_log = None if test.startswith("noise") else _stated(test, part, parameters)
            rows.append({"test": test, "cells_are": name} | lo.score(part, sd_log))
        if not test.startswith(("noise", "2019")):
            rows += _halves(test, whole, parameters, iso3)
    published = compare_published(goods.flows, goods.status, iso3)
    for status, part in published.groupby("status"):
        frame = part.rename(
            columns={
                "baseline_million_usd": "predicted_million_usd",
                "million_usd": "truth_million_usd",
            }
        )
        at = {code: place for place, code in enumerate(iso3)}
        places = (part["exporter"].map(at).to_numpy(), part["importer"].map(at).to_numpy())
        rows.append(
            {"test": "published pairs of calendar 2023", "cells_are": f"status {status}"}
            | lo.score(frame, goods.sd_log[places])
        )
    return pd.DataFrame(rows)


def _stated(test: str, part: pd.DataFrame, parameters: pd.DataFrame) -> FloatArray:
    """State the deviations of a test; cells on a list have none where the past was not used."""
    sd_log = lo.stated(part, parameters)
    unlike = test.startswith("kernel") & (part["cell_class"] == CellClass.LISTED.value)
    return np.where(unlike, np.nan, sd_log)


def _halves(
    test: str, whole: pd.DataFrame, parameters: pd.DataFrame, iso3: tuple[str, ...]
) -> list[dict[str, str | float]]:
    """Score the half of the exporters that deviations were fitted on, and the half held out."""
    fitting = lo.fitting_half(whole, iso3)
    rows: list[dict[str, str | float]] = []
    for half, there in (("fitted half", fitting), ("held-out half", ~fitting)):
        for least in (SMALLEST, 1.0):
            part = whole[there & (whole["predicted_million_usd"] > least)]
            for cell_class, cells in part.groupby("cell_class"):
                name = f"{half}, class {cell_class}, predicted above {least:g} million USD"
                told = lo.score(cells, _stated(test, cells, parameters))
                rows.append({"test": test, "cells_are": name} | told)
    return rows


def _parts(whole: pd.DataFrame, regions: pd.Series) -> Iterator[tuple[str, pd.DataFrame]]:
    predicted = whole["predicted_million_usd"]
    for size in ABOVE:
        yield f"above {size:g} million USD", lo.above(whole, size)
    for low, high in SIZES:
        name = f"predicted {low:g} to {high:g}" if np.isfinite(high) else f"predicted above {low:g}"
        yield f"{name} million USD", whole[(predicted >= low) & (predicted < high)]
    shown = whole[predicted >= 1.0]
    for cell_class, part in shown.groupby("cell_class"):
        yield f"class {cell_class}, predicted above 1 million USD", part
    for region, part in shown.groupby(shown["exporter"].map(regions)):
        yield f"exporters in {region}, predicted above 1 million USD", part


def _recorded(cell_class: CellClass, published: pd.DataFrame) -> dict[str, object]:
    """Set the level so that published figures lie within one deviation as often as they should.

    Both classes share a level: where one side reports, what was published is mostly its own figure,
    and the other side's error cannot be seen.
    """
    rows = published[published["status"].isin(RECORDED)]
    size = np.log10(rows["baseline_million_usd"].to_numpy())
    least, most = BOUNDS[cell_class]
    error = np.abs(rows["log_error"].to_numpy())
    levels = np.linspace(0.05, 1.0, 191)
    covered = np.array(
        [(error < np.clip(level + RECORDED_SLOPE * size, least, most)).mean() for level in levels]
    )
    level = float(levels[np.argmax(covered >= RECORDED_WITHIN)])
    return _row(
        cell_class,
        {"level": level, "slope": RECORDED_SLOPE},
        len(rows),
        "published pairs of 2023",
    )


def _fitted(
    cell_class: CellClass, tests: pd.DataFrame, test: str, iso3: tuple[str, ...]
) -> dict[str, object]:
    """Fit the deviations of one half so that one and two of them hold what they should.

    The sum of terms is the log of the deviation. It is fitted as two quantiles of the absolute
    error at once: `WITHIN_ONE` of the errors lie below it, `WITHIN_TWO` below twice as much.
    """
    frame = tests[(tests["cell_class"] == cell_class.value) & (tests["truth_million_usd"] > 0)]
    frame = frame[frame["predicted_million_usd"] > SMALLEST]
    frame = frame[lo.fitting_half(frame, iso3)]
    predicted = frame["predicted_million_usd"].to_numpy()
    error = np.abs(np.log(predicted / frame["truth_million_usd"].to_numpy()))
    target = np.log(np.maximum(error, SMALLEST_ERROR))
    terms = terms_of(predicted, lo.unrest_in(frame))
    names = [name for name in TERMS[cell_class] if np.ptp(terms[name]) > 0 or name == "level"]
    columns = np.stack([terms[name] for name in names], axis=1)
    low, high = WITHIN.get(cell_class, (WITHIN_ONE, WITHIN_TWO))

    def loss(values: FloatArray, /) -> tuple[float, FloatArray]:
        line = columns @ values
        total, slope = 0.0, np.zeros_like(values)
        for part, shift, weight in ((low, 0.0, 1.0), (high, np.log(2.0), 2.0)):
            off = target - line - shift
            smooth = np.sqrt(off**2 + SMOOTH**2)
            total += weight * float(np.mean((part - 0.5) * off + 0.5 * smooth))
            slope -= weight * columns.T @ ((part - 0.5) + 0.5 * off / smooth) / len(off)
        return total, slope

    start = np.zeros(len(names))
    start[0] = np.log(np.quantile(error, low))
    found: FloatArray = minimize(loss, start, jac=True, method="BFGS").x
    weights = dict(zip(names, found.tolist(), strict=True))
    return _row(cell_class, weights, len(frame), test, logs=True)


def _row(
    cell_class: CellClass, weights: dict[str, float], cells: int, test: str, *, logs: bool = False
) -> dict[str, object]:
    least, most = (BOUNDS | SERVICES_BOUNDS)[cell_class]
    row: dict[str, object] = {"cell_class": cell_class.value, "logs": logs}
    row |= {name: round(float(weights.get(name, 0.0)), 4) for name in terms_of(np.ones(1))}
    return row | {"least": least, "most": most, "cells": cells, "test": test}


# --- services ------------------------------------------------------------------------------------

SERVICES_ICIO_SD: Final = 0.6
"""Assumed: the table's pairs are intermediates alone, and no services pair is published here."""
SERVICES_BOUNDS: Final = {
    CellClass.SERVICES_ICIO: (0.5, 0.8),
    CellClass.SERVICES_IMPUTED: (0.6, 1.4),
}
ONE_SD: Final = 0.6827
BINS: Final = 8


def services_against_icio(icio: IcioTable, pieces: Pieces, stored: StoredEvidence) -> pd.DataFrame:
    """Predict services without the OECD table and set them beside its scaled intermediates."""
    part = stored.services
    totals = Totals(part.exports, part.imports, part.exports_sd_log, part.imports_sd_log)
    blind = kind_evidence(pieces, "services", totals, Weights(icio=0.0))
    fit = reconcile(
        evidence_for(replace(stored, services=blind), "services", overrides=trade_overrides())
    )
    inside = [position for position, code in enumerate(icio.iso3) if code in stored.iso3]
    codes = [icio.iso3[position] for position in inside]
    at = np.ix_(*[[stored.iso3.index(code) for code in codes]] * 2)
    predicted = fit.flows[at]
    truth = icio.pair_flows("services")[np.ix_(inside, inside)]
    np.fill_diagonal(truth, 0.0)
    scaled = balance(
        np.where(np.eye(len(truth)) > 0, 0.0, np.maximum(truth, SMALLEST_ICIO / 10.0)),
        predicted.sum(axis=1),
        predicted.sum(axis=0),
    )
    used = truth > SMALLEST_ICIO
    return pd.DataFrame(
        {
            "truth_million_usd": scaled[used],
            "predicted_million_usd": predicted[used],
            "cell_class": CellClass.SERVICES_IMPUTED.value,
            "spread": 0.0,
            "gap": 0.0,
            "doubt": 1.0,
        }
    )


def services_parameters(frame: pd.DataFrame) -> pd.DataFrame:
    """Set the deviations of services: a line through the errors by size, and an assumed one."""
    predicted = frame["predicted_million_usd"].to_numpy()
    size = np.log10(predicted)
    error = np.abs(np.log(predicted / frame["truth_million_usd"].to_numpy()))
    edges = np.quantile(size, np.linspace(0.0, 1.0, BINS + 1))
    place = np.clip(np.searchsorted(edges, size, side="right") - 1, 0, BINS - 1)
    middle = np.array([np.median(size[place == number]) for number in range(BINS)])
    spread = np.array([np.quantile(error[place == number], ONE_SD) for number in range(BINS)])
    most = SERVICES_BOUNDS[CellClass.SERVICES_IMPUTED][1]
    # Beyond the upper bound the line would be drawn by bins whose spread is cut anyway.
    slope, level = np.polyfit(middle, np.minimum(spread, 1.25 * most), 1)
    rows = [
        (CellClass.SERVICES_ICIO, SERVICES_ICIO_SD, 0.0, 0, "assumed"),
        (CellClass.SERVICES_IMPUTED, level, min(slope, 0.0), len(frame), "OECD table left out"),
    ]
    return pd.DataFrame(
        [
            _row(
                cell_class,
                {"level": round(float(start), 3), "slope": round(float(fall), 3)},
                cells,
                test,
            )
            for cell_class, start, fall, cells, test in rows
        ]
    )


def services_quality(frame: pd.DataFrame, parameters: pd.DataFrame) -> pd.DataFrame:
    """Measure services with their deviations."""
    test = "services: OECD table left out, against its intermediates scaled to the fit's totals"
    large = frame[frame["predicted_million_usd"] > 100.0]  # noqa: PLR2004 - million USD, named beside
    return pd.DataFrame(
        [
            {"test": test, "cells_are": name} | lo.score(part, lo.stated(part, parameters))
            for name, part in (("predicted above 100 million USD", large), ("all", frame))
        ]
    )
