"""What freight costs between economies where shippers choose modes and ports, by class of cargo.

For a class of cargo the cost that a change is measured by is the log-sum L of the choice
(`shares`): what shippers expect to pay at their best choice, the constants of the choice included.
The constants do not change, so that

    L_after - L_before = integral of sum_m share_m dc_m

is what is saved in money and time along the way from the old costs to the new ones, each mode and
port weighed by those who take it (Small and Rosen 1981, Econometrica 49; Williams 1977). What a
shipper pays before is the cost of the modes at their shares, without the constants, which nobody
is paid. Over the value of the goods, and over the classes by their share of it, both make the ad
valorem cost of freight before and after. The value of goods at the border holds margins of trade
that weigh nothing, so costs count for the part that is in the classes.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np
from scipy.sparse import csr_array

from landbridge.freight.carriage.carry import Split, split_modes
from landbridge.freight.carriage.classes import CargoClass
from landbridge.freight.carriage.constants import Attractions
from landbridge.freight.carriage.costs import ModeCosts, mode_costs
from landbridge.freight.carriage.mix import CargoMix
from landbridge.freight.costs.pricing import FreightDraw, FreightParameters, central_parameters
from landbridge.freight.network.compiled import FreightNetwork
from landbridge.freight.network.parts import Absent
from landbridge.freight.search.tree_graph import Ties
from landbridge.freight.skims.economies import covered_pairs
from landbridge.units import BoolArray, FloatArray


@dataclass(frozen=True, eq=False)
class CargoChoice:
    """The choice of modes and ports by class of cargo.

    Attributes
    ----------
    mix
        What the goods of every pair are.
    classes
        K classes.
    attractions
        Constants of modes and ports.
    largest_only
        Whether the largest centre of an economy stands for all of it: rough, and three times as
        fast.
    """

    mix: CargoMix
    classes: tuple[CargoClass, ...]
    attractions: Attractions = field(default_factory=Attractions)
    largest_only: bool = False

    def scaled(self, parameters: FreightParameters) -> tuple[CargoClass, ...]:
        """Move values and values of time of all classes as those of general cargo are moved."""
        central = central_parameters()
        value = parameters.value_usd_per_tonne / central.value_usd_per_tonne
        time = parameters.value_of_time_percent_per_day / central.value_of_time_percent_per_day
        return tuple(one.scaled(value=value, time=time) for one in self.classes)


@dataclass(frozen=True, eq=False)
class ChosenCosts:
    """Costs between N economies by class of cargo.

    Attributes
    ----------
    choice
        How they were found.
    value_factor
        Value of a tonne over that of the mix.
    felt
        ``[K, C, C]`` log-sum between centres, USD per tonne; infinite where no mode has a way.
    paid
        ``[K, N, N]`` expected cost without the constants, USD per tonne, the mean over the pairs
        of centres that have a way; infinite where none has. Zero where it was left out.
    reached
        ``[K, N, N]`` ratio: the share of the pairs of centres, by people, that have a way.
    covered
        ``[N, N]`` False on the diagonal, where no class has a way, and where the real way would
        run over land that the network does not hold.
    spread
        ``[N, C]`` weights of centres.
    """

    choice: CargoChoice
    value_factor: float
    felt: FloatArray
    paid: FloatArray
    reached: FloatArray
    covered: BoolArray
    spread: csr_array

    def with_mix(self, mix: CargoMix) -> ChosenCosts:
        """Weigh the classes by another mix of goods."""
        return replace(self, choice=replace(self.choice, mix=mix))

    @property
    def usd_per_tonne(self) -> FloatArray:
        """Expected cost of the pair's classes by their tonnes, ``[N, N]``; infinite: no way."""
        tonnes = self.choice.mix.shares / self.choice.mix.usd_per_tonne
        return _mean(self.paid, np.where(np.isfinite(self.paid), tonnes, 0.0))

    def ad_valorem(self) -> FloatArray:
        """Compute the cost of freight over the value of the goods, ``[N, N]`` ratio."""
        return self._over_value(self.paid, self.paid)

    def ad_valorem_after(self, after: ChosenCosts) -> tuple[FloatArray, int]:
        """Compute the same on another network, and count the cells held at zero.

        A pair of centres that has lost its way keeps its old cost here, and is missing from
        `reached`: a closure must not look cheaper because the dear places dropped out.

        Parameters
        ----------
        after
            Costs on the other network, of the same choice.
        """
        had = np.isfinite(self.felt)
        change = np.zeros_like(self.felt)
        both = had & np.isfinite(after.felt)
        np.subtract(after.felt, self.felt, out=change, where=both)
        saved = np.stack([_summed(self.spread, one) for one in change])
        np.divide(saved, self.reached, out=saved, where=self.reached > 0)
        cost = self._over_value(self.paid + saved, self.paid)
        below = cost < 0
        return np.where(below, 0.0, cost), int(below.sum())

    def reach_hat(self, after: ChosenCosts) -> FloatArray:
        """Compute the part of the goods whose places still reach each other, ``[N, N]`` ratio."""
        there = self.reached > 0
        ratio = np.divide(after.reached, self.reached, out=np.ones_like(self.reached), where=there)
        weight = np.where(there, self.choice.mix.shares, 0.0)
        total = weight.sum(axis=0)
        part: FloatArray = np.ones_like(total)
        np.divide((weight * ratio).sum(axis=0), total, out=part, where=total > 0)
        return part

    def _over_value(self, cost: FloatArray, where: FloatArray) -> FloatArray:
        """Weigh costs of classes, USD per tonne, over values of a tonne by shares of value."""
        value = self.choice.mix.usd_per_tonne * self.value_factor
        weight = np.where(np.isfinite(where), self.choice.mix.shares, 0.0)
        return _mean(cost / value, weight) * self.choice.mix.carried


def chosen_costs(
    network: FreightNetwork,
    parameters: FreightParameters,
    choice: CargoChoice,
    *,
    iso3: tuple[str, ...],
    draw: FreightDraw | None = None,
    absent: Absent = "refuse",
    changes_only: bool = False,
) -> ChosenCosts:
    """Find what freight costs between economies by class of cargo.

    Parameters
    ----------
    network, draw, iso3, absent
        As in `skims.economies.generalised_costs`.
    parameters
        Rates and times; value of a tonne and value of time over their central values move those of
        all classes alike.
    choice
        Classes, mix and constants.
    changes_only
        Leave out what is paid, which takes a third of the time: for costs after a change, of
        which only the difference to those before counts.

    Raises
    ------
    UnknownNameError
        An economy has no centre in the network, and is refused; or none has one.
    """
    classes = choice.scaled(parameters)
    costs = mode_costs(
        network,
        parameters,
        classes,
        iso3=iso3,
        draw=draw,
        absent=absent,
        largest_only=choice.largest_only,
    )
    ties = costs[0].ties
    spread = _spread(ties, len(iso3))
    felt, paid, reached = [], [], []
    for cargo, one in zip(classes, costs, strict=True):
        split = split_modes(one, cargo, choice.attractions.constants(cargo, network.sea.ports))
        here = np.isfinite(split.felt_usd_per_tonne)
        share = _summed(spread, here.astype(np.float64))
        mean = np.zeros_like(share) if changes_only else _summed(spread, _paid(one, split))
        felt.append(split.felt_usd_per_tonne)
        reached.append(share)
        paid.append(np.divide(mean, share, out=np.full_like(mean, np.inf), where=share > 0))
    every = np.stack(paid)
    return ChosenCosts(
        choice=choice,
        value_factor=parameters.value_usd_per_tonne / central_parameters().value_usd_per_tonne,
        felt=np.stack(felt),
        paid=every,
        reached=np.stack(reached),
        covered=np.isfinite(every).any(axis=0) & covered_pairs(network, iso3),
        spread=spread,
    )


def _spread(ties: Ties, count: int) -> csr_array:
    """Lay out the weights of centres in their economies, ``[N, C]``."""
    centres = len(ties.owner)
    return csr_array((ties.weight, (ties.owner, np.arange(centres))), shape=(count, centres))


def _summed(spread: csr_array, values: FloatArray) -> FloatArray:
    """Weigh values between centres, ``[C, C]`` to ``[N, N]``; zero on the diagonal."""
    found = np.asarray((spread @ (spread @ values).T).T)
    np.fill_diagonal(found, 0.0)
    return found


def _paid(costs: ModeCosts, split: Split) -> FloatArray:
    """Compute what is paid on average, ``[C, C]`` USD per tonne; zero where there is no way."""
    owner = costs.ties.owner
    every = {
        **costs.land,
        "pipeline": costs.piped[np.ix_(owner, owner)],
        "air": costs.flown,
    }
    if "sea" in split.shares:
        every["sea"] = split.ports.mean(costs.to_port, costs.at_sea, costs.from_port)
    found = np.zeros_like(split.felt_usd_per_tonne)
    for mode, share in split.shares.items():
        found += share * np.where(share > 0, every[mode], 0.0)
    return found


def _mean(values: FloatArray, weight: FloatArray) -> FloatArray:
    """Weigh the classes that have a weight, ``[K, N, N]`` to ``[N, N]``; infinite: none has."""
    total = weight.sum(axis=0)
    summed = (weight * np.where(weight > 0, values, 0.0)).sum(axis=0)
    found: FloatArray = np.full(total.shape, np.inf)
    np.divide(summed, total, out=found, where=total > 0)
    return found
