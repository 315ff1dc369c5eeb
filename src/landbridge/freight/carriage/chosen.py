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

from landbridge.freight.carriage.carry import Constants, Split, costs_of_modes, split_modes
from landbridge.freight.carriage.classes import CargoClass
from landbridge.freight.carriage.constants import Attractions
from landbridge.freight.carriage.costs import EVERY_CENTRE, Centres, ModeCosts, mode_costs
from landbridge.freight.carriage.loading import loading_of
from landbridge.freight.carriage.mix import CargoMix
from landbridge.freight.carriage.shares import mode_shares
from landbridge.freight.costs.pricing import FreightDraw, FreightParameters, central_parameters
from landbridge.freight.network.compiled import FreightNetwork
from landbridge.freight.network.parts import Absent
from landbridge.freight.search.tree_graph import spread_of, weighed
from landbridge.freight.skims.economies import covered_pairs
from landbridge.units import BoolArray, FloatArray, IntArray


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
    centres
        Which stand for their economies.
    """

    mix: CargoMix
    classes: tuple[CargoClass, ...]
    attractions: Attractions = field(default_factory=Attractions)
    centres: Centres = EVERY_CENTRE

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
    boarded
        By class: what is loaded straight away at ports.
    """

    choice: CargoChoice
    value_factor: float
    felt: FloatArray
    paid: FloatArray
    reached: FloatArray
    covered: BoolArray
    spread: csr_array
    boarded: tuple[Boarded, ...] = ()

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
    before: ChosenCosts | None = None,
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
    before
        The costs before a change, for those after it: what is loaded straight away at its ports
        (`loading`) stays with them, and what is paid is left out.

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
        centres=choice.centres,
    )
    ties = costs[0].ties
    spread = spread_of(ties.owner, ties.weight, len(iso3))
    felt, paid, reached, boarded = [], [], [], []
    for place, (cargo, one) in enumerate(zip(classes, costs, strict=True)):
        constants = choice.attractions.constants(cargo, network.sea.ports)
        split = split_modes(one, cargo, constants)
        own = split.felt_usd_per_tonne
        share = _summed(spread, np.isfinite(own).astype(np.float64))
        mean = (
            np.zeros_like(share)
            if before is not None
            else _summed(spread, _paid(one, cargo, split))
        )
        boarded.append(_boarded(one, cargo, split))
        if before is not None:
            own = _held_to_ports(one, cargo, constants, own, (before.boarded[place], boarded[-1]))
        felt.append(own)
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
        boarded=tuple(boarded),
    )


@dataclass(frozen=True, eq=False)
class Boarded:
    """What a class of cargo costs by sea from centres of economies that load it at ports of theirs.

    Attributes
    ----------
    centres
        ``[R]`` positions of the centres.
    part
        ``[R, C]`` part of what goes by sea that is loaded straight away, ratio.
    free
        ``[R, C]`` felt cost by sea of the rest, from the centre, USD per tonne.
    loaded
        ``[R, C]`` cost from on board at the loading ports, each times its part.
    """

    centres: IntArray
    part: FloatArray
    free: FloatArray
    loaded: FloatArray


def _boarded(costs: ModeCosts, cargo: CargoClass, split: Split) -> Boarded:
    """Find what is loaded straight away, and what that costs."""
    loading = loading_of(costs, cargo)
    economies = int(costs.ties.owner.max()) + 1
    onward = split.ports.from_board(loading.port)
    # A port from which a centre cannot be reached takes nothing that goes there.
    there = np.isfinite(onward)
    loaded, part = np.zeros((2, economies, onward.shape[1]))
    share = loading.share[:, None] * there
    np.add.at(loaded, loading.economy, share * np.where(there, onward, 0.0))
    np.add.at(part, loading.economy, share)
    loads = np.asarray(part.any(axis=1))
    centres = np.flatnonzero(loads[costs.ties.owner])
    owner = costs.ties.owner[centres]
    return Boarded(centres, part[owner], split.ports.cost[centres], loaded[owner])


def _held_to_ports(
    costs: ModeCosts,
    cargo: CargoClass,
    constants: Constants,
    felt: FloatArray,
    boarded: tuple[Boarded, Boarded],
) -> FloatArray:
    """Compute the log-sum where what is loaded straight away stays with its ports.

    By sea it costs what it did, plus the change of the free way for the free part and that of the
    way from on board for the rest. A loading port that is lost, or new, changes nothing by itself.
    """
    before, after = boarded
    if not len(before.centres) or not np.array_equal(before.centres, after.centres):
        return felt
    same = np.asarray(before.part == after.part)
    with np.errstate(invalid="ignore"):
        free = (1.0 - before.part) * (after.free - before.free)
        # The change is summed first, so that no change leaves exactly what was.
        sea = before.free + (free + (after.loaded - before.loaded))
    use = same & np.isfinite(sea)
    every = costs_of_modes(costs, cargo, np.zeros_like(felt))
    rows = {mode: one[before.centres] for mode, one in every.items()}
    rows["sea"] = np.where(use, sea, after.free)
    found = felt.copy()
    found[before.centres] = mode_shares(rows, constants.modes, cargo.mode_spread_usd_per_tonne)[1]
    return found


def _summed(spread: csr_array, values: FloatArray) -> FloatArray:
    """Weigh values between centres, ``[C, C]`` to ``[N, N]``; zero on the diagonal."""
    found = weighed(spread, values)
    np.fill_diagonal(found, 0.0)
    return found


def _paid(costs: ModeCosts, cargo: CargoClass, split: Split) -> FloatArray:
    """Compute what is paid on average, ``[C, C]`` USD per tonne; zero where there is no way."""
    sea = split.ports.mean(costs.to_port, costs.at_sea, costs.from_port)
    every = costs_of_modes(costs, cargo, sea)
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
