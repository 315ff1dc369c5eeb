"""From the tests of a claim to its verdict: a pure function."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

from landbridge.claims.evidence import Answer, Answers
from landbridge.claims.rules import NOT_JUDGED, Finding, judge
from landbridge.claims.schema import Claim

VerdictWord: TypeAlias = Literal[
    "supported", "contradicted", "mixed", "not testable with these data"
]
VERDICTS: dict[VerdictWord, str] = {
    "supported": "Every test that can be made holds.",
    "contradicted": "No test holds, or one that is decisive fails.",
    "mixed": "Tests disagree, or a band lies on both sides of a rule.",
    "not testable with these data": "The data have nothing to say, or a number is missing.",
}


@dataclass(frozen=True, eq=False)
class Verdict:
    """A claim judged.

    Attributes
    ----------
    claim
        The claim.
    word
        The verdict.
    why
        What it rests on, in a sentence.
    findings
        Its tests, judged, in order.
    context
        Numbers shown beside, in order.
    """

    claim: Claim
    word: VerdictWord
    why: str
    findings: tuple[Finding, ...]
    context: tuple[tuple[str, Answer], ...]


def verdict_of(claim: Claim, answers: Answers) -> Verdict:
    """Judge a claim.

    Parameters
    ----------
    claim
        With its tests.
    answers
        Evidence for every quantity that it names (`schema.quantities_of`).

    Returns
    -------
    Verdict
        Supported if all tests hold; contradicted if none does, or a decisive one fails; mixed in
        between. A number that is missing leaves the claim untested; a part that is beyond the data
        is told and not counted, and a claim of such parts alone is not testable.
    """
    findings = tuple(judge(test, answers) for test in claim.tests)
    word, why = weigh(findings)
    context = tuple((shown.says, answers[shown.quantity]) for shown in claim.context)
    return Verdict(claim, word, why, findings, context)


def weigh(findings: Sequence[Finding]) -> tuple[VerdictWord, str]:
    """Weigh judged tests: the verdict, and why."""
    counted = [one for one in findings if one.standing not in NOT_JUDGED]
    beyond = len(findings) - len(counted)
    rest = f" {beyond} part{'s' * (beyond != 1)} of it cannot be tested." if beyond else ""
    if not counted:
        return "not testable with these data", "No part of it can be tested with these data."
    missing = list(dict.fromkeys(one.why for one in counted if one.standing == "missing"))
    if missing:
        return "not testable with these data", f"A number is missing: {'; '.join(missing)}."
    failed = [one for one in counted if one.standing == "failed"]
    decisive = [one for one in failed if one.test.decisive]
    if decisive and len(failed) < len(counted):
        return "contradicted", f'Decisive: "{decisive[0].test.says}" does not hold.{rest}'
    passed = sum(one.standing == "passed" for one in counted)
    left = len(counted) - passed - len(failed)
    told = f"{passed} of {len(counted)} tests hold, {len(failed)} fail, {left} left open.{rest}"
    if passed == len(counted):
        return "supported", told
    return ("contradicted" if len(failed) == len(counted) else "mixed"), told
