"""Fixed effects by name, normalised so that they mean something.

An index that is a sum of effects fixes them only up to shifts between them. Here

* a pair effect has mean zero over the partners of each exporter and of each importer (an
  exporter's or importer's lasting level belongs to its own effects),
* the importer effects of a year are zero for the reference economy (the last one by code that
  imports in every year), so that the exporter effects carry the level.

Other combinations of effects are given as the shortest solution.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
import pandas as pd
from scipy import sparse
from scipy.sparse.linalg import lsmr

from landbridge.errors import InputError
from landbridge.gravity.panel import Grouping, Panel
from landbridge.units import FloatArray, IntArray

ACCURACY: Final = 1e-13
MOST_STEPS: Final = 20_000


def effects_table(panel: Panel, index: FloatArray) -> pd.DataFrame:
    """Split an index into its fixed effects.

    Parameters
    ----------
    panel
        The rows used.
    index
        ``[rows]`` linear index without regressors and offset.

    Returns
    -------
    pandas.DataFrame
        effect, key columns, value, rows.
    """
    if not panel.effects:
        return pd.DataFrame({"effect": [], "value": [], "rows": []})
    values = _split([(effect.codes, effect.count) for effect in panel.effects], index)
    sides = sides_of(panel)
    if sides is not None:
        one, other, rest = sides
        if rest is not None:
            _centre_pairs(panel, values, (one, other, rest))
        _anchor(panel, values, one, other)
    tables = [
        _labelled(panel, effect, value) for effect, value in zip(panel.effects, values, strict=True)
    ]
    return pd.concat(tables, ignore_index=True)


def sides_of(panel: Panel) -> tuple[int, int, int | None] | None:
    """Find which effects are the exporters', the importers' and the pairs' (by position)."""
    exporter, importer = panel.columns.get("exporter"), panel.columns.get("importer")
    one = other = rest = None
    for position, effect in enumerate(panel.effects):
        has = (exporter in effect.columns, importer in effect.columns)
        if has == (True, False) and one is None:
            one = position
        elif has == (False, True) and other is None:
            other = position
        elif has == (True, True) and rest is None:
            rest = position
        else:
            return None
    if one is None or other is None:
        return None
    mine = set(panel.effects[one].columns) - {exporter}
    its = set(panel.effects[other].columns) - {importer}
    return (one, other, rest) if mine == its else None


def _split(groups: Sequence[tuple[IntArray, int]], index: FloatArray) -> list[FloatArray]:
    """Find effects that add up to an index."""
    rows = np.arange(len(index))
    parts, scales = [], []
    for codes, count in groups:
        scale = 1.0 / np.sqrt(np.maximum(np.bincount(codes, minlength=count), 1))
        parts.append(sparse.csr_array((scale[codes], (rows, codes)), shape=(len(index), count)))
        scales.append(scale)
    design = sparse.hstack(parts, format="csr")
    level = float(index.mean())
    found = lsmr(design, index - level, atol=ACCURACY, btol=ACCURACY, maxiter=MOST_STEPS)[0]
    edges = np.cumsum([count for _, count in groups])[:-1]
    values = [each * scale for each, scale in zip(np.split(found, edges), scales, strict=True)]
    values[0] = values[0] + level
    return values


def _centre_pairs(panel: Panel, values: list[FloatArray], places: tuple[int, int, int]) -> None:
    """Move the lasting levels of exporters and importers from pair effects to their own."""
    one, other, rest = places
    pair = panel.effects[rest]
    if pair.columns[:2] != (panel.columns["exporter"], panel.columns["importer"]):
        return
    exporter = panel.keys["exporter"].codes[pair.first]
    importer = panel.keys["importer"].codes[pair.first]
    economies = len(panel.keys["exporter"].levels)
    if pair.symmetric:
        parts = _split_symmetric(exporter, importer, economies, values[rest])
    else:
        parts = _split([(exporter, economies), (importer, economies)], values[rest])
    values[rest] = values[rest] - parts[0][exporter] - parts[1][importer]
    own, its = panel.effects[one], panel.effects[other]
    values[one] = values[one] + parts[0][panel.keys["exporter"].codes[own.first]]
    values[other] = values[other] + parts[1][panel.keys["importer"].codes[its.first]]


def _split_symmetric(
    exporter: IntArray, importer: IntArray, economies: int, value: FloatArray
) -> list[FloatArray]:
    rows = np.arange(len(value))
    design = sparse.csr_array((np.ones(len(rows)), (rows, exporter)), shape=(len(rows), economies))
    design = design + sparse.csr_array(
        (np.ones(len(rows)), (rows, importer)), shape=(len(rows), economies)
    )
    found = lsmr(design, value, atol=ACCURACY, btol=ACCURACY, maxiter=MOST_STEPS)[0]
    return [found, found]


def _anchor(panel: Panel, values: list[FloatArray], one: int, other: int) -> None:
    """Set the reference economy's importer effect to zero in every slice."""
    own, its = panel.effects[one], panel.effects[other]
    slices, of_own, of_its = _slices(panel, own, its)
    importer = panel.keys["importer"].codes[its.first]
    economies = len(panel.keys["importer"].levels)
    present = np.zeros((slices, economies), dtype=np.bool_)
    present[of_its, importer] = True
    always = np.flatnonzero(present.all(axis=0))
    shift = np.zeros(slices)
    if len(always):
        chosen = importer == always[-1]
        shift[of_its[chosen]] = values[other][chosen]
    else:
        counts = np.maximum(np.bincount(of_its, minlength=slices), 1)
        shift = np.bincount(of_its, values[other], slices) / counts
    values[other] = values[other] - shift[of_its]
    values[one] = values[one] + shift[of_own]


def _slices(panel: Panel, own: Grouping, its: Grouping) -> tuple[int, IntArray, IntArray]:
    """Assign numbers to the slices (year, or sector and year) of exporter and importer effects."""
    shared = [column for column in own.columns if column != panel.columns["exporter"]]
    if not shared:
        return 1, np.zeros(own.count, dtype=np.int64), np.zeros(its.count, dtype=np.int64)
    combined = np.zeros(len(panel.row), dtype=np.int64)
    for column in shared:
        codes = panel.codes_of(column)
        if codes is None:
            raise InputError(f"'{column}' is not a key of the panel.")
        combined = combined * (int(codes.max()) + 1) + codes
    levels, numbered = np.unique(combined, return_inverse=True)
    return len(levels), numbered[own.first], numbered[its.first]


def _labelled(panel: Panel, effect: Grouping, value: FloatArray) -> pd.DataFrame:
    table = pd.DataFrame({"effect": [effect.title] * effect.count})
    keys = {panel.columns[role]: key for role, key in panel.keys.items()} | dict(panel.others)
    for column in effect.columns:
        table[column] = keys[column].levels[keys[column].codes[effect.first]]
    table["value"] = value
    table["rows"] = np.bincount(effect.codes, minlength=effect.count)
    return table
