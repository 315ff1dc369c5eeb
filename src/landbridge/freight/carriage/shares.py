"""Shares of modes and of pairs of ports: a nested logit on generalised cost in USD per tonne.

Symbols: c_m cost of mode m, k_m its constant, u_a and v_b costs from a centre to on board at port
a and from on board at port b to the other centre, s_ab cost at sea, d_p the constant of a port, B
the spread among pairs of ports and M that among modes. With
``w_ab = exp(-(u_a + d_a + s_ab + d_b + v_b) / B)``

    c_sea = -B log sum_ab w_ab      share of a pair of ports: w_ab / sum w
    share of m: exp(-(c_m + k_m) / M) / sum over modes

Since the cost of a way by sea is a sum, the sum over pairs of ports is two matrix products, and so
are the flows through every port (McFadden 1978, Modelling the choice of residential location; the
sum over ways as in Dial 1971, Transportation Research 5). Constants are what shippers feel and
pay to nobody: they move shares, and no resource is saved by them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from landbridge.errors import InputError
from landbridge.freight.carriage.blocks import Blocks, pattern_of
from landbridge.units import FloatArray, IntArray


@dataclass(frozen=True, eq=False)
class PortChoice:
    """Ways by sea between C centres through P ports.

    Attributes
    ----------
    leaving, arriving
        ``[C, P]`` exp of minus the felt cost to and from ports over the spread, scaled by row.
    sea
        ``[P, P]`` the same between ports.
    onward
        ``[P, C]`` sum of `sea` and `arriving` over ports at the other end.
    total
        ``[C, C]`` sum over pairs of ports, in the scale of `leaving` and `arriving`.
    cost
        ``[C, C]`` expected least felt cost, USD per tonne; infinite where there is no way.
    back_least
        ``[C]`` least felt cost from a port to a centre, USD per tonne.
    spread
        How far shippers differ among pairs of ports, USD per tonne.
    """

    leaving: Blocks
    arriving: Blocks
    sea: FloatArray
    onward: FloatArray
    total: FloatArray
    cost: FloatArray
    back_least: FloatArray
    spread: float

    @cached_property
    def out(self) -> FloatArray:
        """Lay `leaving` out, ``[C, P]``."""
        return self.leaving.dense()

    @cached_property
    def back(self) -> FloatArray:
        """Lay `arriving` out, ``[C, P]``."""
        return self.arriving.dense()

    def through(self, flow: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
        """Split a flow between centres over ports.

        Parameters
        ----------
        flow
            ``[C, C]``; only where there is a way.

        Returns
        -------
        tuple
            ``[C, P]`` from centres to ports, ``[P, P]`` between ports, ``[C, P]`` from ports to
            centres, in the unit of the flow.
        """
        per = self._per(flow)
        onward = per @ self.back
        legs = self.sea * (self.out.T @ onward)
        to_ports = self.out * (onward @ self.sea.T)
        from_ports = self.back * (per.T @ self.out @ self.sea)
        return to_ports, legs, from_ports

    def from_board(self, ports: IntArray) -> FloatArray:
        """Compute the expected least cost from on board at some ports to centres.

        Parameters
        ----------
        ports
            ``[X]`` positions.

        Returns
        -------
        FloatArray
            ``[X, C]`` felt USD per tonne; infinite where there is no way.
        """
        return _log_sum(self.onward[ports], self.back_least, self.spread)

    def mean(self, to_port: FloatArray, at_sea: FloatArray, from_port: FloatArray) -> FloatArray:
        """Compute the mean cost of the pairs of ports at their shares.

        Parameters
        ----------
        to_port, from_port
            ``[C, P]`` USD per tonne, without the constants.
        at_sea
            ``[P, P]``.

        Returns
        -------
        FloatArray
            ``[C, C]`` USD per tonne; zero where there is no way.
        """
        first, last = self.leaving, self.arriving
        paid_out = first.by(first.pattern.take(to_port))
        paid_back = last.by(last.pattern.take(from_port))
        # Weighted sums of a + s + b are sums of products, as the sum of the weights is.
        later = last.after(_times(self.sea, at_sea)) + paid_back.after(self.sea)
        summed = paid_out.times(self.onward) + first.times(later)
        return np.divide(summed, self.total, out=np.zeros_like(summed), where=self.total > 0)

    def legs(self, flow: FloatArray) -> FloatArray:
        """Compute the flow between ports alone, ``[P, P]``; as the second of `through`."""
        return np.asarray(self.sea * (self.out.T @ (self._per(flow) @ self.back)))

    def _per(self, flow: FloatArray) -> FloatArray:
        return np.divide(flow, self.total, out=np.zeros_like(flow), where=self.total > 0)


def _times(weight: FloatArray, cost: FloatArray) -> FloatArray:
    """Multiply costs by weights; what has no weight may cost anything."""
    return weight * np.where(weight > 0, cost, 0.0)


def choose_ports(
    to_port: FloatArray,
    at_sea: FloatArray,
    from_port: FloatArray,
    constants: FloatArray,
    spread: float,
) -> PortChoice:
    """Compute the choice among pairs of ports.

    Parameters
    ----------
    to_port, from_port
        ``[C, P]`` USD per tonne to on board, and from on board; infinite where there is no way.
    at_sea
        ``[P, P]`` USD per tonne between ports.
    constants
        ``[P]`` felt cost of a port besides what it takes, USD per tonne.
    spread
        How far shippers differ among pairs of ports, USD per tonne, above zero.
    """
    if not spread > 0:
        raise InputError(f"the spread among ports is to be above zero, not {spread}")
    out, out_least = _by_port(to_port, constants).weights(spread)
    back, back_least = _by_port(from_port, constants).weights(spread)
    sea = np.exp(at_sea / -spread)
    onward = back.after(sea)
    total = out.times(onward)
    cost = _log_sum(total, out_least[:, None] + back_least, spread)
    return PortChoice(out, back, sea, onward, total, cost, back_least, spread)


def _by_port(cost: FloatArray, constants: FloatArray) -> Blocks:
    """Take what a way costs where there is one, with the constants of ports, ``[C, P]``."""
    found = pattern_of(np.isfinite(cost)).take(cost)
    return found.plus(constants)


def _log_sum(total: FloatArray, least: FloatArray, spread: float) -> FloatArray:
    """Turn sums of weights over a least cost into expected least costs; infinite: no way."""
    found = np.full(total.shape, -np.inf)
    np.log(total, out=found, where=total > 0)
    found *= -spread
    found += least
    return found


def mode_shares(
    costs: Mapping[str, FloatArray], constants: Mapping[str, float], spread: float
) -> tuple[dict[str, FloatArray], FloatArray]:
    """Compute the shares of modes, and the expected least felt cost.

    Parameters
    ----------
    costs
        By mode: an array of any one shape, USD per tonne; infinite where the mode has no way.
    constants
        Felt cost of a mode besides, USD per tonne; 0 where absent.
    spread
        How far shippers differ among modes, USD per tonne, above zero.

    Returns
    -------
    tuple
        Shares by mode (ratio, sum one, all zero where no mode has a way), and USD per tonne
        (infinite there).
    """
    if not spread > 0:
        raise InputError(f"the spread among modes is to be above zero, not {spread}")
    weights = [values + constants.get(mode, 0.0) for mode, values in costs.items()]
    least = weights[0].copy()
    for felt in weights[1:]:
        np.minimum(least, felt, out=least)
    finite = np.where(np.isfinite(least), least, 0.0)
    total = np.zeros_like(least)
    for felt in weights:
        np.subtract(felt, finite, out=felt)
        np.divide(felt, -spread, out=felt)
        total += np.exp(felt, out=felt)
    # Where no mode has a way, the sum is zero and the least cost infinite.
    total[total == 0] = 1.0
    for weight in weights:
        np.divide(weight, total, out=weight)
    expected = np.log(total, out=total)
    expected *= -spread
    expected += least
    return dict(zip(costs, weights, strict=True)), expected
