"""Which ways shippers take: nested logit on the log of generalised cost, routes within modes.

Symbols: c_r generalised cost of route r, phi_m felt cost of mode m over the network's, theta the
scale among modes, lambda the dissimilarity within a mode, s_r the part of a route that no better
one has. With theta / lambda the scale among routes of a mode,

    C_m = (sum_r s_r * (phi_m * c_r) ** -(theta / lambda)) ** -(lambda / theta)
    C   = (sum_m C_m ** -theta) ** (-1 / theta)

C is the expected least cost of shippers whose costs differ from the network's by independent
extreme-value factors (Ben-Akiva and Lerman 1985, Discrete Choice Analysis; in trade: Allen and
Arkolakis 2022, Review of Economic Studies 89), less the constant that makes it the cost itself
where there is one route. As theta grows it tends to the least cost.

A route that shares most of its way with a better one is hardly a choice of its own. The path-size
logit (Ben-Akiva and Bierlaire 1999) splits a shared stretch among its routes; another route then
can make all dearer. Here a stretch counts for the best route that has it, and s_r is what is left
of r, by cost: a repeated route counts nothing, and adding a route never raises C (what a worse
route loses to the added one, the added one gains at a lower cost).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields

import numpy as np
import pandas as pd

from landbridge.errors import InputError
from landbridge.freight.routes.alternatives import Alternatives
from landbridge.freight.search.modes import MAIN_MODES
from landbridge.freight.search.ways import Piece
from landbridge.tables import embedded_table
from landbridge.units import PERCENT, FloatArray

PREFIX = "choice_"
COLUMNS = ("route", "mode", "generalised_usd_per_tonne", "own_part", "share_percent")
MODE_COLUMNS = ("mode", "routes", "generalised_usd_per_tonne", "share_percent")


@dataclass(frozen=True)
class ChoiceParameters:
    """How strongly shippers follow cost; names as in the table ``freight/choice_parameters``.

    Attributes
    ----------
    mode_scale
        Scale on log cost among modes; infinite: all take the least cost.
    nest
        Dissimilarity of routes within a mode, above 0 and at most 1.
    road_factor, rail_factor, sea_factor, air_factor
        Felt cost over the network's: a constant of a mode in the logit, as a ratio.
    """

    mode_scale: float = 3.4
    nest: float = 0.5
    road_factor: float = 1.0
    rail_factor: float = 1.0
    sea_factor: float = 1.0
    air_factor: float = 1.0

    def __post_init__(self) -> None:
        """Refuse scales and factors without a meaning."""
        faults = [
            f"{field.name} is {getattr(self, field.name)}"
            for field in fields(self)
            if not getattr(self, field.name) > 0
        ]
        if not self.nest <= 1:
            faults.append(f"nest is {self.nest}: it is at most 1")
        if not np.isfinite(self.factors).all():
            faults.append("a factor is infinite")
        if faults:
            raise InputError(f"parameters of choice must be above zero: {'; '.join(faults)}")

    @property
    def route_scale(self) -> float:
        """Scale on log cost among routes of one mode."""
        return self.mode_scale / self.nest

    @property
    def factors(self) -> FloatArray:
        """Felt cost by main mode, in the order of `modes.MAIN_MODES`, ``[M]`` ratio."""
        return np.array([getattr(self, f"{mode}_factor") for mode in MAIN_MODES])


def central_choice() -> ChoiceParameters:
    """Read the central values of the table ``freight/choice_parameters``."""
    table = embedded_table("freight", "choice_parameters")
    return choice_of(dict(zip(table["name"], table["central"].astype(float), strict=True)))


def choice_of(values: Mapping[str, float]) -> ChoiceParameters:
    """Pick the parameters of choice among a run's: those named ``choice_...``."""
    names = [field.name for field in fields(ChoiceParameters)]
    return ChoiceParameters(**{name: float(values[PREFIX + name]) for name in names})


@dataclass(frozen=True, eq=False)
class Choice:
    """Shares of the ways between two places.

    Attributes
    ----------
    routes
        One row a route, columns `COLUMNS`: name, main mode, generalised cost, the part that no
        better route of its mode has (ratio), share of the goods (percent).
    modes
        One row a main mode that has a route, columns `MODE_COLUMNS`.
    expected_usd_per_tonne
        The cost C of the module's text: felt, of all routes together.
    least_usd_per_tonne
        Generalised cost of the least-cost route.
    parameters
        What it was found with.
    """

    routes: pd.DataFrame
    modes: pd.DataFrame
    expected_usd_per_tonne: float
    least_usd_per_tonne: float
    parameters: ChoiceParameters


def choose(found: Alternatives, parameters: ChoiceParameters | None = None) -> Choice:
    """Split goods over the ways between two places.

    Parameters
    ----------
    found
        The ways (`alternatives.alternatives`).
    parameters
        Scales and factors; central when absent.

    Returns
    -------
    Choice
        Shares that sum to 100 percent, over routes and over modes.

    Examples
    --------
    >>> from landbridge.freight.routes.alternatives import alternatives
    >>> from landbridge.freight.costs.pricing import central_parameters
    >>> from landbridge.freight.network.compiled import load_network
    >>> ways = alternatives(load_network(), central_parameters(), "Tashkent", "Karachi")
    >>> choice = choose(ways)
    >>> bool(choice.expected_usd_per_tonne < choice.least_usd_per_tonne)
    True
    """
    own = parameters or central_choice()
    costs = np.array([route.trip.generalised_usd_per_tonne for route in found.routes])
    nests = np.array([MAIN_MODES.index(route.mode) for route in found.routes])
    parts = own_parts(costs, nests, [route.pieces for route in found.routes])
    shares, by_mode, expected = nested_logit(costs, nests, parts, own)
    routes = pd.DataFrame(
        {
            "route": [route.name for route in found.routes],
            "mode": [route.mode for route in found.routes],
            "generalised_usd_per_tonne": costs,
            "own_part": parts,
            "share_percent": PERCENT * shares,
        }
    )
    there = np.unique(nests)
    modes = pd.DataFrame(
        {
            "mode": [MAIN_MODES[nest] for nest in there],
            "routes": [int((nests == nest).sum()) for nest in there],
            "generalised_usd_per_tonne": by_mode[there],
            "share_percent": [PERCENT * float(shares[nests == nest].sum()) for nest in there],
        }
    )
    return Choice(
        routes=routes,
        modes=modes,
        expected_usd_per_tonne=expected,
        least_usd_per_tonne=float(costs.min()),
        parameters=own,
    )


def own_parts(
    costs: FloatArray, nests: np.ndarray, pieces: Sequence[Mapping[tuple[str, ...], Piece]]
) -> FloatArray:
    """Compute the part of each route, by cost, that no better route of its nest has, ``[R]`` ratio.

    Parameters
    ----------
    costs
        ``[R]`` generalised cost; among equals the earlier is the better.
    nests
        ``[R]`` number of the nest.
    pieces
        The stretches of each route; a cost beside them is common to all.
    """
    parts = np.ones(len(costs))
    taken: dict[int, set[tuple[str, ...]]] = {}
    for route in np.argsort(costs, kind="stable"):
        nest = int(nests[route])
        if nest in taken:
            new = [
                piece.generalised_usd_per_tonne
                for key, piece in pieces[route].items()
                if key not in taken[nest]
            ]
            parts[route] = sum(new) / costs[route]
        taken.setdefault(nest, set()).update(pieces[route])
    return np.asarray(np.clip(parts, 0.0, 1.0))


def nested_logit(
    costs: FloatArray, nests: np.ndarray, parts: FloatArray, parameters: ChoiceParameters
) -> tuple[FloatArray, FloatArray, float]:
    """Compute shares and expected costs of routes in nests.

    Parameters
    ----------
    costs
        ``[R]`` generalised cost, above zero.
    nests
        ``[R]`` position of the route's main mode in `modes.MAIN_MODES`.
    parts
        ``[R]`` s_r; at least one route of each nest has a part above zero.
    parameters
        Scales and factors.

    Returns
    -------
    tuple
        ``[R]`` shares (ratio, sum one), ``[M]`` C_m (infinite without a route), and C.

    Raises
    ------
    InputError
        There is no route, or a cost is not above zero.
    """
    if not len(costs) or not (costs > 0).all():
        raise InputError("a choice needs routes whose generalised cost is above zero")
    felt = parameters.factors[nests] * costs
    by_mode = np.full(len(MAIN_MODES), np.inf)
    within = np.zeros(len(costs))
    for nest in np.unique(nests):
        mine = nests == nest
        within[mine], by_mode[nest] = _logit(felt[mine], parts[mine], parameters.route_scale)
    shares, expected = _logit(by_mode, np.ones(len(by_mode)), parameters.mode_scale)
    return shares[nests] * within, by_mode, expected


def mode_logsum(costs: FloatArray, parameters: ChoiceParameters) -> FloatArray:
    """Compute the expected cost C where each mode has one route, ``[...]``.

    Parameters
    ----------
    costs
        ``[M, ...]`` generalised cost by main mode, in the order of `modes.MAIN_MODES`; infinite
        where a mode has no way.
    parameters
        Scales and factors; the nests have one route each, so that `nest` does not matter.

    Returns
    -------
    FloatArray
        Infinite where no mode has a way, zero where the least cost is zero.
    """
    shape = (len(costs), *[1] * (costs.ndim - 1))
    felt = parameters.factors.reshape(shape) * costs
    least = felt.min(axis=0)
    there = np.isfinite(least) & (least > 0)
    ratio = np.divide(felt, least, out=np.full_like(felt, np.inf), where=there)
    total = np.where(there, (ratio**-parameters.mode_scale).sum(axis=0), 1.0)
    return np.asarray(least * total ** (-1.0 / parameters.mode_scale))


def _logit(costs: FloatArray, parts: FloatArray, scale: float) -> tuple[FloatArray, float]:
    """Compute shares and the expected cost; a route without a finite cost has no share."""
    # Ratios to the least keep any scale, an infinite one too, from overflow.
    least = float(costs[parts > 0].min())
    weight = parts * np.where(np.isfinite(costs), costs / least, np.inf) ** -scale
    total = float(weight.sum())
    return weight / total, least * float(total ** (-1.0 / scale))
