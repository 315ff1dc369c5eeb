"""What a study of targets comes to, in sentences."""

from __future__ import annotations

import math

from landbridge.formats import money
from landbridge.studies.targets.study import VERDICTS, TargetsFound


def title_of(found: TargetsFound) -> str:
    """Name what was judged."""
    parties = dict.fromkeys(found.targets["parties"])
    if len(parties) == 1:
        return f"Trade targets: {next(iter(parties))}"
    return f"{len(found.targets)} trade targets"


def headline(found: TargetsFound) -> tuple[str, ...]:
    """Say how many targets have which verdict, and what each stands on."""
    table = found.targets
    counts = table["verdict"].value_counts(sort=False)
    first = ", ".join(f"{counts[name]} {name}" for name in VERDICTS if name in counts)
    return (f"Of {len(table)} targets: {first}.", *(_told(row) for row in table.to_dict("records")))


def rules(found: TargetsFound) -> tuple[str, ...]:
    """Say the rule of each verdict that was given."""
    return tuple(f"{name}: {VERDICTS[name]}" for name in dict.fromkeys(found.targets["verdict"]))


def _told(row: dict[object, object]) -> str:
    number = {
        str(name): float(value) for name, value in row.items() if isinstance(value, float | int)
    }
    named = f"{row['parties']} ({str(row['set_on'])[:4]})"
    said = (
        f"{named}: {money(number['target_million_usd'])} wanted, "
        f"{money(number['baseline_million_usd'])} in the baseline, potential "
        f"{money(number['potential_million_usd'])}: {row['verdict']}"
    )
    if not math.isnan(number["best_scenario_million_usd"]):
        said += f"; {row['best_scenario']} brings {money(number['best_scenario_million_usd'])}"
    return f"{said}."
