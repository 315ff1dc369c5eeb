"""From measures and routes to the change of trade costs, cause by cause.

Symbols: tau is one plus the ad valorem cost of moving goods, theta the trade elasticity, and the
freeness of trade is tau to the power of minus theta.

The ad valorem cost of freight between two economies is its price and its time together
(Hummels and Schaur 2013: a day in transit is worth a tariff)::

    t = usd_per_tonne / value_usd_per_tonne + hours / 24 * value_of_time_percent_per_day / 100

so that ``tau_hat = (1 + t_after) / (1 + t_before)``. A trade agreement raises goods trade by an
estimated partial effect (log points). Freight and policy act on goods only: with g the goods
part of a flow, ``freeness_hat = 1 + g * (freeness_hat_of_goods - 1)``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from landbridge.atlas.composites import Group
from landbridge.errors import UnknownNameError
from landbridge.scenario.measures import ChangeTariff, SignAgreement
from landbridge.scenario.parties import WORLD, expand, expand_all
from landbridge.scenario.schema import Scenario
from landbridge.units import PERCENT, BoolArray, FloatArray


@dataclass(frozen=True)
class Policy:
    """What agreements and tariff equivalents do to the cost of goods.

    Attributes
    ----------
    tariff_tau_hat
        ``[N, N]`` ratio of one plus the tariff equivalent, after over before.
    agreement_pairs
        For each depth, ``[N, N]`` True where an agreement of that depth is signed.
    """

    iso3: tuple[str, ...]
    tariff_tau_hat: FloatArray
    agreement_pairs: Mapping[str, BoolArray]

    def agreement_log_effect(self, effects: Mapping[str, float]) -> FloatArray:
        """Give the log change of goods trade that agreements bring, ``[N, N]``.

        Parameters
        ----------
        effects
            Log points by depth. Where a pair signs several, the largest holds, once.
        """
        total = np.zeros((len(self.iso3), len(self.iso3)))
        for depth, pairs in self.agreement_pairs.items():
            total = np.maximum(total, np.where(pairs, effects[depth], 0.0))
        return total


@dataclass(frozen=True)
class Shock:
    """The change of the cost of goods trade, split by cause.

    Attributes
    ----------
    freight_tau_hat, tariff_tau_hat
        ``[N, N]`` ratio; the diagonal is one; infinite freight where the only way is lost.
    reach_hat
        ``[N, N]`` ratio: the part of the goods trade whose places can still reach each other.
    agreement_log_effect
        ``[N, N]`` log points of goods trade.
    covered
        ``[N, N]`` True where the freight network gives a cost before; elsewhere freight is
        unchanged.
    """

    iso3: tuple[str, ...]
    freight_tau_hat: FloatArray
    reach_hat: FloatArray
    tariff_tau_hat: FloatArray
    agreement_log_effect: FloatArray
    covered: BoolArray

    def tau_hat(self, theta: float) -> FloatArray:
        """Give the change of one plus the ad valorem cost of goods, all causes, ``[N, N]``."""
        return np.asarray(
            self.freight_tau_hat * self.tariff_tau_hat * np.exp(-self.agreement_log_effect / theta)
        )

    def freeness_hat(self, theta: float, goods_share: FloatArray) -> FloatArray:
        """Give the change of the freeness of all trade, ``[N, N]``.

        Parameters
        ----------
        theta
            Trade elasticity.
        goods_share
            ``[N, N]`` goods part of each flow.
        """
        freight_and_tariff = (self.freight_tau_hat * self.tariff_tau_hat) ** -theta
        goods = self.reach_hat * freight_and_tariff * np.exp(self.agreement_log_effect)
        # Written so that no change leaves exactly one, without rounding.
        return np.asarray(1.0 + goods_share * (goods - 1.0))


def read_policy(scenario: Scenario, iso3: tuple[str, ...]) -> Policy:
    """Turn a scenario's agreements and tariff equivalents into arrays.

    Parameters
    ----------
    scenario
        Whose measures are read; blocs are read at its date.
    iso3
        N codes; the order of both axes.

    Raises
    ------
    UnknownNameError
        A party is neither an economy nor a bloc.
    """
    count = len(iso3)
    position = {code: index for index, code in enumerate(iso3)}
    tariff = np.ones((count, count))
    agreements: dict[str, BoolArray] = {}
    for measure in scenario.measures:
        where = f"measure {measure.id}"
        if isinstance(measure, SignAgreement):
            parties = [expand(name, on=scenario.date, where=where) for name in measure.parties]
            pairs = np.zeros((count, count), dtype=bool)
            _mark_pairs(pairs, _apart(measure.parties, parties), position)
            if not pairs.any():
                raise UnknownNameError(
                    "no pair of economies of different parties is in the world.", where=where
                )
            known = agreements.setdefault(measure.depth, np.zeros((count, count), dtype=bool))
            known |= pairs
        elif isinstance(measure, ChangeTariff):
            exporters = expand_all(measure.exporters, on=scenario.date, where=where)
            importers = expand_all(measure.importers, on=scenario.date, where=where)
            rows = [position[code] for code in exporters if code in position]
            columns = [position[code] for code in importers if code in position]
            if not rows or not columns:
                raise UnknownNameError("none of them is in the world.", where=where)
            ratio = (PERCENT + measure.to_percent) / (PERCENT + measure.from_percent)
            tariff[np.ix_(rows, columns)] *= ratio
    np.fill_diagonal(tariff, 1.0)
    return Policy(iso3=iso3, tariff_tau_hat=tariff, agreement_pairs=agreements)


def agreement_effects(values: Mapping[str, float]) -> dict[str, float]:
    """Give the effect of each depth of agreement, log points of goods trade.

    Parameters
    ----------
    values
        Every parameter's value by name; those named ``agreement_<depth>`` are taken.
    """
    prefix = "agreement_"
    return {
        name.removeprefix(prefix): value
        for name, value in values.items()
        if name.startswith(prefix)
    }


def ad_valorem_freight(
    generalised_usd_per_tonne: FloatArray, *, value_usd_per_tonne: float
) -> FloatArray:
    """Give the cost of freight as a share of the value of the goods, ``[N, N]`` ratio.

    Parameters
    ----------
    generalised_usd_per_tonne
        ``[N, N]`` price plus time at the value of time, of the least-cost way.
    value_usd_per_tonne
        Value of a tonne of goods.
    """
    return np.asarray(generalised_usd_per_tonne / value_usd_per_tonne)


def make_shock(
    freight_before: FloatArray,
    freight_after: FloatArray,
    *,
    reach_hat: FloatArray,
    covered: BoolArray,
    policy: Policy,
    effects: Mapping[str, float],
) -> Shock:
    """Put freight, tariffs and agreements together.

    Parameters
    ----------
    freight_before, freight_after
        ``[N, N]`` ad valorem cost of freight (`ad_valorem_freight`); infinite where there is no
        way. A pair that loses its only way loses its goods trade.
    reach_hat
        ``[N, N]`` ratio: share of the pairs of centres that have a way, after over before.
    covered
        ``[N, N]`` pairs for which the network gives a cost before.
    policy
        Agreements and tariff equivalents.
    effects
        Log points of goods trade by depth of agreement.
    """
    use = covered & np.isfinite(freight_before)
    np.fill_diagonal(use, val=False)
    ratio = np.ones_like(freight_before)
    ratio[use] = (1.0 + freight_after[use]) / (1.0 + freight_before[use])
    return Shock(
        iso3=policy.iso3,
        freight_tau_hat=ratio,
        reach_hat=np.where(use, reach_hat, 1.0),
        tariff_tau_hat=policy.tariff_tau_hat,
        agreement_log_effect=policy.agreement_log_effect(effects),
        covered=use,
    )


def _apart(names: Sequence[str | Group], parties: list[tuple[str, ...]]) -> list[tuple[str, ...]]:
    """Read "world" beside other parties as the rest of the world."""
    named = [name if isinstance(name, str) else "" for name in names]
    others = {
        code
        for name, party in zip(named, parties, strict=True)
        if name.casefold() != WORLD
        for code in party
    }
    return [
        tuple(code for code in party if code not in others) if name.casefold() == WORLD else party
        for name, party in zip(named, parties, strict=True)
    ]


def _mark_pairs(
    pairs: BoolArray, parties: list[tuple[str, ...]], position: Mapping[str, int]
) -> None:
    """Mark every pair of economies of different parties, in place."""
    sets = [frozenset(party) for party in parties]
    for first, left in enumerate(sets):
        for right in sets[first + 1 :]:
            # An economy that sits in two parties has its agreement with both already.
            rows = [position[code] for code in left - right if code in position]
            columns = [position[code] for code in right - left if code in position]
            pairs[np.ix_(rows, columns)] = True
            pairs[np.ix_(columns, rows)] = True
    np.fill_diagonal(pairs, val=False)
