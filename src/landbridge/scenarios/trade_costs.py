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
from landbridge.scenarios.values.duties import Duties, TariffValues, charged_rates
from landbridge.units import BoolArray, FloatArray
from landbridge.world.base import World
from landbridge.world.tariffs.base import PreferenceRules, Tariffs


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
        ``[N, N]`` log points of goods trade that agreements are estimated to bring.
    covered
        ``[N, N]`` True where the freight network gives a cost before; elsewhere freight is
        unchanged.
    services_tau_hat
        ``[N, N]`` ratio of one plus the payment cost of services; None where nothing changes it.
    by_sector
        What measures limited to sectors add, by sector.
    normalised_log_effect
        ``[N, N]`` log points of goods trade brought towards potential; None where nothing is.
    agreement_relief
        ``[N, N]`` log points of cost that agreements take off by tariffs and at the border: the
        estimated effect counts as far as it is more.
    duties
        Tariffs with revenue before and after; None where the world has none.
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
    agreement_relief: FloatArray | float = 0.0
    duties: Duties | None = None

    def residual(self, theta: float) -> FloatArray:
        """Compute what is left of the estimated effect of agreements, ``[N, N]`` log points."""
        return residual_effect(self.agreement_log_effect, self.agreement_relief, theta)

    def tau_hat(self, theta: float) -> FloatArray:
        """Compute the change of one plus the cost of goods to buyers, all causes, ``[N, N]``."""
        if not self.by_sector:
            cost = self.tariff_tau_hat * np.exp(-self.residual(theta) / theta)
            if self.duties is not None:
                cost = cost * _ratio(self.duties.before, self.duties.after)
        else:
            cost = self._bought_policy(theta) ** (-1.0 / theta)
        if self.normalised_log_effect is not None:
            cost = cost * np.exp(-self.normalised_log_effect / theta)
        return np.asarray(self.freight_tau_hat * cost)

    def sector_freeness(self, code: str, theta: float) -> FloatArray:
        """Compute what policy but tariffs does to the freeness of a sector's trade, ``[N, N]``."""
        own = self.by_sector.get(code)
        if own is not None and not own.is_goods:
            return np.asarray((self._services() * own.tau_hat) ** -theta)
        tau, effect = self.tariff_tau_hat, self.agreement_log_effect
        if own is not None:
            tau = tau * own.tau_hat
            effect = np.maximum(effect, own.log_effect)
        relief = self.agreement_relief if own is None else own.relief
        return np.asarray(tau**-theta * np.exp(residual_effect(effect, relief, theta)))

    def service_freeness(self, theta: float) -> FloatArray:
        """Compute what payments do to the freeness of trade in all services, ``[N, N]``."""
        return np.asarray(self._services() ** -theta)

    def _services(self) -> FloatArray:
        tau = self.services_tau_hat
        return np.ones_like(self.tariff_tau_hat) if tau is None else tau

    def _goods_parts(self, theta: float) -> list[tuple[FloatArray, FloatArray, str]]:
        """List parts of the goods flow: share, freeness by policy but tariffs, code of sector."""
        usual = self.tariff_tau_hat**-theta * np.exp(self.residual(theta))
        named = [
            (own.share, self.sector_freeness(code, theta), code)
            for code, own in self.by_sector.items()
            if own.is_goods
        ]
        left = 1.0 - sum((share for share, *_ in named), np.zeros_like(usual))
        return [(left, usual, ""), *named]

    def _rates(self, code: str) -> tuple[FloatArray, FloatArray]:
        """Look up the tariffs of a sector before and after, ``[N, N]`` each."""
        if self.duties is None:
            nothing = np.zeros_like(self.tariff_tau_hat)
            return nothing, nothing
        usual = (self.duties.before, self.duties.after)
        return self.duties.by_sector.get(code, usual)

    def _bought_policy(self, theta: float) -> FloatArray:
        """Weigh what policy and tariffs do to sectors by what buyers pay for each, ``[N, N]``."""
        paid, then = np.zeros_like(self.tariff_tau_hat), np.zeros_like(self.tariff_tau_hat)
        for share, freeness, code in self._goods_parts(theta):
            before, after = self._rates(code)
            spent = share * (1.0 + before)
            paid = paid + spent
            then = then + spent * freeness * _ratio(before, after) ** -theta
        return np.asarray(then / paid)

    def change(self, theta: float, goods_share: FloatArray) -> TradeChange:
        """Compute the change of the freeness of all trade, and tariffs before and after.

        Buyers pay a tariff on the goods part of a flow. With g that part at the border, t and t'
        the tariffs and F what else changes the freeness of goods::

            bought = g (1 + t) F ((1 + t') / (1 + t)) ** -theta  + services
            sold   = g (1 + t) F ((1 + t') / (1 + t)) ** -theta / (1 + t') + services

        The first over its start is the freeness of the flow; the two together say how much of
        what is paid is tariff.

        Parameters
        ----------
        theta
            Trade elasticity.
        goods_share
            ``[N, N]`` goods part of each flow at the border.
        """
        moved = np.asarray(self.reach_hat * self.freight_tau_hat**-theta)
        if self.normalised_log_effect is not None:
            moved = moved * np.exp(self.normalised_log_effect)
        bought, sold = np.zeros_like(moved), np.zeros_like(moved)
        charged = np.zeros_like(moved)
        for share, policy, code in self._goods_parts(theta):
            before, after = self._rates(code)
            own = moved * policy * _ratio(before, after) ** -theta
            part = goods_share * share
            charged = charged + part * before
            # Written so that no change leaves exactly one, without rounding.
            bought = bought + part * (1.0 + before) * (own - 1.0)
            sold = sold + part * (own * ((1.0 + before) / (1.0 + after)) - 1.0)
        services = (1.0 - goods_share) * self._services_change(theta)
        paid = 1.0 + charged
        freeness = 1.0 + (bought + services) / paid
        if self.duties is None:
            return TradeChange(freeness, None, None)
        at_border = 1.0 + (sold + services)
        open_flow = (at_border != freeness) & (at_border > 0)
        then = np.where(
            open_flow,
            paid * freeness / np.where(open_flow, at_border, 1.0) - 1.0,
            charged,
        )
        return TradeChange(freeness, charged, then)

    def _services_change(self, theta: float) -> FloatArray | float:
        if self.services_tau_hat is None and not self.by_sector:
            return 0.0
        services = self.service_freeness(theta)
        for code, own in self.by_sector.items():
            if not own.is_goods:
                usual = self.service_freeness(theta)
                services = services + own.share * (self.sector_freeness(code, theta) - usual)
        return np.asarray(services - 1.0)

    def freeness_hat(self, theta: float, goods_share: FloatArray) -> FloatArray:
        """Compute the change of the freeness of all trade alone, ``[N, N]`` (see `change`)."""
        return self.change(theta, goods_share).freeness_hat


@dataclass(frozen=True, eq=False)
class TradeChange:
    """What the equilibrium is asked.

    Attributes
    ----------
    freeness_hat
        ``[N, N]`` ratio, what buyers pay in tariffs among the costs.
    duties, duties_after
        ``[N, N]`` tariffs over the value at the border of whole flows, services among them; None
        where the world has none.
    """

    freeness_hat: FloatArray
    duties: FloatArray | None
    duties_after: FloatArray | None


def only_goods(iso3: tuple[str, ...], factor: FloatArray, duties: Duties | None) -> Shock:
    """Build the shock of a change of the freeness of goods, and of tariffs.

    Parameters
    ----------
    iso3
        N codes.
    factor
        ``[N, N]`` change of the freeness of goods but for tariffs.
    duties
        Tariffs before and after.
    """
    ones = np.ones_like(factor)
    return Shock(
        iso3=iso3,
        freight_tau_hat=ones,
        reach_hat=factor,
        tariff_tau_hat=ones,
        agreement_log_effect=np.zeros_like(factor),
        covered=np.ones(factor.shape, dtype=bool),
        duties=duties,
    )


def duties_of(world: World, values: TariffValues) -> FloatArray | None:
    """Compute tariffs over the value at the border of whole flows, ``[N, N]``; None for none."""
    if world.tariffs is None:
        return None
    return np.asarray(world.goods_share * charged_rates(world.tariffs, values))


def residual_effect(effect: FloatArray, relief: FloatArray | float, theta: float) -> FloatArray:
    """Compute what is left of an estimated effect beside what other parts bring, ``[N, N]``.

    Parameters
    ----------
    effect
        ``[N, N]`` log points of goods trade that agreements are estimated to bring.
    relief
        ``[N, N]`` log points of cost that their other parts take off.
    theta
        Trade elasticity.
    """
    return np.asarray(np.where(effect > 0, np.maximum(effect - theta * relief, 0.0), 0.0))


def _ratio(before: FloatArray, after: FloatArray) -> FloatArray:
    """Compute one plus the tariff after over one plus that before."""
    return np.asarray((1.0 + after) / (1.0 + before))


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


def tariff_values(values: Mapping[str, float]) -> TariffValues:
    """Sort the values of parameters into what tariffs and agreements take.

    Parameters
    ----------
    values
        Every parameter's value by name; where those of tariffs are absent nothing is saved beside
        tariffs and all use their preferences.
    """
    cut, saved = "tariff_cut_", "non_tariff_"
    return TariffValues(
        preferences=PreferenceRules(
            use=values.get("preference_use", 1.0),
            cuts={n.removeprefix(cut): v for n, v in values.items() if n.startswith(cut)},
        ),
        non_tariff_percent={
            n.removeprefix(saved): v for n, v in values.items() if n.startswith(saved)
        },
        farm_ratio=values.get("farm_tariff_ratio", 1.0),
        level=values.get("tariff_level", 1.0),
    )


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


def make_shock(  # noqa: PLR0913 - freight, policy and what is drawn of it, each by name
    freight_before: FloatArray,
    freight_after: FloatArray,
    *,
    reach_hat: FloatArray,
    covered: BoolArray,
    policy: Policy,
    effects: Mapping[str, float],
    rates: Mapping[str, float] | None = None,
    normalised_log_effect: FloatArray | None = None,
    tariffs: Tariffs | None = None,
    values: TariffValues | None = None,
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
    tariffs
        Of the world; None where it has none.
    values
        Uncertain numbers of tariffs and agreements.
    """
    costs = policy.costs(effects, rates or {}, tariffs=tariffs, values=values)
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
        agreement_relief=costs.relief,
        duties=costs.duties,
    )
