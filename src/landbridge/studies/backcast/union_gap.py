"""What one cross-section says of a union: its pairs beside the potential they would have without.

The embedded baseline is of one year. It cannot tell what a union did since it began, for nothing is
known of the years before; it can tell how much more its members trade with one another than pairs
like them without any bloc in common, and whether that is what the effects used in runs would give.
History, language and older ties are in that number too.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd

from landbridge.basis import Basis
from landbridge.errors import InputError, UnknownNameError, suggest
from landbridge.gravity.ppml.estimation import fit
from landbridge.gravity.ppml.results import GravityFit
from landbridge.gravity.uses.potential import PotentialOptions, trade_potential
from landbridge.gravity.uses.world_panel import world_panel, world_spec
from landbridge.scenarios.parameters import Parameter, without_choice
from landbridge.scenarios.values.parties import expand
from landbridge.units import PERCENT
from landbridge.world.base import CellStatus, World
from landbridge.world.quality import STANDINGS

CANNOT: Final = (
    "The baseline holds one year: what trade was before the union is not known here, so no change "
    "over time can be predicted and checked. A panel that holds the years before (`landbridge "
    "backcast FILE`) can."
)


MADE_UP: Final = tuple(
    STANDINGS[status] for status in (CellStatus.IMPUTED, CellStatus.ICIO, CellStatus.CARRIED)
)


@dataclass(frozen=True, eq=False)
class UnionGap:
    """How the pairs of a union stand in one year.

    Attributes
    ----------
    pairs
        One row a pair: exporter, importer, observed_million_usd, known_from,
        potential_million_usd (+_low, _high: no bloc in common), ratio, in_band (whether the
        observed flow lies in the band of the potential times the effect used in runs).
    summary
        what, value, low, high: the median ratio, the effect used in runs, coverage.
    notes
        What cannot be said.
    fit
        The equation behind the potentials.
    """

    pairs: pd.DataFrame
    summary: pd.DataFrame
    notes: tuple[str, ...]
    fit: GravityFit


def union_gap(basis: Basis, name: str, *, depth: str = "customs_union") -> UnionGap:
    """Set trade within a union beside its potential without one.

    Parameters
    ----------
    basis
        World and parameters.
    name
        A bloc or composite, members in mid-year of the baseline.
    depth
        The depth whose effect runs use for it.

    Raises
    ------
    InputError
        Fewer than two members are in the world, or none of their flows is published.
    UnknownNameError
        There is no such bloc or depth.
    """
    world = basis.world
    day = pd.Timestamp(world.year, 7, 1).date()
    members = [code for code in expand(name, on=day, where="bloc") if code in world.iso3]
    parameters = without_choice(basis.parameters)
    effect = parameters.get(f"agreement_{depth}")
    if effect is None:
        known = [n.removeprefix("agreement_") for n in parameters if n.startswith("agreement_")]
        raise UnknownNameError(
            f"'{depth}' is not a depth.",
            where="depth",
            mend=suggest(depth, known) or f"Depths: {', '.join(known)}.",
        )
    if len(members) < 2:  # noqa: PLR2004 - a pair
        raise InputError(
            f"{name} has {len(members)} members in the world of {world.year}.",
            where="union",
            mend="Name a bloc of two or more.",
        )
    table = world_panel(world)
    if not (table["observed"] & table["exporter"].isin(members)).any():
        raise InputError(f"no flow of {name} is published.", where="union")
    inside = table["exporter"].isin(members) & table["importer"].isin(members)
    fitted = fit(world_spec(table), table[table["observed"] & ~inside])
    without = table.copy()
    depths = [column for column in table.columns if str(column).startswith("depth_")]
    without.loc[inside, depths] = 0.0
    pairs = [(a, b) for a in members for b in members if a != b]
    found = trade_potential(
        fitted, without, pairs, year=world.year, options=PotentialOptions(reliable="observed")
    )
    return _laid_out(found, world, effect, fitted)


def _laid_out(found: pd.DataFrame, world: World, effect: Parameter, fitted: GravityFit) -> UnionGap:
    ratio = found["observed"] / found["potential"]
    low = found["potential_low"] * np.exp(effect.low)
    high = found["potential_high"] * np.exp(effect.high)
    inside = (found["observed"] >= low) & (found["observed"] <= high)
    status = [
        STANDINGS[CellStatus(int(world.status_goods[world.index(one), world.index(other)]))]
        for one, other in zip(found["exporter"], found["importer"], strict=True)
    ]
    pairs = pd.DataFrame(
        {
            "exporter": found["exporter"],
            "importer": found["importer"],
            "observed_million_usd": found["observed"],
            "known_from": status,
            "potential_million_usd": found["potential"],
            "potential_million_usd_low": found["potential_low"],
            "potential_million_usd_high": found["potential_high"],
            "ratio": ratio,
            "in_band": inside,
        }
    )
    read = np.array([one not in MADE_UP for one in status])
    traded = ratio.to_numpy()[read & (ratio > 0).to_numpy()]
    low_end, middle, high_end = np.percentile(traded, [5.0, 50.0, 95.0])
    observed, potential = found["observed"][read].sum(), found["potential"][read].sum()
    rows: list[tuple[str, float, float, float]] = [
        ("Trade over potential without any bloc, median pair", middle, low_end, high_end),
        ("The same, all pairs together", float(observed / potential), np.nan, np.nan),
        (
            "What the effect used in runs gives",
            float(np.exp(effect.central)),
            float(np.exp(effect.low)),
            float(np.exp(effect.high)),
        ),
        (
            "Pairs inside the band of potential times that effect, percent",
            PERCENT * float(inside[read].mean()),
            np.nan,
            np.nan,
        ),
    ]
    history = (
        "The ratio holds all that binds the members, the union and what came before it: common "
        "history, older agreements, pipelines. It is no estimate of what the union did."
    )
    known = (
        f"The summary is of the {int(read.sum())} of {len(pairs)} flows that are published or set "
        "by hand; an imputed flow is a model's guess and says nothing of the model. A flow is "
        "published where the partner is among an economy's first, so the ratio leans upwards."
    )
    return UnionGap(
        pairs=pairs,
        summary=pd.DataFrame(rows, columns=["what", "value", "low", "high"]),
        notes=(CANNOT, history, known),
        fit=fitted,
    )
