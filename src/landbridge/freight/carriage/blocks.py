"""Matrices of weights that are zero between places that no land joins.

A centre of one continent goes over land to no port of another, and bulk that stays in its economy
to no port abroad. So a matrix between centres and ports is a few blocks, and some cells of islands:
two thirds of it, or all but a hundredth, need no work.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import numpy as np
from scipy.sparse import csr_array

from landbridge.units import BoolArray, FloatArray, IntArray

LEAST_CELLS: Final = 512
"""Blocks of fewer cells are multiplied cell by cell: a product of its own costs more."""
PATTERNS_KEPT: Final = 16


@dataclass(frozen=True, eq=False)
class Pattern:
    """Where a matrix ``[C, P]`` may be other than zero.

    Attributes
    ----------
    shape
        C and P.
    blocks
        Rows and columns of each block; no row is in two.
    row, column
        The cells of all other rows, row by row.
    first
        ``[C + 1]`` where each row's cells start.
    """

    shape: tuple[int, int]
    blocks: tuple[tuple[IntArray, IntArray], ...]
    row: IntArray
    column: IntArray
    first: IntArray

    def take(self, values: FloatArray) -> Blocks:
        """Take the cells of the pattern out of a matrix ``[C, P]``."""
        parts = tuple(values[np.ix_(*block)] for block in self.blocks)
        return Blocks(self, parts, values[self.row, self.column])


def pattern_of(there: BoolArray) -> Pattern:
    """Find rows that are filled alike, ``[C, P]`` True where a cell may be other than zero."""
    return _pattern(there.shape, np.packbits(there, axis=1).tobytes())


@lru_cache(maxsize=PATTERNS_KEPT)
def _pattern(shape: tuple[int, int], packed: bytes) -> Pattern:
    count, width = shape
    bits = np.frombuffer(packed, dtype=np.uint8).reshape(count, -1)
    there = np.unpackbits(bits, axis=1, count=width).astype(bool)
    alike: dict[bytes, list[int]] = {}
    for place, filled in enumerate(bits):
        alike.setdefault(filled.tobytes(), []).append(place)
    blocks = []
    for rows in alike.values():
        columns = np.flatnonzero(there[rows[0]])
        if len(rows) * len(columns) >= LEAST_CELLS:
            blocks.append((np.array(rows, dtype=np.int64), columns))
            there[rows] = False
    row, column = np.nonzero(there)
    first = np.concatenate(([0], np.cumsum(there.sum(axis=1))))
    return Pattern(shape, tuple(blocks), row, column, first)


@dataclass(frozen=True, eq=False)
class Blocks:
    """A matrix ``[C, P]`` that is zero outside its pattern.

    Attributes
    ----------
    pattern
        Where it is not.
    parts
        The blocks.
    cells
        The other cells.
    """

    pattern: Pattern
    parts: tuple[FloatArray, ...]
    cells: FloatArray

    def dense(self) -> FloatArray:
        """Lay the matrix out, ``[C, P]``."""
        found = np.zeros(self.pattern.shape)
        found[self.pattern.row, self.pattern.column] = self.cells
        for block, part in zip(self.pattern.blocks, self.parts, strict=True):
            found[np.ix_(*block)] = part
        return found

    def weights(self, spread: float) -> tuple[Blocks, FloatArray]:
        """Turn costs into weights over the row's least, and return that least (0 where none)."""
        own = self.pattern
        least = np.full(own.shape[0], np.inf)
        some = np.flatnonzero(np.diff(own.first))
        if len(some):
            least[some] = np.minimum.reduceat(self.cells, own.first[some])
        for (rows, _), part in zip(own.blocks, self.parts, strict=True):
            least[rows] = part.min(axis=1)
        least[np.isinf(least)] = 0.0
        parts = tuple(
            np.exp((part - least[rows, None]) / -spread)
            for (rows, _), part in zip(own.blocks, self.parts, strict=True)
        )
        return Blocks(own, parts, np.exp((self.cells - least[own.row]) / -spread)), least

    def plus(self, by_column: FloatArray) -> Blocks:
        """Add a number to every column, ``[P]``."""
        own = self.pattern
        parts = tuple(
            part + by_column[columns]
            for (_, columns), part in zip(own.blocks, self.parts, strict=True)
        )
        return Blocks(own, parts, self.cells + by_column[own.column])

    def by(self, other: Blocks) -> Blocks:
        """Multiply cell by cell with a matrix of the same pattern."""
        parts = tuple(one * two for one, two in zip(self.parts, other.parts, strict=True))
        return Blocks(self.pattern, parts, self.cells * other.cells)

    def times(self, right: FloatArray) -> FloatArray:
        """Multiply with a matrix from the right, ``[P, Q]`` to ``[C, Q]``."""
        own = self.pattern
        sparse = csr_array((self.cells, own.column, own.first), shape=own.shape)
        found = np.asarray(sparse @ right)
        for (rows, columns), part in zip(own.blocks, self.parts, strict=True):
            found[rows] = part @ right[columns]
        return found

    def after(self, left: FloatArray) -> FloatArray:
        """Multiply the transpose with a matrix from the left, ``[Q, P]`` to ``[Q, C]``."""
        own = self.pattern
        sparse = csr_array((self.cells, own.column, own.first), shape=own.shape)
        found = np.asarray(left @ sparse.T)
        for (rows, columns), part in zip(own.blocks, self.parts, strict=True):
            found[:, rows] = left[:, columns] @ part.T
        return found
