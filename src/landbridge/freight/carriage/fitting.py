"""Fit the constants of the choice to observed throughputs of ports and shares of modes.

All constants are found at once by least squares on logs: what is observed over what is modelled,
each figure by its own spread, and every constant held towards what is expected before any figure
is seen, by a normal prior (the posterior mode of Gelman and others, Bayesian Data Analysis, ch. 5).
A port is expected to have the attraction that its features give it. What a port has besides is
shrunk towards zero by its standard deviation, which is estimated with the rest. So a port
without a figure gets what ports like it have, and a constant that moves nothing (the only port of
an economy) stays where it is expected.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Final, Literal

import numpy as np

from landbridge.errors import ConvergenceError
from landbridge.freight.carriage.carry import between_centres, by_economy, split_modes
from landbridge.freight.carriage.classes import CargoClass, Goods
from landbridge.freight.carriage.constants import Attractions
from landbridge.freight.carriage.costs import ModeCosts
from landbridge.freight.carriage.loading import legs, loading_of
from landbridge.units import FloatArray, IntArray

TINY: Final = 1e-12
SD: Final = {"ports": 1.0, "modes": 2.0, "features": 1.0}
"""Standard deviations before any figure is seen, units of the logit. That of ports is a start,
estimated anew."""
FIGURE_SD: Final = 0.3
"""Log deviation of a figure besides its own: definitions differ (transit, coastal traffic)."""
STEP: Final = 0.01
CLOSE: Final = 0.02
"""Largest change of a constant, and of the standard deviation of ports, in the last round."""
LARGEST_STEP: Final = 1.0


@dataclass(frozen=True, eq=False)
class PortTarget:
    """An observed throughput of a port.

    Attributes
    ----------
    port
        Place id.
    million
        A year, loaded and unloaded, tonnes or TEU.
    unit
        Which of them.
    spread
        Standard deviation of its log.
    """

    port: str
    million: float
    unit: Literal["tonnes", "TEU"] = "tonnes"
    spread: float = 0.0


@dataclass(frozen=True, eq=False)
class ShareTarget:
    """An observed share of a mode in the trade between two groups of economies.

    Attributes
    ----------
    exporters, importers
        Positions of economies; both directions count where `both` is set.
    mode
        Mode.
    by_value
        Share of USD; of tonnes otherwise.
    share
        Ratio.
    spread
        Standard deviation of its log.
    """

    exporters: IntArray
    importers: IntArray
    mode: str
    by_value: bool
    share: float
    both: bool = True
    spread: float = 0.0


@dataclass(frozen=True, eq=False)
class Modelled:
    """What the model says: ``[P]`` million tonnes and TEU by port, and a share a target."""

    ports: FloatArray
    teu: FloatArray
    shares: FloatArray


@dataclass(frozen=True, eq=False)
class Fit:
    """Fitted attractions, and how they came out.

    Attributes
    ----------
    attractions
        The constants.
    deviations
        Standard deviation of each, given the figures; keys of `Attractions` by field.
    port_sd
        Standard deviation of ports around what their features say.
    modelled
        At the constants.
    rounds
        Steps taken.
    """

    attractions: Attractions
    deviations: Attractions
    port_sd: float
    modelled: Modelled
    rounds: int


def model(
    ways: Sequence[ModeCosts],
    classes: Sequence[CargoClass],
    goods: Goods,
    attractions: Attractions,
    targets: Sequence[ShareTarget],
) -> Modelled:
    """Compute throughputs of ports and shares of modes, without carrying goods over the land."""
    ports, teu = np.zeros(len(ways[0].network.sea.ports)), np.zeros(len(ways[0].network.sea.ports))
    part, whole = np.zeros(len(targets)), np.zeros(len(targets))
    wanted = {target.mode for target in targets}
    for number, (way, cargo) in enumerate(zip(ways, classes, strict=True)):
        split = split_modes(way, cargo, attractions.constants(cargo, way.network.sea.ports))
        flow = np.stack([goods.tonnes_million[number], goods.usd_million[number]])
        between = between_centres(way, flow, split.felt_usd_per_tonne)
        owner, count = way.ties.owner, len(goods.iso3)
        if "sea" in split.shares:
            at_sea = split.shares["sea"] * between[0]
            between_ports = legs(split.ports, at_sea, owner, loading_of(way, cargo))
            here = between_ports.sum(axis=1) + between_ports.sum(axis=0)
            ports += here
            teu += here / cargo.tonnes_per_teu if cargo.tonnes_per_teu else 0.0
        by_mode = {
            mode: by_economy(share * between, owner, count)
            for mode, share in split.shares.items()
            if mode in wanted
        }
        for place, target in enumerate(targets):
            unit = int(target.by_value)
            whole[place] += _between(flow[unit], target)
            if target.mode in by_mode:
                part[place] += _between(by_mode[target.mode][unit], target)
    shares = np.divide(part, whole, out=np.zeros_like(part), where=whole > 0)
    return Modelled(ports, teu, shares)


def _between(flow: FloatArray, target: ShareTarget) -> float:
    one = float(flow[np.ix_(target.exporters, target.importers)].sum())
    if not target.both:
        return one
    return one + float(flow[np.ix_(target.importers, target.exporters)].sum())


def fit(
    ways: Sequence[ModeCosts],
    classes: Sequence[CargoClass],
    goods: Goods,
    ports: Sequence[PortTarget],
    shares: Sequence[ShareTarget],
    start: Attractions,
    *,
    rounds: int = 60,
) -> Fit:
    """Fit the attractions of ports and modes.

    Parameters
    ----------
    ways, classes
        K classes and what each mode costs them.
    goods
        The goods that go.
    ports, shares
        What was observed.
    start
        The constants to fit, and where to start; ports of `ports` join at zero.
    rounds
        Most steps.

    Raises
    ------
    ConvergenceError
        The constants, or the standard deviation of ports, still moved in the last round.
    """
    own = {target.port: start.ports.get(target.port, 0.0) for target in ports}
    begin = replace(start, ports=own)
    seen = _Seen(ways, classes, goods, ports, shares)
    solved = _settle(lambda values: seen.off(_unpacked(begin, values)), begin, rounds)
    found = _unpacked(begin, solved.values)
    return Fit(
        attractions=found,
        deviations=_unpacked(begin, solved.deviations),
        port_sd=solved.port_sd,
        modelled=model(ways, classes, goods, found, shares),
        rounds=solved.rounds,
    )


@dataclass(frozen=True, eq=False)
class _Seen:
    """What was observed, and the model that is held against it."""

    ways: Sequence[ModeCosts]
    classes: Sequence[CargoClass]
    goods: Goods
    ports: Sequence[PortTarget]
    shares: Sequence[ShareTarget]

    def off(self, attractions: Attractions) -> FloatArray:
        """Compute the log of modelled over observed, over its standard deviation."""
        here = model(self.ways, self.classes, self.goods, attractions, self.shares)
        place = {port: number for number, port in enumerate(self.ways[0].network.sea.ports)}
        at = np.array([place[target.port] for target in self.ports], dtype=np.int64)
        boxes = np.array([target.unit == "TEU" for target in self.ports], dtype=bool)
        said = np.concatenate((np.where(boxes, here.teu[at], here.ports[at]), here.shares))
        seen = [one.million for one in self.ports] + [one.share for one in self.shares]
        own = np.array([one.spread for one in self.ports] + [one.spread for one in self.shares])
        off = np.log(np.maximum(said, TINY)) - np.log(seen)
        return np.asarray(off / np.hypot(own, FIGURE_SD))


@dataclass(frozen=True, eq=False)
class _Settled:
    """Values at which the sum of squares is least, and how sure they are."""

    values: FloatArray
    deviations: FloatArray
    port_sd: float
    rounds: int


def _settle(ask: Callable[[FloatArray], FloatArray], start: Attractions, rounds: int) -> _Settled:
    """Find the least sum of squares by Gauss-Newton steps, and the spread of ports on the way.

    Slopes by differences take one model a constant, so they are kept up by Broyden's rule (1965,
    Mathematics of Computation 19) and taken afresh where a step does not help, and at the end. The
    standard deviation of ports is that of their constants with what is unsure of each (Dempster,
    Laird and Rubin 1977).
    """
    values = np.array([value for _, group in start.fields() for value in group.values()])
    kinds = np.array([name for name, group in start.fields() for _ in group])
    prior = np.array([SD[kind] for kind in kinds])
    is_port = kinds == "ports"
    here = ask(values)
    slopes, fresh = _slopes(ask, values, here), True
    for turn in range(1, rounds + 1):
        curve = np.linalg.inv(slopes.T @ slopes + np.diag(prior**-2.0))
        step = -curve @ (slopes.T @ here + values / prior**2)
        longest = float(np.abs(step).max(initial=0.0))
        step *= min(1.0, LARGEST_STEP / max(longest, TINY))
        there = ask(values + step)
        better = _squares(here, values / prior) - _squares(there, (values + step) / prior)
        if longest > 0:
            slopes = slopes + np.outer(there - here - slopes @ step, step) / (step @ step)
        if better > 0:
            values, here = values + step, there
        sure = np.sqrt(np.diag(curve))
        before = prior.copy()
        if is_port.any():
            prior[is_port] = np.sqrt(np.mean(values[is_port] ** 2 + sure[is_port] ** 2))
        moved = max(longest, float(np.abs(prior - before).max(initial=0.0)))
        if moved < CLOSE and fresh:
            return _Settled(
                values, sure, float(prior[is_port].mean()) if is_port.any() else 0.0, turn
            )
        # The first slopes are too old for the end, and so are those that led astray.
        fresh = moved < CLOSE or (better <= 0 and not fresh)
        if fresh:
            slopes = _slopes(ask, values, here)
    raise ConvergenceError(
        "the constants of the choice of modes and ports did not settle",
        residual=moved,
        iterations=rounds,
    )


def _squares(*parts: FloatArray) -> float:
    return float(sum(part @ part for part in parts))


def _slopes(
    ask: Callable[[FloatArray], FloatArray], values: FloatArray, here: FloatArray
) -> FloatArray:
    """Compute slopes by differences, ``[figures, constants]``."""
    return np.stack([(ask(values + move) - here) / STEP for move in STEP * np.eye(len(values))], 1)


def _unpacked(like: Attractions, values: FloatArray) -> Attractions:
    """Put values where the constants of `like` stand."""
    left = iter(values.tolist())
    fields = {name: {key: next(left) for key in old} for name, old in like.fields()}
    return replace(like, **fields)
