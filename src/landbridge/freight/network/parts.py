"""What a compiled network is made of: layers, arcs, bands, ties, and how its core is joined."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from functools import cached_property
from typing import Literal, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from landbridge.errors import UnknownNameError, suggest
from landbridge.freight.network.contraction import Contraction, contract
from landbridge.freight.network.cost_graph import Structure
from landbridge.units import BoolArray, FloatArray, IntArray

Absent: TypeAlias = Literal["refuse", "uncovered"]
"""What is done with an economy that has no centre in the network."""


class ArcKind(IntEnum):
    """What an arc is."""

    LINK = 0
    CROSSING = 1
    GAUGE_BREAK = 2
    TRANSFER = 3
    PORT = 4
    FERRY_PORT = 5
    SEA = 6


class CostClass(IntEnum):
    """Which common factor of the parameters an arc obeys."""

    ROAD = 0
    RAIL = 1
    SEA = 2
    FERRY = 3
    BORDER = 4
    TERMINAL = 5
    AIR = 7
    STATED = 6
    """A level that a scenario states: no common factor moves it."""


class Layer(NamedTuple):
    """A place in one mode, and on one side where the place is a border.

    Attributes
    ----------
    node
        Place id.
    mode
        ``road``, ``rail``, ``sea``, ``ferry`` or ``air``.
    gauge_mm
        Gauge of a railway; 0 otherwise.
    side
        ISO3 of the side of a border place; empty elsewhere.
    """

    node: str
    mode: str
    gauge_mm: int = 0
    side: str = ""


@dataclass(frozen=True, eq=False)
class Bands:
    """The uncertainty of costs, one entry a group of arcs that move together.

    Attributes
    ----------
    names
        Stable names: ``road:PAK``, ``crossing:torkham-road:forward`` ...
    hours_low, hours_high, usd_low, usd_high
        Ratios to the central value, at the 5th and 95th percentile.
    """

    names: tuple[str, ...]
    hours_low: FloatArray
    hours_high: FloatArray
    usd_low: FloatArray
    usd_high: FloatArray


@dataclass(frozen=True, eq=False)
class Arcs:
    """Directed arcs; the first `core` of them join layers of the land network and its ports.

    Attributes
    ----------
    start, end
        Layer numbers.
    kind, cost_class
        `ArcKind` and `CostClass`.
    name
        Id of the link, crossing or terminal; ``from>to`` for sea legs.
    forward
        True in the direction in which the row is written.
    km, hours, usd_per_tonne
        Length and central costs.
    shut_share
        Share of the time in which a crossing is shut.
    hours_group, usd_group
        Position in `Bands`; -1 where a scenario fixed the value.
    """

    start: IntArray
    end: IntArray
    kind: NDArray[np.int8]
    cost_class: NDArray[np.int8]
    name: tuple[str, ...]
    forward: BoolArray
    km: FloatArray
    hours: FloatArray
    usd_per_tonne: FloatArray
    shut_share: FloatArray
    hours_group: IntArray
    usd_group: IntArray
    core: int


@dataclass(frozen=True, eq=False)
class Ties:
    """How the centres of economies reach the network, one entry a tie.

    Attributes
    ----------
    iso3, node
        Economy and place.
    centre
        Number of the centre; `weight` is its share of the economy.
    layer
        Layer number of the place's road layer.
    km
        Length of the way.
    """

    iso3: tuple[str, ...]
    node: tuple[str, ...]
    centre: IntArray
    layer: IntArray
    km: FloatArray
    weight: FloatArray

    def rows(self, iso3: tuple[str, ...], absent: Absent = "refuse") -> IntArray:
        """Find the ties of economies.

        Parameters
        ----------
        iso3
            Codes of economies.
        absent
            Whether an economy without a centre is refused, or has no tie.

        Raises
        ------
        UnknownNameError
            An economy has no centre in the network, and is refused; or none has one.
        """
        missing = self.without_centre(iso3)
        if missing and (absent == "refuse" or len(missing) == len(iso3)):
            raise UnknownNameError(
                f"no centre of {', '.join(missing)} in the freight network",
                mend=suggest(missing[0], self.iso3),
            )
        return np.flatnonzero(np.isin(np.array(self.iso3), iso3))

    def without_centre(self, iso3: tuple[str, ...]) -> tuple[str, ...]:
        """List the economies that have no centre in the network."""
        known = set(self.iso3)
        return tuple(code for code in iso3 if code not in known)


@dataclass(frozen=True, eq=False)
class Core:
    """How the core layers are joined, whatever it costs: networks that differ in costs share it.

    Attributes
    ----------
    structure
        Which core layers are joined.
    kept
        ``[K]`` core layers that no contraction may take out: ports at sea and the layers where
        economies come on; rising.
    """

    structure: Structure
    kept: IntArray

    @cached_property
    def contraction(self) -> Contraction:
        """The core graph between ties and ports, chains made one."""
        graph = self.structure
        return contract(graph.start, graph.end, set(self.kept.tolist()), graph.nodes)

    def is_same(self, other: Core) -> bool:
        """Say whether another core joins the same layers by the same arcs in the same order."""
        mine, others = self.structure, other.structure
        return (
            mine.nodes == others.nodes
            and np.array_equal(mine.start, others.start)
            and np.array_equal(mine.end, others.end)
            and np.array_equal(self.kept, other.kept)
        )
