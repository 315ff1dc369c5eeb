"""What policy does to the cost of trade: arrays over pairs of economies, rates that are drawn."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

import numpy as np

from landbridge.atlas.standing import DEPTHS
from landbridge.scenarios.values.duties import (
    Compliance,
    Duties,
    Free,
    TariffChange,
    TariffEdit,
    TariffValues,
)
from landbridge.scenarios.values.fields import PercentBand
from landbridge.scenarios.values.normalising import Normalised
from landbridge.units import PERCENT, BoolArray, FloatArray
from landbridge.world.sectors.facts import GOODS, sector_list
from landbridge.world.sectors.load import SHIPPED_DETAIL
from landbridge.world.tariffs.base import Tariffs

TARIFFS, NON_TARIFF, RESIDUAL = "tariffs", "non_tariff", "residual"
"""Parts of what an agreement does: tariffs it takes off, what it saves beside them, and what is
left of its estimated effect on trade."""
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
    before, after
        Ad valorem rates, percent.
    """

    measure: str
    pairs: BoolArray
    sectors: tuple[str, ...] = ()
    services: bool = False
    before: PercentBand = field(kw_only=True)
    after: PercentBand = field(kw_only=True)

    def tau_hat(self, rates: Mapping[str, float]) -> FloatArray:
        """Compute the ratio of one plus the rate, ``[N, N]``."""
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
    relief
        ``[N, N]`` log points of cost that the other parts of agreements take off the sector.
    """

    tau_hat: FloatArray
    log_effect: FloatArray
    share: FloatArray
    is_goods: bool
    relief: FloatArray | float = 0.0


@dataclass(frozen=True, eq=False)
class PolicyCosts:
    """Policy at given values of its uncertain parts.

    Attributes
    ----------
    goods_tau_hat, goods_log_effect
        ``[N, N]`` of all goods: what uses up resources, and log points of trade that agreements
        are estimated to bring; zero where that part is off.
    services_tau_hat
        ``[N, N]`` of all services.
    by_sector
        What comes on top, by code.
    relief
        ``[N, N]`` log points of cost that the other parts of agreements take off: the estimated
        effect counts only as far as it is more.
    duties
        Tariffs with revenue; None where the world has none.
    """

    goods_tau_hat: FloatArray
    goods_log_effect: FloatArray
    services_tau_hat: FloatArray
    by_sector: Mapping[str, SectorPolicy]
    relief: FloatArray | float = 0.0
    duties: Duties | None = None


@dataclass(frozen=True)
class Policy:
    """What agreements, tariff equivalents and payment costs do to the cost of trade.

    Attributes
    ----------
    tariff_tau_hat
        ``[N, N]`` ratio of one plus the tariff equivalent, after over before, of measures on all
        goods without a band.
    pieces
        Measures that are for some sectors, for payments, or have a band.
    shares
        For each sector that a piece names, ``[N, N]`` its share of the goods flow (of services,
        for a service). Only the one-sector model needs them.
    normalised
        Measures that bring trade towards its potential.
    potential
        ``[N, N]`` goods trade that gravity predicts, million USD; None where nothing needs it.
    tariff_edits
        What measures change of tariffs that bring revenue, in their order.
    parts
        Which parts of what agreements do count.
    farm_share
        ``[N]`` share of farm goods and food in imports of goods; needed where sectors are named.
    """

    iso3: tuple[str, ...]
    tariff_tau_hat: FloatArray
    pieces: tuple[Piece, ...] = ()
    shares: Mapping[str, FloatArray] = field(default_factory=dict)
    normalised: tuple[Normalised, ...] = ()
    potential: FloatArray | None = None
    tariff_edits: tuple[TariffEdit, ...] = ()
    parts: frozenset[str] = frozenset({TARIFFS, NON_TARIFF, RESIDUAL})
    farm_share: FloatArray | float = 0.0

    @property
    def depths(self) -> frozenset[str]:
        """Depths of the agreements that are signed."""
        return frozenset(str(edit.depth) for edit in self._signed)

    @property
    def _signed(self) -> tuple[Free, ...]:
        """Agreements that are signed."""
        return tuple(edit for edit in self.tariff_edits if isinstance(edit, Free))

    @property
    def agreement_pairs(self) -> Mapping[str, BoolArray]:
        """For each depth, ``[N, N]`` True where an agreement of it on all goods is signed."""
        found: dict[str, BoolArray] = {}
        for edit in self._signed:
            if not edit.sectors:
                found[edit.depth] = found.get(edit.depth, np.zeros_like(edit.pairs)) | edit.pairs
        return found

    @property
    def sectors(self) -> tuple[str, ...]:
        """Sectors that measures name, sorted."""
        named = [piece.sectors for piece in self.pieces]
        named += [edit.sectors for edit in self.tariff_edits]
        return tuple(sorted({code for codes in named for code in codes}))

    @property
    def signs(self) -> bool:
        """Whether an agreement is signed."""
        return bool(self._signed)

    def joined(self, others: Iterable[Policy]) -> Policy:
        """Add what other measures do between the same economies."""
        tariff = self.tariff_tau_hat.copy()
        pieces, normalised = list(self.pieces), list(self.normalised)
        edits = list(self.tariff_edits)
        for other in others:
            tariff *= other.tariff_tau_hat
            pieces += other.pieces
            normalised += other.normalised
            edits += other.tariff_edits
        return replace(
            self,
            tariff_tau_hat=tariff,
            pieces=tuple(pieces),
            normalised=tuple(normalised),
            tariff_edits=tuple(edits),
        )

    def costs(
        self,
        effects: Mapping[str, float],
        rates: Mapping[str, float],
        *,
        tariffs: Tariffs | None = None,
        values: TariffValues | None = None,
    ) -> PolicyCosts:
        """Work the policy out.

        Parameters
        ----------
        effects
            Log points of goods trade by depth of agreement.
        rates
            Values of rates with a band, by `rate_name`; central ones where absent.
        tariffs
            Of the world, with the agreements that are in force; None where it has none.
        values
            Uncertain numbers of tariffs and agreements.
        """
        given = values or TariffValues()
        change = self.tariff_change(tariffs, given, rates)
        goods, services = self.tariff_tau_hat, np.ones_like(self.tariff_tau_hat)
        for piece in self.pieces:
            if not piece.sectors:
                ratio = piece.tau_hat(rates)
                goods = goods * ratio
                services = services * ratio if piece.services else services
        usual = self._agreements("", effects, given, change)
        return PolicyCosts(
            goods_tau_hat=goods * usual.tau_hat,
            goods_log_effect=usual.log_effect,
            services_tau_hat=services,
            by_sector={
                code: self._of_sector(code, effects, rates, given, change, usual)
                for code in self.sectors
            },
            relief=usual.relief,
            duties=None if tariffs is None else change.duties(self.sectors),
        )

    def tariff_change(
        self, tariffs: Tariffs | None, values: TariffValues, rates: Mapping[str, float]
    ) -> TariffChange:
        """Put its edits on the tariffs of a world; agreements leave them where that part is off."""
        edits = self.tariff_edits
        if TARIFFS not in self.parts:
            edits = tuple(
                replace(edit, moves_tariffs=False) if isinstance(edit, Free) else edit
                for edit in edits
            )
        held = no_tariffs(self.iso3) if tariffs is None else tariffs
        return TariffChange(held, edits, values, rates, self.farm_share)

    def _agreements(
        self,
        code: str,
        effects: Mapping[str, float],
        values: TariffValues,
        change: TariffChange,
    ) -> AgreementCosts:
        """Work out what agreements do to a sector beside tariffs; empty for goods in general."""
        free = [edit for edit in change.edits if isinstance(edit, Free)]
        before, after = change.schedules(code, edits=free)
        there, signed = before.standing, after.standing
        tau, effect = np.ones(there.shape), np.zeros(there.shape)
        if NON_TARIFF in self.parts:
            saved = values.saved_by_rank()
            tau = (1.0 + saved[there]) / (1.0 + saved[signed])
        if RESIDUAL in self.parts:
            known = np.array([0.0, *(effects.get(depth, 0.0) for depth in DEPTHS)])
            effect = np.maximum(known[signed] - known[there], 0.0)
        for edit in change.edits:
            if isinstance(edit, Compliance) and (not edit.sectors or code in edit.sectors):
                tau = tau * edit.tau_hat(after, change.rates)
        relief = np.log((1.0 + before.rates()) / (1.0 + after.rates())) - np.log(tau)
        return AgreementCosts(tau, effect, np.maximum(relief, 0.0))

    def _of_sector(
        self,
        code: str,
        effects: Mapping[str, float],
        rates: Mapping[str, float],
        values: TariffValues,
        change: TariffChange,
        usual: AgreementCosts,
    ) -> SectorPolicy:
        tau = np.ones_like(self.tariff_tau_hat)
        for piece in self.pieces:
            if code in piece.sectors:
                tau = tau * piece.tau_hat(rates)
        own = self._agreements(code, effects, values, change)
        share = self.shares.get(code, np.empty((0, 0)))
        return SectorPolicy(
            # On top of what agreements on all goods do.
            tau_hat=tau * (own.tau_hat / usual.tau_hat),
            log_effect=own.log_effect,
            share=share,
            is_goods=code in goods_sectors(),
            relief=own.relief,
        )


@dataclass(frozen=True, eq=False)
class AgreementCosts:
    """What agreements do beside tariffs, ``[N, N]``.

    Attributes
    ----------
    tau_hat
        Ratio of one plus what the border costs beside tariffs.
    log_effect
        Log points of trade that agreements are estimated to bring.
    relief
        Log points of cost that tariffs and the rest take off.
    """

    tau_hat: FloatArray
    log_effect: FloatArray
    relief: FloatArray


def no_tariffs(iso3: tuple[str, ...]) -> Tariffs:
    """Build the tariffs of a world in which nothing is charged and no agreement is in force."""
    count = len(iso3)
    return Tariffs(
        iso3=iso3,
        mfn=np.zeros(count),
        margin=np.ones(count),
        standing=np.zeros((count, count), dtype=np.int64),
        own=np.full((count, count), np.nan),
        status=("no tariffs",) * count,
        published=np.full(count, np.nan),
        imports=np.ones(count),
    )


def no_policy(iso3: tuple[str, ...]) -> Policy:
    """Build the policy that changes nothing between some economies."""
    return Policy(iso3=iso3, tariff_tau_hat=np.ones((len(iso3), len(iso3))))


def rate_name(measure: str, end: str) -> str:
    """Name the parameter that a measure's rate becomes where it has a band."""
    return f"{RATE_PREFIX}{measure.replace('-', '_')}_{end}"


def goods_sectors() -> frozenset[str]:
    """List the sectors that count as goods, trade margins among them."""
    known = sector_list(SHIPPED_DETAIL)
    counted = known.counted_as(GOODS)
    return frozenset(code for code, is_goods in zip(known.codes, counted, strict=True) if is_goods)
