"""The main mode of a way, and searches that favour one.

Symbols: a way's km by road, rail, sea and air; ferries, terminals and borders belong to no mode.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from landbridge.units import FloatArray

MainMode: TypeAlias = Literal["road", "rail", "sea", "air"]
MAIN_MODES: tuple[MainMode, ...] = ("road", "rail", "sea", "air")
LEAST_AFLOAT = 0.1
"""Share of km by sea from which a way is one by sea, whatever its land part."""
TILTS = (1.5, 3.0)
"""Factors on the line haul of the other modes in searches for a mode's best way: enough to leave a
road beside a railway, little enough not to cross a continent for one."""


def main_mode_of(
    road: FloatArray, rail: FloatArray, sea: FloatArray, air: FloatArray
) -> NDArray[np.int8]:
    """Find the main mode of ways as a position in `MAIN_MODES`.

    By air if any of it is flown; by sea if a tenth of the km is; else by rail if at least as much
    of it is by rail as by road; else by road.

    Parameters
    ----------
    road, rail, sea, air
        Km by mode, all of one shape.
    """
    total = road + rail + sea + air
    afloat = (sea > 0) & (sea >= LEAST_AFLOAT * total)
    by_rail = (rail > 0) & (rail >= road)
    found = np.where(air > 0, 3, np.where(afloat, 2, np.where(by_rail, 1, 0)))
    return np.asarray(found, dtype=np.int8)


def main_mode(km: FloatArray, modes: NDArray[np.str_], arcs: Sequence[int]) -> MainMode:
    """Find the main mode of one way.

    Parameters
    ----------
    km, modes
        ``[A]`` of all arcs.
    arcs
        The way: positions in them.
    """
    used = list(arcs)
    length, how = km[used], modes[used]
    road, rail, sea, air = (np.array(length[how == mode].sum()) for mode in MAIN_MODES)
    return MAIN_MODES[int(main_mode_of(road, rail, sea, air))]


def favour(
    general: FloatArray,
    modes: NDArray[np.str_],
    mode: MainMode,
    *,
    tilts: Sequence[float] = TILTS,
) -> list[FloatArray]:
    """Compute weights in whose least ways a mode prevails.

    Road alone is a search without rail, sea and air. Otherwise the line haul of the other modes
    weighs more than it costs; a way found so is judged by its true cost and its main mode.

    Parameters
    ----------
    general
        ``[A]`` generalised costs.
    modes
        ``[A]`` mode of line haul, empty for events at a place.
    mode
        The mode to favour.
    tilts
        Factors on the line haul of the other modes.

    Returns
    -------
    list of FloatArray
        ``[A]`` each; infinite where an arc is not to be used.
    """
    barred = np.isin(modes, _barred(mode))
    other = np.isin(modes, [one for one in MAIN_MODES if one != mode])
    if mode == "road":
        return [np.where(barred, np.inf, general)]
    return [np.where(barred, np.inf, np.where(other, tilt * general, general)) for tilt in tilts]


def _barred(mode: MainMode) -> list[str]:
    """Find the modes that may not be used at all in a way of a main mode."""
    above: dict[MainMode, list[str]] = {"road": ["rail", "sea", "air"], "rail": ["sea", "air"]}
    return above.get(mode, ["air"] if mode == "sea" else [])
