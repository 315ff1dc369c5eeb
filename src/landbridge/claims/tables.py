"""A weighed ledger as tidy tables: verdicts, tests, numbers beside, revisions, sources."""

from __future__ import annotations

import math

import pandas as pd

from landbridge.atlas.sources import sources as atlas_sources
from landbridge.claims.evidence import Answer, Evidence, Missing
from landbridge.claims.ledger import Weighed
from landbridge.claims.rules import NOT_JUDGED, Finding
from landbridge.claims.runs import runnable
from landbridge.claims.schema import Claim, quantities_of
from landbridge.claims.verdict import Verdict
from landbridge.formats import significant

OPTIONS = {"world": "--world", "estimates": "--estimates"}
"""Options that hand over a file of the user's, by what it is used for."""
WHO = {
    "article": "the article",
    "participant": "a participant",
    "cited": "an author cited",
    "own": "own",
}


def ledger_tables(weighed: Weighed) -> dict[str, pd.DataFrame]:
    """Build every table of a weighed ledger by its name.

    Returns
    -------
    dict
        ``claims`` (one row a claim), ``claim_tests`` (one row a test, with the number, its band
        and the rule), ``claim_context`` (numbers at which no rule looks), ``claim_revisions``
        (rules changed after they were written down), ``claim_sources``.
    """
    return {
        "claims": _verdicts(weighed),
        "claim_tests": _tests(weighed),
        "claim_context": _context(weighed),
        "claim_revisions": _revisions(weighed),
        "claim_sources": _sources(weighed),
    }


def source_of(claim: Claim) -> str:
    """Say where a claim was made: the atlas's source with its address, or what the file says."""
    held = {one.source: one for one in atlas_sources()}
    return held[claim.source].citation if claim.source in held else claim.source


def commands_of(claim: Claim, weighed: Weighed) -> list[str]:
    """Write the commands that reproduce a claim's numbers: the ledger's, and each run's."""
    file = f" --file {weighed.file}" if weighed.file else ""
    how = f"--draws {weighed.draws} --seed {weighed.seed}"
    own = dict.fromkeys(OPTIONS.get(one.used_for, "--data") for one in weighed.inputs)
    how += f" (and the same {', '.join(own)})" if own else ""
    beside = weighed.file.parent if weighed.file else None
    runs = [getattr(quantity, "scenario", None) for quantity in quantities_of(claim)]
    return [
        f"landbridge claims {claim.id}{file} {how}",
        *(
            f"landbridge run {runnable(name, beside=beside)} {how}"
            for name in dict.fromkeys(runs)
            if name
        ),
    ]


def standing_text(finding: Finding) -> str:
    """Say how a test came out, and whether it was a close call."""
    return f"{finding.standing}{', a close call' * finding.close}"


def number_text(answer: Answer) -> str:
    """Write a number with its band and unit, or why there is none."""
    if isinstance(answer, Missing):
        return f"none: {answer.reason}"
    low, high = answer.low, answer.high
    told = "" if low == high else f" ({significant(low)} to {significant(high)})"
    return f"{significant(answer.central, 3)}{told} {answer.unit}"


def _verdicts(weighed: Weighed) -> pd.DataFrame:
    rows = []
    for verdict in weighed.verdicts:
        claim = verdict.claim
        standings = [one.standing for one in verdict.findings]
        rows.append(
            {
                "claim": claim.id,
                "title": claim.title,
                "verdict": verdict.word,
                "why": verdict.why,
                "who": WHO[claim.who],
                "by": claim.by,
                "statement": claim.claim,
                "reading": claim.reading,
                "passed": standings.count("passed"),
                "failed": standings.count("failed"),
                "open": standings.count("open"),
                "not_judged": sum(map(standings.count, ("missing", *NOT_JUDGED))),
                "would_change": claim.would_change,
                "cannot_tell": claim.cannot_tell,
                "where_said": source_of(claim),
            }
        )
    return pd.DataFrame(rows)


def _tests(weighed: Weighed) -> pd.DataFrame:
    rows = [
        _test_row(verdict, number, finding)
        for verdict in weighed.verdicts
        for number, finding in enumerate(verdict.findings, start=1)
    ]
    return pd.DataFrame(rows)


def _test_row(verdict: Verdict, number: int, finding: Finding) -> dict[str, object]:
    return {
        "claim": verdict.claim.id,
        "test": number,
        "says": finding.test.says,
        "standing": standing_text(finding),
        "close_call": finding.close,
        "rule": finding.rule,
        **_number(finding.number),
        "probability": finding.probability,
        "decided": finding.why,
        "decisive": finding.test.decisive,
        "reason": finding.test.reason,
        "rests_on": finding.number.basis if finding.number else "",
        "detail": finding.number.detail if finding.number else "",
    }


def _number(found: Evidence | None) -> dict[str, object]:
    if found is None:
        return {"value": math.nan, "value_low": math.nan, "value_high": math.nan, "unit": ""}
    return {
        "value": found.central,
        "value_low": found.low,
        "value_high": found.high,
        "unit": found.unit,
    }


def _context(weighed: Weighed) -> pd.DataFrame:
    columns = ["claim", "says", "value", "value_low", "value_high", "unit", "rests_on", "detail"]
    rows = []
    for verdict in weighed.verdicts:
        for says, answer in verdict.context:
            found = answer if isinstance(answer, Evidence) else None
            rows.append(
                {
                    "claim": verdict.claim.id,
                    "says": says,
                    **_number(found),
                    "rests_on": found.basis if found else "",
                    "detail": found.detail if found else number_text(answer),
                }
            )
    return pd.DataFrame(rows, columns=columns)


def _revisions(weighed: Weighed) -> pd.DataFrame:
    columns = ["claim", "day", "what", "why", "knew_the_outcome"]
    rows = [
        (verdict.claim.id, one.on.isoformat(), one.what, one.why, one.knew_the_outcome)
        for verdict in weighed.verdicts
        for one in verdict.claim.revised
    ]
    return pd.DataFrame(rows, columns=columns)


def _sources(weighed: Weighed) -> pd.DataFrame:
    wanted = {verdict.claim.source for verdict in weighed.verdicts}
    rows = [
        (one.source, one.title, one.publisher, one.published, one.url)
        for one in atlas_sources()
        if one.source in wanted
    ]
    return pd.DataFrame(rows, columns=["id", "title", "publisher", "published", "url"])
