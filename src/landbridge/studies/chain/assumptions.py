"""From the table of parameters to what the rooms take."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields

from landbridge.freight.carriage.chosen import CargoChoice
from landbridge.freight.choice.logit import choice_of
from landbridge.freight.costs.pricing import FreightParameters
from landbridge.scenarios.parameters import NEST, THETA, Parameter
from landbridge.scenarios.trade_costs import agreement_effects, measure_rates, tariff_values
from landbridge.studies.chain.one_pass import Assumptions

FREIGHT_NAMES = tuple(field.name for field in fields(FreightParameters))


def central_freight(parameters: Mapping[str, Parameter]) -> FreightParameters:
    """Take the central freight parameters of a run."""
    return assumptions_of(central_values(parameters)).freight


def central_values(parameters: Mapping[str, Parameter]) -> dict[str, float]:
    """Take the central value of every parameter by name."""
    return {name: parameter.central for name, parameter in parameters.items()}


def assumptions_of(values: Mapping[str, float], cargo: CargoChoice | None = None) -> Assumptions:
    """Sort values into what the chain takes.

    Parameters
    ----------
    values
        Every parameter by name.
    cargo
        The choice by class of cargo, where shippers make one.
    """
    return Assumptions(
        theta=values[THETA],
        agreement_effects=agreement_effects(values),
        freight=FreightParameters(**{name: values[name] for name in FREIGHT_NAMES}),
        choice=choice_of(values) if NEST in values else cargo,
        rates=measure_rates(values),
        tariffs=tariff_values(values),
    )
