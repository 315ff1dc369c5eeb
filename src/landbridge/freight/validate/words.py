"""Sentences on how far modelled freight is from published figures."""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

import numpy as np
import pandas as pd

from landbridge.evidence import PUBLISHED
from landbridge.formats import significant
from landbridge.freight.validate.comparing import NEAR, UNITS_OF, Validation
from landbridge.freight.validate.observed import JOINER

GOOD_ENOUGH: Final = 0.7
"""Median absolute log error of the figures held back from which the fit stands: a factor of two."""
TELLING: Final = 2.0
"""Factor from which an element is named."""
MOST_NAMED: Final = 3
NAMED_KINDS: Final = ("port", "strait", "crossing", "mode_share")
PAGE: Final = "docs/freight-validation.md"


def stands(found: Validation) -> bool:
    """Say whether the freight model is near enough to the figures held back."""
    return found.median_error("hold") <= GOOD_ENOUGH


def general_warning(found: Validation) -> str:
    """Say how far off the figures held back are, in one sentence."""
    held = found.table[found.table["use"] == "hold"]
    factor = significant(float(np.exp(found.median_error("hold"))))
    return (
        f"Warning: the freight model is not fitted to published flows. Half of the {len(held)} "
        f"figures held back are off by a factor of {factor} or more ({PAGE})."
    )


def freight_warnings(found: Validation, touched: Collection[str]) -> tuple[str, ...]:
    """Warn of the elements that a scenario touches and the model is far off at.

    Parameters
    ----------
    found
        Modelled flows beside published figures.
    touched
        Ids of elements that the scenario changes or uses.

    Returns
    -------
    tuple of str
        Nothing where nothing is touched, or where the fit stands and all touched are near. Else a
        sentence on all figures held back where the fit does not stand, and one on each of the
        worst elements.
    """
    if not touched:
        return ()
    names = set(touched)
    table = found.table
    mine = table[[bool(names & set(one.split(JOINER))) for one in table["element"]]]
    far = mine[(mine["factor"] >= TELLING) & ~mine["within_band"]]
    # What was read comes before what is recalled.
    far = far.assign(read=far["confidence"] == PUBLISHED)
    worst = far.sort_values(["read", "factor"], ascending=False, kind="stable")
    worst = worst.drop_duplicates("element")
    told = [f"Warning: {one}" for one in _sentences(worst.head(MOST_NAMED))]
    return (*(() if stands(found) else (general_warning(found),)), *told)


def headline(found: Validation) -> tuple[str, ...]:
    """Say what the comparison found, most important first."""
    lines = []
    for use, words in (("hold", "held back"), ("fit", "that constants may be fitted to")):
        part = found.table[found.table["use"] == use]
        if part.empty:
            continue
        near = int((part["factor"] <= NEAR).sum())
        factor = significant(float(np.exp(found.median_error(use))))
        lines.append(
            f"Of {len(part)} figures {words}, half are off by a factor of {factor} or more; "
            f"{near} are within a factor of {NEAR:g}, {int(part['within_band'].sum())} within the "
            "band of the figure."
        )
    lines += _sentences(_worst_of_kinds(found.table))
    left = len(found.left_out)
    lines.append(f"{left} more figures are not compared; the table says why.")
    return tuple(lines)


def _worst_of_kinds(table: pd.DataFrame) -> pd.DataFrame:
    """Pick the published figure of each kind that the model is farthest off at.

    The one with the widest gap in tonnes; of the shares of modes that with the largest factor.
    """
    far = table[
        (table["factor"] >= TELLING) & ~table["within_band"] & (table["confidence"] == PUBLISHED)
    ]
    gap = (far["modelled"] - far["observed"]).abs()
    far = far.assign(size=np.where(far["kind"] == "mode_share", far["factor"], gap))
    kept = far["unit"].isin([UNITS_OF["tonnes"][0]]) | (far["kind"] == "mode_share")
    ranked = far[kept].sort_values("size", ascending=False, kind="stable")
    return ranked[ranked["kind"].isin(NAMED_KINDS)].drop_duplicates("kind")


def _sentences(table: pd.DataFrame) -> list[str]:
    """Say what each element carries in the model and by the figure."""
    told = []
    for _, line in table.iterrows():
        name, mode, unit = str(line["name"]), str(line["mode"]), str(line["unit"])
        modelled, observed = float(line["modelled"]), float(line["observed"])
        carried = f"{significant(modelled)} {unit}" if modelled > 0 else "nothing"
        known = "the published" if line["confidence"] == PUBLISHED else "a recalled"
        by = f" by {mode}" if mode and mode not in name else ""
        many = f"{'more than ' if line['clipped'] else ''}{significant(float(line['factor']))}"
        much = "much" if modelled > observed else "little"
        a_year = "" if unit.startswith("percent") else " a year"
        told.append(
            f"{name}{by} carries {carried}{a_year} in the model, against {significant(observed)} "
            f"by {known} figure ({line['year']}): {many} times too {much}."
        )
    return told
