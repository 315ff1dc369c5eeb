"""From the table of parameters to what the rooms take."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from zlib import crc32

import numpy as np

from landbridge.freight.choice.logit import choice_of
from landbridge.freight.costs.pricing import FreightParameters
from landbridge.gravity.uses.parameter_estimates import ParameterEstimates
from landbridge.scenario.parameters import CHOICE_PREFIX, NEST, THETA, Parameter
from landbridge.scenario.policy import RATE_PREFIX
from landbridge.scenario.trade_costs import agreement_effects, measure_rates
from landbridge.studies.chain.one_pass import Assumptions

FREIGHT_NAMES = tuple(field.name for field in fields(FreightParameters))


def central_freight(parameters: Mapping[str, Parameter]) -> FreightParameters:
    """Give the central freight parameters of a run."""
    return assumptions_of(central_values(parameters)).freight


def central_values(parameters: Mapping[str, Parameter]) -> dict[str, float]:
    """Give the central value of every parameter by name."""
    return {name: parameter.central for name, parameter in parameters.items()}


def drawn_values(
    parameters: Mapping[str, Parameter],
    rng: np.random.Generator,
    estimates: ParameterEstimates | None = None,
) -> dict[str, float]:
    """Draw every parameter once, in the order of the table.

    Those of choice come from a stream of their own: a run with a choice then shares all other
    draws with one without. Parameters that were estimated together are drawn together, from a
    stream of their own too, and so is each rate of a scenario's own measures: scenarios that share
    one share its draws.
    """
    beside = rng.spawn(1)[0]
    own = {name: p for name, p in parameters.items() if name.startswith(RATE_PREFIX)}
    drawn = {
        name: parameter.draw(beside if name.startswith(CHOICE_PREFIX) else rng)
        for name, parameter in parameters.items()
        if name not in own
    }
    if estimates is not None:
        drawn |= estimates.draw(rng.spawn(1)[0])
    if own:
        root = int(rng.spawn(1)[0].integers(2**32))
        drawn |= {
            name: parameter.draw(np.random.default_rng([root, crc32(name.encode())]))
            for name, parameter in own.items()
        }
    return drawn


def assumptions_of(values: Mapping[str, float]) -> Assumptions:
    """Sort values into what the chain takes.

    Parameters
    ----------
    values
        Every parameter by name.
    """
    return Assumptions(
        theta=values[THETA],
        agreement_effects=agreement_effects(values),
        freight=FreightParameters(**{name: values[name] for name in FREIGHT_NAMES}),
        choice=choice_of(values) if NEST in values else None,
        rates=measure_rates(values),
    )
