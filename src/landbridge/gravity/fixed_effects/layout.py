"""Choose how the fixed effects of a panel are taken out: on a grid, or row by row."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from landbridge.gravity.fixed_effects.absorber import Absorber
from landbridge.gravity.fixed_effects.grid import Grid, PairKind
from landbridge.gravity.fixed_effects.groups import Groups
from landbridge.gravity.panel import Grouping, Panel, compress
from landbridge.units import IntArray

LEAST_FILL: Final = 0.08
"""Share of cells with a row from which the grid is faster, empty cells included."""
MOST_CELLS: Final = 60_000_000
"""About half a gigabyte for each variable."""


@dataclass(frozen=True)
class _Axes:
    exporter: IntArray
    importer: IntArray
    slice: IntArray
    block: IntArray
    exporters: int
    importers: int
    slices: int
    blocks: int


def choose_absorber(panel: Panel) -> Absorber:
    """Choose the faster of the two absorbers that fits the fixed effects of a panel.

    The grid fits one exporter effect and one importer effect that share their other columns
    (year, or sector and year), with at most one effect of the pair besides. Everything else goes
    row by row.
    """
    return _grid(panel) or Groups(
        codes=tuple(effect.codes for effect in panel.effects),
        counts=tuple(effect.count for effect in panel.effects),
        rows=len(panel.row),
    )


def _grid(panel: Panel) -> Grid | None:
    if "exporter" not in panel.keys or "importer" not in panel.keys or not len(panel.row):
        return None
    exporter, importer = panel.columns["exporter"], panel.columns["importer"]
    found = _two_sides(panel.effects, exporter, importer)
    if found is None:
        return None
    one, _, rest = found
    axes = _axes(panel, one, exporter=exporter, pair=rest)
    if axes is None:
        return None
    size = axes.exporters * axes.slices * axes.importers
    if size > MOST_CELLS or len(panel.row) < LEAST_FILL * size:
        return None  # too large, or too empty to be worth it
    cell = (axes.exporter * axes.slices + axes.slice) * axes.importers + axes.importer
    filled = np.zeros(size, dtype=np.bool_)
    filled[cell] = True
    pairs = _pairs(axes, rest)
    if pairs is None or int(filled.sum()) != len(cell):
        return None
    kind, group, groups = pairs
    return Grid(
        exporters=axes.exporters,
        importers=axes.importers,
        blocks=axes.blocks,
        periods=axes.slices // axes.blocks,
        cell=cell,
        pair_kind=kind,
        pair_group=group,
        pair_groups=groups,
    )


def _pairs(axes: _Axes, effect: Grouping | None) -> tuple[PairKind, IntArray, int] | None:
    """Lay the groups of a pair effect on the grid; None where they are not groups of pairs."""
    if effect is None:
        return "none", np.zeros((0, 0, 0), dtype=np.int64), 0
    place = (axes.exporter * axes.blocks + axes.block) * axes.importers + axes.importer
    of_pair = np.full(axes.exporters * axes.blocks * axes.importers, -1, dtype=np.int64)
    of_pair[place] = effect.codes
    if (of_pair[place] != effect.codes).any():
        return None
    if effect.count == int((of_pair >= 0).sum()):
        return "each", np.zeros((0, 0, 0), dtype=np.int64), 0
    # Pairs without any row share one spare group, which holds no weight.
    group = np.where(of_pair >= 0, of_pair, effect.count)
    return "grouped", group.reshape(axes.exporters, axes.blocks, axes.importers), effect.count + 1


def _two_sides(
    effects: tuple[Grouping, ...], exporter: str, importer: str
) -> tuple[Grouping, Grouping, Grouping | None] | None:
    """Split the effects into the exporters', the importers' and, at most, one other."""
    most = 3
    if not 2 <= len(effects) <= most:  # noqa: PLR2004 - exporter and importer
        return None
    for one in effects:
        for other in effects:
            mine, its = set(one.columns), set(other.columns)
            if exporter not in mine or importer in mine or importer not in its:
                continue
            if mine - {exporter} == its - {importer}:
                rest = [each for each in effects if each is not one and each is not other]
                return one, other, (rest[0] if rest else None)
    return None


def _axes(panel: Panel, one: Grouping, *, exporter: str, pair: Grouping | None) -> _Axes | None:
    """Find the position of every row on every axis; slices of one block lie side by side."""
    others = [column for column in one.columns if column != exporter]
    blocked = [column for column in others if pair is not None and column in pair.columns]
    count = len(panel.row)
    parts: dict[str, IntArray] = {}
    for column in others:
        codes = panel.codes_of(column)
        if codes is None:
            return None
        parts[column] = codes
    block, blocks = _number([parts[column] for column in blocked], count)
    inner, inners = _number([parts[column] for column in others if column not in blocked], count)
    exporters, exporter_count = _number([panel.keys["exporter"].codes], count)
    importers, importer_count = _number([panel.keys["importer"].codes], count)
    return _Axes(
        exporter=exporters,
        importer=importers,
        slice=block * inners + inner,
        block=block,
        exporters=exporter_count,
        importers=importer_count,
        slices=blocks * inners,
        blocks=blocks,
    )


def _number(parts: list[IntArray], count: int) -> tuple[IntArray, int]:
    if not parts:
        return np.zeros(count, dtype=np.int64), 1
    combined = parts[0]
    for part in parts[1:]:
        combined = combined * (int(part.max()) + 1) + part
    numbered, levels, _ = compress(combined)
    return numbered, levels
