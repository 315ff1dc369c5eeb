"""A graph with costs, and what an engine does with it."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cached_property
from typing import Protocol

import numpy as np

from landbridge.errors import InputError
from landbridge.units import FloatArray, IntArray


@dataclass(frozen=True, eq=False)
class Structure:
    """Which nodes are joined.

    Attributes
    ----------
    nodes
        Number of nodes.
    start, end
        ``[arcs]`` node numbers; parallel arcs and loops are allowed.
    """

    nodes: int
    start: IntArray
    end: IntArray

    def __post_init__(self) -> None:
        """Refuse arcs without a node; keep copies that nobody can write to."""
        for name, side in (("start", self.start), ("end", self.end)):
            object.__setattr__(self, name, _frozen(side, np.int64))
        for name, side in (("start", self.start), ("end", self.end)):
            if len(side) and not 0 <= int(side.min()) <= int(side.max()) < self.nodes:
                raise InputError(f"arcs {name} at nodes outside 0 to {self.nodes - 1}")
        if self.start.shape != self.end.shape:
            raise InputError(f"{len(self.start)} arcs start and {len(self.end)} end")

    @cached_property
    def key(self) -> str:
        """A fingerprint of the structure."""
        return fingerprint(np.array([self.nodes]), self.start, self.end)


@dataclass(frozen=True, eq=False)
class CostGraph:
    """A structure with costs.

    Attributes
    ----------
    structure
        Which nodes are joined.
    values
        ``[1 + carried, arcs]``: the cost, zero or more, infinite where an arc is closed; then
        what is added up along the least-cost path beside it.
    """

    structure: Structure
    values: FloatArray

    def __post_init__(self) -> None:
        """Refuse costs that no least sum exists for; keep a copy that nobody can write to."""
        object.__setattr__(self, "values", _frozen(self.values, np.float64))
        cost = self.values[0]
        if self.values.shape[1:] != self.structure.start.shape:
            raise InputError(f"{self.values.shape[1]} costs for {len(self.structure.start)} arcs")
        wrong = ~(cost >= 0)
        if wrong.any():
            raise InputError(
                f"{int(wrong.sum())} arcs cost less than nothing or no number, first arc "
                f"{int(np.argmax(wrong))}: {cost[np.argmax(wrong)]}",
                mend="Costs must be zero or more; infinite closes an arc.",
            )
        if not np.isfinite(self.values[1:, np.isfinite(cost)]).all():
            raise InputError("what is carried beside the cost of an open arc must be finite")

    def with_values(self, values: FloatArray) -> CostGraph:
        """Put other costs on the same structure."""
        return CostGraph(self.structure, values)


class Engine(Protocol):
    """Finds least costs."""

    @property
    def name(self) -> str:
        """What a user calls it."""

    def matrix(self, graph: CostGraph, sources: IntArray, goals: IntArray) -> FloatArray:
        """Compute least costs from every source to every goal.

        Parameters
        ----------
        graph
            The graph.
        sources, goals
            S and G node numbers.

        Returns
        -------
        FloatArray
            ``[1 + carried, S, G]``: the least cost, then what is carried along a way of that
            cost; infinite where there is no way, zero from a node to itself.
        """


def _frozen(array: np.ndarray, kind: type) -> np.ndarray:
    copy: np.ndarray = np.array(array, dtype=kind)
    copy.flags.writeable = False
    return copy


def fingerprint(*arrays: np.ndarray) -> str:
    """Compute a fingerprint of some arrays: their shapes, types and contents."""
    digest = hashlib.blake2b(digest_size=16)
    for array in arrays:
        digest.update(str((array.shape, array.dtype.str)).encode())
        digest.update(np.ascontiguousarray(array).data)
    return digest.hexdigest()
