"""The claims ledger as a page of its own: verdicts, then each claim with its tests and numbers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

import pandas as pd

from landbridge.claims.ledger import Weighed
from landbridge.claims.rules import STANDINGS
from landbridge.claims.tables import (
    WHO,
    commands_of,
    number_text,
    source_of,
    standing_text,
)
from landbridge.claims.verdict import VERDICTS, Verdict
from landbridge.draws.defaults import CLAIM_DRAWS
from landbridge.report.charts.answers.claims import claims_chart
from landbridge.report.maps.boundaries import BoundaryView
from landbridge.report.pages.parts.html_tables import frame_table
from landbridge.report.pages.parts.pieces import Figure, Part, Section
from landbridge.report.pages.parts.study import StudyPage, present_page
from landbridge.report.pages.parts.study import source_of as made_by
from landbridge.report.presentation import Presentation
from landbridge.report.svg.builder import Markup
from landbridge.studies.contract import Study

VERDICT_COLUMNS = ("claim", "title", "verdict", "why", "by", "passed", "failed", "open")
TEST_COLUMNS = ("says", "standing", "rule", "value", "unit", "reason")
CONTEXT_COLUMNS = ("says", "value", "unit", "rests_on", "detail")
NOTES = tuple(f"{word}: {told}" for word, told in VERDICTS.items())

_WRITTEN = (
    "The rules are data (claims/data/claims.toml, or the file given), written on {day}. Those that "
    "ship were committed before any number was found for them; what was known all the same is said "
    "at the head of the file. A rule that is changed later says so, with the reason, under the "
    "claim."
)
_TESTS = (
    "A test of a number looks at its centre and at the adverse end of its band (5th or 95th "
    "percentile of the draws). It holds if both meet the rule, fails if the whole band misses "
    "it, and is left open in between. A test of likelihood asks in what share of the draws the "
    "number lies on one side. The end of a band is an estimate: it counts with the interval of "
    "order statistics that holds the true one in 95 of 100 sets of draws, and a test of which that "
    "interval lies on both sides is left open. A close call is one that the plain end, or an "
    "interval of 99.9 percent, would have judged otherwise: another seed, or more draws, may turn "
    "it. A figure that was set by hand on the threshold itself is refused."
)


def present_claims(study: Study[Weighed], view: BoundaryView) -> Presentation:
    """Compose the files of a weighed ledger: page, workbook, JSON, chart and tables."""
    del view  # There is no map.
    weighed, tables = study.found, study.tables
    meta = meta_of(weighed)
    chart = claims_chart(weighed.verdicts, key="claims-chart")
    told = Part(notes=tuple(note for note in study.notes if note not in NOTES))
    sections = [
        Section("verdicts", "Verdicts", (told, _overview(tables, meta), _figure(chart))),
        Section(
            "claims",
            "Claim by claim",
            tuple(_claim(verdict, tables, weighed) for verdict in weighed.verdicts),
        ),
        Section("rules", "How a verdict is made", (_rules(weighed),)),
        Section("sources", "Where the claims were made", (_sources(tables, meta),)),
    ]
    return present_page(
        StudyPage(
            name=study.name,
            title=study.title,
            kicker="what was claimed, against what was found",
            meta=meta,
            headline=study.headline,
            notes=study.notes,
            tables=tables,
            sections=sections,
            charts={"tests": chart},
            provenance=study.provenance,
        )
    )


def meta_of(weighed: Weighed) -> str:
    """Say in a line how the ledger was weighed."""
    draws = f"{weighed.draws} draws, seed {weighed.seed}" if weighed.draws else "no draws"
    runs = ", ".join(f"{name} {sha[:8]}" for name, sha in weighed.scenarios.items())
    told = f" Runs, with the first signs of their hashes: {runs}." if runs else ""
    return f"Rules written on {weighed.rules_written}; {draws}.{told}"


def headline(weighed: Weighed) -> list[str]:
    """Say in sentences how the claims came out."""
    counted = Counter(verdict.word for verdict in weighed.verdicts)
    total = len(weighed.verdicts)
    told = [
        f"Of {total} claim{'s' * (total != 1)}: "
        + ", ".join(f"{counted[word]} {word}" for word in VERDICTS if counted[word])
        + "."
    ]
    for word in VERDICTS:
        named = [v.claim for v in weighed.verdicts if v.word == word]
        if named:
            listed = "; ".join(f"{claim.id} {claim.title}" for claim in named)
            told.append(f"{word.capitalize()}: {listed}.")
    if 0 < weighed.draws < CLAIM_DRAWS:
        told.append(
            f"{weighed.draws} draws are fewer than the {CLAIM_DRAWS} that verdicts are made on: "
            "more draws may decide what is left open here."
        )
    return told


def _overview(tables: Mapping[str, pd.DataFrame], meta: str) -> Part:
    table = frame_table(
        tables["claims"], "claims", source=made_by(meta), columns=VERDICT_COLUMNS, banded=False
    )
    return Part(tables=(table,))


def _figure(chart: Markup) -> Part:
    caption = (
        "Every test that has a number: right of the line it meets its rule, left of it it misses. "
        "Each row has a scale of its own; the line through a mark is the band of the draws. Dot: "
        "holds; cross: fails; ring: left open."
    )
    return Part(title="Where each number lies against its rule",
                figures=(Figure(chart, "Tests against their rules", caption),))  # fmt: skip


def _claim(verdict: Verdict, tables: Mapping[str, pd.DataFrame], weighed: Weighed) -> Part:
    claim = verdict.claim
    facts = [
        ("Verdict", f"{verdict.word}. {verdict.why}"),
        ("Who says it", f"{claim.by} ({WHO[claim.who]}): {source_of(claim)}"),
        ("How it is read", claim.reading),
        ("What would change the verdict", claim.would_change),
        ("What these data cannot tell", claim.cannot_tell),
    ]
    rests = dict.fromkeys(one.number.basis for one in verdict.findings if one.number)
    if rests:
        facts.append(("The numbers rest on", "; ".join(rests)))
    facts.append(("Reproduce", "; ".join(commands_of(claim, weighed))))
    facts += [(f"Rule revised on {one.on}", f"{one.what} Why: {one.why}") for one in claim.revised]
    shown = []
    for name, columns in (("claim_tests", TEST_COLUMNS), ("claim_context", CONTEXT_COLUMNS)):
        own = tables[name][tables[name]["claim"] == claim.id]
        if len(own):
            shown.append(
                frame_table(
                    own,
                    name,
                    source="each row says what its number rests on.",
                    columns=columns,
                    banded=weighed.draws > 0,
                    key=f"{name}-{claim.id}".lower(),
                )
            )
    return Part(
        title=f"{claim.id}. {claim.title}: {verdict.word}",
        sentences=(claim.claim,),
        facts=tuple(facts),
        tables=tuple(shown),
    )


def _rules(weighed: Weighed) -> Part:
    sentences = (_WRITTEN.format(day=weighed.rules_written), _TESTS)
    facts = [*VERDICTS.items(), *((f"test {word}", told) for word, told in STANDINGS.items())]
    return Part(sentences=sentences, facts=tuple((word.capitalize(), told) for word, told in facts))


def _sources(tables: Mapping[str, pd.DataFrame], meta: str) -> Part:
    return Part(
        tables=(frame_table(tables["claim_sources"], "claim_sources", source=made_by(meta)),)
    )


def card_of(verdict: Verdict) -> list[tuple[str, str]]:
    """Lay out one claim as rows of label and words, for a terminal."""
    claim = verdict.claim
    rows = [
        ("claim", claim.claim),
        ("verdict", f"{verdict.word}. {verdict.why}"),
        ("who says it", f"{claim.by} ({WHO[claim.who]})"),
        ("where", source_of(claim)),
        ("how it is read", claim.reading),
    ]
    for number, one in enumerate(verdict.findings, start=1):
        decisive = " (decisive)" if one.test.decisive else ""
        rows.append((f"test {number}{decisive}", f"{one.test.says}: {standing_text(one).upper()}"))
        if one.number is not None:
            detail = f" [{one.number.detail}]" if one.number.detail else ""
            rows.append(("  number", f"{number_text(one.number)}{detail}"))
            rows.append(("  rule", f"{one.rule}: {one.why}"))
            rows.append(("  rests on", one.number.basis))
        rows.append(("  why this rule", one.test.reason))
    rows += [("beside", f"{says}: {_beside(answer)}") for says, answer in verdict.context]
    rows += [(f"revised {one.on}", f"{one.what} Why: {one.why}") for one in claim.revised]
    rows += [
        ("would change it", claim.would_change),
        ("cannot tell", claim.cannot_tell),
    ]
    return rows


def _beside(answer: object) -> str:
    told = number_text(answer)  # type: ignore[arg-type]
    detail = getattr(answer, "detail", "")
    return f"{told} [{detail}]" if detail else told
