"""From measures and routes to the change of trade costs, cause by cause.

Symbols: tau is one plus the ad valorem cost of moving goods, theta the trade elasticity, and the
freeness of trade is tau to the power of minus theta.

The ad valorem cost of freight between two economies is its price and its time together
(Hummels and Schaur 2013: a day in transit is worth a tariff)::

    t = usd_per_tonne / value_usd_per_tonne + hours / 24 * value_of_time_percent_per_day / 100

so that ``tau_hat = (1 + t_after) / (1 + t_before)``. A trade agreement raises goods trade by an
estimated partial effect (log points). Freight and policy act on goods: with g the goods part of a
flow, ``freeness_hat = 1 + g * (freeness_hat_of_goods - 1)``. What services pay less for payments
comes on top, weighed by their part.

A measure that is limited to sectors acts, in the model of one sector, on their share of the goods
flow: with w the share of sector s, ``freeness_hat_of_goods = sum over s of w_s * freeness_hat_s``.
That is exact where the goods of a pair are varieties of one sector, which is what that model says.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from landbridge.scenarios.policy import RATE_PREFIX, Policy, SectorPolicy
from landbridge.units import BoolArray, FloatArray


@dataclass(frozen=True)
class Shock:
    """The change of the cost of goods trade, split by cause.

    Attributes
    ----------
    freight_tau_hat, tariff_tau_hat
        ``[N, N]`` ratio; the diagonal is one; infinite freight where the only way is lost. The
        second holds tariff equivalents and payment costs of all goods.
    reach_hat
        ``[N, N]`` ratio: the part of the goods trade whose places can still reach each other.
    agreement_log_effect
        ``[N, N]`` log points of goods trade.
    covered
        ``[N, N]`` True where the freight network gives a cost before; elsewhere freight is
        unchanged.
    services_tau_hat
        ``[N, N]`` ratio of one plus the payment cost of services; None where nothing changes it.
    by_sector
        What measures limited to sectors add, by sector.
    normalised_log_effect
        ``[N, N]`` log points of goods trade brought towards potential; None where nothing is.
    """

    iso3: tuple[str, ...]
    freight_tau_hat: FloatArray
    reach_hat: FloatArray
    tariff_tau_hat: FloatArray
    agreement_log_effect: FloatArray
    covered: BoolArray
    services_tau_hat: FloatArray | None = None
    by_sector: Mapping[str, SectorPolicy] = field(default_factory=dict)
    normalised_log_effect: FloatArray | None = None

    def tau_hat(self, theta: float) -> FloatArray:
        """Compute the change of one plus the ad valorem cost of goods, all causes, ``[N, N]``."""
        if not self.by_sector:
            cost = self.tariff_tau_hat * np.exp(-self.agreement_log_effect / theta)
        else:
            cost = self._goods_policy(theta) ** (-1.0 / theta)
        if self.normalised_log_effect is not None:
            cost = cost * np.exp(-self.normalised_log_effect / theta)
        return np.asarray(self.freight_tau_hat * cost)

    def sector_freeness(self, code: str, theta: float) -> FloatArray:
        """Compute what policy does to the freeness of one sector's trade, ``[N, N]``."""
        own = self.by_sector.get(code)
        if own is not None and not own.is_goods:
            return np.asarray((self._services() * own.tau_hat) ** -theta)
        tau, effect = self.tariff_tau_hat, self.agreement_log_effect
        if own is not None:
            tau, effect = tau * own.tau_hat, np.maximum(effect, own.log_effect)
        return np.asarray(tau**-theta * np.exp(effect))

    def service_freeness(self, theta: float) -> FloatArray:
        """Compute what payments do to the freeness of trade in all services, ``[N, N]``."""
        return np.asarray(self._services() ** -theta)

    def _services(self) -> FloatArray:
        tau = self.services_tau_hat
        return np.ones_like(self.tariff_tau_hat) if tau is None else tau

    def _goods_policy(self, theta: float) -> FloatArray:
        """Weigh what policy does to each sector by its share of the goods flow, ``[N, N]``."""
        usual = self.tariff_tau_hat**-theta * np.exp(self.agreement_log_effect)
        total = usual
        for code, own in self.by_sector.items():
            if own.is_goods:
                total = total + own.share * (self.sector_freeness(code, theta) - usual)
        return np.asarray(total)

    def freeness_hat(self, theta: float, goods_share: FloatArray) -> FloatArray:
        """Compute the change of the freeness of all trade, ``[N, N]``.

        Parameters
        ----------
        theta
            Trade elasticity.
        goods_share
            ``[N, N]`` goods part of each flow.
        """
        if self.by_sector:
            goods = self.reach_hat * self.freight_tau_hat**-theta * self._goods_policy(theta)
        else:
            freight_and_tariff = (self.freight_tau_hat * self.tariff_tau_hat) ** -theta
            goods = self.reach_hat * freight_and_tariff * np.exp(self.agreement_log_effect)
        if self.normalised_log_effect is not None:
            goods = goods * np.exp(self.normalised_log_effect)
        # Written so that no change leaves exactly one, without rounding.
        total = 1.0 + goods_share * (goods - 1.0)
        if self.services_tau_hat is None and not self.by_sector:
            return np.asarray(total)
        services = self.service_freeness(theta)
        for code, own in self.by_sector.items():
            if not own.is_goods:
                usual = self.service_freeness(theta)
                services = services + own.share * (self.sector_freeness(code, theta) - usual)
        return np.asarray(total + (1.0 - goods_share) * (services - 1.0))


def agreement_effects(values: Mapping[str, float]) -> dict[str, float]:
    """Select the effect of each depth of agreement, log points of goods trade.

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


def measure_rates(values: Mapping[str, float]) -> dict[str, float]:
    """Select the rates with a band that the scenario's own measures bring along."""
    return {name: value for name, value in values.items() if name.startswith(RATE_PREFIX)}


def ad_valorem_freight(
    generalised_usd_per_tonne: FloatArray, *, value_usd_per_tonne: float
) -> FloatArray:
    """Compute the cost of freight as a share of the value of the goods, ``[N, N]`` ratio.

    Parameters
    ----------
    generalised_usd_per_tonne
        ``[N, N]`` price plus time at the value of time, of the least-cost path.
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
    rates: Mapping[str, float] | None = None,
    normalised_log_effect: FloatArray | None = None,
) -> Shock:
    """Put freight, tariffs, payments and agreements together.

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
    rates
        Rates with a band, by name (`measure_rates`); central ones where absent.
    normalised_log_effect
        ``[N, N]`` log points of goods trade brought towards potential (`normalising`).
    """
    costs = policy.costs(effects, rates or {})
    paid = any(piece.services for piece in policy.pieces)
    use = covered & np.isfinite(freight_before)
    np.fill_diagonal(use, val=False)
    ratio = np.ones_like(freight_before)
    ratio[use] = (1.0 + freight_after[use]) / (1.0 + freight_before[use])
    return Shock(
        iso3=policy.iso3,
        freight_tau_hat=ratio,
        reach_hat=np.where(use, reach_hat, 1.0),
        tariff_tau_hat=costs.goods_tau_hat,
        agreement_log_effect=costs.goods_log_effect,
        covered=use,
        services_tau_hat=costs.services_tau_hat if paid else None,
        by_sector=costs.by_sector,
        normalised_log_effect=normalised_log_effect,
    )
