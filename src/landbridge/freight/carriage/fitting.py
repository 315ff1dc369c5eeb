"""Fit the constants of the choice to observed throughputs of ports and shares of modes.

A port's attraction moves by the log of observed over modelled, damped, until both agree; that is
the fixed point of Berry, Levinsohn and Pakes (1995, Econometrica 63) for constants of a logit. The
attractions of modes are found by least squares on the logs of shares. Both are held towards
zero by a normal prior, so that a figure that the costs contradict is met in part only.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final, TypeVar

import numpy as np
from scipy.optimize import least_squares

from landbridge.errors import ConvergenceError
from landbridge.freight.carriage.carry import between_centres, by_economy, split_modes
from landbridge.freight.carriage.classes import CargoClass, Goods
from landbridge.freight.carriage.constants import Attractions
from landbridge.freight.carriage.ways import Ways
from landbridge.units import FloatArray, IntArray

Key = TypeVar("Key")
TINY: Final = 1e-12
PORT_SD: Final = 1.0
MODE_SD: Final = 2.0
FACTOR_SD: Final = 0.5
"""Standard deviations before any figure is seen: units of the logit, the last log points."""
FIGURE_SD: Final = 0.3
"""Log deviation of an observed figure: definitions differ (transit, coastal traffic, empties)."""
LARGEST_PORT: Final = 3.0
"""Largest attraction of a port: odds of twenty. A port that would need more stands for others that
the network lacks, and its figure is met in part only."""
DAMPING: Final = 0.8
LARGEST_STEP: Final = 1.0
STEP: Final = 0.01
PORT_STEPS: Final = 8
CLOSE: Final = 0.05
"""Largest change of an attraction in the last round."""


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
    """

    exporters: IntArray
    importers: IntArray
    mode: str
    by_value: bool
    share: float
    both: bool = True


@dataclass(frozen=True, eq=False)
class Modelled:
    """What the model says of the figures: ``[P]`` million tonnes by port, and a share a target."""

    ports: FloatArray
    shares: FloatArray


@dataclass(frozen=True, eq=False)
class Fit:
    """Fitted attractions, and how they came out.

    Attributes
    ----------
    attractions
        The constants.
    modelled
        At the constants.
    rounds
        Rounds taken.
    largest_change
        Of an attraction in the last round.
    """

    attractions: Attractions
    modelled: Modelled
    rounds: int
    largest_change: float


def model(
    ways: Sequence[Ways],
    classes: Sequence[CargoClass],
    goods: Goods,
    attractions: Attractions,
    targets: Sequence[ShareTarget],
) -> Modelled:
    """Compute throughputs of ports and shares of modes, without carrying goods over the land."""
    ports = np.zeros(len(ways[0].ports))
    part, whole = np.zeros(len(targets)), np.zeros(len(targets))
    for number, (way, cargo) in enumerate(zip(ways, classes, strict=True)):
        split = split_modes(way, cargo, attractions.constants(cargo, way.ports))
        flow = np.stack([goods.tonnes_million[number], goods.usd_million[number]])
        between = between_centres(way, flow, split.felt_usd_per_tonne)
        owner, count = way.ties.owner, len(goods.iso3)
        if "sea" in split.shares:
            to_ports, _, from_ports = split.ports.through(split.shares["sea"] * between[0])
            ports += to_ports.sum(axis=0) + from_ports.sum(axis=0)
        by_mode = {
            mode: by_economy(share * between, owner, count)
            for mode, share in split.shares.items()
            if any(target.mode == mode for target in targets)
        }
        for place, target in enumerate(targets):
            unit = int(target.by_value)
            whole[place] += _between(flow[unit], target)
            if target.mode in by_mode:
                part[place] += _between(by_mode[target.mode][unit], target)
    return Modelled(ports, np.divide(part, whole, out=np.zeros_like(part), where=whole > 0))


def _between(flow: FloatArray, target: ShareTarget) -> float:
    one = float(flow[np.ix_(target.exporters, target.importers)].sum())
    if not target.both:
        return one
    return one + float(flow[np.ix_(target.importers, target.exporters)].sum())


def fit(
    ways: Sequence[Ways],
    classes: Sequence[CargoClass],
    goods: Goods,
    ports: dict[str, float],
    targets: Sequence[ShareTarget],
    modes: Sequence[tuple[str, str]],
    factors: Sequence[tuple[str, str]] = (),
    *,
    rounds: int = 25,
) -> Fit:
    """Fit the attractions of ports and modes.

    Parameters
    ----------
    ways, classes
        K classes and what each mode costs them.
    goods
        The goods that go.
    ports
        Observed million tonnes a year by port, loaded and unloaded.
    targets
        Observed shares.
    modes, factors
        Group and mode of the attractions, and of the factors on felt cost, to fit.
    rounds
        Most rounds.

    Raises
    ------
    ConvergenceError
        The attractions still moved by more than `CLOSE` in the last round.
    """
    at = {port: place for place, port in enumerate(ways[0].ports)}
    places = np.array([at[port] for port in ports], dtype=np.int64)
    observed = np.log(np.array(list(ports.values())))
    shares = np.log(np.array([target.share for target in targets]))
    found = Attractions(
        dict.fromkeys(ports, 0.0), dict.fromkeys(modes, 0.0), dict.fromkeys(factors, 0.0)
    )

    def ask(attractions: Attractions) -> Modelled:
        return model(ways, classes, goods, attractions, targets)

    change = np.inf
    for turn in range(1, rounds + 1):
        before = found
        if modes and len(targets):
            found = _fit_modes(found, shares, ask)
        for _ in range(PORT_STEPS if ports else 0):
            modelled = np.log(ask(found).ports[places])
            found = replace(found, ports=_moved(found.ports, _port_step(found, modelled, observed)))
        change = _largest_change(before, found)
        if change < CLOSE:
            return Fit(found, ask(found), turn, change)
    raise ConvergenceError(
        "the constants of the choice of modes and ports did not settle",
        residual=change,
        iterations=rounds,
    )


def _largest_change(before: Attractions, after: Attractions) -> float:
    moved = [abs(value - before.ports[port]) for port, value in after.ports.items()]
    moved += [abs(value - before.modes[mode]) for mode, value in after.modes.items()]
    moved += [abs(value - before.factors[mode]) for mode, value in after.factors.items()]
    return max(moved, default=0.0)


def _moved(values: Mapping[Key, float], step: FloatArray) -> dict[Key, float]:
    moved = zip(values.items(), step.tolist(), strict=True)
    return {name: value + by for (name, value), by in moved}


def _port_step(found: Attractions, modelled: FloatArray, observed: FloatArray) -> FloatArray:
    """Move towards observed, less where the prior pulls back, and within the bound."""
    own = np.array(list(found.ports.values()))
    pull = own * (FIGURE_SD / PORT_SD) ** 2
    step = np.clip(DAMPING * (observed - modelled - pull), -LARGEST_STEP, LARGEST_STEP)
    return np.asarray(np.clip(own + step, -LARGEST_PORT, LARGEST_PORT) - own)


def _fit_modes(
    found: Attractions, shares: FloatArray, ask: Callable[[Attractions], Modelled]
) -> Attractions:
    """Fit the attractions of modes to the logs of shares, ports held, with the prior."""
    count = len(found.modes)

    def moved(values: FloatArray) -> Attractions:
        one, other = values[:count].tolist(), values[count:].tolist()
        return replace(
            found,
            modes=dict(zip(found.modes, one, strict=True)),
            factors=dict(zip(found.factors, other, strict=True)),
        )

    def residuals(values: FloatArray) -> FloatArray:
        here = np.log(np.maximum(ask(moved(values)).shares, TINY))
        prior = np.concatenate((values[:count] / MODE_SD, values[count:] / FACTOR_SD))
        return np.concatenate(((here - shares) / FIGURE_SD, prior))

    start = np.array([*found.modes.values(), *found.factors.values()])
    done = least_squares(residuals, start, diff_step=[STEP] * len(start), max_nfev=2)
    return moved(done.x)
