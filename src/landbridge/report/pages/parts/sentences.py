"""Sentences of the report: how sure it is, what it rests on, how to read it."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

import numpy as np

from landbridge.formats import share
from landbridge.report.charts.dots import focus_codes
from landbridge.report.formats.frames import numbers, texts
from landbridge.report.maps.boundaries import read_boundaries
from landbridge.units import PERCENT, FloatArray

if TYPE_CHECKING:
    from landbridge.studies.run.results import RunResult

# A sign that holds in at least this share of the draws is called firm.
FIRM = 0.95
_KOSOVO = "XKX"
RECORDED: Final = {"recorded_twice", "recorded_once"}


def how_sure(result: RunResult) -> list[str]:
    """Say how firm the results are, most important first."""
    if not result.draws:
        without = (
            "This run made no draws, so every number stands without a band. Run it again with "
            "draws to see how far the results move when the assumptions do."
        )
        return [without, *_rests_on(result)]
    bands = (
        f"Every band holds the middle 90 percent of {result.draws:,} draws (seed {result.seed}): "
        "the parameters listed below, every row of the freight tables and every cell of the "
        "baseline vary together, through the whole chain from the "
        "network to real income."
    )
    sentences = [bands]
    firm = _firm_signs(result)
    if firm:
        sentences.append(firm)
    turning = list(dict.fromkeys(texts(result.flip, "outcome")))
    if turning:
        sentences.append(
            f"An assumption can turn the sign of: {', '.join(turning)}. What matters most, below, "
            "says which and at what value."
        )
    else:
        sentences.append(
            "No single parameter, within its range, turns the sign of the real income of an "
            "economy in focus."
        )
    return sentences + _rests_on(result)


def _firm_signs(result: RunResult) -> str:
    probability = numbers(result.income, "probability_gain")
    codes = set(focus_codes(result.trade_pairs))
    focus = np.array([code in codes for code in texts(result.income, "iso3")], dtype=bool)
    known = focus & np.isfinite(probability)
    if not known.any():
        return ""
    sure = np.maximum(probability, 1.0 - probability) >= FIRM
    firm, all_ = int((known & sure).sum()), int(known.sum())
    return (
        f"Of the {all_} economies in focus, {firm} {'has' if firm == 1 else 'have'} a change of "
        f"real income with the same sign in at least {FIRM * PERCENT:.0f} percent of the draws."
    )


def _rests_on(result: RunResult) -> list[str]:
    quality = result.baseline_quality
    shares = numbers(quality, "share_of_trade_percent")
    statuses = [text.casefold() for text in texts(quality, "status")]
    cells = numbers(quality, "focus_cells")
    recorded = _total(shares, statuses, RECORDED)
    published = _total(shares, statuses, {"published"})
    carried = _total(shares, statuses, {"carried"})
    by_hand = _total(shares, statuses, {"override"})
    imputed = _total(shares, statuses, {"imputed"})
    sentences = []
    if not (math.isnan(recorded) or math.isnan(imputed)):
        parts = [
            f"{share(recorded)} is recorded by the customs of at least one side",
            f"{share(published)} is published elsewhere",
            *([f"{share(carried)} is carried forward from earlier years"] if carried > 0 else []),
            *([f"{share(by_hand)} is set by hand"] if by_hand > 0 else []),
        ]
        sentences.append(
            f"Of the goods trade between economies in the baseline of {result.baseline_year}, "
            f"{', '.join(parts)} and {share(imputed)} is imputed."
        )
    focus = float(np.nansum(cells)) if len(cells) else 0.0
    if focus > 0:
        known = _total(cells, statuses, RECORDED | {"published", "zero"})
        sentences.append(
            f"Of the {focus:.0f} flows of the focus pairs, {max(known, 0.0):.0f} "
            f"{'is' if known == 1 else 'are'} recorded or published."
        )
        if known < focus:
            sentences.append(
                "The size of the others is an estimate with a wide band, and so is the money that "
                "their change is worth; the percent change of a flow depends far more on the "
                "change of its cost."
            )
    return sentences


def _total(values: FloatArray, statuses: list[str], wanted: set[str]) -> float:
    chosen = [value for value, status in zip(values, statuses, strict=True) if status in wanted]
    return float(np.nansum(chosen)) if chosen else (0.0 if statuses else math.nan)


def reading_bands(result: RunResult) -> str:
    """Explain how a number with its band is read."""
    if not result.draws:
        return (
            "Numbers are of one run with every input at its centre; this run has no bands. It need "
            "not be the middle of what draws would find."
        )
    return (
        "A number is the median of the draws: half of them lie below it, half above. The band "
        "beside it runs from the 5th to the 95th percentile: in one draw of twenty the result "
        "lies below it, in one of twenty above. Money has its mean over the draws besides, because "
        "means add up. One more run has every input at its centre, and stands in a column of its "
        "own. Because ways switch and effects are not straight lines, it is neither the median nor "
        "the mean. Parts of a gain, single measures and the map's ways are shown for it. A band "
        "that spans zero means that the sign is not known. The bands show what the listed "
        "assumptions do, not what the model leaves out."
    )


def failed_checks(result: RunResult) -> list[str]:
    """Name the checks of the certificate that did not pass."""
    checks = texts(result.certificate, "check")
    if "passed" not in result.certificate.columns:
        return []
    passed = [bool(value) for value in result.certificate["passed"]]
    return [check for check, good in zip(checks, passed, strict=True) if not good]


def map_notes(result: RunResult) -> list[str]:
    """Say which economies the maps cannot show, and why."""
    codes, names = texts(result.income, "iso3"), texts(result.income, "name")
    missing = read_boundaries().missing(codes)
    if not missing:
        return [f"The maps show all {len(codes)} economies."]
    by_code = dict(zip(codes, names, strict=True))
    listed = ", ".join(by_code[code] for code in missing)
    lacking = (
        f"The boundary set has no area of its own for {len(missing)} of {len(codes)} economies "
        f"({listed}); their results stand in the tables."
    )
    notes = [lacking]
    if _KOSOVO in missing:
        notes.append(
            "References to Kosovo shall be understood to be in the context of Security Council "
            "resolution 1244 (1999)."
        )
    return notes
