"""How long an arc takes as its flow grows: powers of flow over capacity, and queues.

A delay is a continuous function of the flow that never falls. It knows its slope, which a search
needs, and the area under it, whose sum over arcs an equilibrium makes least (Beckmann, McGuire and
Winsten 1956). All take and give arrays over the arcs that they are of, in any one unit of cost.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Protocol

import numpy as np

from landbridge.errors import InputError
from landbridge.units import FloatArray, IntArray

BPR_ALPHA = 0.15
BPR_POWER = 4.0
"""Of the Bureau of Public Roads (1964): 15 percent longer where the flow is the capacity."""


class Delay(Protocol):
    """What an arc costs at a flow, ``[A]`` each."""

    def cost(self, flow: FloatArray) -> FloatArray:
        """Compute what passing costs."""

    def slope(self, flow: FloatArray) -> FloatArray:
        """Compute by how much cost rises a unit of flow."""

    def area(self, flow: FloatArray) -> FloatArray:
        """Integrate the cost from zero to the flow."""


@dataclass(frozen=True, eq=False)
class PowerDelay:
    """Cost that grows with a power of flow over capacity: ``free + rise (v / capacity) ** power``.

    Attributes
    ----------
    free
        ``[A]`` cost of an empty arc.
    capacity
        ``[A]`` flow at which the cost is ``free + rise``; infinite where an arc is never crowded.
    rise
        ``[A]`` in the unit of `free`.
    power
        ``[A]`` one or more.
    """

    free: FloatArray
    capacity: FloatArray
    rise: FloatArray
    power: FloatArray

    def __post_init__(self) -> None:
        """Refuse what no cost is: below zero, not a number, falling or with a kink at zero."""
        _check(self, {"free": 0.0, "capacity": 0.0, "rise": 0.0, "power": 1.0})

    def cost(self, flow: FloatArray) -> FloatArray:
        """Compute what passing costs, ``[A]``."""
        return np.asarray(self.free + self.rise * (flow / self.capacity) ** self.power)

    def slope(self, flow: FloatArray) -> FloatArray:
        """Compute by how much cost rises a unit of flow, ``[A]``."""
        load = (flow / self.capacity) ** (self.power - 1.0)
        return np.asarray(self.rise * self.power * load / self.capacity)

    def area(self, flow: FloatArray) -> FloatArray:
        """Integrate the cost from zero to the flow, ``[A]``."""
        load = (flow / self.capacity) ** self.power
        return np.asarray(flow * (self.free + self.rise * load / (self.power + 1.0)))


def bpr(
    free: FloatArray,
    capacity: FloatArray,
    *,
    alpha: float = BPR_ALPHA,
    power: float = BPR_POWER,
) -> PowerDelay:
    """Make the delay of the Bureau of Public Roads: ``free (1 + alpha (v / capacity) ** power)``.

    Examples
    --------
    >>> one = bpr(np.array([10.0]), np.array([100.0]))
    >>> one.cost(np.array([100.0])).tolist()
    [11.5]
    """
    return PowerDelay(free, capacity, alpha * free, np.full(len(free), power))


@dataclass(frozen=True, eq=False)
class QueueDelay:
    """A service with a queue: free at no load, bounded waits under it, a growing line above it.

    With x flow over capacity Q, T the time for which the load lasts and k = 8 J / (Q T), the cost
    is ``free + value T / 4 (x - 1 + sqrt((x - 1) ** 2 + k x))``. Well under capacity that is the
    wait of a steady queue, well over it half the time in which the line grows, and between them it
    is smooth (Akcelik 1991, Travel time functions for transport planning purposes: Davidson's
    function, its time-dependent form and an alternative travel time function, Australian Road
    Research 21(3)).

    Attributes
    ----------
    free
        ``[A]`` cost of passing without a wait.
    capacity
        ``[A]`` flow that can be served in a unit of time.
    lasting
        ``[A]`` time for which the load lasts, in that unit.
    roughness
        ``[A]`` J: above zero, small where arrivals are even.
    value
        ``[A]`` cost of waiting for a unit of time.
    """

    free: FloatArray
    capacity: FloatArray
    lasting: FloatArray
    roughness: FloatArray
    value: FloatArray

    def __post_init__(self) -> None:
        """Refuse what no queue is."""
        _check(self, dict.fromkeys(("free", "capacity", "lasting", "roughness", "value"), 0.0))
        if (self.roughness <= 0).any() or not np.isfinite(self.capacity).all():
            raise InputError("roughness is above zero and capacity a number", where="queue")

    def cost(self, flow: FloatArray) -> FloatArray:
        """Compute what passing costs, ``[A]``."""
        load, root = self._load(flow)
        return np.asarray(self.free + self._scale * (load - 1.0 + root))

    def slope(self, flow: FloatArray) -> FloatArray:
        """Compute by how much cost rises a unit of flow, ``[A]``."""
        load, root = self._load(flow)
        return np.asarray(self._scale * (1.0 + (load + self._middle / 2.0) / root) / self.capacity)

    def area(self, flow: FloatArray) -> FloatArray:
        """Integrate the cost from zero to the flow, ``[A]``."""
        wait = self._primitive(flow) - self._primitive(np.zeros(len(self.free)))
        return np.asarray(self.free * flow + self._scale * self.capacity * wait)

    @property
    def _scale(self) -> FloatArray:
        return np.asarray(self.value * self.lasting / 4.0)

    @property
    def _middle(self) -> FloatArray:
        """Factor b of ``(x - 1) ** 2 + k x = x ** 2 + b x + 1``."""
        return np.asarray(8.0 * self.roughness / (self.capacity * self.lasting) - 2.0)

    def _load(self, flow: FloatArray) -> tuple[FloatArray, FloatArray]:
        load = flow / self.capacity
        return load, np.sqrt(load * load + self._middle * load + 1.0)

    def _primitive(self, flow: FloatArray) -> FloatArray:
        """Integrate ``x - 1 + sqrt(x ** 2 + b x + 1)``, up to a constant."""
        load, root = self._load(flow)
        turn = 2.0 * load + self._middle
        curved = turn * root / 4.0 + (4.0 - self._middle**2) / 8.0 * np.log(2.0 * root + turn)
        return np.asarray(load * load / 2.0 - load + curved)


@dataclass(frozen=True, eq=False)
class MixedDelay:
    """Arcs of several kinds.

    Attributes
    ----------
    parts
        Positions of arcs and their delay; each of the A arcs stands in one part.
    """

    parts: tuple[tuple[IntArray, Delay], ...]

    def __post_init__(self) -> None:
        """Refuse arcs that stand in no part, or in two."""
        every = np.sort(np.concatenate([at for at, _ in self.parts]))
        if not np.array_equal(every, np.arange(len(every))):
            raise InputError("each arc has one delay", where="mixed delay")

    def cost(self, flow: FloatArray) -> FloatArray:
        """Compute what passing costs, ``[A]``."""
        return self._laid([part.cost(flow[at]) for at, part in self.parts])

    def slope(self, flow: FloatArray) -> FloatArray:
        """Compute by how much cost rises a unit of flow, ``[A]``."""
        return self._laid([part.slope(flow[at]) for at, part in self.parts])

    def area(self, flow: FloatArray) -> FloatArray:
        """Integrate the cost from zero to the flow, ``[A]``."""
        return self._laid([part.area(flow[at]) for at, part in self.parts])

    def _laid(self, values: Sequence[FloatArray]) -> FloatArray:
        found = np.empty(sum(len(at) for at, _ in self.parts))
        for (at, _), own in zip(self.parts, values, strict=True):
            found[at] = own
        return found


def _check(delay: PowerDelay | QueueDelay, least: dict[str, float]) -> None:
    """Refuse arrays of other lengths, and values that are missing or below the least."""
    length = len(delay.free)
    for field in fields(delay):
        values = getattr(delay, field.name)
        wrong = np.isnan(values) | (values < least[field.name])
        if field.name in {"capacity", "lasting"}:
            wrong = wrong | (values == 0)
        elif field.name != "capacity":
            wrong = wrong | np.isinf(values)
        if len(values) != length or wrong.any():
            raise InputError(
                f"{field.name} is to have {length} numbers of at least {least[field.name]:g}",
                where=type(delay).__name__,
            )
