"""Judge one test on evidence: a pure function, the same for every claim."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Literal, TypeAlias

import numpy as np

from landbridge.claims.evidence import NO_DRAWS, Answers, Evidence, Missing
from landbridge.claims.schema import Beyond, Compares, Level, Likely, Test, Threshold
from landbridge.draws.bands import HIGH_PERCENTILE, LOW_PERCENTILE
from landbridge.draws.noise import CONFIDENCE, quantile_interval, quantile_ranks
from landbridge.units import PERCENT, FloatArray

Standing: TypeAlias = Literal["passed", "failed", "open", "missing", "refused", "beyond"]
STANDINGS: dict[Standing, str] = {
    "passed": (
        "Holds: the central number meets the rule, and so does the adverse end of its band, with "
        "all of that end's sampling interval."
    ),
    "failed": (
        "Does not hold: the whole band misses the rule, with all of its end's sampling interval."
    ),
    "open": "Left open: the band, or the sampling interval of its end, lies on both sides.",
    "missing": "Not judged: there is no number.",
    "refused": "Not judged: a figure set by hand lies on the threshold itself, and is no evidence.",
    "beyond": "Not judged: no data of this kind.",
}
NOT_JUDGED: tuple[Standing, ...] = ("refused", "beyond")
"""What a verdict does not count."""
SAME = 1e-9
"""Two numbers nearer than this, relative, are the same figure."""
WIDER = 0.999
"""Confidence of the interval that tells a close call."""


@dataclass(frozen=True, eq=False)
class Finding:
    """A test judged.

    Attributes
    ----------
    test
        The rule.
    standing
        What came of it.
    number
        What was judged; absent where there is none.
    rule
        The rule in a few signs, such as ``at least 25, low end 10``.
    why
        What decided.
    probability
        Share of the draws that meet a rule of likelihood; not a number elsewhere.
    close
        A close call, which another seed or more draws may turn: the ends of the band taken as they
        are, or with a sampling interval of 99.9 percent, would have judged otherwise.
    """

    test: Test
    standing: Standing
    number: Evidence | None
    rule: str
    why: str
    probability: float = math.nan
    close: bool = False


def judge(test: Test, answers: Answers) -> Finding:
    """Judge a test.

    Parameters
    ----------
    test
        The rule.
    answers
        Evidence by quantity; what the test asks for must be among it.

    Returns
    -------
    Finding
        ``passed`` and ``failed`` need the whole band, or the stated share of the draws, on one
        side of the rule, with the interval of order statistics in which its end truly lies
        (`draws.noise`); in between a test is ``open``. Without draws, and for facts, the central
        number alone is judged. A figure that was set by hand on the threshold is ``refused``.

    Examples
    --------
    >>> from landbridge.claims.quantities import StatedGap
    >>> gap = StatedGap(kind="stated_gap", statement="pak-rus-2018")
    >>> test = Level(kind="level", says="adds up", reason="sums do", quantity=gap, at_most=5)
    >>> judge(test, {gap: Evidence(42.9, "percent", "atlas", exact=True)}).standing
    'failed'
    """
    if isinstance(test, Beyond):
        return Finding(test, "beyond", None, "not testable", test.reason)
    number = _number(test, answers)
    if isinstance(number, Missing):
        return Finding(test, "missing", None, rule_of(test), number.reason)
    if number.by_hand and _on_threshold(test, number.central):
        why = f"{number.central:.4g} {number.unit} was set by hand, on the threshold itself"
        return Finding(test, "refused", number, rule_of(test), why)
    found = _judged(test, number, CONFIDENCE)
    others = {_judged(test, number, how).standing for how in (None, WIDER)}
    return replace(found, close=others != {found.standing})


def _judged(test: Level | Likely | Compares, number: Evidence, confidence: float | None) -> Finding:
    """Judge with the sampling interval of a quantile at a confidence; None takes it as it is."""
    if isinstance(test, Likely):
        return _likely(test, number, confidence)
    return _bounded(test, number, confidence)


def _on_threshold(test: Level | Likely | Compares, value: float) -> bool:
    bound = bound_of(test)
    return bound is not None and math.isclose(value, bound[1], rel_tol=SAME, abs_tol=SAME)


def _end(values: FloatArray, percentile: float, confidence: float | None) -> tuple[float, float]:
    """Find between which values a quantile truly lies; the number alone where it has no draws."""
    if len(values) == 1 or confidence is None:
        found = float(np.percentile(values, percentile))
        return found, found
    low, high = quantile_interval(values, percentile, confidence)
    return float(low), float(high)


def rule_of(test: Test) -> str:
    """Write a rule in a few signs."""
    if isinstance(test, Likely):
        side = f"above {test.above:g}" if test.above is not None else f"below {test.below:g}"
        return f"{side} in {PERCENT * test.probability:g} % of draws"
    if isinstance(test, Level | Compares):
        bound = (
            f"at least {test.at_least:g}"
            if test.at_least is not None
            else f"at most {test.at_most:g}"
        )
        worst = test.at_worst if isinstance(test, Level) else None
        end = "low" if test.at_least is not None else "high"
        return bound if worst is None else f"{bound}, {end} end {worst:g}"
    return "not testable"


def _number(test: Level | Likely | Compares, answers: Answers) -> Evidence | Missing:
    first = answers[test.quantity]
    if isinstance(first, Missing) or not isinstance(test, Compares):
        return first
    second = answers[test.other]
    if isinstance(second, Missing):
        return second
    return _compared(test, first, second)


def _compared(test: Compares, first: Evidence, second: Evidence) -> Evidence | Missing:
    """Put one number against another, draw by draw where both have the same draws."""
    if test.by == "percent" and (second.central == 0 or (second.draws == 0).any()):
        return Missing("the second number is zero, so that no percentage of it exists")
    paired = len(first.draws) == len(second.draws)

    def against(a: float | np.ndarray, b: float | np.ndarray) -> float | np.ndarray:
        return a - b if test.by == "difference" else PERCENT * (a / b - 1.0)

    if paired:
        draws = np.asarray(against(first.draws, second.draws))
    elif first.exact or second.exact:
        one = first.central if first.exact else first.draws
        other = second.central if second.exact else second.draws
        draws = np.asarray(against(one, other))
    else:
        return Missing("the two numbers rest on different draws")
    basis = first.basis if first.basis == second.basis else f"{first.basis}; {second.basis}"
    return Evidence(
        central=float(against(first.central, second.central)),
        unit=first.unit if test.by == "difference" else "percent",
        basis=basis,
        draws=draws if len(draws) else NO_DRAWS,
        exact=first.exact and second.exact,
        detail=f"{first.central:.4g} against {second.central:.4g} {first.unit}",
    )


def _likely(test: Likely, number: Evidence, confidence: float | None) -> Finding:
    above = test.above is not None
    # The schema has made sure that one of them is there. Below is above on the other side of zero.
    sign = 1.0 if above else -1.0
    bound = sign * float((test.above if above else test.below) or 0.0)
    drawn = len(number.draws) > 0
    values = sign * (number.draws if drawn else np.array([number.central]))
    share = float((values > bound).mean())
    standing: Standing = "open"
    if confidence is None or not drawn:
        if share >= test.probability:
            standing = "passed"
        elif share <= 1.0 - test.probability:
            standing = "failed"
    # So many draws may lie on the wrong side, and the true quantile still on the right one.
    elif _end(values, PERCENT * (1.0 - test.probability), confidence)[0] > bound:
        standing = "passed"
    elif _end(values, PERCENT * test.probability, confidence)[1] <= bound:
        standing = "failed"
    side = f"{'above' if above else 'below'} {sign * bound:g}"
    why = (
        f"{side} in {PERCENT * share:.0f} % of the draws{_too_few(number, standing)}"
        if drawn
        else f"the central number is {'' if share else 'not '}{side}"
    )
    return Finding(test, standing, number, rule_of(test), why, share if drawn else math.nan)


def _bounded(test: Level | Compares, number: Evidence, confidence: float | None) -> Finding:
    """Judge against a bound; a bound from above is one from below on the other side of zero."""
    sign, bound = _side(test)
    worst = test.at_worst if isinstance(test, Level) and test.at_worst is not None else None
    least = sign * worst if worst is not None else bound
    central = sign * number.central
    values = sign * (number.draws if len(number.draws) else np.array([number.central]))
    low = _end(values, LOW_PERCENTILE, confidence)[0]
    high = _end(values, HIGH_PERCENTILE, confidence)[1]
    standing: Standing
    if central >= bound and low >= least:
        standing, why = "passed", "centre and adverse end meet the rule"
    elif central < bound and high < bound:
        standing, why = "failed", "the whole band misses the rule"
    else:
        standing, why = "open", "the band, or the interval of its end, lies on both sides"
    if not len(number.draws):
        why = f"{number.central:.4g} {'meets' if standing == 'passed' else 'misses'} the rule"
    return Finding(test, standing, number, rule_of(test), why + _too_few(number, standing))


def _too_few(number: Evidence, standing: Standing) -> str:
    """Say where so few draws leave the end of any band open."""
    count = len(number.draws)
    few = count > 0 and quantile_ranks(count, LOW_PERCENTILE)[0] == 0
    return f"; {count} draws are too few to judge by" if few and standing == "open" else ""


def bound_of(test: Test) -> tuple[float, float] | None:
    """Tell on which side of what a test asks a number to lie.

    Returns
    -------
    tuple or None
        1 and the bound where the number must be at least so much, -1 where at most; None where
        nothing is bounded.
    """
    if isinstance(test, Threshold):
        sign, bound = _side(test)
        return sign, sign * bound
    if isinstance(test, Likely):
        return (1.0, test.above) if test.above is not None else (-1.0, float(test.below or 0.0))
    return None


def _side(test: Threshold) -> tuple[float, float]:
    if test.at_least is not None:
        return 1.0, test.at_least
    # The schema has made sure that one of them is there.
    return -1.0, -float(test.at_most or 0.0)
