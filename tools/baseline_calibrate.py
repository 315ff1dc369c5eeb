"""Set the standard deviation of each class of cell on tests that leave evidence out."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from baseline_evidence import Pieces, Totals, Weights, kind_evidence
from icio import IcioTable
from landbridge.world.calibration import CellClass, calibrated_sd
from landbridge.world.draws import balance
from landbridge.world.evidence import KINDS, Kind, StoredEvidence, evidence_for
from landbridge.world.leave_out import leave_out, rank_left_out, reporters_fold, score
from landbridge.world.overrides import trade_overrides
from landbridge.world.reconcile import reconcile

FloatArray = NDArray[np.float64]
FOLDS = 5
LARGE = 100.0  # million USD
RANKS = (3, 5)
ONE_SD = 0.6827
BINS = 8
SMALLEST_ICIO = 1e-3
"""Million USD; smaller flows of the OECD table are the residue of its own balancing."""

# The lower bounds of published cells and the upper one of OECD pairs are not ours: lists of 2014
# against CEPII BACI of 2014 gave a median error of 0.18 (a deviation of 0.27); unlisted OECD pairs
# against BACI 2018-2020 fell within a factor of three in 86 percent. Our own tests know neither:
# they see lists that share one source, and only pairs that were large enough to be listed.
BOUNDS = {
    CellClass.PUBLISHED_TWICE: (0.18, 0.5),
    CellClass.PUBLISHED_ONCE: (0.25, 0.6),
    CellClass.ICIO: (0.35, 0.9),
    CellClass.IMPUTED: (0.60, 1.6),
    CellClass.SERVICES_ICIO: (0.5, 0.8),
    CellClass.SERVICES_IMPUTED: (0.6, 1.4),
}
SERVICES_ICIO_SD = 0.6
"""Assumed: the table's pairs are intermediates alone, and no services pair is published here."""


@dataclass(frozen=True)
class Tests:
    """Predictions beside what was left out, one frame a test.

    Each frame: truth, predicted (million USD), icio, listed (bools of the pair).
    """

    reporters: pd.DataFrame
    ranks: dict[int, pd.DataFrame]
    against_icio: dict[Kind, pd.DataFrame]


def calibrate(
    icio: IcioTable, pieces: Pieces, stored: StoredEvidence
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Run the tests, set the calibration, and measure the fit with it.

    Returns
    -------
    tuple
        Calibration (class, level, slope, least, most, cells, test), and the quality table.
    """
    tests = run_tests(icio, pieces, stored)
    parameters = set_parameters(tests)
    quality = pd.concat([quality_table(tests, parameters), split_table(tests)], ignore_index=True)
    quality["cells"] = quality["cells"].astype(int)
    return parameters, quality.round(3)


def run_tests(icio: IcioTable, pieces: Pieces, stored: StoredEvidence) -> Tests:
    """Leave lists out, ranks out, and the whole OECD table out."""
    overrides = trade_overrides()
    folds = [
        leave_out(stored, reporters_fold(stored, fold, FOLDS), overrides=overrides)
        for fold in range(FOLDS)
    ]
    ranks = {
        rank: _plain(leave_out(stored, rank_left_out(stored.lists, rank), overrides=overrides))
        for rank in RANKS
    }
    against = {kind: _against_icio(icio, pieces, stored, kind) for kind in KINDS}
    return Tests(_plain(pd.concat(folds, ignore_index=True)), ranks, against)


def set_parameters(tests: Tests) -> pd.DataFrame:
    """Fit level and slope of each class to the tests that speak of it."""
    left = tests.reporters
    alone, mirrored = left[~left["listed"]], left[left["listed"]]
    imputed = pd.concat(
        [alone[~alone["icio"]], tests.against_icio["goods"].query("not listed")],
        ignore_index=True,
    )
    services = tests.against_icio["services"]
    # A left-out share beside one that is still listed differs by two reporters' errors.
    apart = float(np.quantile(np.abs(_error(mirrored)), ONE_SD))
    rows = [
        _row(CellClass.PUBLISHED_TWICE, apart / 2.0, 0.0, len(mirrored), "other side's list"),
        _row(
            CellClass.PUBLISHED_ONCE, apart / np.sqrt(2.0), 0.0, len(mirrored), "other side's list"
        ),
        _sloped(CellClass.ICIO, alone[alone["icio"]], "whole lists of reporters left out"),
        _sloped(CellClass.IMPUTED, imputed, "whole lists left out; OECD table left out"),
        _row(CellClass.SERVICES_ICIO, SERVICES_ICIO_SD, 0.0, 0, "assumed"),
        _sloped(CellClass.SERVICES_IMPUTED, services, "OECD table left out"),
    ]
    return pd.DataFrame(rows)


def split_table(tests: Tests) -> pd.DataFrame:
    """Set the calibration on every other cell and measure it on the rest."""
    halves = [
        Tests(
            tests.reporters.iloc[start::2].reset_index(drop=True),
            tests.ranks,
            {
                kind: frame.iloc[start::2].reset_index(drop=True)
                for kind, frame in tests.against_icio.items()
            },
        )
        for start in (0, 1)
    ]
    parameters = set_parameters(halves[0])
    alone = halves[1].reporters.query("not listed")
    services = halves[1].against_icio["services"]
    test = "calibration set on half of the cells, measured on the other half"
    return pd.DataFrame(
        [
            {"test": test, "cells_are": "left-out lists"} | _score(alone, parameters, None),
            {"test": test, "cells_are": "services without the OECD table"}
            | _score(services, parameters, CellClass.SERVICES_IMPUTED),
        ]
    )


def quality_table(tests: Tests, parameters: pd.DataFrame) -> pd.DataFrame:
    """Measure every test with the calibrated standard deviations."""
    left, goods = tests.reporters, tests.against_icio["goods"]
    alone = left[~left["listed"]]
    rows = []
    lists_out = "whole lists of a fifth of the reporters left out (5 folds)"
    cases: list[tuple[str, str, pd.DataFrame, str | None]] = [
        (lists_out, "all listed shares", alone, None),
        (lists_out, "pairs in the OECD table", alone[alone["icio"]], None),
        (lists_out, "other pairs", alone[~alone["icio"]], None),
        (lists_out, "other side still lists it", left[left["listed"]], CellClass.PUBLISHED_ONCE),
    ]
    cases += [
        (
            f"partner of rank {rank} left out of every list",
            "not listed by the other side",
            frame[~frame["listed"]],
            None,
        )
        for rank, frame in tests.ranks.items()
    ]
    table_out = "OECD table left out, against its intermediates scaled to the fit's totals"
    unlisted = goods[~goods["listed"]]
    services = tests.against_icio["services"]
    cases += [
        (f"goods: {table_out}", "listed", goods[goods["listed"]], CellClass.PUBLISHED_ONCE),
        (
            f"goods: {table_out}",
            "not listed, predicted above 100 million USD",
            unlisted[unlisted["predicted"] > LARGE],
            CellClass.IMPUTED,
        ),
        (
            f"goods: {table_out}",
            "not listed, predicted 10 to 100 million USD",
            unlisted[unlisted["predicted"].between(LARGE / 10.0, LARGE)],
            CellClass.IMPUTED,
        ),
        (f"goods: {table_out}", "not listed, all", unlisted, CellClass.IMPUTED),
        (
            f"services: {table_out}",
            "predicted above 100 million USD",
            services[services["predicted"] > LARGE],
            CellClass.SERVICES_IMPUTED,
        ),
        (f"services: {table_out}", "all", services, CellClass.SERVICES_IMPUTED),
    ]
    for test, name, frame, forced in cases:
        rows.append({"test": test, "cells_are": name} | _score(frame, parameters, forced))
    return pd.DataFrame(rows)


def _score(frame: pd.DataFrame, parameters: pd.DataFrame, forced: str | None) -> dict[str, float]:
    if forced is None:
        classes = np.where(frame["icio"], CellClass.ICIO.value, CellClass.IMPUTED.value)
    else:
        classes = np.full(len(frame), str(forced))
    predicted = frame["predicted"].to_numpy()
    sd_log = _line(predicted, classes, parameters)
    if forced == CellClass.PUBLISHED_ONCE:
        # The truth here is another reporter's figure, with as large an error of its own.
        sd_log = sd_log * np.sqrt(2.0)
    return score(frame["truth"].to_numpy(), predicted, sd_log)


def _line(predicted: FloatArray, classes: NDArray[np.str_], parameters: pd.DataFrame) -> FloatArray:
    square = (
        calibrated_sd(np.tile(predicted, (2, 1)), np.tile(classes, (2, 1)), parameters)
        if len(predicted) > 1
        else np.ones((2, len(predicted)))
    )
    # Row 0 has a zero on its first place (a diagonal), row 1 on its second.
    return np.asarray(np.maximum(square[0], square[1]))


def _plain(frame: pd.DataFrame) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "truth": frame["published_million_usd"],
            "predicted": frame["predicted_million_usd"],
            "icio": frame["icio"],
            "listed": frame["still_listed"],
        }
    )


def _against_icio(
    icio: IcioTable, pieces: Pieces, stored: StoredEvidence, kind: Kind
) -> pd.DataFrame:
    part = stored.of(kind)
    totals = Totals(part.exports, part.imports, part.exports_sd_log, part.imports_sd_log)
    blind = kind_evidence(pieces, kind, totals, Weights(icio=0.0))
    without = replace(stored, goods=blind) if kind == "goods" else replace(stored, services=blind)
    fit = reconcile(evidence_for(without, kind, overrides=trade_overrides()))
    inside = [position for position, code in enumerate(icio.iso3) if code in stored.iso3]
    at = np.ix_(*[[stored.iso3.index(icio.iso3[position]) for position in inside]] * 2)
    predicted = fit.flows[at]
    truth = icio.pair_flows(kind)[np.ix_(inside, inside)]
    np.fill_diagonal(truth, 0.0)
    scaled = balance(
        np.where(np.eye(len(truth)) > 0, 0.0, np.maximum(truth, SMALLEST_ICIO / 10.0)),
        predicted.sum(axis=1),
        predicted.sum(axis=0),
    )
    used = truth > SMALLEST_ICIO
    listed = stored.lists.listed[at] if kind == "goods" else np.zeros_like(used)
    return pd.DataFrame(
        {
            "truth": scaled[used],
            "predicted": predicted[used],
            "icio": np.zeros(int(used.sum()), dtype=bool),
            "listed": listed[used],
        }
    )


def _error(frame: pd.DataFrame) -> FloatArray:
    return np.asarray(np.log(frame["predicted"].to_numpy()) - np.log(frame["truth"].to_numpy()))


def _sloped(cell_class: CellClass, frame: pd.DataFrame, test: str) -> dict[str, object]:
    size = np.log10(frame["predicted"].to_numpy())
    error = np.abs(_error(frame))
    edges = np.quantile(size, np.linspace(0.0, 1.0, BINS + 1))
    place = np.clip(np.searchsorted(edges, size, side="right") - 1, 0, BINS - 1)
    middle = np.array([np.median(size[place == number]) for number in range(BINS)])
    spread = np.array([np.quantile(error[place == number], ONE_SD) for number in range(BINS)])
    _, most = BOUNDS[cell_class]
    # Beyond the upper bound the line would be drawn by bins whose spread is cut anyway.
    slope, level = np.polyfit(middle, np.minimum(spread, 1.25 * most), 1)
    return _row(cell_class, float(level), float(slope), len(frame), test)


def _row(
    cell_class: CellClass, level: float, slope: float, cells: int, test: str
) -> dict[str, object]:
    least, most = BOUNDS[cell_class]
    return {
        "cell_class": cell_class.value,
        "level": round(level, 3),
        "slope": round(min(slope, 0.0), 3),
        "least": least,
        "most": most,
        "cells": cells,
        "test": test,
    }
