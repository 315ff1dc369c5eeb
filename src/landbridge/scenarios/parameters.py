"""Parameters: central values, bands and draws, with the scenario's own values laid over them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pandas as pd

from landbridge.errors import FaultsError, suggest
from landbridge.evidence import OWN, TO_CHECK, parts
from landbridge.gravity.uses.parameter_estimates import ParameterEstimates
from landbridge.scenarios.own import PARAMETERS, own_rows
from landbridge.scenarios.schema import ParameterOverride, Scenario, Settings
from landbridge.scenarios.values.uncertain import (
    NORMAL_BAND_IN_STANDARD_ERRORS,
    Parameter,
    named_parameters,
    records,
    triangular,
)
from landbridge.tables import embedded_table

__all__ = [
    "Parameter",
    "choice_parameters",
    "default_parameters",
    "measure_parameters",
    "parameter_table",
    "scenario_parameters",
    "triangular",
    "with_estimates",
]

THETA = "trade_elasticity"
CHOICE_PREFIX = "choice_"
"""Parameters that only a run with a choice among modes has."""
NEST = "choice_nest"
MAY_BE_ZERO = (
    "agreement_", "closure_", "value_of_time", "non_tariff_", "preference_use", "tariff_cut_",
)  # fmt: skip
LARGEST = 20.0
"""A value further above the default's high end than this is taken for a slip."""


def scenario_parameters(
    scenario: Scenario, *, where: str = "", defaults: Mapping[str, Parameter] | None = None
) -> Mapping[str, Parameter]:
    """Compute every parameter of a run: the scenario's own values laid over the defaults.

    Parameters
    ----------
    scenario
        Whose `parameters` are laid over the defaults. Those of choice are checked in any case
        and given where its ``choice`` is ``logit``.
    where
        The scenario's file, for messages.
    defaults
        Every parameter of the basis, those of choice too; absent: those that ship.

    Raises
    ------
    FaultsError
        The scenario names a parameter that does not exist, or a value outside its meaning.
    """
    known = dict(all_parameters() if defaults is None else defaults)
    faults = _lay_own_over(known, scenario.settings)
    merged = dict(known)
    for name, override in scenario.parameters.items():
        if name not in known:
            hint = suggest(name, known) or f"Known: {', '.join(sorted(known))}."
            faults.append(f"parameters.{name}: there is no such parameter. {hint}")
        elif said := _beyond(known[name], override.low, override.high):
            faults.append(f"parameters.{name}: {said}")
        else:
            merged[name] = _overridden(known[name], override)
    if faults:
        raise FaultsError(faults, where=where or scenario.name)
    if scenario.choice != "logit":
        merged = without_choice(merged)
    return merged | measure_parameters(scenario)


def measure_parameters(scenario: Scenario) -> dict[str, Parameter]:
    """Collect the parameters that a scenario's measures bring along, by name."""
    found: dict[str, Parameter] = {}
    for measure in scenario.measures:
        found |= measure.parameters()
    return found


def with_estimates(
    parameters: Mapping[str, Parameter], estimates: ParameterEstimates | None
) -> Mapping[str, Parameter]:
    """Put estimates in the place of parameters: normal, a band of two standard errors either side.

    Parameters
    ----------
    parameters
        Those of a run.
    estimates
        What `landbridge estimate` handed over; None leaves the parameters as they are.

    Raises
    ------
    FaultsError
        An estimate is of no parameter of the run.
    """
    if estimates is None:
        return parameters
    merged, faults = dict(parameters), []
    band = NORMAL_BAND_IN_STANDARD_ERRORS * estimates.std_errors
    for at, name in enumerate(estimates.names):
        if name not in parameters:
            hint = suggest(name, parameters) or f"Known: {', '.join(sorted(parameters))}."
            faults.append(f"estimates: there is no parameter '{name}'. {hint}")
            continue
        value = float(estimates.estimates[at])
        merged[name] = replace(
            parameters[name],
            low=value - float(band[at]),
            central=value,
            high=value + float(band[at]),
            distribution="normal",
            confidence="estimated",
            source=f"{estimates.from_terms[at]}: {estimates.source}",
        )
    if faults:
        raise FaultsError(faults, where=estimates.source)
    return merged


def _lay_own_over(defaults: dict[str, Parameter], settings: Settings) -> list[str]:
    """Lay the parameters of a user's file over the defaults, in place; give the faults."""
    faults = []
    for own in own_rows(settings):
        if own.table != PARAMETERS:
            continue
        for row in records(own.rows):
            if row["name"] not in defaults:
                continue  # A parameter of choice, where no choice is made.
            default = defaults[row["name"]]
            said = _beyond(default, row["low"], row["high"])
            if row["unit"] != default.unit:
                said = f"the unit is {default.unit}, and stays so (it is {row['unit']})"
            if said:
                faults.append(f"{own.file}: {default.name}: {said}")
            elif row["name"] in set(own.changed["row"]):
                names = ("low", "central", "high", "distribution", "confidence", "source")
                values: dict[str, Any] = {name: row[name] for name in names}
                defaults[default.name] = replace(default, **values)
    return faults


def _beyond(default: Parameter, low: float, high: float) -> str:
    """Say what is wrong with a band in place of the default's; empty when nothing is."""
    if low == 0 and not default.name.startswith(MAY_BE_ZERO):
        return "low must be above zero (it is 0)"
    if high > LARGEST * default.high:
        return (
            f"high is more than {LARGEST:g} times the default's ({high:g} against {default.high:g})"
        )
    if default.name == NEST and high > 1:
        return f"high is at most 1 (it is {high:g})"
    return ""


def default_parameters(settings: Settings | None = None) -> Mapping[str, Parameter]:
    """Read the default parameters of trade and freight by name, a user's rows laid over them.

    Raises
    ------
    FaultsError
        A row of the user's is at fault.
    """
    defaults = named_parameters([embedded_table("scenarios", "parameters"), _cited("parameters")])
    if settings is not None:
        faults = _lay_own_over(defaults, settings)
        if faults:
            raise FaultsError(faults, where="data.parameters")
    return defaults


def all_parameters(
    settings: Settings | None = None, *, defaults: Mapping[str, Parameter] | None = None
) -> Mapping[str, Parameter]:
    """Read the default parameters of trade, freight and choice, a user's rows laid over them.

    Parameters
    ----------
    settings
        The user's rows; none where absent.
    defaults
        What they are laid over; absent: the parameters that ship.

    Raises
    ------
    FaultsError
        A row of the user's is at fault.
    """
    known = dict({**default_parameters(), **choice_parameters()} if defaults is None else defaults)
    if settings is not None:
        faults = _lay_own_over(known, settings)
        if faults:
            raise FaultsError(faults, where="data.parameters")
    return known


def without_choice(parameters: Mapping[str, Parameter]) -> dict[str, Parameter]:
    """Leave out the parameters that only a run with a choice among modes has."""
    return {
        name: parameter
        for name, parameter in parameters.items()
        if not name.startswith(CHOICE_PREFIX)
    }


def choice_parameters() -> Mapping[str, Parameter]:
    """Read the default parameters of the choice among modes by name."""
    return named_parameters([_cited("choice_parameters")])


def parameter_table(parameters: Mapping[str, Parameter]) -> pd.DataFrame:
    """Lay parameters out as a table: one row each, with unit, band, distribution and source."""
    return pd.DataFrame(
        [vars(parameter) for parameter in parameters.values()],
        columns=list(Parameter.__dataclass_fields__),
    )


def _cited(name: str) -> pd.DataFrame:
    """Read a table of parameters of freight, its sources written out."""
    table, named = embedded_table("freight", name), _citations()
    cited = table["source"].map(named)
    if "check_at" in table:
        places = table["check_at"].map(lambda cell: "; ".join(named[part] for part in parts(cell)))
        cited = cited.str.cat((TO_CHECK + places).where(places != "", ""))
    table["source"] = cited.str.cat(table["note"], sep="; ").str.removesuffix("; ")
    return table


def _citations() -> dict[str, str]:
    """Read the title, publisher and year of each source of the freight tables."""
    sources = embedded_table("freight", "sources")
    return {
        row["source"]: str(row["title"])
        if row["kind"] == OWN
        else f"{row['title']}, {row['publisher']}, {row['year']}"
        for row in sources.to_dict(orient="records")
    }


def _overridden(default: Parameter, override: ParameterOverride) -> Parameter:
    return Parameter(
        name=default.name,
        title=default.title,
        unit=default.unit,
        low=override.low,
        central=override.central,
        high=override.high,
        distribution="triangular",
        confidence="stated by the scenario",
        source=override.source,
    )
