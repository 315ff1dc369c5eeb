"""What political relations block in a run: the table, and the sentences of the headline."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd

from landbridge.scenarios.constraints import Constraint, Constraints, what_is_left, work_around
from landbridge.scenarios.schema import Scenario

COLUMNS = [
    "measure",
    "title",
    "relation",
    "relation_kind",
    "act",
    "parties",
    "effect",
    "flows_blocked",
    "flows_of_measure",
    "left",
    "work_around",
    "explanation",
    "since",
    "source",
    "confidence",
    "note",
]
_EXPLAINED = {
    "in part": "Blocks in part: shown, nothing is taken out.",
    "assumed lifted": "Shut at the date; the measure says how it works once it is open again.",
    "bears on others": "Binds the one who objects, who has no part in this measure.",
}


def constraints_table(scenario: Scenario, constraints: Constraints) -> pd.DataFrame:
    """Tabulate measures and the relations that bear on them (see `RunResult.constraints`)."""
    rows = [_row(item, scenario, ignored=constraints.ignored) for item in constraints.found]
    order = {"blocked": 0, "ignored": 0, "assumed lifted": 1, "in part": 2, "bears on others": 3}
    rows.sort(key=lambda row: order[str(row["effect"])])
    return pd.DataFrame(rows, columns=COLUMNS)


def _row(item: Constraint, scenario: Scenario, *, ignored: bool) -> dict[str, object]:
    name, explanation = work_around(item)
    taken = item.effect == "blocked"
    return {
        "measure": item.measure.id,
        "title": item.measure.title,
        "relation": item.relation.relation,
        "relation_kind": item.relation.kind,
        "act": item.act,
        "parties": item.parties,
        "effect": "ignored" if taken and ignored else item.effect,
        "flows_blocked": len(item.pairs) if taken else 0,
        "flows_of_measure": item.of,
        "left": "all of it" if taken and ignored else what_is_left(item, scenario),
        "work_around": name,
        "explanation": explanation or _EXPLAINED[item.effect],
        "since": item.relation.since.isoformat(),
        "source": item.relation.source,
        "confidence": item.relation.confidence,
        "note": item.relation.note,
    }


def _together(items: list[Constraint]) -> Constraint:
    """Put all that blocks one measure into one."""
    pairs = frozenset[tuple[str, str]]().union(*(item.pairs for item in items))
    targets = tuple(dict.fromkeys(name for item in items for name in item.targets))
    return replace(items[0], pairs=pairs, targets=targets)


def constraint_sentences(scenario: Scenario, constraints: Constraints) -> tuple[str, ...]:
    """Say what is blocked, or that blocks are ignored; nothing where nothing is."""
    blocked = constraints.blocked
    if not blocked:
        return ()
    relations = list(dict.fromkeys(item.relation.relation for item in blocked))
    count = len({item.measure.id for item in blocked})
    measures = "one measure" if count == 1 else f"{count} measures"
    shown = ", ".join(relations[:3]) + (" and others" if len(relations) > 3 else "")  # noqa: PLR2004
    if constraints.ignored:
        return (
            (
                f"Constraints are ignored: {measures} would be blocked on {scenario.date} by "
                f"{shown}; these numbers are as if nothing stood in the way."
            ),
        )
    first = _together([item for item in blocked if item.measure.id == blocked[0].measure.id])
    name, _ = work_around(first)
    around = f" ({name})" if name else ""
    return (
        (
            f"Political relations block {measures} in whole or in part on {scenario.date} "
            f'({shown}); left of "{first.measure.title}": {what_is_left(first, scenario)}{around}.'
        ),
    )
