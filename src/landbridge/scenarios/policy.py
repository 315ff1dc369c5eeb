"""Agreements, tariff equivalents and payment costs of a scenario, as arrays over economies."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from landbridge.scenarios.schema import Scenario
from landbridge.scenarios.values.pair_costs import (
    RATE_PREFIX,
    Blocked,
    Pair,
    Piece,
    Policy,
    PolicyCosts,
    SectorPolicy,
    goods_sectors,
    no_policy,
    rate_name,
)
from landbridge.units import FloatArray

__all__ = [
    "RATE_PREFIX",
    "Blocked",
    "Pair",
    "Piece",
    "Policy",
    "PolicyCosts",
    "SectorPolicy",
    "goods_sectors",
    "named_sectors",
    "no_policy",
    "rate_name",
    "read_policy",
]


def named_sectors(scenario: Scenario) -> tuple[str, ...]:
    """List the sectors to which a scenario's measures are limited, sorted."""
    named = {code for measure in scenario.measures for code in measure.sectors_named}
    return tuple(sorted(named))


def read_policy(
    scenario: Scenario,
    iso3: tuple[str, ...],
    *,
    blocked: Blocked | None = None,
    shares: Mapping[str, FloatArray] | None = None,
    potential: FloatArray | None = None,
    farm_share: FloatArray | float = 0.0,
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
        ``[N, N]`` goods trade that gravity predicts, million USD; without it trade is not
        brought towards its potential.
    farm_share
        ``[N]`` share of farm goods and food in imports of goods; only where sectors are named.

    Raises
    ------
    UnknownNameError
        A party is neither an economy nor a bloc.
    InputError
        A measure that acts on goods names a service.
    """
    nothing = replace(
        no_policy(iso3),
        shares=dict(shares or {}),
        potential=potential,
        parts=frozenset(scenario.agreement_parts),
        farm_share=farm_share,
    )
    taken = blocked or {}
    made = [
        measure.policy(
            scenario, iso3, blocked=taken.get(measure.id, frozenset()), potential=potential
        )
        for measure in scenario.measures
    ]
    return nothing.joined(one for one in made if one is not None)
