"""Agreements, tariff equivalents and payment costs of a scenario, as arrays over economies."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from landbridge.atlas.composites import Group
from landbridge.errors import InputError, UnknownNameError
from landbridge.scenarios.fields import PercentBand
from landbridge.scenarios.measures import (
    ChangePaymentCost,
    ChangeTariff,
    Measure,
    NormaliseTrade,
    PolicyMeasure,
    SignAgreement,
)
from landbridge.scenarios.normalising import POTENTIAL, SHARE, Normalised
from landbridge.scenarios.parties import WORLD, expand, expand_all
from landbridge.scenarios.schema import Scenario
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
        """Give the ratio of one plus the rate, ``[N, N]``; one for an agreement."""
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
        ``[N, N]`` goods trade that gravity foretells, million USD; None where nothing needs it.
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

    def agreement_log_effect(self, effects: Mapping[str, float]) -> FloatArray:
        """Give the log change of goods trade that agreements on all goods bring, ``[N, N]``.

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
    """Give the policy that changes nothing between some economies."""
    return Policy(iso3=iso3, tariff_tau_hat=np.ones((len(iso3), len(iso3))), agreement_pairs={})


def rate_name(measure: str, end: str) -> str:
    """Give the name of the parameter that a measure's rate becomes where it has a band."""
    return f"{RATE_PREFIX}{measure.replace('-', '_')}_{end}"


def goods_sectors() -> frozenset[str]:
    """Give the sectors that count as goods, trade margins among them."""
    known = sector_list(SHIPPED_DETAIL)
    counted = known.counted_as(GOODS)
    return frozenset(code for code, is_goods in zip(known.codes, counted, strict=True) if is_goods)


def named_sectors(scenario: Scenario) -> tuple[str, ...]:
    """Give the sectors to which a scenario's measures are limited, sorted."""
    policy = [m for m in scenario.measures if isinstance(m, PolicyMeasure)]
    return tuple(sorted({code for measure in policy for code in measure.sectors}))


def pairs_of(measure: Measure, scenario: Scenario) -> frozenset[Pair]:
    """Give the pairs of economies between which a policy measure acts; none for another.

    Raises
    ------
    UnknownNameError
        A party is neither an economy nor a bloc.
    """
    where = f"measure {measure.id}"
    if isinstance(measure, SignAgreement | ChangePaymentCost | NormaliseTrade):
        names = measure.parties if isinstance(measure, SignAgreement) else measure.between
        parties = [expand(name, on=scenario.date, where=where) for name in names]
        return _between(_apart(names, parties))
    if isinstance(measure, ChangeTariff):
        exporters = expand_all(measure.exporters, on=scenario.date, where=where)
        importers = expand_all(measure.importers, on=scenario.date, where=where)
        return frozenset((one, two) for one in exporters for two in importers if one != two)
    return frozenset()


def read_policy(
    scenario: Scenario,
    iso3: tuple[str, ...],
    *,
    blocked: Blocked | None = None,
    shares: Mapping[str, FloatArray] | None = None,
    potential: FloatArray | None = None,
) -> Policy:
    """Turn a scenario's agreements, tariff equivalents and payment costs into arrays.

    Parameters
    ----------
    scenario
        Whose measures are read; blocs are read at its date.
    iso3
        N codes; the order of both axes.
    blocked
        Pairs to take out of measures.
    shares
        ``[N, N]`` share of each sector that `named_sectors` gives; only the one-sector model
        needs them.
    potential
        ``[N, N]`` goods trade that gravity foretells, million USD; without it trade is not
        brought towards its potential.

    Raises
    ------
    UnknownNameError
        A party is neither an economy nor a bloc.
    InputError
        A measure that acts on goods names a service.
    """
    count = len(iso3)
    tariff = np.ones((count, count))
    agreements: dict[str, BoolArray] = {}
    pieces: list[Piece] = []
    normalised: list[Normalised] = []
    for measure in scenario.measures:
        if isinstance(measure, NormaliseTrade) and potential is not None:
            gone = (blocked or {}).get(measure.id, frozenset())
            pairs = _marked(measure, scenario, iso3, gone)
            normalised.append(_normalised(measure, pairs, potential))
        if not isinstance(measure, PolicyMeasure):
            continue
        _check_sectors(measure)
        pairs = _marked(measure, scenario, iso3, (blocked or {}).get(measure.id, frozenset()))
        if isinstance(measure, SignAgreement) and not measure.sectors:
            known = agreements.setdefault(measure.depth, np.zeros((count, count), dtype=bool))
            known |= pairs
        elif isinstance(measure, ChangeTariff) and not (measure.sectors or _is_wide(measure)):
            before, after = measure.from_percent.central, measure.to_percent.central
            tariff[pairs] *= (PERCENT + after) / (PERCENT + before)
        else:
            pieces.append(_piece(measure, pairs))
    return Policy(
        iso3,
        tariff,
        agreements,
        tuple(pieces),
        dict(shares or {}),
        normalised=tuple(normalised),
        potential=potential,
    )


def _normalised(measure: NormaliseTrade, pairs: BoolArray, potential: FloatArray) -> Normalised:
    return Normalised(
        measure=measure.id,
        pairs=pairs,
        potential_million_usd=potential,
        share=measure.share_percent,
        most_cost_fall_percent=measure.most_cost_fall_percent,
        names=(rate_name(measure.id, SHARE), rate_name(measure.id, POTENTIAL)),
    )


def _piece(measure: PolicyMeasure, pairs: BoolArray) -> Piece:
    if isinstance(measure, SignAgreement):
        return Piece(measure.id, pairs, measure.sectors, depth=measure.depth)
    return Piece(
        measure.id,
        pairs,
        measure.sectors,
        services=isinstance(measure, ChangePaymentCost) and measure.services,
        before=measure.from_percent,
        after=measure.to_percent,
    )


def _is_wide(measure: ChangeTariff) -> bool:
    return measure.from_percent.is_wide or measure.to_percent.is_wide


def _check_sectors(measure: PolicyMeasure) -> None:
    services = [code for code in measure.sectors if code not in goods_sectors()]
    if services and not isinstance(measure, ChangePaymentCost):
        raise InputError(
            f"{', '.join(services)}: a service, and this kind of measure acts on goods.",
            where=f"measure {measure.id}",
            mend="Leave it out; only change_payment_cost can name services.",
        )


def _marked(
    measure: PolicyMeasure | NormaliseTrade,
    scenario: Scenario,
    iso3: tuple[str, ...],
    blocked: frozenset[Pair],
) -> BoolArray:
    """Mark the pairs on which a measure acts, ``[N, N]``."""
    position = {code: index for index, code in enumerate(iso3)}
    pairs = np.zeros((len(iso3), len(iso3)), dtype=bool)
    inside = [p for p in pairs_of(measure, scenario) if p[0] in position and p[1] in position]
    if not inside:
        said = (
            "none of them is in the world."
            if isinstance(measure, ChangeTariff)
            else "no pair of economies of different parties is in the world."
        )
        raise UnknownNameError(said, where=f"measure {measure.id}")
    for one, two in inside:
        pairs[position[one], position[two]] = (one, two) not in blocked
    return pairs


def _apart(
    names: Sequence[str | Group], parties: Sequence[tuple[str, ...]]
) -> list[tuple[str, ...]]:
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


def _between(parties: Sequence[tuple[str, ...]]) -> frozenset[Pair]:
    """Give every pair of economies of different parties, both ways."""
    sets = [frozenset(party) for party in parties]
    found: set[Pair] = set()
    for first, left in enumerate(sets):
        for right in sets[first + 1 :]:
            # An economy that sits in two parties has its agreement with both already.
            for one in left - right:
                for two in right - left:
                    found.update(((one, two), (two, one)))
    return frozenset(found)
