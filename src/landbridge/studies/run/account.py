"""What a run rests on: measures, baseline, certificate, counts and sources as tables."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

import numpy as np
import pandas as pd

from landbridge.equilibrium.decomposition import QUADRATURE_LIMIT, Decomposition
from landbridge.freight.carriage.chosen import ChosenCosts
from landbridge.freight.network.compiled import FreightNetwork
from landbridge.studies.chain.inputs import Inputs
from landbridge.studies.chain.one_pass import Pass
from landbridge.tables import embedded_table
from landbridge.world.base import CellStatus
from landbridge.world.baseline import baseline_record, left_out
from landbridge.world.building.overrides import trade_overrides
from landbridge.world.quality import baseline_quality

SOURCE_COLUMNS = ["id", "title", "publisher", "year", "licence", "url", "used_for"]


def measures_table(inputs: Inputs) -> pd.DataFrame:
    """List the measures, a row each: id, kind, title, what, source."""
    rows = [
        (
            measure.id,
            measure.kind,
            measure.title,
            measure.describe(inputs.scenario, inputs.after),
            measure.source,
        )
        for measure in inputs.scenario.measures
    ]
    return pd.DataFrame(rows, columns=["id", "kind", "title", "what", "source"])


def baseline_table(inputs: Inputs) -> pd.DataFrame:
    """Count the cells of the baseline by standing, those of the focus counted apart."""
    table = baseline_quality(inputs.world)
    held = inputs.world.status_goods[inputs.pairs]
    counted = {status.name.lower(): int((held == int(status)).sum()) for status in CellStatus}
    table["focus_cells"] = [counted[name] for name in table["status"]]
    return table


def certificate_table(found: Pass, parts: Decomposition) -> pd.DataFrame:
    """List the checks, a row each: check, value, limit, unit, passed."""
    table = found.equilibrium.certificate.table()
    columns = ["check", "value", "limit", "unit", "passed"]
    gap = parts.quadrature_gap
    added = pd.DataFrame(
        [
            (
                "Parts of the gain add up to the whole (before the rest is spread)",
                gap,
                QUADRATURE_LIMIT,
                "log points",
                gap <= QUADRATURE_LIMIT,
            )
        ],
        columns=columns,
    )
    return pd.concat([table[columns], added], ignore_index=True)


def counts_table(inputs: Inputs, found: Pass) -> pd.DataFrame:
    """Count what was imputed, clipped, left out or not covered."""
    world, network = inputs.world, inputs.before
    pairs = len(world.iso3) * (len(world.iso3) - 1)
    covered = found.shock.covered
    lost = covered & (found.shock.reach_hat < 1.0)
    no_way = ~np.isfinite(found.before.usd_per_tonne)
    foreign = ~np.eye(len(world.iso3), dtype=bool)
    imputed = (world.status_goods == int(CellStatus.IMPUTED)) & foreign
    by_hand = trade_overrides()
    recalled = int((by_hand["confidence"] == "recalled").sum())
    rows = [
        (
            "Goods flows that are imputed",
            int(imputed.sum()),
            pairs,
            "Estimated from totals, distance and ties; each varies in the draws.",
        ),
        (
            "Flows of goods or services set by hand",
            len(by_hand),
            2 * pairs,
            f"{recalled} of them recalled, not read in a source (trade_overrides.csv).",
        ),
        (
            "Economies left out of the world",
            len(left_out()),
            len(left_out()) + len(world.iso3),
            "No trade totals are published for them.",
        ),
        (
            "Pairs without a freight cost",
            int((foreign & ~covered).sum()),
            pairs,
            "Their way runs over land the network does not hold; freight is left unchanged.",
        ),
        (
            "Pairs that lose their only way, in whole or in part",
            int((lost & foreign).sum()),
            pairs,
            "Goods trade between places without a way stops; services go on.",
        ),
        (
            "Pairs without any way before",
            int((no_way & foreign).sum()),
            pairs,
            "No route exists on the network as it stands.",
        ),
        *_network_counts(network),
    ]
    for normalised in inputs.policy.normalised:
        rows += normalised.counts(world.goods, found.equilibrium.theta)
    rows += _cargo_counts(found)
    rows += _own_counts(inputs)
    return pd.DataFrame(rows, columns=["what", "count", "of", "explanation"])


def _network_counts(network: FreightNetwork) -> list[tuple[str, int, int, str]]:
    """Count what the network's lengths and times rest on."""
    held = network.counts()
    return [
        (
            "Links of the network with a recalled length",
            held["links_recalled_length"],
            held["links"],
            "Known, not checked against a published length.",
        ),
        (
            "Links of the network with a length by polyline",
            held["links_polyline_length"],
            held["links"],
            "Great-circle length times a factor.",
        ),
        (
            "Crossings with a published time in both directions",
            held["crossings_all_published"],
            held["crossings"],
            "The others are published in part, or recalled, with wide bands.",
        ),
    ]


def _cargo_counts(found: Pass) -> list[tuple[str, int, int, str]]:
    """Count what is borrowed and held in the choice by class of cargo."""
    before, after = found.before, found.after
    if not isinstance(before, ChosenCosts) or not isinstance(after, ChosenCosts):
        return []
    count = len(before.choice.mix.iso3)
    pairs = count * (count - 1)
    return [
        (
            "Pairs that trade and whose mix of goods is borrowed",
            before.choice.mix.borrowed,
            pairs,
            "The tables by sector have no goods of theirs: the exporter's mix, or the world's.",
        ),
        (
            "Costs of freight that would fall below zero",
            before.ad_valorem_after(after)[1],
            pairs,
            "A new mode is felt to be worth more than all that was paid before; held at zero.",
        ),
    ]


def _own_counts(inputs: Inputs) -> list[tuple[str, int, int, str]]:
    """Count what a user's data put in the place of defaults."""
    rows = []
    crossings = len(inputs.before.tables.crossings)
    if inputs.scenario.border_year is not None:
        year = inputs.scenario.border_year
        rows.append(
            (
                f"Crossings at the level observed in {year}, for a side or direction at least",
                len(inputs.basis.observed),
                crossings,
                "The others have no published observation of that year and keep the default.",
            )
        )
    own = inputs.basis.replaced[inputs.basis.replaced["sha256"] != ""]
    if len(own):
        tables = ", ".join(dict.fromkeys(own["table"]))
        rows.append(
            (
                "Cells of the tables of defaults replaced by files of yours",
                len(own),
                len(own),
                f"In {tables}; each is listed in the table of replaced defaults.",
            )
        )
    return rows


def sources_table(inputs: Inputs, leg_sources: Iterable[str]) -> pd.DataFrame:
    """List every source that a number of this run rests on.

    Parameters
    ----------
    inputs
        The prepared scenario.
    leg_sources
        Ids of freight sources, as the legs of the reported trips cite them (several joined by
        a bar).
    """
    rows = [
        (
            re.sub(r"[^a-z0-9]+", "-", str(entry["name"]).lower())[:40].strip("-"),
            str(entry["name"]),
            str(entry["package"]),
            _year_in(str(entry["name"])),
            str(entry["licence"]),
            "",
            str(entry["used_for"]),
        )
        for entry in _inputs_of_baseline()
    ]
    cited = {part for text in leg_sources for part in text.split("|")}
    projects = inputs.before.projects
    built = {measure.project_built for measure in inputs.scenario.measures}
    cited |= set(projects.loc[projects["project"].isin(built), "source"])
    freight = embedded_table("freight", "sources")
    held = freight.loc[freight["source"].isin(cited), ["source", *SOURCE_COLUMNS[1:]]]
    rows += list(held.itertuples(index=False, name=None))
    table = pd.DataFrame(rows, columns=SOURCE_COLUMNS)
    table["year"] = table["year"].astype("Int64")
    return table


def _year_in(name: str) -> int | None:
    """Read the year that a source's name tells; None where it tells none."""
    found = re.search(r"\b(?:19|20)\d{2}\b", name)
    return int(found[0]) if found else None


def _inputs_of_baseline() -> list[Mapping[str, object]]:
    entries = baseline_record()["input"]
    return list(entries) if isinstance(entries, list) else []
