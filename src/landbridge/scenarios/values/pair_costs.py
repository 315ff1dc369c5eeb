"""What policy does to the cost of trade: arrays over pairs of economies, rates that are drawn."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

import numpy as np

from landbridge.scenarios.values.fields import PercentBand
from landbridge.scenarios.values.normalising import Normalised
from landbridge.units import PERCENT, BoolArray, FloatArray
from landbridge.world.sectors.facts import GOODS, sector_list
from landbridge.world.sectors.load import SHIPPED_DETAIL

RATE_PREFIX = "measure_"
"""Parameters that a scenario's own measures bring along."""
Pair = tuple[str, str]
"""Exporter and importer, ISO3."""
Blocked = Mapping[str, frozenset[Pair]]
"""Pairs taken out of a measure, by its id."""


@dataclass(frozen=True, eq=False)
class Piece:
    """A policy measure that is for some sectors, for payments, or has a band.

    Attributes
    ----------
    measure
        Its id.
    pairs
        ``[N, N]`` True where it acts: exporter, importer.
    sectors
        Codes that it is limited to; empty for all goods.
    services
        Whether it acts on all services too.
    depth
        Of an agreement; empty for a rate.
    before, after
        Ad valorem rates, percent; None for an agreement.
    """

    measure: str
    pairs: BoolArray
    sectors: tuple[str, ...] = ()
    services: bool = False
    depth: str = ""
    before: PercentBand | None = None
    after: PercentBand | None = None

    def tau_hat(self, rates: Mapping[str, float]) -> FloatArray:
        """Compute the ratio of one plus the rate, ``[N, N]``; one for an agreement."""
        if self.before is None or self.after is None:
            return np.ones(self.pairs.shape)
        before = rates.get(rate_name(self.measure, "from"), self.before.central)
        after = rates.get(rate_name(self.measure, "to"), self.after.central)
        return np.where(self.pairs, (PERCENT + after) / (PERCENT + before), 1.0)


@dataclass(frozen=True, eq=False)
class SectorPolicy:
    """What comes on top for one sector.

    Attributes
    ----------
    tau_hat
        ``[N, N]`` ratio of one plus its own rates.
    log_effect
        ``[N, N]`` log points of its own agreements.
    share
        ``[N, N]`` its share of the goods flow (or of services, for a service); empty where the
        shares were not asked for.
    is_goods
        Whether it counts as goods.
    """

    tau_hat: FloatArray
    log_effect: FloatArray
    share: FloatArray
    is_goods: bool


@dataclass(frozen=True, eq=False)
class PolicyCosts:
    """Policy at given values of its uncertain parts.

    Attributes
    ----------
    goods_tau_hat, goods_log_effect
        ``[N, N]`` of all goods.
    services_tau_hat
        ``[N, N]`` of all services.
    by_sector
        What comes on top, by code.
    """

    goods_tau_hat: FloatArray
    goods_log_effect: FloatArray
    services_tau_hat: FloatArray
    by_sector: Mapping[str, SectorPolicy]


@dataclass(frozen=True)
class Policy:
    """What agreements, tariff equivalents and payment costs do to the cost of trade.

    Attributes
    ----------
    tariff_tau_hat
        ``[N, N]`` ratio of one plus the tariff equivalent, after over before, of measures on all
        goods without a band.
    agreement_pairs
        For each depth, ``[N, N]`` True where an agreement of that depth on all goods is signed.
    pieces
        Measures that are for some sectors, for payments, or have a band.
    shares
        For each sector that a piece names, ``[N, N]`` its share of the goods flow (of services,
        for a service). Only the one-sector model needs them.
    normalised
        Measures that bring trade towards its potential.
    potential
        ``[N, N]`` goods trade that gravity predicts, million USD; None where nothing needs it.
    """

    iso3: tuple[str, ...]
    tariff_tau_hat: FloatArray
    agreement_pairs: Mapping[str, BoolArray]
    pieces: tuple[Piece, ...] = ()
    shares: Mapping[str, FloatArray] = field(default_factory=dict)
    normalised: tuple[Normalised, ...] = ()
    potential: FloatArray | None = None

    @property
    def depths(self) -> frozenset[str]:
        """Depths of the agreements that are signed."""
        own = {piece.depth for piece in self.pieces if piece.depth}
        return frozenset(self.agreement_pairs) | own

    @property
    def sectors(self) -> tuple[str, ...]:
        """Sectors that measures name, sorted."""
        return tuple(sorted({code for piece in self.pieces for code in piece.sectors}))

    def joined(self, others: Iterable[Policy]) -> Policy:
        """Add what other measures do between the same economies."""
        tariff, agreements = self.tariff_tau_hat.copy(), dict(self.agreement_pairs)
        pieces, normalised = list(self.pieces), list(self.normalised)
        for other in others:
            tariff *= other.tariff_tau_hat
            for depth, pairs in other.agreement_pairs.items():
                agreements[depth] = agreements[depth] | pairs if depth in agreements else pairs
            pieces += other.pieces
            normalised += other.normalised
        return replace(
            self,
            tariff_tau_hat=tariff,
            agreement_pairs=agreements,
            pieces=tuple(pieces),
            normalised=tuple(normalised),
        )

    def agreement_log_effect(self, effects: Mapping[str, float]) -> FloatArray:
        """Compute the log change of goods trade by agreements on all goods, ``[N, N]``.

        Parameters
        ----------
        effects
            Log points by depth. Where a pair signs several, the largest holds, once.
        """
        total = np.zeros((len(self.iso3), len(self.iso3)))
        for depth, pairs in self.agreement_pairs.items():
            total = np.maximum(total, np.where(pairs, effects[depth], 0.0))
        return total

    def costs(self, effects: Mapping[str, float], rates: Mapping[str, float]) -> PolicyCosts:
        """Work the policy out.

        Parameters
        ----------
        effects
            Log points of goods trade by depth of agreement.
        rates
            Values of rates with a band, by `rate_name`; central ones where absent.
        """
        goods, services = self.tariff_tau_hat, np.ones_like(self.tariff_tau_hat)
        for piece in self.pieces:
            if not piece.sectors:
                ratio = piece.tau_hat(rates)
                goods = goods * ratio
                services = services * ratio if piece.services else services
        return PolicyCosts(
            goods_tau_hat=goods,
            goods_log_effect=self.agreement_log_effect(effects),
            services_tau_hat=services,
            by_sector={code: self._of_sector(code, effects, rates) for code in self.sectors},
        )

    def _of_sector(
        self, code: str, effects: Mapping[str, float], rates: Mapping[str, float]
    ) -> SectorPolicy:
        tau, effect = np.ones_like(self.tariff_tau_hat), np.zeros_like(self.tariff_tau_hat)
        for piece in self.pieces:
            if code not in piece.sectors:
                continue
            if piece.depth:
                effect = np.maximum(effect, np.where(piece.pairs, effects[piece.depth], 0.0))
            else:
                tau = tau * piece.tau_hat(rates)
        share = self.shares.get(code, np.empty((0, 0)))
        return SectorPolicy(tau, effect, share, is_goods=code in goods_sectors())


def no_policy(iso3: tuple[str, ...]) -> Policy:
    """Build the policy that changes nothing between some economies."""
    return Policy(iso3=iso3, tariff_tau_hat=np.ones((len(iso3), len(iso3))), agreement_pairs={})


def rate_name(measure: str, end: str) -> str:
    """Name the parameter that a measure's rate becomes where it has a band."""
    return f"{RATE_PREFIX}{measure.replace('-', '_')}_{end}"


def goods_sectors() -> frozenset[str]:
    """List the sectors that count as goods, trade margins among them."""
    known = sector_list(SHIPPED_DETAIL)
    counted = known.counted_as(GOODS)
    return frozenset(code for code, is_goods in zip(known.codes, counted, strict=True) if is_goods)
